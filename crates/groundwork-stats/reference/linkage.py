"""Pattern counts of febrl3 under one blocking rule, and what Splink learns from them.

    python3 -m venv venv
    venv/bin/pip install splink==5.0.0
    venv/bin/python linkage.py

Writes P50_fellegi_sunter.json. Needs febrl3.csv, data set 3 of Freely Extensible Biomedical Record
Linkage (Christen 2008), in the working directory.
"""

import json

import pandas as pd
import splink
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
import splink.comparison_library as cl

frame = pd.read_csv("febrl3.csv", dtype=str, skipinitialspace=True).rename(columns={"rec_id": "unique_id"})
fields = ["given_name", "surname", "date_of_birth", "soc_sec_id", "street_number"]
comparisons = [
    cl.JaroWinklerAtThresholds("given_name", [0.92, 0.88, 0.7]),
    cl.JaroWinklerAtThresholds("surname", [0.92, 0.88, 0.7]),
    cl.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]),
    cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
    cl.ExactMatch("street_number"),
]
settings = SettingsCreator(
    link_type="dedupe_only",
    comparisons=comparisons,
    blocking_rules_to_generate_predictions=[block_on("postcode")],
    retain_intermediate_calculation_columns=True,
    probability_two_random_records_match=0.1,
    em_convergence=1e-11,
    max_iterations=2000,
)
api = DuckDBAPI()
linker = Linker(api.register(frame), settings)
linker.training.estimate_u_using_random_sampling(max_pairs=2e7, seed=1, min_count_per_level=None)
session = linker.training.estimate_parameters_using_expectation_maximisation(
    block_on("postcode"), estimate_without_term_frequencies=False
)
core = session.core_model_settings
levels = {c.output_column_name: [l for l in c.comparison_levels if not l.is_null_level] for c in core.comparisons}
m = [[l.m_probability for l in levels[f]] for f in fields]
u = [[l.u_probability for l in levels[f]] for f in fields]
pairs = linker.inference.predict(threshold_match_probability=0.0).as_pandas_dataframe()
gammas = pairs[["gamma_" + f for f in fields]]
counted = gammas.groupby(list(gammas.columns)).size().reset_index()
sizes = [len(levels[f]) for f in fields]
patterns = [
    [0 if g < 0 else size - int(g) for g, size in zip(row, sizes)] for row in counted[gammas.columns].values.tolist()
]
lam = core.probability_two_random_records_match
out = {
    "method": "fellegi_sunter.em",
    "reference": f"splink {splink.__version__}: estimate_parameters_using_expectation_maximisation(block_on('postcode')), u fixed from random pairs, em_convergence 1e-11",
    "cross_check": None,
    "tolerance": {"rel": 1e-6},
    "source": "febrl3 (Christen 2008), pairs with equal postcode",
    "input": {"fields": fields, "levels": sizes, "patterns": patterns, "counts": [int(n) for n in counted[0]], "u": u},
    "expected": {"m": m, "lambda": lam},
}
with open("P50_fellegi_sunter.json", "w") as file:
    file.write("{\n" + ",\n".join(f' "{key}": {json.dumps(value)}' for key, value in out.items()) + "\n}\n")
