"""Makes special_distributions.json: values of distribution functions and
quantiles to 20 digits.

Run with Python 3 and mpmath 1.3.0:

    python3 special_distributions.py > special_distributions.json

Nothing here shares a formula with the crate: incomplete gamma and beta
functions come from mpmath's hypergeometric series, or for large shapes from
Gauss-Legendre quadrature of the density at 40 digits; quantiles from bisection
and the secant rule on those; the noncentral t from the series of Lenth (1989)
at 120 digits, which outlives its cancellation; the hypergeometric masses from
whole numbers. Every argument is the exact value of the binary number a 64-bit
float holds.
"""

import json
from fractions import Fraction
from math import comb
from mpmath import mp, mpf

mp.dps = 40


def digits(value):
    return mp.nstr(value, 20, min_fixed=0, max_fixed=0)


def tails_of(density, mean, sd, x, low_end, high_end):
    """Both tails of a density with one bulk, by quadrature in short pieces."""
    scale = max(mp.fabs(x - mean) / sd, 1)
    fine = sd / scale
    steps = [mpf(k) / 2 for k in range(-80, 81)]
    cuts = {x} | {mean + s * sd for s in steps} | {x + s * fine for s in steps}
    cuts |= {end for end in (low_end, high_end) if mp.isfinite(end)}
    cuts = sorted(c for c in cuts if low_end <= c <= high_end)
    lower = upper = mpf(0)
    for left, right in zip(cuts, cuts[1:]):
        piece = mp.quad(density, [left, right], maxdegree=5, method="gauss-legendre")
        if right <= x:
            lower += piece
        else:
            upper += piece
    # The larger follows from the smaller, which lies away from the ends.
    return (lower, 1 - lower) if lower < upper else (1 - upper, upper)


def gamma_tails(a, x):
    a, x = mpf(a), mpf(x)
    if a <= 2000:
        mp.dps = 80
        lower = mp.gammainc(a, 0, x, regularized=True)
        upper = mp.gammainc(a, x, mp.inf, regularized=True)
        mp.dps = 40
        return +lower, +upper
    log_const = mp.loggamma(a)
    density = lambda t: mp.exp((a - 1) * mp.log(t) - t - log_const) if t > 0 else mpf(0)
    return tails_of(density, a, mp.sqrt(a), x, mpf(0), mp.inf)


def beta_tails(a, b, x, y=None):
    a, b, x = mpf(a), mpf(b), mpf(x)
    y = 1 - x if y is None else y
    if a + b <= 4000:
        mp.dps = 80
        lower = mp.betainc(a, b, 0, x, regularized=True)
        upper = mp.betainc(b, a, 0, y, regularized=True)
        mp.dps = 40
        return +lower, +upper
    log_const = mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)
    density = lambda t: mp.exp((a - 1) * mp.log(t) + (b - 1) * mp.log1p(-t) - log_const) if 0 < t < 1 else mpf(0)
    sd = mp.sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))
    return tails_of(density, a / (a + b), sd, x, mpf(0), mpf(1))


def invert(log_tail, target, low, high):
    """The point where ln of a tail equals ln target, by Illinois steps."""
    wanted = mp.log(mpf(target))
    at_low, at_high = log_tail(low) - wanted, log_tail(high) - wanted
    assert at_low * at_high < 0, (low, high, at_low, at_high)
    for _ in range(200):
        middle = high - at_high * (high - low) / (at_high - at_low)
        at_middle = log_tail(middle) - wanted
        if at_middle * at_high < 0:
            low, at_low = high, at_high
        else:
            at_low /= 2
        moved = mp.fabs(middle - high)
        high, at_high = middle, at_middle
        if moved <= mpf(10) ** -27 * mp.fabs(high) or at_high == 0:
            return high
    raise ValueError("not settled")


def gamma_quantile(p, a, upper):
    side = 1 if upper else 0
    a = mpf(a)

    def log_tail(u):
        return mp.log(gamma_tails(a, mp.exp(u))[side])

    centre, sd = mp.log(a) if a > 1 else mp.psi(0, a), mp.sqrt(mp.psi(1, a))
    low, high = centre - sd / 10, centre + sd / 10
    while (log_tail(low) > mp.log(p)) != upper:
        low -= sd
    while (log_tail(high) > mp.log(p)) == upper:
        high += sd / 2
    return mp.exp(invert(log_tail, p, low, high))


def beta_quantile(p, a, b, upper):
    """The quantile and its complement."""
    side = 1 if upper else 0
    a, b = mpf(a), mpf(b)

    def parts(u):
        return 1 / (1 + mp.exp(-u)), 1 / (1 + mp.exp(u))

    def log_tail(u):
        x, y = parts(u)
        return mp.log(beta_tails(a, b, x, y)[side])

    centre, sd = mp.psi(0, a) - mp.psi(0, b), mp.sqrt(mp.psi(1, a) + mp.psi(1, b))
    low, high = centre - sd / 10, centre + sd / 10
    while (log_tail(low) > mp.log(p)) != upper:
        low -= sd
    while (log_tail(high) > mp.log(p)) == upper:
        high += sd
    return parts(invert(log_tail, p, low, high))


def noncentral_t(t, df, ncp):
    """P(T <= t) and P(T > t) by the series of Lenth."""
    if t < 0:
        lower, upper = noncentral_t(-t, df, -ncp)
        return upper, lower
    mp.dps = 120
    t, df, ncp = mpf(t), mpf(df), mpf(ncp)
    x = t * t / (t * t + df)
    half = ncp * ncp / 2
    total = mp.erfc(ncp / mp.sqrt(2)) / 2
    p = mp.exp(-half)
    q = ncp / mp.sqrt(2) * mp.exp(-half) / mp.gamma(mpf(3) / 2)
    b = df / 2
    # I_x(j + 1/2, b) and I_x(j + 1, b) step down by x^a y^b / (a B(a, b)).
    odd = mp.betainc(mpf(1) / 2, b, 0, x, regularized=True)
    even = mp.betainc(mpf(1), b, 0, x, regularized=True)
    step_odd = mp.exp(mp.log(x) / 2 + b * mp.log1p(-x) - mp.log(mpf(1) / 2) - mp.log(mp.beta(mpf(1) / 2, b)))
    step_even = mp.exp(mp.log(x) + b * mp.log1p(-x) - mp.log(mp.beta(mpf(1), b)))
    j = 0
    series = mpf(0)
    while True:
        term = p * odd + q * even
        series += term
        if j > half and mp.fabs(p) + mp.fabs(q) < mpf(10) ** -115:
            break
        odd -= step_odd
        even -= step_even
        a = j + mpf(1) / 2
        step_odd *= x * (a + b) / (a + 1)
        a = j + mpf(1)
        step_even *= x * (a + b) / (a + 1)
        j += 1
        p *= half / j
        q *= half / (j + mpf(1) / 2)
    lower = total + series / 2
    upper = 1 - lower
    mp.dps = 40
    return +lower, +upper


def hypergeometric(k, successes, draws, population):
    share = Fraction(comb(successes, k) * comb(population - successes, draws - k), comb(population, draws))
    return mpf(share.numerator) / mpf(share.denominator)


def poisson(k, mean):
    mean = mpf(mean)
    return mp.exp(k * mp.log(mean) - mean - mp.loggamma(mpf(k + 1)))


out = {
    "id": "special_distributions",
    "reference": {"software": "mpmath 1.3.0, 40 digits", "call": "special_distributions.py"},
    "tolerance": {"rel": 1e-12},
}

cases = []
for a, x in [
    (0.01, 1e-9), (0.01, 0.3), (0.01, 2.0), (0.3, 0.05), (0.3, 0.9), (0.3, 1.1), (0.5, 0.2), (0.5, 12.0), (1.0, 1e-8),
    (1.0, 40.0), (1.5, 0.7), (1e-05, 0.5), (1e-05, 3.0),
    (3.7, 0.02), (3.7, 3.7), (3.7, 25.0), (12.0, 11.0), (19.9, 20.0), (20.0, 20.0), (20.5, 8.1), (20.5, 8.3),
    (20.5, 32.9), (20.5, 36.0), (20.5, 90.0), (60.0, 30.0), (60.0, 61.0), (60.0, 110.0), (250.0, 150.0), (250.0, 249.0),
    (250.0, 380.0), (1000.0, 700.0), (1000.0, 1500.0), (1900.0, 1899.5),
    (1e4, 9600.0), (1e4, 1e4), (1e4, 10600.0), (1e4, 6500.0), (1e6, 998000.0), (1e6, 1000001.0), (1e6, 1005000.0),
    (1e7, 9990000.0), (1e7, 9999999.5), (1e7, 10004000.0), (1e7, 10060000.0),
]:
    lower, upper = gamma_tails(a, x)
    cases.append({"a": a, "x": x, "lower": digits(lower), "upper": digits(upper)})
out["gamma"] = cases

out["gamma_quantile"] = [
    {"tail": p, "upper": upper, "a": a, "value": digits(gamma_quantile(p, a, upper))}
    for a in (0.05, 0.5, 1.0, 2.5, 8.0, 19.0, 137.0, 1500.0)
    for p, upper in ((1e-12, False), (0.025, False), (0.3, False), (0.49, True), (0.05, True), (1e-30, True))
] + [
    {"tail": p, "upper": upper, "a": a, "value": digits(gamma_quantile(p, a, upper))}
    for a in (1e5, 1e7)
    for p, upper in ((1e-9, False), (0.025, False), (0.4, True), (0.025, True))
]

out["f"] = []
for x, d1, d2 in [
    (0.3, 1.0, 1.0), (2.5, 1.0, 9.0), (40.0, 3.0, 2.0), (1.0, 4.5, 7.5), (0.01, 10.0, 3.0), (3.2, 12.0, 100.0),
    (1.1, 300.0, 500.0), (0.7, 300.0, 500.0), (1.5, 300.0, 500.0), (1.001, 1e5, 2e5), (1.05, 1e5, 2e5), (2.0, 5.0, 1e7),
    (0.998, 1e7, 1e7), (1.003, 1e7, 1e7),
]:
    x_, d1_, d2_ = mpf(x), mpf(d1), mpf(d2)
    share = d1_ * x_ / (d1_ * x_ + d2_)
    lower, upper = beta_tails(d1_ / 2, d2_ / 2, share, d2_ / (d1_ * x_ + d2_))
    out["f"].append({"x": x, "d1": d1, "d2": d2, "lower": digits(lower), "upper": digits(upper)})

out["f_quantile"] = []
for p, d1, d2 in [
    (0.025, 1.0, 9.0), (0.025, 29.0, 87.0), (1e-10, 4.0, 6.0), (0.4, 3.0, 2.0), (0.01, 300.0, 2000.0), (0.3, 1e5, 2e5),
]:
    x, y = beta_quantile(p, mpf(d1) / 2, mpf(d2) / 2, False)
    out["f_quantile"].append({"p": p, "d1": d1, "d2": d2, "value": digits(mpf(d2) / mpf(d1) * x / y)})

out["beta_quantile"] = [
    {"tail": p, "upper": upper, "a": a, "b": b, "value": digits(beta_quantile(p, a, b, upper)[0])}
    for a, b in ((0.5, 0.5), (0.05, 2.0), (6.0, 3.0), (6.5, 2.5), (1.0, 20.5), (81.0, 183.0), (150.0, 0.7), (900.0, 2500.0))
    for p, upper in ((1e-12, False), (0.025, False), (0.4, False), (0.025, True), (1e-9, True))
] + [
    {"tail": p, "upper": upper, "a": a, "b": b, "value": digits(beta_quantile(p, a, b, upper)[0])}
    for a, b in ((3e4, 7e4), (5e6, 5e6), (3e6, 7e6))
    for p, upper in ((0.025, False), (0.3, True), (1e-8, True))
]

out["noncentral_t"] = []
for t, df, ncp in [
    (0.5, 1.0, 0.3), (3.0, 3.0, 1.0), (-1.0, 3.0, 1.0), (-6.0, 3.0, 2.0), (2.0, 9.0, 5.0), (0.1, 9.0, 5.0), (14.0, 9.0, 5.0),
    (2.024394, 38.0, 3.1622776601683795), (-2.024394, 38.0, 3.1622776601683795), (1.7, 0.6, -2.0), (12.0, 4.5, 10.0),
    (2.0, 100.0, -3.0), (2.0, 1000.0, 2.5), (1.96, 1e5, 2.8), (-1.96, 1e5, 2.8), (1.96, 1e7, 2.8), (25.0, 50.0, 20.0),
    (3.0, 20.0, 11.0), (0.01, 2.0, 4.0), (200.0, 2.0, 4.0), (5.0, 7.0, -0.5), (1e-4, 5.0, 0.2),
]:
    lower, upper = noncentral_t(t, df, ncp)
    out["noncentral_t"].append({"t": t, "df": df, "ncp": ncp, "lower": digits(lower), "upper": digits(upper)})

out["poisson_mass"] = [
    {"k": k, "mean": mean, "value": digits(poisson(k, mean))}
    for k, mean in ((0, 0.3), (3, 0.01), (8, 8.0), (137, 150.5), (20, 1e-3), (10000, 10000.0), (10300, 10000.0),
                    (10000000, 10001000.0), (9990000, 1e7))
]

out["hypergeometric_mass"] = [
    {"k": k, "successes": s, "draws": d, "population": n, "value": digits(hypergeometric(k, s, d, n))}
    for k, s, d, n in ((3, 4, 4, 8), (0, 8, 9, 17), (6, 9, 8, 16), (30, 52, 40, 120), (300, 1000, 5000, 16000),
                       (310, 1000, 5000, 16000), (200, 1000, 5000, 16000), (3, 100000, 40, 1000000))
]

out["digamma"] = [
    {"x": x, "value": digits(mp.psi(0, mpf(x)))} for x in (1e-6, 0.1, 0.5, 1.0, 2.0, 3.3, 9.7, 10.0, 123.4, 1e7)
]
out["trigamma"] = [
    {"x": x, "value": digits(mp.psi(1, mpf(x)))} for x in (1e-6, 0.1, 0.5, 1.0, 2.0, 3.3, 9.7, 10.0, 123.4, 1e7)
]

# One case a line, so that a change shows as the line it changes.
lines = []
for name, entry in out.items():
    if isinstance(entry, list):
        entry = "[\n" + ",\n".join(json.dumps(case) for case in entry) + "\n]"
    else:
        entry = json.dumps(entry)
    lines.append(json.dumps(name) + ": " + entry)
print("{\n" + ",\n".join(lines) + "\n}")
