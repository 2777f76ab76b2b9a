"""What the scripts in Python have in common: times, the table and the charts that they write."""

import csv
import sys
import time
from collections import defaultdict

import matplotlib

matplotlib.use("pdf")
import matplotlib.pyplot as plt
from matplotlib.backends.backend_pdf import PdfPages

_begun = None


def part(name=None):
    """Says on standard error what begins, and how long what came before took, as groundwork does."""
    global _begun
    now = time.perf_counter()
    if _begun is not None:
        print(f"  {now - _begun:.3f} s", file=sys.stderr)
    if name:
        print(name, file=sys.stderr)
    _begun = now


COLUMNS = ["indicator", "site", "period", "dimension", "category", "number"]


def write(rows, folder):
    """Writes `indicators.csv`, and `report.pdf` with a chart by site for each indicator."""
    part("charts and report")
    rows = sorted(rows, key=lambda row: [str(part) for part in row[:5]])
    with open(f"{folder}/indicators.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    lines = defaultdict(lambda: defaultdict(list))
    for indicator, site, period, dimension, _, number in rows:
        if not dimension and site:
            lines[indicator][site].append((period, float(number)))
    with PdfPages(f"{folder}/report.pdf") as pdf:
        for indicator, sites in lines.items():
            figure, axes = plt.subplots(figsize=(8, 4))
            for site, points in sites.items():
                axes.plot(*zip(*points), label=site)
            axes.set_title(indicator)
            axes.legend()
            pdf.savefig(figure)
            plt.close(figure)
    part()
