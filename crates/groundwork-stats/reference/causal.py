"""Makes causal.json and its two data files: effects without a trial, at 40 digits.

For methods whose other references rest on data that may not be copied here
(staggered adoption), or that have no reference for their standard errors
(weighting, transport). The data are made up, by a congruential generator.
Run with Python 3 and mpmath 1.3.0, in this folder:

    python3 causal.py > causal.json

Nothing here follows the crate's own way of computing. Group-time effects keep
one influence value for every unit and cell, and the part that comes from
estimated group sizes is written out as in Callaway and Sant'Anna (2021,
corollary 2). The event study is one dense regression on dummies. The errors of
weighted means come from stacked estimating equations whose derivatives are
numerical.
"""

import csv
import json
from mpmath import mp, mpf, matrix

mp.dps = 40


def digits(value):
    return mp.nstr(value, 20, min_fixed=0, max_fixed=0)


class Lcg:
    def __init__(self, state):
        self.state = state

    def below(self, bound):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % bound


# Data


def make_panel():
    """Units that start in different years; year 5 was not observed."""
    random = Lcg(7)
    rows = []
    starts = [None] * 8 + [3] * 6 + [4] * 5 + [6] + [1] * 2 + [9] * 2 + [2] * 2
    for unit, first in enumerate(starts):
        level = random.below(400) - 200
        for year in (1, 2, 3, 4, 6):
            x = random.below(90) - 45
            noise = random.below(120) - 60
            effect = 0 if first is None or year < first else 30 + 12 * (year - first)
            y = level + 9 * year + effect + noise + x // 2
            if (unit, year) not in ((5, 2), (15, 4), (24, 6)):
                rows.append((unit, year, first, x / 10, y / 10))
    with open("data/staggered_panel.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["unit", "year", "first", "x", "y"])
        for unit, year, first, x, y in rows:
            out.writerow([unit, year, "" if first is None else first, x, y])
    return [(unit, year, first, mpf(str(x)), mpf(str(y))) for unit, year, first, x, y in rows]


def make_people():
    """A source site with two arms, and people of another site."""
    random = Lcg(20)
    rows = []
    for person in range(140):
        a = random.below(60) - 25
        b = random.below(2)
        source = int(random.below(100) < 58 + a)
        treated = int(random.below(100) < 45 + a // 2 + 10 * b)
        y = 50 + a // 2 + 14 * b + treated * (20 + a // 4) + random.below(50)
        rows.append((source, treated, a / 10, b, y / 10))
    with open("data/two_sites.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["source", "treated", "a", "b", "y"])
        out.writerows(rows)
    return [(s, t, mpf(str(a)), mpf(b), mpf(str(y))) for s, t, a, b, y in rows]


# Group-time effects


def group_time(rows, never):
    """Effects, influence values by unit, and the groups of the units."""
    years = sorted({row[1] for row in rows})
    of = {}
    for unit, year, first, _, y in rows:
        of.setdefault(unit, {"first": first, "y": {}})["y"][year] = y
    units = []
    for unit in of.values():
        if len(unit["y"]) < len(years) or (unit["first"] is not None and unit["first"] <= years[0]):
            continue
        group = unit["first"] if unit["first"] is not None and unit["first"] <= years[-1] else mp.inf
        units.append((group, unit["y"]))
    n = len(units)
    cells = []
    for g in sorted({group for group, _ in units if group != mp.inf}):
        for at, t in enumerate(years):
            if at == 0:
                continue
            base = max(year for year in years if year < g) if t >= g else years[at - 1]
            treated = [group == g for group, _ in units]
            if never:
                compared = [group == mp.inf for group, _ in units]
            else:
                compared = [group > t and group != g for group, _ in units]
            if not any(compared):
                continue
            change = [y[t] - y[base] for _, y in units]
            p1, p0 = mpf(sum(treated)) / n, mpf(sum(compared)) / n
            mean1 = sum(d for d, one in zip(change, treated) if one) / sum(treated)
            mean0 = sum(d for d, one in zip(change, compared) if one) / sum(compared)
            influence = [
                treated[i] * (change[i] - mean1) / p1 - compared[i] * (change[i] - mean0) / p0 for i in range(n)
            ]
            cells.append({"group": g, "time": t, "base": base, "att": mean1 - mean0, "influence": influence})
    return cells, [group for group, _ in units]


def error(influence):
    return mp.sqrt(sum(value * value for value in influence)) / len(influence)


def by_size(cells, groups):
    """A mean weighted by group size, with the influence of the sizes."""
    n = len(groups)
    shares = [mpf(groups.count(cell["group"])) / n for cell in cells]
    total = sum(shares)
    value = sum(share * cell["att"] for share, cell in zip(shares, cells)) / total
    influence = []
    for i in range(n):
        moved = [int(groups[i] == cell["group"]) - share for share, cell in zip(shares, cells)]
        weights = [moved[k] / total - sum(moved) * shares[k] / total**2 for k in range(len(cells))]
        influence.append(
            sum(shares[k] / total * cells[k]["influence"][i] + weights[k] * cells[k]["att"] for k in range(len(cells)))
        )
    return {"att": value, "influence": influence}


def plain(parts):
    k = len(parts)
    n = len(parts[0]["influence"])
    return {
        "att": sum(part["att"] for part in parts) / k,
        "influence": [sum(part["influence"][i] for part in parts) / k for i in range(n)],
    }


def shown(part, **more):
    return {**more, "att": digits(part["att"]), "se": digits(error(part["influence"]))}


def callaway_santanna(rows, never):
    cells, groups = group_time(rows, never)
    after = [cell for cell in cells if cell["time"] >= cell["group"]]
    simple = by_size(after, groups)
    of_group = [
        {**plain([cell for cell in after if cell["group"] == g]), "group": g}
        for g in sorted({cell["group"] for cell in after})
    ]
    spans = sorted({cell["time"] - cell["group"] for cell in cells})
    of_span = {e: by_size([cell for cell in cells if cell["time"] - cell["group"] == e], groups) for e in spans}
    years = sorted({cell["time"] for cell in after})
    of_year = {t: by_size([cell for cell in after if cell["time"] == t], groups) for t in years}
    return {
        "att_gt": [shown(cell, group=cell["group"], time=cell["time"], base=cell["base"]) for cell in cells],
        "simple": shown(simple),
        "group": {
            "overall": shown(by_size(of_group, groups)),
            "parts": [shown(part, at=part["group"]) for part in of_group],
        },
        "dynamic": {
            "overall": shown(plain([of_span[e] for e in spans if e >= 0])),
            "parts": [shown(of_span[e], at=e) for e in spans],
        },
        "calendar": {
            "overall": shown(plain([of_year[t] for t in years])),
            "parts": [shown(of_year[t], at=t) for t in years],
        },
    }


# The event study


def sun_abraham(rows, with_x):
    years = sorted({row[1] for row in rows})
    rows = [row for row in rows if row[2] is None or row[2] > years[0]]
    cohort = [row[2] if row[2] is not None and row[2] <= years[-1] else None for row in rows]
    units = sorted({row[0] for row in rows})
    cells = sorted(
        {
            (g, row[1])
            for g, row in zip(cohort, rows)
            if g is not None and row[1] != max(year for year in years if year < g)
        }
    )
    n = len(rows)
    names = ["x"] * with_x + cells + [("unit", u) for u in units] + [("year", t) for t in years[1:]]
    design = matrix(n, len(names))
    for i, (row, g) in enumerate(zip(rows, cohort)):
        for j, name in enumerate(names):
            if name == "x":
                design[i, j] = row[3]
            elif name[0] == "unit":
                design[i, j] = int(row[0] == name[1])
            elif name[0] == "year":
                design[i, j] = int(row[1] == name[1])
            else:
                design[i, j] = int(g == name[0] and row[1] == name[1])
    y = matrix([row[4] for row in rows])
    bread = (design.T * design) ** -1
    beta = bread * (design.T * y)
    residual = y - design * beta
    k = len(names)
    meat = matrix(k, k)
    for u in units:
        score = matrix(k, 1)
        for i in range(n):
            if rows[i][0] == u:
                score += design[i, :].T * residual[i]
        meat += score * score.T
    covariance = bread * meat * bread
    clusters = mpf(len(units))
    # Nested unit effects are not counted; the year effects are, all of them.
    parameters = with_x + len(cells) + len(years)
    factor = clusters / (clusters - 1) * (n - 1) / (n - parameters)
    covariance *= factor

    def combined(wanted):
        counts = {cell: sum(g == cell[0] and row[1] == cell[1] for row, g in zip(rows, cohort)) for cell in cells}
        total = mpf(sum(counts[cell] for cell in wanted))
        weights = matrix(k, 1)
        for cell in wanted:
            weights[with_x + cells.index(cell)] = counts[cell] / total
        value = (weights.T * beta)[0]
        return {"att": digits(value), "se": digits(mp.sqrt((weights.T * covariance * weights)[0]))}

    spans = sorted({t - g for g, t in cells})
    result = {
        "n": n, "clusters": len(units), "parameters": parameters,
        "cells": [
            {"group": g, "time": t, **combined([(g, t)])} for g, t in cells
        ],
        "event_time": [
            {"at": e, **combined([cell for cell in cells if cell[1] - cell[0] == e])} for e in spans
        ],
        "att": combined([cell for cell in cells if cell[1] >= cell[0]]),
    }
    if with_x:
        result["x"] = {"estimate": digits(beta[0]), "se": digits(mp.sqrt(covariance[0, 0]))}
    return result


# Weighting and transport


def expit(value):
    return 1 / (1 + mp.exp(-value))


def product(one, other):
    return sum(a * b for a, b in zip(one, other))


def logistic(xs, ys):
    beta = matrix(len(xs[0]), 1)
    for _ in range(60):
        slope, curve = matrix(len(beta), 1), matrix(len(beta), len(beta))
        for x, y in zip(xs, ys):
            p = expit(product(x, beta))
            for j in range(len(beta)):
                slope[j] += (y - p) * x[j]
                for k in range(len(beta)):
                    curve[j, k] += p * (1 - p) * x[j] * x[k]
        step = curve**-1 * slope
        beta += step
        if mp.norm(step) < mpf(10) ** -35:
            break
    return list(beta)


def least_squares(xs, ys):
    design = matrix(xs)
    return list((design.T * design) ** -1 * (design.T * matrix(ys)))


def stacked(moments, theta, n):
    """The influence-function error of the last parameter."""
    k = len(theta)
    step = mpf(10) ** -14
    derivative = matrix(k, k)
    for j in range(k):
        for sign in (1, -1):
            moved = [value + (sign * step if i == j else 0) for i, value in enumerate(theta)]
            for i in range(n):
                values = moments(i, moved)
                for row in range(k):
                    derivative[row, j] += sign * values[row] / (2 * step * n)
    inverse = derivative**-1
    influence = []
    for i in range(n):
        values = moments(i, theta)
        influence.append(sum(inverse[k - 1, j] * values[j] for j in range(k)))
    return error(influence)


def weighting(people):
    t = [row[1] for row in people]
    y = [row[4] for row in people]
    xs = [[mpf(1), row[2], row[3]] for row in people]
    n = len(people)
    beta = logistic(xs, t)
    e = [expit(product(x, beta)) for x in xs]
    result = {"coefficients": [digits(value) for value in beta]}
    kinds = {
        "ate": (lambda p: 1 / p, lambda p: 1 / (1 - p)),
        "att": (lambda p: mpf(1), lambda p: p / (1 - p)),
        "ato": (lambda p: 1 - p, lambda p: p),
    }
    for name, (w1, w0) in kinds.items():
        mean1 = sum(t[i] * w1(e[i]) * y[i] for i in range(n)) / sum(t[i] * w1(e[i]) for i in range(n))
        mean0 = sum((1 - t[i]) * w0(e[i]) * y[i] for i in range(n)) / sum((1 - t[i]) * w0(e[i]) for i in range(n))

        def moments(i, theta, w1=w1, w0=w0):
            p = expit(product(xs[i], theta[:3]))
            return [(t[i] - p) * x for x in xs[i]] + [
                t[i] * w1(p) * (y[i] - theta[3]),
                (1 - t[i]) * w0(p) * (y[i] - theta[4]),
                theta[3] - theta[4] - theta[5],
            ]

        value = mean1 - mean0
        result[name + "_hajek"] = {
            "estimate": digits(value), "se": digits(stacked(moments, beta + [mean1, mean0, value], n)),
        }
    value = sum(t[i] * y[i] / e[i] - (1 - t[i]) * y[i] / (1 - e[i]) for i in range(n)) / n

    def moments(i, theta):
        p = expit(product(xs[i], theta[:3]))
        return [(t[i] - p) * x for x in xs[i]] + [t[i] * y[i] / p - (1 - t[i]) * y[i] / (1 - p) - theta[3]]

    result["ate_horvitz_thompson"] = {"estimate": digits(value), "se": digits(stacked(moments, beta + [value], n))}

    b1 = least_squares([x for x, one in zip(xs, t) if one], [v for v, one in zip(y, t) if one])
    b0 = least_squares([x for x, one in zip(xs, t) if not one], [v for v, one in zip(y, t) if not one])
    m1, m0 = [product(x, b1) for x in xs], [product(x, b0) for x in xs]
    gaps = [a - b for a, b in zip(m1, m0)]
    share = mpf(sum(t)) / n
    treated_gap = sum(t[i] * gaps[i] for i in range(n)) / sum(t)
    for name, value, weight in (("ate", sum(gaps) / n, [1] * n), ("att", treated_gap, t)):

        def moments(i, theta, weight=weight):
            c1, c0 = theta[:3], theta[3:6]
            return (
                [t[i] * (y[i] - product(xs[i], c1)) * x for x in xs[i]]
                + [(1 - t[i]) * (y[i] - product(xs[i], c0)) * x for x in xs[i]]
                + [weight[i] * (product(xs[i], c1) - product(xs[i], c0) - theta[6])]
            )

        result[name + "_outcome_model"] = {
            "estimate": digits(value), "se": digits(stacked(moments, b1 + b0 + [value], n)),
        }
    phi = [gaps[i] + t[i] * (y[i] - m1[i]) / e[i] - (1 - t[i]) * (y[i] - m0[i]) / (1 - e[i]) for i in range(n)]
    value = sum(phi) / n
    spread = sum((v - value) ** 2 for v in phi) / (n - 1)
    result["ate_aipw"] = {"estimate": digits(value), "se": digits(mp.sqrt(spread / n))}
    phi = [(t[i] - (1 - t[i]) * e[i] / (1 - e[i])) * (y[i] - m0[i]) / share for i in range(n)]
    value = sum(phi) / n
    result["att_aipw"] = {
        "estimate": digits(value), "se": digits(error([phi[i] - t[i] / share * value for i in range(n)])),
    }
    return result


def transport(people):
    s = [row[0] for row in people]
    t = [row[1] for row in people]
    y = [row[4] for row in people]
    xs = [[mpf(1), row[2], row[3]] for row in people]
    n = len(people)
    beta = logistic(xs, s)
    p = [expit(product(x, beta)) for x in xs]
    arms = {1: [i for i in range(n) if s[i] and t[i]], 0: [i for i in range(n) if s[i] and not t[i]]}
    target = [i for i in range(n) if not s[i]]
    source = [i for i in range(n) if s[i]]
    odds = [(1 - p[i]) / p[i] for i in range(n)]
    weighted = {a: sum(odds[i] * y[i] for i in rows) / sum(odds[i] for i in rows) for a, rows in arms.items()}
    value = weighted[1] - weighted[0]

    def moments(i, theta):
        q = expit(product(xs[i], theta[:3]))
        w = s[i] * (1 - q) / q
        return [(s[i] - q) * x for x in xs[i]] + [
            w * t[i] * (y[i] - theta[3]),
            w * (1 - t[i]) * (y[i] - theta[4]),
            theta[3] - theta[4] - theta[5],
        ]

    result = {
        "n_source": len(source), "n_target": len(target),
        "iosw_hajek": {
            "estimate": digits(value),
            "se": digits(stacked(moments, beta + [weighted[1], weighted[0], value], n)),
        },
    }
    fits = {a: least_squares([xs[i] for i in rows], [y[i] for i in rows]) for a, rows in arms.items()}
    gaps = [product(x, fits[1]) - product(x, fits[0]) for x in xs]
    value = sum(gaps[i] for i in target) / len(target)

    def moments_g(i, theta):
        c1, c0 = theta[:3], theta[3:6]
        return (
            [s[i] * t[i] * (y[i] - product(xs[i], c1)) * x for x in xs[i]]
            + [s[i] * (1 - t[i]) * (y[i] - product(xs[i], c0)) * x for x in xs[i]]
            + [(1 - s[i]) * (product(xs[i], c1) - product(xs[i], c0) - theta[6])]
        )

    result["outcome_model"] = {
        "estimate": digits(value), "se": digits(stacked(moments_g, fits[1] + fits[0] + [value], n)),
    }
    left = [y[i] - product(xs[i], fits[t[i]]) for i in range(n)]
    doubly = value
    for a, rows in arms.items():
        doubly += (2 * a - 1) * sum(odds[i] * left[i] for i in rows) / sum(odds[i] for i in rows)
    share = mpf(len(arms[1])) / len(source)
    influence = []
    for i in range(n):
        if s[i]:
            influence.append(odds[i] * left[i] * (1 / share if t[i] else -1 / (1 - share)))
        else:
            influence.append(gaps[i] - doubly)
    result["doubly_robust_hajek"] = {
        "estimate": digits(doubly),
        "se": digits(mp.sqrt(sum(v * v for v in influence)) / len(target)),
    }
    plain_mean = {a: sum(y[i] for i in rows) / len(rows) for a, rows in arms.items()}
    spread = sum(
        sum((y[i] - plain_mean[a]) ** 2 for i in rows) / (len(rows) - 1) / len(rows) for a, rows in arms.items()
    )
    result["source"] = {"estimate": digits(plain_mean[1] - plain_mean[0]), "se": digits(mp.sqrt(spread))}
    total = sum(odds[i] for i in source)
    result["ess_source"] = digits(total**2 / sum(odds[i] ** 2 for i in source))
    result["weights_max_over_mean"] = digits(max(odds[i] for i in source) * len(source) / total)
    for name, column in (("a", 1), ("b", 2)):
        mean = sum(xs[i][column] for i in target) / len(target)
        sd = mp.sqrt(sum((xs[i][column] - mean) ** 2 for i in target) / (len(target) - 1))
        before = sum(xs[i][column] for i in source) / len(source)
        after = sum(odds[i] * xs[i][column] for i in source) / total
        result["smd_" + name] = [digits((before - mean) / sd), digits((after - mean) / sd)]
    index = mpf(0)
    for k in range(10):
        inside = lambda rows: mpf(sum(k <= 10 * p[i] < k + 1 for i in rows)) / len(rows)
        index += mp.sqrt(inside(source) * inside(target))
    result["generalizability_index"] = digits(index)
    lowest, highest = min(p[i] for i in source), max(p[i] for i in source)
    outside = sum(not lowest <= p[i] <= highest for i in target)
    result["share_outside"] = digits(mpf(outside) / len(target))
    return result


panel = make_panel()
people = make_people()
print('{')
print('"id": "causal",')
print('"reference": {"software": "mpmath 1.3.0, 40 digits", "call": "causal.py"},')
print('"tolerance": {"rel": 1e-12},')
parts = {
    "callaway_santanna_never": callaway_santanna(panel, True),
    "callaway_santanna_not_yet": callaway_santanna(panel, False),
    "sun_abraham": sun_abraham(panel, 0),
    "sun_abraham_with_x": sun_abraham(panel, 1),
    "weighting": weighting(people),
    "transport": transport(people),
}
print(",\n".join(f'"{name}": {json.dumps(part)}' for name, part in parts.items()))
print('}')
