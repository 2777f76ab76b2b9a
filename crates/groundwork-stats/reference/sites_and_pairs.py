"""Reference values for sites and pairs, to 20 digits.

Run with mpmath 1.3.0:

    python3 sites_and_pairs.py > sites_and_pairs.json

* Tango's score interval for a paired difference: the limits are where the
  likelihood, maximised under the difference by looking for the zero of its
  derivative, gives a score statistic of plus or minus z. The closed form of
  the nuisance parameter that the crate uses is not used here.
* The line through the sites of dat_bcg by restricted maximum likelihood: the
  root of the slope in tau2, with dense matrices.
* The logistic model with a random intercept on dat_pritz1997: the random
  intercept is integrated out by the trapezoidal rule with 1201 points, and
  the derivatives of the likelihood are zero at the estimates.
"""

import csv
import json
import os

import mpmath as mp

mp.mp.dps = 40


def text(x):
    return mp.nstr(x, 20)


def tango(both, lost, gained, neither, level):
    n = both + lost + gained + neither
    same = both + neither
    z = mp.sqrt(2) * mp.erfinv(mp.mpf(level))
    estimate = mp.mpf(gained - lost) / n

    def spread(delta):
        # The probability of losing p, given that gaining is p + delta.
        low = max(mp.mpf(0), -delta)
        high = (1 - delta) / 2

        def slope(p):
            total = mp.mpf(0)
            if lost:
                total += lost / p
            if gained:
                total += gained / (p + delta)
            if same:
                total -= 2 * same / (1 - 2 * p - delta)
            return total

        a, b = low + mp.mpf(10) ** -35, high - mp.mpf(10) ** -35
        if slope(a) <= 0:
            p = low
        elif slope(b) >= 0:
            p = high
        else:
            for _ in range(140):
                middle = (a + b) / 2
                if slope(middle) > 0:
                    a = middle
                else:
                    b = middle
            p = (a + b) / 2
        return 2 * p + delta - delta * delta

    def limit(end):
        def excess(delta):
            return (estimate - delta) ** 2 - z * z * spread(delta) / n

        a, b = estimate + (end - estimate) * mp.mpf(10) ** -12, mp.mpf(end)
        for _ in range(140):
            middle = (a + b) / 2
            if excess(middle) < 0:
                a = middle
            else:
                b = middle
        return (a + b) / 2

    return [text(limit(-1)), text(limit(1))]


def random_intercept(name):
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, "data", name)) as file:
        rows = [(int(row["xi"]), int(row["ni"])) for row in csv.DictReader(file)]
    step = mp.mpf(1) / 50
    points = [(k * step, mp.exp(-((k * step) ** 2) / 2)) for k in range(-600, 601)]

    def gradient(mean, sigma):
        chances = [1 / (1 + mp.exp(-(mean + sigma * u))) for u, _ in points]
        by_mean, by_sigma = mp.mpf(0), mp.mpf(0)
        for x, n in rows:
            mass = first = second = mp.mpf(0)
            for (u, weight), p in zip(points, chances):
                weight = weight * p**x * (1 - p) ** (n - x)
                mass += weight
                first += weight * (x - n * p)
                second += weight * (x - n * p) * u
            by_mean += first / mass
            by_sigma += second / mass
        return by_mean, by_sigma

    def hessian(mean, sigma):
        h = mp.mpf(10) ** -10
        columns = []
        for dm, ds in ((h, 0), (0, h)):
            up, down = gradient(mean + dm, sigma + ds), gradient(mean - dm, sigma - ds)
            columns.append([(a - b) / (2 * h) for a, b in zip(up, down)])
        return mp.matrix(columns)

    at = mp.matrix([mp.mpf("1.3766"), mp.mpf("0.7677")])
    for _ in range(5):
        at = at - mp.lu_solve(hessian(at[0], at[1]), mp.matrix(gradient(at[0], at[1])))
    covariance = -(hessian(at[0], at[1]) ** -1)
    return {
        "data": name,
        "mu": text(at[0]),
        "tau2": text(at[1] ** 2),
        "std_error": mp.nstr(mp.sqrt(covariance[0, 0]), 15),
    }


def line_through_sites(name):
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, "data", name)) as file:
        rows = list(csv.DictReader(file))
    y, v, x = ([mp.mpf(row[key]) for row in rows] for key in ("yi", "vi", "ablat"))
    k = len(y)
    design = mp.matrix([[1, at] for at in x])

    def parts(tau2, design):
        w = mp.diag([1 / (at + tau2) for at in v])
        inverse = (design.T * w * design) ** -1
        projection = w - w * design * inverse * design.T * w
        return w, inverse, projection

    def root(design):
        def slope(tau2):
            _, _, projection = parts(tau2, design)
            gone = projection * mp.matrix(y)
            return (gone.T * gone)[0] - sum(projection[i, i] for i in range(k))

        a, b = mp.mpf(0), mp.mpf(2)
        assert slope(a) > 0 > slope(b)
        for _ in range(100):
            middle = (a + b) / 2
            if slope(middle) > 0:
                a = middle
            else:
                b = middle
        return (a + b) / 2

    tau2 = root(design)
    without = root(mp.matrix([[1] for _ in y]))
    w, inverse, projection = parts(tau2, design)
    beta = inverse * design.T * w * mp.matrix(y)
    q = (mp.matrix(y).T * projection * mp.matrix(y))[0]
    errors = [mp.sqrt(inverse[i, i]) for i in range(2)]
    return {
        "data": name,
        "tau2": text(tau2),
        "tau2_without": text(without),
        "coef": [text(b) for b in beta],
        "se_wald": [text(e) for e in errors],
        "se_hksj": [text(e * mp.sqrt(q / (k - 2))) for e in errors],
        "QM": text((beta[1] / errors[1]) ** 2),
    }


def main():
    tables = [
        (794, 150, 86, 570),
        (2, 0, 5, 1),
        (0, 0, 0, 8),
        (0, 3, 5, 0),
        (0, 0, 8, 0),
        (0, 8, 0, 0),
        (5, 1, 0, 2),
        (40_000, 1_000, 1_100, 60_000),
    ]
    cases = []
    for level in (0.95, 0.9):
        for both, lost, gained, neither in tables:
            cases.append(
                {
                    "both": both,
                    "lost": lost,
                    "gained": gained,
                    "neither": neither,
                    "conf_level": level,
                    "interval": tango(both, lost, gained, neither, level),
                }
            )
    file = {
        "method": "score interval of a paired difference, after minus before; line through sites; logistic model with a random intercept",
        "reference": "mpmath 1.3.0 with 40 digits, by sites_and_pairs.py beside this file",
        "tolerance": {"rel": 1e-12},
        "tango": cases,
        "line_through_sites": line_through_sites("dat_bcg.csv"),
        "random_intercept": random_intercept("dat_pritz1997.csv"),
    }
    print(json.dumps(file, indent=1))


main()
