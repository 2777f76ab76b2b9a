"""Attendance as somebody would write it with polars: python attendance_polars.py attendance.csv OUT"""

import sys

import polars as pl
from outputs import part, write

source, out = sys.argv[1:]
print("polars", pl.__version__)
part("load")


def text(name):
    trimmed = pl.col(name).str.strip_chars()
    return pl.when(trimmed != "").then(trimmed)


held = pl.coalesce(
    pl.col("held").str.to_date("%Y-%m-%d", strict=False),
    (pl.col("held").str.slice(0, 6) + (pl.col("held").str.slice(6).cast(pl.Int32, strict=False) - 543).cast(pl.String))
    .str.to_date("%d/%m/%Y", strict=False),
)
sites = {"Chiang Rai": "chiang_rai", "เชียงราย": "chiang_rai", "Nan": "nan", "น่าน": "nan"}
sexes = {"female": "female", "หญิง": "female", "male": "male", "ชาย": "male"}
truths = {"yes": True, "ใช่": True, "no": False}
age = pl.col("age").cast(pl.Int64, strict=False)
attendance = (
    pl.scan_csv(source, infer_schema=False)
    .select(
        text("row_id").alias("row_id"),
        text("person").alias("person"),
        text("site").replace_strict(sites, default=None, return_dtype=pl.String).alias("site"),
        held.alias("held"),
        text("sex").replace_strict(sexes, default=None, return_dtype=pl.String).fill_null("unknown").alias("sex"),
        age.alias("age"),
        pl.col("minutes").cast(pl.Float64, strict=False).alias("minutes"),
        text("led_by_volunteer").replace_strict(truths, default=None, return_dtype=pl.Boolean).alias("led"),
        pl.when(age < 10).then(pl.lit("0-9")).when(age < 15).then(pl.lit("10-14")).when(age < 18)
        .then(pl.lit("15-17")).otherwise(pl.lit("18+")).alias("age_band"),
        pl.col("visited_on", "certified_on").str.to_date("%Y-%m-%d", strict=False),
    )
    .drop_nulls(["person", "site", "held"])
    .with_columns(
        (pl.col("held").dt.year().cast(pl.String) + "-Q" + pl.col("held").dt.quarter().cast(pl.String)).alias("period")
    )
    .collect(engine="streaming")
)
part("indicators")
people = pl.col("person").n_unique()
MEASURES = {
    "sessions": (pl.len(), None),
    "minutes_total": (pl.col("minutes").sum(), None),
    "minutes_mean": (pl.col("minutes").mean(), None),
    "led": (pl.col("led").sum(), pl.col("led").is_not_null()),
    "long_sessions": (pl.len(), pl.col("minutes") > 60),
    "reach": (people, None),
    "reach_led": (people, pl.col("led")),
    "reach_adults": (people, pl.col("age") >= 18),
}
rows = []
for indicator, (measure, condition) in MEASURES.items():
    counted = attendance if condition is None else attendance.filter(condition)
    for dimension in ["", "sex", "age_band"]:
        by = ["period"] + ([dimension] if dimension else [])
        for keys in [by, ["site"] + by]:
            for row in counted.group_by(keys).agg(measure.alias("number")).iter_rows(named=True):
                category = row[dimension] if dimension else ""
                rows.append((indicator, row.get("site", ""), row["period"], dimension, category, row["number"]))
part("cohort and steps")
due = pl.col("joined").dt.offset_by("6mo")
certified = (pl.col("certified") <= due).fill_null(False)
people = (
    attendance.group_by("person")
    .agg(
        pl.when(pl.col("site").min() == pl.col("site").max()).then(pl.col("site").min()).alias("site"),
        pl.col("held").min().alias("joined"),
        pl.col("visited_on").min().alias("visited"),
        pl.col("certified_on").min().alias("certified"),
    )
    .select("site", due.alias("due"), (pl.col("visited") <= due).alias("visited"), certified.alias("certified"),
            (~certified).alias("waiting"))
)
for year, quarter in [(year, quarter) for year in [2019, 2020, 2021] for quarter in [1, 2, 3, 4]]:
    mature = people.filter(pl.col("due") < pl.date(year + quarter // 4, quarter % 4 * 3 + 1, 1))
    if mature.is_empty():
        continue
    sums = pl.col("visited", "certified", "waiting").sum()
    for row in [*mature.group_by("site").agg(sums).iter_rows(named=True), *mature.select(sums).iter_rows(named=True)]:
        for category in ["", "visited", "certified", "waiting"]:
            number, dimension = row[category or "certified"], "step" if category else ""
            rows.append(("finished", row.get("site", ""), f"{year}-Q{quarter}", dimension, category, number))
write(rows, out)
