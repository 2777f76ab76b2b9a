"""The Python side of the benchmark: reads the data that main.rs wrote, computes the same numbers
with the reference packages, and prints one JSON object with the versions, times and numbers.

    reference.py FOLDER

Loading is not timed.
"""

import json
import os
import sys
import time
import warnings

# Before anything loads a BLAS: one thread for everything.
for name in ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR", "NUMBA", "VECLIB_MAXIMUM"):
    os.environ[f"{name}_NUM_THREADS"] = "1"

from importlib.metadata import version

import numpy as np
import statsmodels.api as sm
from lifelines import KaplanMeierFitter
from pymare.estimators import VarianceBasedLikelihoodEstimator
from scipy import optimize, stats
from statsmodels.stats.meta_analysis import combine_effects
from wildboottest.wildboottest import wildboottest

warnings.simplefilter("ignore")
folder = sys.argv[1]
cases = {}


def column(name):
    return np.fromfile(os.path.join(folder, name), dtype="<f8")


def measure(name, reference, compute):
    """`compute` returns the numbers to compare. Once to warm up, then three runs and a second at
    least; the time is what a run took of the processor on average."""
    compute()
    runs, begun = 0, time.process_time()
    while runs < 3 or time.process_time() - begun < 1.0:
        numbers = compute()
        runs += 1
    seconds = (time.process_time() - begun) / runs
    numbers = {key: float(value) for key, value in numbers.items()}
    cases[name] = {"reference": reference, "seconds": seconds, "numbers": numbers}


# 10,000 resamples of 1,000 clusters, BCa limits of a ratio of sums.
y, x = column("clusters-y"), column("clusters-x")


def ratio(y, x, axis=-1):
    return y.sum(axis=axis) / x.sum(axis=axis)


def bca():
    found = stats.bootstrap(
        (y, x), ratio, n_resamples=10_000, paired=True, vectorized=True, method="BCa",
        rng=np.random.default_rng(1),
    )
    return {"ratio": ratio(y, x), "std_error": found.standard_error}


measure("bca", "scipy.stats.bootstrap", bca)
# Other random numbers give other limits, so they are compared on the resamples of main.rs.
drawn = stats._resampling.BootstrapResult(None, column("resampled-ratios"), None)
same = stats.bootstrap(
    (y, x), ratio, n_resamples=0, paired=True, vectorized=True, method="BCa", bootstrap_result=drawn
)
cases["bca"]["numbers"] = {
    "ratio": ratio(y, x),
    "std_error": float(same.standard_error),
    "lower": float(same.confidence_interval.low),
    "upper": float(same.confidence_interval.high),
}

# All 65,536 sign vectors of 16 clusters for the coefficient of a treatment of whole clusters.
outcome, treated, covariate = column("rows-y"), column("rows-treated"), column("rows-covariate")
rows_cluster = column("rows-cluster").astype(np.int64)


def wild_package():
    model = sm.WLS(outcome, np.column_stack([np.ones(len(outcome)), treated, covariate]))
    found = wildboottest(model, B=2**16 + 1, param="x1", cluster=rows_cluster, parallel=False, show=False)
    return {"statistic": found["statistic"].iloc[0], "share_exceeding": found["p-value"].iloc[0]}


def wild_written_out():
    """The same t* in matrix form (Roodman et al. 2019), the errors without a factor, which no
    p-value depends on."""
    design = np.column_stack([np.ones(len(outcome)), treated, covariate])
    inverse = np.linalg.inv(design.T @ design)
    restricted = np.delete(design, 1, axis=1)
    rest = outcome - restricted @ np.linalg.lstsq(restricted, outcome, rcond=None)[0]
    clusters = rows_cluster.max() + 1
    along = design @ inverse[1]
    own = np.bincount(rows_cluster, weights=along * rest, minlength=clusters)
    scores = np.stack([np.bincount(rows_cluster, weights=c * rest, minlength=clusters) for c in design.T])
    sums = np.stack([np.bincount(rows_cluster, weights=c * along, minlength=clusters) for c in design.T])
    parts = np.diag(own) - (inverse @ scores).T @ sums
    signs = 1.0 - 2.0 * ((np.arange(2**clusters)[:, None] >> np.arange(clusters)) & 1)
    t = (signs @ own) / np.sqrt(((signs @ parts) ** 2).sum(axis=1))
    return {"p_value": np.mean(np.abs(t) >= np.abs(t[0]) * (1 - 1e-9))}


measure("wild", "wildboottest", wild_package)
measure("wild.numpy", "numpy, written out", wild_written_out)

# A million times, in whole days and in fractions of days.
event = column("times-event")
for name, time_column in (("km.days", "times-days"), ("km.fractions", "times-fractions")):
    times = column(time_column)
    at = 900.0

    def kaplan_meier():
        fitted = KaplanMeierFitter().fit(times, event)
        limits = fitted.confidence_interval_survival_function_
        row = limits.index.searchsorted(at, side="right") - 1
        return {
            "survival": fitted.survival_function_at_times(at).iloc[0],
            "lower": limits.iloc[row, 0],
            "upper": limits.iloc[row, 1],
            "median": fitted.median_survival_time_,
        }

    measure(name, "lifelines KaplanMeierFitter", kaplan_meier)

# A million rows, nineteen columns and a constant, a thousand clusters.
target, labels = column("regression-y"), column("regression-cluster").astype(np.int64)
design = column("regression-x").reshape(-1, len(target)).T
design = np.ascontiguousarray(np.column_stack([np.ones(len(target)), design]))


def regression():
    fitted = sm.OLS(target, design).fit(cov_type="cluster", cov_kwds={"groups": labels}, use_t=True)
    return {
        "coefficient": fitted.params[1],
        "std_error": fitted.bse[1],
        "p_value": fitted.pvalues[1],
        "last std_error": fitted.bse[-1],
    }


def regression_written_out():
    """Normal equations and sums by cluster: the least that computes the same numbers, at the price
    of digits where columns are nearly dependent."""
    rows, terms = design.shape
    inverse = np.linalg.inv(design.T @ design)
    coefficients = inverse @ (design.T @ target)
    rest = target - design @ coefficients
    clusters = labels.max() + 1
    sums = np.stack([np.bincount(labels, weights=c * rest, minlength=clusters) for c in design.T])
    factor = clusters / (clusters - 1) * (rows - 1) / (rows - terms)
    errors = np.sqrt(factor * np.diag(inverse @ (sums @ sums.T) @ inverse))
    p_value = 2 * stats.t.sf(abs(coefficients[1] / errors[1]), clusters - 1)
    return {
        "coefficient": coefficients[1],
        "std_error": errors[1],
        "p_value": p_value,
        "last std_error": errors[-1],
    }


measure("regression", "statsmodels OLS", regression)
measure("regression.numpy", "numpy, written out", regression_written_out)

# A thousand studies.
values, variances = column("studies-values"), column("studies-variances")


def reml_package():
    estimator = VarianceBasedLikelihoodEstimator(method="REML", small_sample_correction="knapp-hartung-conservative")
    fitted = estimator.fit(values[:, None], variances[:, None], np.ones((len(values), 1)))
    return {
        "tau2": fitted.params_["tau2"].item(),
        "mean": fitted.params_["fe_params"].item(),
        "std_error": np.sqrt(fitted.params_["inv_cov"].item()),
    }


def reml_written_out():
    def height(tau2):
        w = 1.0 / (variances + tau2)
        mean = w @ values / w.sum()
        return 0.5 * (np.log(w.sum()) - np.log(w).sum() + w @ (values - mean) ** 2)

    most = 4.0 * values.var()
    tau2 = optimize.minimize_scalar(height, bounds=(0.0, most), method="bounded", options={"xatol": 1e-9}).x
    w = 1.0 / (variances + tau2)
    mean = w @ values / w.sum()
    share = w @ (values - mean) ** 2 / (len(values) - 1)
    return {"tau2": tau2, "mean": mean, "std_error": np.sqrt(max(share, 1.0) / w.sum())}


def paule_mandel():
    found = combine_effects(values, variances, method_re="iterated")
    return {"tau2": found.tau2, "mean": found.mean_effect_re}


measure("reml", "PyMARE", reml_package)
measure("reml.scipy", "scipy, written out", reml_written_out)
measure("paule-mandel", "statsmodels combine_effects", paule_mandel)

packages = ("numpy", "scipy", "statsmodels", "lifelines", "PyMARE", "wildboottest")
versions = {"Python": sys.version.split()[0]} | {name: version(name) for name in packages}
json.dump({"versions": versions, "cases": cases}, sys.stdout)
