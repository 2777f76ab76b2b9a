"""Attendance as somebody would write it with pandas: python attendance_pandas.py attendance.csv OUT"""

import sys

import pandas as pd
from outputs import part, write

source, out = sys.argv[1:]
print("pandas", pd.__version__)
part("load")
data = pd.read_csv(source, dtype=str, engine="pyarrow")
for column in ["row_id", "person", "site", "sex", "led_by_volunteer"]:
    data[column] = data[column].str.strip()
data["site"] = data["site"].map({"Chiang Rai": "chiang_rai", "เชียงราย": "chiang_rai", "Nan": "nan", "น่าน": "nan"})
common = pd.to_datetime(data["held"], format="%Y-%m-%d", errors="coerce")
buddhist = data.loc[common.isna(), "held"].str.extract(r"^(\d\d)/(\d\d)/(\d{4})$").astype("Int64")
common.loc[buddhist.index] = pd.to_datetime(
    pd.DataFrame({"year": buddhist[2] - 543, "month": buddhist[1], "day": buddhist[0]}), errors="coerce"
)
data["held"] = common
data["sex"] = data["sex"].map({"female": "female", "หญิง": "female", "male": "male", "ชาย": "male"}).fillna("unknown")
data["age"] = pd.to_numeric(data["age"], errors="coerce")
data["minutes"] = pd.to_numeric(data["minutes"], errors="coerce")
data["led"] = data["led_by_volunteer"].map({"yes": True, "ใช่": True, "no": False})
for column in ["visited_on", "certified_on"]:
    data[column] = pd.to_datetime(data[column], format="%Y-%m-%d", errors="coerce")
data["age_band"] = pd.cut(data["age"], [-1, 9, 14, 17, 999], labels=["0-9", "10-14", "15-17", "18+"]).astype(str)
data = data.dropna(subset=["person", "site", "held"])
data["period"] = data["held"].dt.year.astype(str) + "-Q" + data["held"].dt.quarter.astype(str)
part("indicators")
MEASURES = {
    "sessions": (("person", "size"), None),
    "minutes_total": (("minutes", "sum"), None),
    "minutes_mean": (("minutes", "mean"), None),
    "led": (("led", "sum"), lambda d: d["led"].notna()),
    "long_sessions": (("person", "size"), lambda d: d["minutes"] > 60),
    "reach": (("person", "nunique"), None),
    "reach_led": (("person", "nunique"), lambda d: d["led"] == True),  # noqa: E712
    "reach_adults": (("person", "nunique"), lambda d: d["age"] >= 18),
}
rows = []
for indicator, ((column, how), condition) in MEASURES.items():
    counted = data if condition is None else data[condition(data)]
    for dimension in ["", "sex", "age_band"]:
        by = ["period"] + ([dimension] if dimension else [])
        for keys in [by, ["site"] + by]:
            numbers = counted.groupby(keys, sort=False, observed=True)[column].agg(how)
            for row in numbers.reset_index(name="number").to_dict("records"):
                category = row[dimension] if dimension else ""
                rows.append((indicator, row.get("site", ""), row["period"], dimension, category, row["number"]))
part("cohort and steps")
people = data.groupby("person", sort=False).agg(
    site=("site", "min"), last=("site", "max"), joined=("held", "min"), visited=("visited_on", "min"),
    certified=("certified_on", "min"),
)
people.loc[people["site"] != people["last"], "site"] = None
due = people["joined"] + pd.DateOffset(months=6)
people["waiting"] = ~(people["certified"] <= due)
people["certified"] = people["certified"] <= due
people["visited"] = people["visited"] <= due
for quarter in pd.period_range("2019Q1", "2021Q4", freq="Q"):
    mature = people[due < quarter.end_time]
    period = f"{quarter.year}-Q{quarter.quarter}"
    for category in ["", "visited", "certified", "waiting"]:
        number, dimension = category or "certified", "step" if category else ""
        for site, some in [("", mature), *mature.groupby("site")]:
            if len(some):
                rows.append(("finished", site, period, dimension, category, some[number].sum()))
write(rows, out)
