"""Reads the tables of a run with the types that its data package names: python3 read.py RUN_DIR"""
import csv, datetime, json, pathlib, sys

run = pathlib.Path(sys.argv[1])
package = json.loads((run / "datapackage.json").read_text(encoding="utf-8"))
typed = {"string": str, "integer": int, "number": float, "date": datetime.date.fromisoformat}

def table(name):
    resource = next(r for r in package["resources"] if r["name"] == name)
    kind = {f["name"]: typed[f["type"]] for f in resource["schema"]["fields"]}
    with open(run / resource["path"], encoding="utf-8", newline="") as file:
        return [{k: kind[k](v) if v else None for k, v in row.items()} for row in csv.DictReader(file)]

for row in table("indicators"):
    if row["status"] == "published" and row["dimension"] is None and row["value"] is not None:
        print(row["indicator"], row["site"] or "all", row["period"], row["value"], sep="\t")
