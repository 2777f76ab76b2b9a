"""Makes estimators.json: estimators worked out at 40 digits.

For methods whose other references have few digits (the score interval for a
difference, 1e-8) or are missing (the contrast of two clustered ratios). Run
with Python 3 and mpmath 1.3.0, in this folder:

    python3 estimators.py > estimators.json

The score interval is found without the closed form of the constrained
estimate: the likelihood is maximised by bisection of its slope, and the limits
are found by bisection of the statistic.
"""

import csv
import json
from mpmath import mp, mpf

mp.dps = 40


def digits(value):
    return mp.nstr(value, 20, min_fixed=0, max_fixed=0)


def bisect(function, low, high):
    """The point where a function that is positive at `low` turns negative."""
    for _ in range(130):
        middle = (low + high) / 2
        if function(middle) > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def score(x1, n1, x2, n2, delta):
    """z for the hypothesis p1 - p2 = delta."""

    def slope(p2):
        p1 = p2 + delta
        total = mpf(0)
        for k, p, sign in ((x1, p1, 1), (n1 - x1, 1 - p1, -1), (x2, p2, 1), (n2 - x2, 1 - p2, -1)):
            if k:
                total += sign * k / p
        return total

    p2 = bisect(slope, max(mpf(0), -delta), min(mpf(1), 1 - delta))
    p1 = p2 + delta
    total = mpf(n1 + n2)
    variance = (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * total / (total - 1)
    return (mpf(x1) / n1 - mpf(x2) / n2 - delta) / mp.sqrt(variance)


def normal_critical(level):
    return mp.sqrt(2) * mp.erfinv(mpf(level))


def miettinen_nurminen(x1, n1, x2, n2, null, level):
    z = normal_critical(level)
    estimate = mpf(x1) / n1 - mpf(x2) / n2
    hair = mpf(10) ** -36
    lower, upper = mpf(-1), mpf(1)
    if estimate > -1:
        lower = bisect(lambda d: score(x1, n1, x2, n2, d) - z, -1 + hair, estimate - hair)
    if estimate < 1:
        upper = bisect(lambda d: score(x1, n1, x2, n2, d) + z, estimate + hair, 1 - hair)
    statistic = score(x1, n1, x2, n2, mpf(null))
    return {
        "x1": x1, "n1": n1, "x2": x2, "n2": n2, "null": null, "conf_level": level,
        "interval": [digits(lower), digits(upper)],
        "statistic": digits(statistic),
        "p_value": digits(mp.erfc(abs(statistic) / mp.sqrt(2))),
    }


def student_two_sided(t, df):
    return mp.betainc(df / 2, mpf(1) / 2, 0, df / (df + t * t), regularized=True)


def student_critical(level, df):
    return bisect(lambda t: student_two_sided(t, df) - (1 - mpf(level)), mpf(0), mpf(10000))


def clustered(rows):
    """Ratio, variance and number of clusters of rows (cluster, y, x)."""
    sums = {}
    for cluster, y, x in rows:
        old = sums.get(cluster, (0, 0))
        sums[cluster] = (old[0] + y, old[1] + x)
    total_y = sum(y for y, _ in sums.values())
    total_x = sum(x for _, x in sums.values())
    ratio = mpf(total_y) / total_x
    g = len(sums)
    squares = sum((y - ratio * x) ** 2 for y, x in sums.values())
    return ratio, mpf(g) / (g - 1) * squares / mpf(total_x) ** 2, g


def contrasts(first, second, level):
    (ra, va, ga), (rb, vb, gb) = clustered(first), clustered(second)
    out = {"conf_level": level, "clusters": [ga, gb]}
    for name, value, ca, cb in (
        ("log", mp.log(ra / rb), va / ra**2, vb / rb**2),
        ("difference", ra - rb, va, vb),
    ):
        df = (ca + cb) ** 2 / (ca**2 / (ga - 1) + cb**2 / (gb - 1))
        se = mp.sqrt(ca + cb)
        reach = student_critical(level, df) * se
        limits = [value - reach, value + reach]
        estimate = value
        if name == "log":
            estimate, limits = ra / rb, [mp.exp(limit) for limit in limits]
        out[name] = {
            "estimate": digits(estimate),
            "std_error": digits(se * estimate if name == "log" else se),
            "df": digits(df),
            "statistic": digits(value / se),
            "p_value": digits(student_two_sided(value / se, df)),
            "interval": [digits(limit) for limit in limits],
        }
    return out


with open("data/apiclus1.csv", newline="") as file:
    schools = [(int(r["dnum"]), int(r["api.stu"]), int(r["enroll"])) for r in csv.DictReader(file)]

out = {
    "id": "estimators",
    "reference": {"software": "mpmath 1.3.0, 40 digits", "call": "estimators.py"},
    "tolerance": {"rel": 1e-12},
    "miettinen_nurminen": [
        miettinen_nurminen(*case)
        for case in (
            (56, 70, 48, 80, 0.0, 0.95), (6, 8, 3, 8, 0.0, 0.95), (6, 8, 3, 8, -0.125, 0.9),
            (8, 8, 8, 8, -0.125, 0.9), (0, 10, 0, 20, 0.25, 0.95), (10, 10, 0, 20, 0.75, 0.95),
            (0, 5, 5, 5, -0.5, 0.95), (1, 1, 0, 1, 0.0, 0.95), (5, 56, 0, 29, 0.0, 0.99),
            (1, 100000, 0, 3, 0.0, 0.95), (300, 100000, 29000, 100000, -0.25, 0.95),
            (3001000, 10000000, 2999000, 10000000, 0.0, 0.95), (2, 10000000, 9, 10000000, 0.0, 0.95),
        )
    ],
    # The districts of the sample split by their number, which means nothing:
    # two groups of clusters is all that is needed.
    "ratio_contrast": [
        {"split": split, **contrasts([s for s in schools if s[0] < split],
                                     [s for s in schools if s[0] >= split], level)}
        for split, level in ((400, 0.95), (600, 0.9), (150, 0.95))
    ],
}
lines = []
for name, entry in out.items():
    if isinstance(entry, list):
        entry = "[\n" + ",\n".join(json.dumps(case) for case in entry) + "\n]"
    else:
        entry = json.dumps(entry)
    lines.append(json.dumps(name) + ": " + entry)
print("{\n" + ",\n".join(lines) + "\n}")
