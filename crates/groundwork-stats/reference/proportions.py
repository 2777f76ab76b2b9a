"""Makes proportions.json: intervals and tests of proportions and rates worked
out at 40 digits.

For methods whose other references have few digits or are missing. Run with
Python 3 and mpmath 1.3.0:

    python3 proportions.py > proportions.json

Every limit is found by bisection of its defining equation: tails are sums over
all counts, constrained estimates are found by bisection of the likelihood
equation and not from its closed form.
"""

import json
from mpmath import mp, mpf

mp.dps = 40


def digits(value):
    return mp.nstr(value, 20, min_fixed=0, max_fixed=0)


def bisect(function, low, high):
    """The point where a function that is positive at `low` turns negative."""
    low, high = mpf(low), mpf(high)
    for _ in range(150):
        middle = (low + high) / 2
        if function(middle) > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def log_bisect(function, low=-60, high=60):
    return mp.exp(bisect(lambda u: function(mp.exp(u)), low, high))


def critical(level):
    return mp.sqrt(2) * mp.erfinv(mpf(level))


def mass(k, n, p):
    return mp.binomial(n, k) * p**k * (1 - p) ** (n - k)


def mid_p(x, n, level):
    tail = (1 - mpf(level)) / 2
    below = lambda p: sum(mass(k, n, p) for k in range(x)) + mass(x, n, p) / 2
    lower = mpf(0) if x == 0 else bisect(lambda p: tail - (1 - below(p)), 0, 1)
    upper = mpf(1) if x == n else bisect(lambda p: below(p) - tail, 0, 1)
    return lower, upper


def ratio_score(x1, n1, x2, n2, level, factor):
    z = critical(level)
    total = mpf(n1 + n2)
    scale = total / (total - 1) if factor else mpf(1)

    def statistic(theta):
        def slope(p2):
            p1 = theta * p2
            out = mpf(x1 + x2) / p2
            if n1 > x1:
                out -= theta * (n1 - x1) / (1 - p1)
            if n2 > x2:
                out -= (n2 - x2) / (1 - p2)
            return out

        top = min(mpf(1), 1 / theta)
        p2 = bisect(slope, 0, top)
        p1 = theta * p2
        variance = (p1 * (1 - p1) / n1 + theta**2 * p2 * (1 - p2) / n2) * scale
        return (mpf(x1) / n1 - theta * mpf(x2) / n2) / mp.sqrt(variance)

    lower = mpf(0) if x1 == 0 else log_bisect(lambda t: statistic(t) - z)
    return lower, log_bisect(lambda t: statistic(t) + z)


def odds_score(x1, n1, x2, n2, level):
    z = critical(level)
    total = mpf(n1 + n2)

    def statistic(psi):
        fitted = lambda p2: x1 + x2 - n2 * p2 - n1 * psi * p2 / (1 + (psi - 1) * p2)
        p2 = bisect(fitted, 0, 1)
        p1 = psi * p2 / (1 + (psi - 1) * p2)
        information = 1 / (n1 * p1 * (1 - p1)) + 1 / (n2 * p2 * (1 - p2))
        return (x1 - n1 * p1) * mp.sqrt(information * (total - 1) / total)

    lower = mpf(0) if x1 == 0 else log_bisect(lambda t: statistic(t) - z)
    return lower, log_bisect(lambda t: statistic(t) + z)


def conditional(x1, n1, x2, n2, level):
    m = x1 + x2
    support = range(max(0, m - n2), min(n1, m) + 1)
    tail = (1 - mpf(level)) / 2

    def weights(psi):
        raw = [mp.binomial(n1, k) * mp.binomial(n2, m - k) * psi**k for k in support]
        whole = sum(raw)
        return {k: w / whole for k, w in zip(support, raw)}

    mean = lambda psi: sum(k * w for k, w in weights(psi).items())
    at_least = lambda psi: sum(w for k, w in weights(psi).items() if k >= x1)
    at_most = lambda psi: sum(w for k, w in weights(psi).items() if k <= x1)
    lowest = x1 == min(support)
    estimate = mpf(0) if lowest else log_bisect(lambda t: x1 - mean(t))
    lower = mpf(0) if lowest else log_bisect(lambda t: tail - at_least(t))
    return estimate, lower, log_bisect(lambda t: at_most(t) - tail)


def rate_mid_p(x, level):
    tail = (1 - mpf(level)) / 2
    poisson = lambda k, mean: mp.exp(-mean) * mean**k / mp.factorial(k)
    below = lambda mean: sum(poisson(k, mean) for k in range(x)) + poisson(x, mean) / 2
    lower = mpf(0) if x == 0 else bisect(lambda m: tail - (1 - below(m)), 0, x + 1)
    return lower, bisect(lambda m: below(m) - tail, x, 3 * x + 60)


def rate_difference(x1, t1, x2, t2, level):
    z = critical(level)
    t1, t2 = mpf(t1), mpf(t2)
    difference = x1 / t1 - x2 / t2

    def statistic(delta):
        def slope(second):
            out = -(t1 + t2)
            if x1:
                out += x1 / (second + delta)
            if x2:
                out += x2 / second
            return out

        least = max(mpf(0), -delta)
        second = bisect(slope, least, least + 10 * (x1 / t1 + x2 / t2) + 10 * abs(delta) + 1)
        return (difference - delta) / mp.sqrt((second + delta) / t1 + second / t2)

    reach = 100 * (x1 + x2 + 20) / min(t1, t2)
    lower = bisect(lambda d: statistic(d) - z, difference - reach, difference - mpf(10) ** -30)
    upper = bisect(lambda d: statistic(d) + z, difference + mpf(10) ** -30, difference + reach)
    return lower, upper


def beta_limit(target, a, b):
    return bisect(lambda p: target - mp.betainc(a, b, 0, p, regularized=True), 0, 1)


def student_critical(level, df):
    tail = lambda t: mp.betainc(mpf(df) / 2, mpf(1) / 2, 0, df / (df + t * t), regularized=True)
    return bisect(lambda t: tail(t) - (1 - mpf(level)), 0, 1000)


def weighted(success, weights, cluster, level):
    weights = [mpf(w) for w in weights]
    n, total = len(weights), sum(weights)
    share = sum(w for y, w in zip(success, weights) if y) / total
    labels = sorted(set(cluster)) if cluster else list(range(n))
    groups = cluster if cluster else labels
    sums = [sum(w * (int(y) - share) for y, w, g in zip(success, weights, groups) if g == label) for label in labels]
    count = len(labels)
    variance = mpf(count) / (count - 1) * sum(s * s for s in sums) / total**2
    ratio = student_critical(level, n - 1) / student_critical(level, count - 1)
    effective = min(mpf(n), share * (1 - share) / (n - 1) / variance * n * ratio**2)
    x, y, tail = share * effective, (1 - share) * effective, (1 - mpf(level)) / 2
    exact = beta_limit(tail, x, y + 1), beta_limit(1 - tail, x + 1, y)
    z = critical(level)
    root = z * mp.sqrt(share * (1 - share) / effective + z * z / 4 / effective**2)
    centre = share + z * z / 2 / effective
    scale = 1 + z * z / effective
    return share, mp.sqrt(variance), effective, ((centre - root) / scale, (centre + root) / scale), exact


def pair(limits):
    return [digits(limit) for limit in limits]


out = {
    "id": "proportions",
    "reference": {"software": "mpmath 1.3.0, 40 digits", "call": "proportions.py"},
    "tolerance": {"rel": 1e-12},
}

out["mid_p"] = [
    {"x": x, "n": n, "conf_level": level, "interval": pair(mid_p(x, n, level))}
    for x, n, level in ((6, 8, 0.95), (1, 29, 0.9), (81, 263, 0.95), (0, 20, 0.99), (8, 8, 0.95))
]
tables = ((6, 8, 3, 8), (36, 40, 16, 80), (0, 8, 4, 9), (8, 8, 5, 9), (1, 300, 2, 7))
out["ratio"] = [
    {"x1": a, "n1": b, "x2": c, "n2": d, "conf_level": 0.95,
     "miettinen_nurminen": pair(ratio_score(a, b, c, d, 0.95, True)),
     "koopman": pair(ratio_score(a, b, c, d, 0.95, False))}
    for a, b, c, d in tables
]
out["odds_ratio"] = []
for a, b, c, d in ((6, 8, 3, 8), (36, 40, 16, 80), (0, 8, 4, 9), (1, 300, 2, 7), (2, 17, 10, 13)):
    estimate, lower, upper = conditional(a, b, c, d, 0.95)
    out["odds_ratio"].append(
        {"x1": a, "n1": b, "x2": c, "n2": d, "conf_level": 0.95,
         "miettinen_nurminen": pair(odds_score(a, b, c, d, 0.95)),
         "conditional": digits(estimate), "exact": pair((lower, upper))}
    )
out["rate_mid_p"] = [
    {"events": x, "conf_level": level, "interval": pair(rate_mid_p(x, level))}
    for x, level in ((0, 0.95), (1, 0.95), (6, 0.9), (137, 0.95))
]
out["rate_difference"] = [
    {"x1": a, "t1": b, "x2": c, "t2": d, "conf_level": 0.95, "interval": pair(rate_difference(a, b, c, d, 0.95))}
    for a, b, c, d in ((11, 800.0, 21, 3011.0), (2, 17877.0, 10, 16660.0), (0, 120.0, 5, 100.0), (0, 3.0, 0, 5.0))
]
rows = {
    "success": [True, False, True, True, False, True, False, False, True, True, False, True],
    "weights": [1.5, 0.25, 2.0, 1.0, 3.5, 0.75, 1.25, 2.0, 1.0, 0.5, 1.0, 4.0],
    "cluster": [7, 7, 3, 3, 3, 9, 9, 1, 1, 1, 1, 4],
}
out["weighted"] = []
for cluster in (None, rows["cluster"]):
    share, error, effective, wilson, exact = weighted(rows["success"], rows["weights"], cluster, 0.95)
    out["weighted"].append(
        {"success": rows["success"], "weights": rows["weights"], "cluster": cluster, "conf_level": 0.95,
         "share": digits(share), "std_error": digits(error), "effective_n": digits(effective),
         "wilson": pair(wilson), "korn_graubard": pair(exact)}
    )

# One case a line, so that a change shows as the line it changes.
lines = []
for name, entry in out.items():
    if isinstance(entry, list):
        entry = "[\n" + ",\n".join(json.dumps(case) for case in entry) + "\n]"
    else:
        entry = json.dumps(entry)
    lines.append(json.dumps(name) + ": " + entry)
print("{\n" + ",\n".join(lines) + "\n}")
