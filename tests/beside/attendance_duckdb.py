"""Attendance as somebody would write it by hand in SQL: python attendance_duckdb.py attendance.csv OUT"""

import sys

import duckdb
from outputs import part, write

source, out = sys.argv[1:]
print("duckdb", duckdb.__version__)
part("load")
db = duckdb.connect()
db.execute(
    f"""
    CREATE TABLE attendance AS
    SELECT *, CASE WHEN age < 10 THEN '0-9' WHEN age < 15 THEN '10-14' WHEN age < 18 THEN '15-17' ELSE '18+' END
                AS age_band,
           year(held)::VARCHAR || '-Q' || quarter(held)::VARCHAR AS period
    FROM (
        SELECT nullif(trim(row_id), '') AS row_id, nullif(trim(person), '') AS person,
               CASE trim(site) WHEN 'Chiang Rai' THEN 'chiang_rai' WHEN 'เชียงราย' THEN 'chiang_rai'
                               WHEN 'Nan' THEN 'nan' WHEN 'น่าน' THEN 'nan' END AS site,
               coalesce(try_cast(held AS DATE),
                        try_strptime(left(held, 6) || (try_cast(right(held, 4) AS INT) - 543)::VARCHAR, '%d/%m/%Y')::DATE)
                   AS held,
               CASE trim(sex) WHEN 'female' THEN 'female' WHEN 'หญิง' THEN 'female'
                              WHEN 'male' THEN 'male' WHEN 'ชาย' THEN 'male' END AS sex,
               try_cast(age AS BIGINT) AS age, try_cast(minutes AS DECIMAL(18, 4)) AS minutes,
               CASE trim(led_by_volunteer) WHEN 'yes' THEN true WHEN 'ใช่' THEN true WHEN 'no' THEN false END AS led,
               try_cast(visited_on AS DATE) AS visited_on, try_cast(certified_on AS DATE) AS certified_on
        FROM read_csv('{source}', all_varchar = true, header = true, delim = ',', quote = '"')
    )
    WHERE person IS NOT NULL AND site IS NOT NULL AND held IS NOT NULL
    """
)
part("indicators")
MEASURES = {
    "sessions": ("count(*)", "true"),
    "minutes_total": ("sum(minutes)", "true"),
    "minutes_mean": ("avg(minutes)", "true"),
    "led": ("count_if(led)", "led IS NOT NULL"),
    "long_sessions": ("count(*)", "minutes > 60"),
    "reach": ("count(DISTINCT person)", "true"),
    "reach_led": ("count(DISTINCT person)", "led"),
    "reach_adults": ("count(DISTINCT person)", "age >= 18"),
}
rows = []
for indicator, (measure, condition) in MEASURES.items():
    for dimension in ["", "sex", "age_band"]:
        category = f"coalesce({dimension}, 'unknown')" if dimension else "''"
        rows += db.execute(
            f"""
            SELECT '{indicator}', coalesce(site, ''), period, '{dimension}', category, {measure} AS number
            FROM (SELECT *, {category} AS category FROM attendance WHERE {condition})
            GROUP BY GROUPING SETS ((site, period, category), (period, category))
            """
        ).fetchall()
part("cohort and steps")
db.execute(
    """
    CREATE TABLE cohort AS
    SELECT site, year(first_day)::VARCHAR || '-Q' || quarter(first_day)::VARCHAR AS period,
           count(*) FILTER (visited <= due) AS visited, count(*) FILTER (certified <= due) AS certified,
           count(*) FILTER (certified IS NULL OR certified > due) AS waiting
    FROM (
        SELECT CASE WHEN min(site) = max(site) THEN min(site) END AS site, min(visited_on) AS visited,
               min(certified_on) AS certified, (min(held) + INTERVAL 6 MONTH)::DATE AS due
        FROM attendance GROUP BY person
    ) JOIN (SELECT unnest(generate_series(DATE '2019-01-01', DATE '2021-10-01', INTERVAL 3 MONTH))::DATE AS first_day)
        ON due < first_day + INTERVAL 3 MONTH
    GROUP BY GROUPING SETS ((site, first_day), (first_day))
    """
)
for category in ["", "visited", "certified", "waiting"]:
    number, dimension = category or "certified", "step" if category else ""
    rows += db.execute(
        f"SELECT 'finished', coalesce(site, ''), period, '{dimension}', '{category}', {number} FROM cohort"
    ).fetchall()
write(rows, out)
