"""Splink on the rows that `benchmark --write FILE` wrote: names folded as groundwork folds them.

`pip install splink` (5.0.0, DuckDB), then `python with_splink.py FILE`. Comparisons and rules are those
that Splink's documentation advises for such fields; u from a million random pairs, m from two passes.
Prints a row of the table in README.md.
"""

import resource
import sys
import time
from collections import Counter

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

started = time.time()
api = DuckDBAPI()
rows = duckdb.sql(
    f"SELECT id AS unique_id, person, nullif(name, '') AS name, nullif(first, '') AS first, "
    f"nullif(last, '') AS last, nullif(born, '') AS born, nullif(year, '') AS year, nullif(sex, '') AS sex, "
    f"nullif(phone, '') AS phone, nullif(village, '') AS village "
    f"FROM read_csv('{sys.argv[1]}', all_varchar = true)"
).to_arrow_table()
settings = SettingsCreator(
    link_type="dedupe_only",
    comparisons=[
        cl.JaroWinklerAtThresholds("name", [0.92, 0.88, 0.7]).configure(term_frequency_adjustments=True),
        cl.LevenshteinAtThresholds("born", [1]),
        cl.LevenshteinAtThresholds("year", [1]),
        cl.ExactMatch("sex"),
        cl.ExactMatch("phone"),
        cl.ExactMatch("village").configure(term_frequency_adjustments=True),
    ],
    blocking_rules_to_generate_predictions=[
        block_on("name"),
        block_on("born"),
        block_on("phone"),
        block_on("first", "year"),
        block_on("last", "year"),
        block_on("first", "village", "sex"),
        block_on("last", "village", "sex"),
        block_on("year", "village", "sex"),
    ],
)
linker = Linker(api.register(rows), settings)
linker.training.estimate_probability_two_random_records_match([block_on("name", "born")], recall=0.3)
linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
linker.training.estimate_parameters_using_expectation_maximisation(block_on("name"))
linker.training.estimate_parameters_using_expectation_maximisation(block_on("born"))
pairs = linker.inference.predict(threshold_match_probability=0.5)
clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, 0.5)
rows = clusters.as_record_list()
seconds = time.time() - started


def within(keys):
    return sum(n * (n - 1) // 2 for n in Counter(keys).values())


found = within(row["cluster_id"] for row in rows)
truth = within(row["person"] for row in rows)
right = within((row["cluster_id"], row["person"]) for row in rows)
people = len({row["person"] for row in rows})
clusters = len({row["cluster_id"] for row in rows})
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(
    f"| Splink | {len(rows)} | {people} | {clusters} | {2 * right / (found + truth):.3f} | "
    f"{right / max(found, 1):.3f} | {right / truth:.3f} | {seconds:.1f} s | {memory} MB |"
)
