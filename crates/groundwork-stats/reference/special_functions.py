"""Makes special_functions.json: values of the special functions to 20 digits.

Run with Python 3 and mpmath 1.3.0:

    python3 special_functions.py > special_functions.json

The incomplete beta function and the Student tail are integrated numerically
at 40 digits, so that nothing here shares a formula with the crate. Every
argument is the exact value of the binary number a 64-bit float holds.
"""

import json
from mpmath import mp, mpf

mp.dps = 40


def digits(value):
    return mp.nstr(value, 20, min_fixed=0, max_fixed=0)


def beta_both(a, b, x):
    """I_x(a, b) and its complement, by quadrature of the density."""
    a, b, x = mpf(a), mpf(b), mpf(x)
    log_beta = mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)

    def density(t):
        if t <= 0 or t >= 1:
            return mpf(0)
        return mp.exp((a - 1) * mp.log(t) + (b - 1) * mp.log1p(-t) - log_beta)

    mean = a / (a + b)
    sd = mp.sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))

    def integrate(low, high):
        # Pieces of half a standard deviation keep Gauss-Legendre exact.
        steps = [mpf(k) / 2 for k in range(-80, 81)]
        # From the point x outwards as well, where the tail decays fastest.
        scale = mp.fabs(x - mean) / sd
        fine = sd / max(scale, 1)
        cuts = {low, high}
        cuts |= {mean + s * sd for s in steps}
        cuts |= {x + s * fine for s in steps}
        cuts = sorted(c for c in cuts if low <= c <= high)
        total = mpf(0)
        for left, right in zip(cuts, cuts[1:]):
            total += mp.quad(density, [left, right], maxdegree=5, method="gauss-legendre")
        return total

    return integrate(mpf(0), x), integrate(x, mpf(1))


def beta_small(a, b, x):
    low = mp.betainc(a, b, 0, x, regularized=True)
    high = mp.betainc(b, a, 0, 1 - mpf(x), regularized=True)
    return low, high


def student_upper(t, df):
    """P(T > t) for t >= 0."""
    t, df = mpf(t), mpf(df)
    x = df / (df + t * t)
    if df <= 300:
        return mp.betainc(df / 2, mpf(1) / 2, 0, x, regularized=True) / 2
    log_const = mp.loggamma((df + 1) / 2) - mp.loggamma(df / 2) - mp.log(df * mp.pi) / 2

    def density(s):
        return mp.exp(log_const - (df + 1) / 2 * mp.log1p(s * s / df))

    step = 1 / max(t, 1)
    cuts = [t + step * k for k in range(0, 130)]
    total = mpf(0)
    for left, right in zip(cuts, cuts[1:]):
        total += mp.quad(density, [left, right], maxdegree=5, method="gauss-legendre")
    return total


def student_quantile_upper(p, df):
    """t with P(T > t) = p, p < 1/2."""
    p = mpf(p)
    low, high = mpf(0), mpf(1)
    while student_upper(high, df) > p:
        low, high = high, high * 2
    start = (low + high) / 2
    return mp.findroot(
        lambda t: mp.log(student_upper(t, df)) - mp.log(p),
        (low, high) if low > 0 else (start / 2, high),
        solver="anderson",
        tol=mpf(10) ** -28,
        maxsteps=80,
    )


out = {
    "id": "special_functions",
    "reference": {"software": "mpmath 1.3.0, 40 digits", "call": "special_functions.py"},
    "tolerance": {"rel": 1e-12},
}

out["normal_cdf"] = [
    {"z": z, "value": digits(mp.erfc(-mpf(z) / mp.sqrt(2)) / 2)}
    for z in (-38.0, -37.5, -30.3, -20.1, -12.7, -8.3, -5.5, -3.1, -1.96, -1.0, -0.3, -1e-9, 0.0, 0.7, 1.96, 5.0, 9.0)
]
out["normal_quantile"] = [
    {"p": p, "value": digits(mp.sqrt(2) * mp.erfinv(2 * mpf(p) - 1)) if p > 1e-20
     else digits(mp.findroot(lambda z: mp.log(mp.erfc(-z / mp.sqrt(2)) / 2) - mp.log(mpf(p)),
                             -mp.sqrt(-2 * mp.log(mpf(p))) * mpf("0.98")))}
    for p in (1e-300, 1e-100, 1e-30, 1e-15, 1e-9, 1e-5, 0.001, 0.005, 0.025, 0.05, 0.2, 0.2499, 0.2501,
              0.4, 0.499999, 0.5, 0.6, 0.75, 0.9, 0.975, 0.995, 0.9999999)
]
out["ln_gamma"] = [
    {"x": x, "value": digits(mp.loggamma(mpf(x)))}
    for x in (1e-8, 0.1, 0.5, 1.0, 1.5, 2.0, 2.5, 3.7, 10.0, 33.3, 100.0, 1234.5, 1e5, 1e7, 1e9)
]

beta_cases = []
for a, b, x in [
    (0.5, 0.5, 0.1), (0.5, 0.5, 0.9), (1.0, 1.0, 0.3), (2.0, 3.0, 0.4), (0.01, 5.0, 0.2), (5.0, 0.01, 0.2),
    (3.0, 6.0, 0.001), (3.5, 0.5, 0.99), (20.0, 30.0, 0.15), (20.0, 30.0, 0.7), (150.5, 12.0, 0.97),
    (81.0, 183.0, 0.3), (1e-3, 1e-3, 0.5), (80.0, 80.0, 0.5), (250.0, 7.0, 0.9),
]:
    low, high = beta_small(mpf(a), mpf(b), mpf(x))
    beta_cases.append({"a": a, "b": b, "x": x, "lower": digits(low), "upper": digits(high)})
for a, b, x in [
    (10000.5, 10000.0, 0.5), (10000.5, 10000.0, 0.48), (10000.5, 10000.0, 0.52), (1000.0, 1500.0, 0.4),
    (1000.0, 1500.0, 0.3), (1000.0, 1500.0, 0.45), (1e5, 2e5, 0.333), (1e5, 2e5, 0.33), (300.0, 99700.0, 0.0025),
    (300.0, 99700.0, 0.0034), (1e6, 1e6, 0.5), (1e6, 1e6, 0.499), (5e6, 5e6, 0.5), (5e6, 5e6, 0.5001),
    (5e6, 5e6, 0.498), (5e6, 5e6, 0.503), (3e6, 7e6, 0.3), (3e6, 7e6, 0.2995), (1e7, 1e7, 0.5002), (1e7, 100.0, 0.99999),
    (12.5, 1e7, 1.5e-6),
]:
    low, high = beta_both(a, b, x)
    beta_cases.append({"a": a, "b": b, "x": x, "lower": digits(low), "upper": digits(high)})
out["beta_regularised"] = beta_cases

out["student_upper_tail"] = [
    {"t": t, "df": df, "value": digits(student_upper(t, df))}
    for df in (0.5, 1.0, 1.7, 3.0, 9.0, 14.0, 60.5, 300.0, 1e3, 1e4, 1e5, 1e6, 1e7)
    for t in (0.001, 0.3, 0.99, 1.01, 1.96, 4.5, 12.0)
] + [
    {"t": t, "df": df, "value": digits(student_upper(t, df))}
    for t, df in ((30.0, 1e7), (37.0, 1e7), (30.0, 1e5), (1e6, 1.0), (1e12, 2.5), (1e200, 1.0), (200.0, 40.0))
]
out["student_quantile"] = [
    {"upper_tail": p, "df": df, "value": digits(student_quantile_upper(p, df))}
    for df in (1.0, 2.0, 3.0, 5.5, 9.0, 14.0, 30.0, 100.0, 1e3, 1e4, 1e6, 1e7)
    for p in (0.45, 0.3, 0.2, 0.025, 0.005, 1e-6)
] + [
    {"upper_tail": p, "df": df, "value": digits(student_quantile_upper(p, df))}
    for p, df in ((1e-30, 1e6), (1e-15, 9.0), (1e-100, 40.0), (0.025, 0.5), (0.49999, 7.0))
]


def binomial(k, n, p):
    p = mpf(p)
    return mp.exp(mp.loggamma(mpf(n + 1)) - mp.loggamma(mpf(k + 1)) - mp.loggamma(mpf(n - k + 1))
                  + k * mp.log(p) + (n - k) * mp.log1p(-p))


out["binomial_mass"] = [
    {"k": k, "n": n, "p": p, "value": digits(binomial(k, n, p))}
    for k, n, p in ((0, 8, 0.1), (8, 8, 0.9), (6, 8, 0.75), (3, 6, 0.5), (81, 263, 0.31), (0, 3000, 0.001),
                    (10, 3000, 0.001), (5000, 10000, 0.5), (5200, 10000, 0.5), (3000000, 10000000, 0.3),
                    (3005000, 10000000, 0.3), (3060000, 10000000, 0.3), (12, 10000000, 1e-6))
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
