"""Makes other_data.json: the same methods on data sets that no other case uses, computed with
scipy, statsmodels and lifelines, or with numpy where none of them has the method.

    python3 -m venv venv
    venv/bin/pip install lifelines==0.30.3 numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0
    venv/bin/python other_data.py FOLDER > other_data.json

FOLDER holds the data files. Those in `data/` are read by the test from there; the others may not
be copied or are large, and their cases are skipped where they are absent.
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
from lifelines import KaplanMeierFitter
from lifelines.statistics import multivariate_logrank_test
from lifelines.utils import restricted_mean_survival_time
from scipy import optimize, stats
from statsmodels.stats import meta_analysis, power, proportion, rates
from statsmodels.stats.contingency_tables import StratifiedTable, mcnemar
from statsmodels.stats.oaxaca import OaxacaBlinder
from statsmodels.treatment.treatment_effects import TreatmentEffect

warnings.simplefilter("ignore")
folder = Path(sys.argv[1])
expected = {}


def read(name):
    return pd.read_csv(folder / f"{name}.csv")


def put(case, **numbers):
    def plain(value):
        if np.ndim(value):
            return [plain(v) for v in value]
        # A median that is not reached.
        return float(value) if np.isfinite(value) else None

    expected.setdefault(case, {}).update({key: plain(value) for key, value in numbers.items()})


# Clustered errors: 500 firms over ten years.
def small_clusters(design, outcome, cluster, power):
    """CR2 (power -1/2) and CR3 (power -1) in full matrices, with Satterthwaite's degrees."""
    inverse = np.linalg.inv(design.T @ design)
    hat = design @ inverse @ design.T
    rest = outcome - hat @ outcome
    meat, parts = 0.0, []
    for g in np.unique(cluster):
        at = cluster == g
        values, vectors = np.linalg.eigh(np.eye(at.sum()) - hat[np.ix_(at, at)])
        scale = np.where(values > 1e-10, np.where(values > 1e-10, values, 1.0) ** power, 0.0)
        adjust = (vectors * scale) @ vectors.T
        score = design[at].T @ adjust @ rest[at]
        meat = meat + np.outer(score, score)
        # One column a term: what the cluster adds to its variance, as a form in the errors.
        parts.append((np.eye(len(outcome)) - hat)[:, at] @ adjust @ design[at] @ inverse)
    errors = np.sqrt(np.diag(inverse @ meat @ inverse))
    degrees = []
    for term in range(design.shape[1]):
        columns = np.stack([part[:, term] for part in parts], axis=1)
        gram = columns.T @ columns
        degrees.append(np.trace(gram) ** 2 / (gram**2).sum())
    return errors, np.array(degrees)


firms = read("petersen")
line = sm.OLS(firms["y"], sm.add_constant(firms["x"]))
fitted = line.fit()
put("petersen", coefficients=fitted.params, errors=fitted.bse)
for kind in ("HC0", "HC1", "HC2", "HC3"):
    put("petersen", **{kind: fitted.get_robustcov_results(kind).bse})
for name, correction in (("cr0", False), ("cr1s", True)):
    clustered = line.fit(
        cov_type="cluster", cov_kwds={"groups": firms["firm"], "use_correction": correction}, use_t=True
    )
    put("petersen", **{name: clustered.bse, f"{name} p": clustered.pvalues})

schools = read("apiclus2")
design = sm.add_constant(schools[["meals", "ell"]]).to_numpy()
for name, exponent in (("cr2", -0.5), ("cr3", -1.0)):
    errors, degrees = small_clusters(design, schools["api00"].to_numpy(), schools["dnum"].to_numpy(), exponent)
    put("apiclus2", **{name: errors, f"{name} df": degrees})
hac = sm.OLS(schools["api00"], design).fit(cov_type="HAC", cov_kwds={"maxlags": 4})
put("apiclus2", hac=hac.bse)

# Sites pooled.
for name, file in (("hackshaw", "dat_hackshaw1998"), ("raudenbush", "dat_raudenbush1985")):
    sites = read(file)
    y, v = sites["yi"].to_numpy(), sites["vi"].to_numpy()
    k = len(y)

    def weighted(tau2):
        w = 1 / (v + tau2)
        mean = (w * y).sum() / w.sum()
        return w, mean, (w * (y - mean) ** 2).sum()

    def minus_restricted(tau2):
        w, _, q = weighted(tau2)
        return 0.5 * (np.log(v + tau2).sum() + np.log(w.sum()) + q)

    def slope(tau2):
        w, mean, _ = weighted(tau2)
        return (w**2 * (y - mean) ** 2).sum() - w.sum() + (w**2).sum() / w.sum()

    peak = optimize.minimize_scalar(minus_restricted, bounds=(1e-8, 1.0), method="bounded").x
    reml = optimize.brentq(slope, peak / 4, peak * 4, xtol=1e-16, rtol=1e-14)
    w, mean, q = weighted(reml)
    hksj = np.sqrt(q / (k - 1) / w.sum())
    error = max(hksj, w.sum() ** -0.5)
    spread = np.sqrt(reml + 1 / w.sum())
    moments = meta_analysis.combine_effects(y, v, method_re="dl")
    paule = optimize.brentq(lambda t: weighted(t)[2] - (k - 1), 0, 1, xtol=1e-16, rtol=1e-14)
    put(
        name, dl=moments.tau2, q=moments.q, pm=paule, reml=reml, mean=mean, hksj=hksj, guarded=error,
        mean_ci=mean + np.array([-1, 1]) * stats.t.ppf(0.975, k - 1) * error,
        prediction=mean + np.array([-1, 1]) * stats.t.ppf(0.975, k - 2) * spread,
    )

# Times to an event.
def median(fit):
    """Where the curve rests at one half, the middle of the rest; lifelines gives its beginning."""
    survival = fit.survival_function_["KM_estimate"]
    falls = survival[survival.diff() < 0]
    rest = falls.index[np.isclose(falls, 0.5, rtol=1e-12)]
    if len(rest):
        return (rest[0] + falls.index[falls.index > rest[0]][0]) / 2
    return fit.median_survival_time_


def curve(name, frame, time, event, group, at, tau):
    for number, (_, rows) in enumerate(frame.groupby(group)):
        fit = KaplanMeierFitter().fit(rows[time], rows[event])
        limits = fit.confidence_interval_survival_function_
        row = limits.index.searchsorted(at, side="right") - 1
        put(
            name, **{
                f"survival {number}": [fit.survival_function_at_times(at).iloc[0], *limits.iloc[row]],
                f"median {number}": median(fit),
                f"rmst {number}": restricted_mean_survival_time(fit, t=tau),
            },
        )
    test = multivariate_logrank_test(frame[time], frame[group], frame[event])
    put(name, logrank=[test.test_statistic, test.p_value])


curve("veteran", read("veteran"), "time", "status", "trt", 100.0, 300.0)
curve("aml", read("aml"), "time", "status", "arm", 20.0, 28.0)
curve("ovarian", read("ovarian"), "futime", "fustat", "rx", 400.0, 600.0)


def incidence(frame, cause, at):
    """Aalen and Johansen by hand: lifelines breaks ties at random."""
    survival, total = 1.0, 0.0
    for time in np.unique(frame["time"]):
        if time > at:
            break
        risk = (frame["time"] >= time).sum()
        now = frame["time"] == time
        total += survival * (now & (frame["event"] == cause)).sum() / risk
        survival *= 1 - (now & (frame["event"] > 0)).sum() / risk
    return total


melanoma = read("melanoma")
put("melanoma", **{f"cause {c}": [incidence(melanoma, c, t) for t in (1000, 2000, 3500)] for c in (1, 2)})

# Logistic and Poisson regression.
people = read("thornton").dropna(subset=["got", "any", "age", "distvct"])
design = sm.add_constant(people[["any", "age", "distvct"]].astype(float))
model = sm.Logit(people["got"], design).fit(disp=0, tol=1e-14, maxiter=100)
put("thornton", logit=model.params, logit_errors=model.bse, n=len(people))
robust = sm.Logit(people["got"], design).fit(
    disp=0, tol=1e-14, maxiter=100, cov_type="cluster",
    cov_kwds={"groups": people["villnum"].astype(int), "use_correction": False},
)
put("thornton", logit_cr0=robust.bse)
effects = model.get_margeff(at="overall", dummy=True)
put("thornton", risk_difference=[effects.margeff[0], effects.margeff_se[0]])
breaks = read("warpbreaks")
design = pd.get_dummies(breaks[["wool", "tension"]], drop_first=True).astype(float)
counts = sm.GLM(breaks["breaks"], sm.add_constant(design), family=sm.families.Poisson()).fit(tol=1e-14)
quasi = sm.GLM(breaks["breaks"], sm.add_constant(design), family=sm.families.Poisson()).fit(scale="X2", tol=1e-14)
put("warpbreaks", poisson=counts.params, errors=counts.bse, quasi=quasi.bse, deviance=counts.deviance)

# Weighting: the effect of giving up smoking on weight.
nhefs = read("nhefs")
names = ["sex", "race", "age", "smokeintensity", "smokeyrs", "wt71"]
treated = nhefs["qsmk"].astype(int).to_numpy()
covariates = sm.add_constant(nhefs[names].astype(float))
propensity = sm.Logit(treated, covariates).fit(disp=0, tol=1e-14, maxiter=100)
outcome = sm.OLS(nhefs["wt82_71"], covariates)
effect = TreatmentEffect(outcome, treated, results_select=propensity)
for name in ("ipw", "ra", "aipw"):
    found = getattr(effect, name)(return_results=True)
    put("nhefs", **{name: found.effect, f"{name} error": found.results_gmm.bse[0]})

# Two groups of counts.
def barnard(x1, n1, x2, n2):
    """By enumeration, with the mirror of the table in its region: scipy 1.17.1 loses it to rounding
    where its z is the same number with the other sign."""
    i, j = np.arange(n1 + 1)[:, None], np.arange(n2 + 1)[None, :]
    share = (i + j) / (n1 + n2)
    spread = np.sqrt(np.maximum(share * (1 - share), 1e-300) * (1 / n1 + 1 / n2))
    z = np.abs(i / n1 - j / n2) / spread
    region = z >= z[x1, x2] * (1 - 1e-10)
    def minus(p):
        return -stats.binom.pmf(np.arange(n1 + 1), n1, p) @ region @ stats.binom.pmf(np.arange(n2 + 1), n2, p)
    grid = np.linspace(0.001, 0.999, 1999)
    best = grid[np.argmin([minus(p) for p in grid])]
    return -optimize.minimize_scalar(minus, bounds=(best - 5e-4, best + 5e-4), method="bounded", options={"xatol": 1e-12}).fun


def counts_of(name, x1, n1, x2, n2):
    table = np.array([[x1, n1 - x1], [x2, n2 - x2]])
    put(
        name,
        wilson=proportion.proportion_confint(x1, n1, method="wilson"),
        exact=proportion.proportion_confint(x1, n1, method="beta"),
        jeffreys=proportion.proportion_confint(x1, n1, method="jeffreys"),
        agresti_coull=proportion.proportion_confint(x1, n1, method="agresti_coull"),
        newcombe=proportion.confint_proportions_2indep(x1, n1, x2, n2, method="newcomb"),
        agresti_caffo=proportion.confint_proportions_2indep(x1, n1, x2, n2, method="agresti-caffo"),
        fisher=stats.fisher_exact(table).pvalue,
        barnard=barnard(x1, n1, x2, n2),
        boschloo=stats.boschloo_exact(table.T, n=4096).pvalue,
        odds_ratio=stats.contingency.odds_ratio(table).confidence_interval(),
        katz=stats.contingency.relative_risk(x1, n1, x2, n2).confidence_interval(),
        mcnemar=mcnemar(table, exact=True).pvalue,
    )


counts_of("11 of 17 and 5 of 19", 11, 17, 5, 19)
counts_of("3 of 40 and 9 of 35", 3, 40, 9, 35)
titanic = read("titanic")
tables = []
for _, rows in titanic.groupby("Class"):
    cell = lambda sex, survived: rows[(rows["Sex"] == sex) & (rows["Survived"] == survived)]["Freq"].sum()
    tables.append([[cell("Female", "Yes"), cell("Female", "No")], [cell("Male", "Yes"), cell("Male", "No")]])
strata = StratifiedTable([np.array(table, dtype=float) for table in tables])
put(
    "titanic", tables=np.ravel(tables), odds_ratio=[strata.oddsratio_pooled, *strata.oddsratio_pooled_confint()],
    risk_ratio=strata.riskratio_pooled, cmh=[strata.test_null_odds().statistic, strata.test_null_odds().pvalue],
    breslow_day=strata.test_equal_odds().statistic, tarone=strata.test_equal_odds(adjust=True).statistic,
)

# Rates, means, pairs, scales.
put(
    "rates",
    garwood=stats.chi2.ppf([0.025], 2 * 13)[0] / 2 / 41.5, garwood_upper=stats.chi2.ppf(0.975, 2 * 14) / 2 / 41.5,
    ratio_score=rates.confint_poisson_2indep(13, 41.5, 29, 55.0, compare="ratio", method="score"),
)
weights = read("anorexia")
groups = {name: rows["post"] - rows["pre"] for name, rows in weights.groupby("treat")}
welch = stats.ttest_ind(groups["FT"], groups["Cont"], equal_var=False)
limits = welch.confidence_interval()
put("anorexia", welch=[welch.statistic, welch.df, welch.pvalue, limits.low, limits.high])
family = weights[weights["treat"] == "FT"]
paired = stats.ttest_rel(family["post"], family["pre"])
limits = paired.confidence_interval()
put("anorexia", paired=[paired.statistic, paired.pvalue, limits.low, limits.high])
put("anorexia", signed_rank=stats.wilcoxon(family["post"], family["pre"], method="exact").pvalue)

pre, post = stats.chi2_contingency([[11, 6], [5, 14], [9, 9]], correction=False)[:2]
put("three groups", chi2=[pre, post])

# Lists of people: Poisson models of four lists, by statsmodels.
lists = read("lesbian_4lists")
design = sm.add_constant(lists[["c1", "c2", "c3", "c4"]].astype(float))
for name, columns in (("mt", design), ("pair", design.assign(p=lists["c1"] * lists["c2"]))):
    model = sm.GLM(lists["freq"], columns, family=sm.families.Poisson()).fit(tol=1e-14)
    put("lesbian_4lists", **{name: [lists["freq"].sum() + np.exp(model.params.iloc[0]), model.deviance]})

answers = read("verbal_anger")
items = [name for name in answers.columns if name[:1] == "S"]
scores = answers[items].to_numpy(dtype=float)
k, n = scores.shape[1], scores.shape[0]
alpha = k / (k - 1) * (1 - scores.var(axis=0, ddof=1).sum() / scores.sum(axis=1).var(ddof=1))
quantiles = stats.f.ppf([0.975, 0.025], n - 1, (n - 1) * (k - 1))
put("verbal_anger", alpha=[alpha, *(1 - (1 - alpha) * quantiles)])
focal = answers["grp"].to_numpy()
total = scores.sum(axis=1)
bias = []
for item in range(3):
    tables = []
    for value in np.unique(total):
        at = total == value
        table = [[((focal[at] == g) & (scores[at, item] == s)).sum() for s in (1, 0)] for g in (0, 1)]
        if np.sum(table) > 1 and np.all(np.sum(table, axis=1) > 0):
            tables.append(np.array(table, dtype=float))
    strata = StratifiedTable(tables)
    bias += [strata.oddsratio_pooled, strata.test_null_odds(correction=True).statistic]
put("verbal_anger", bias=bias)

# Decomposition of the gap of weight change between those who exercise and those who do not.
moving = nhefs["exercise"] == 0
frame = nhefs.assign(group=moving.astype(float))
model = OaxacaBlinder(frame["wt82_71"], frame[["group", "age", "smokeyrs", "wt71"]], "group", hasconst=False, swap=False)
three, two = model.three_fold().params, model.two_fold(two_fold_type="pooled").params
put("nhefs", oaxaca=list(three), oaxaca_pooled=list(two))

# Power at other designs than the usual ones.
put(
    "power",
    t=power.TTestIndPower().power(0.35, 43, 0.01), t_n=power.TTestIndPower().solve_power(0.35, power=0.9, alpha=0.01),
)

# Staggered adoption: castle doctrine laws, no covariates, never-treated states as comparison.
castle = read("castle")
wide = castle.pivot(index="sid", columns="year", values="l_homicide")
first = castle.groupby("sid")["first_treat"].first()
never = wide[~(first > 0)]
for g, t in ((2007, 2007), (2007, 2009), (2007, 2005), (2008, 2010)):
    cohort = wide[first == g]
    base = g - 1 if t >= g else t - 1
    one, other = cohort[t] - cohort[base], never[t] - never[base]
    error = np.sqrt(one.var(ddof=0) / len(one) + other.var(ddof=0) / len(other))
    put("castle", **{f"{g} {t}": [one.mean() - other.mean(), error]})

# Eight schools under stated priors: quadrature over tau on a fine grid of its logarithm.
schools = read("eight_schools")
y, v = schools["yi"].to_numpy(float), schools["sei"].to_numpy(float) ** 2
grid = np.linspace(np.log(1e-12), np.log(400.0), 40001)
tau = np.exp(grid)
w = 1 / (v[:, None] + tau**2)
mean, sd = (w * y[:, None]).sum(axis=0) / w.sum(axis=0), w.sum(axis=0) ** -0.5
height = 0.5 * np.log(w).sum(axis=0) + np.log(sd) - 0.5 * (w * (y[:, None] - mean) ** 2).sum(axis=0)
height += -0.5 * (tau / 10.0) ** 2 + grid
mass = np.exp(height - height.max())
mass /= mass.sum()


def quantile(sds, p):
    low, high = (mean - 40 * sds).min(), (mean + 40 * sds).max()
    return optimize.brentq(lambda x: (mass * stats.norm.cdf(x, mean, sds)).sum() - p, low, high, xtol=1e-13)


shrunk = (y[:, None] * tau**2 + v[:, None] * mean) / (v[:, None] + tau**2)
new = np.sqrt(sd**2 + tau**2)
put(
    "eight_schools", mean=(mass * mean).sum(), tau=(mass * tau).sum(), mean_ci=[quantile(sd, 0.025), quantile(sd, 0.975)],
    new_site=[quantile(new, 0.025), quantile(new, 0.5), quantile(new, 0.975)], sites=(shrunk * mass).sum(axis=1),
)

# Survival on board by class and sex, as shares of sites.
cells = titanic.groupby(["Class", "Sex"])
x = cells.apply(lambda rows: rows.loc[rows["Survived"] == "Yes", "Freq"].sum()).to_numpy()
n = cells["Freq"].sum().to_numpy()


def minus_beta_binomial(logs):
    return -stats.betabinom.logpmf(x, n, *np.exp(logs)).sum()


best = optimize.minimize(minus_beta_binomial, [0.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-12, "fatol": 1e-14, "maxiter": 10000})
alpha, beta = np.exp(best.x)
put("shares of sites", x=x, n=n, alpha=alpha, beta=beta, log_likelihood=-best.fun, shares=(alpha + x) / (alpha + beta + n))

# Between two visits: Turnbull's EM to its end.
visits = read("bcdeter_treat2")
lower, upper = visits["lower"].to_numpy(float), visits["upper"].fillna(np.inf).to_numpy()
# A row is the times after its lower end up to its upper end, or the one time where they are equal;
# at one time exact ends come first, then upper ends, then open lower ends.
exact = lower == upper
ends = sorted({(t, -1 if e else 1) for t, e in zip(lower, exact)} | {(t, 0) for t in upper})
pieces = [(a[0], b[0]) for a, b in zip(ends, ends[1:]) if a[1] != 0 and b[1] == 0]


def holds(row, piece):
    (l, u), (a, b) = row, piece
    return l == u == a == b or (l < u and b <= u and (l <= a if a < b else l < a))


inside = np.array([[holds(row, piece) for piece in pieces] for row in zip(lower, upper)], dtype=float)
share = np.full(len(pieces), 1 / len(pieces))
for _ in range(200_000):
    share = (inside * share / (inside @ share)[:, None]).mean(axis=0)
kept = share > 1e-10
put(
    "bcdeter_treat2", log_likelihood=np.log(inside @ share).sum(), mass=share[kept],
    lower=[pieces[i][0] for i in np.flatnonzero(kept)],
)

# A law on seat belts: means with Newey and West's errors, counts with an exposure.
belts = read("seatbelts")
design = sm.add_constant(np.column_stack([belts["law"], belts["t"]]).astype(float))
hac = sm.OLS(belts["drivers"], design).fit(cov_type="HAC", cov_kwds={"maxlags": 5, "use_correction": True})
counts = sm.GLM(belts["DriversKilled"], design, family=sm.families.Poisson(), exposure=belts["kms"]).fit(scale="X2", tol=1e-14)
put("seatbelts", means=hac.params, mean_errors=hac.bse, counts=counts.params, count_errors=counts.bse)

# Staggered adoption again: every cohort and year in one dense regression, weighted by the cohorts'
# shares of the rows at each distance.
frame = castle.assign(first=castle["first_treat"].where(castle["first_treat"] > 0))
frame["distance"] = frame["year"] - frame["first"]
cell_names = sorted({(int(g), int(e)) for g, e in zip(frame["first"], frame["distance"]) if g == g and e != -1})
columns = [((frame["first"] == g) & (frame["distance"] == e)).astype(float) for g, e in cell_names]
design = np.column_stack([
    pd.get_dummies(frame["sid"]).astype(float), pd.get_dummies(frame["year"], drop_first=True).astype(float), *columns,
])
effects = np.linalg.lstsq(design, frame["l_homicide"].to_numpy(), rcond=None)[0][-len(columns):]
sizes = frame.groupby("first")["sid"].nunique()
for distance in (-3, 0, 2):
    cohorts = [(g, effect) for (g, e), effect in zip(cell_names, effects) if e == distance]
    weights = np.array([sizes[g] for g, _ in cohorts], dtype=float)
    put("castle", **{f"distance {distance}": (weights * [effect for _, effect in cohorts]).sum() / weights.sum()})
after = [(sizes[g], effect) for (g, e), effect in zip(cell_names, effects) if e >= 0]
static = np.column_stack([design[:, :-len(columns)], (frame["distance"] >= -1).astype(float)])
# Of the year in which the law took effect, which is the one before its first full year.
put("castle", static=np.linalg.lstsq(static, frame["l_homicide"].to_numpy(), rcond=None)[0][-1])
put("castle", after=sum(size * effect for size, effect in after) / sum(size for size, _ in after))

# Trends before the start, on the event study that P42 starts from.
study = json.loads((Path(__file__).parent / "P42_honest_did.json").read_text())["expected"]["event_study"]
beta, covariance, before = np.array(study["beta"]), np.array(study["vcov"]), int(study["pre"])
inverse = np.linalg.inv(covariance[:before, :before])
wald, distance = beta[:before] @ inverse @ beta[:before], np.arange(-before, 0.0)
critical, information = stats.chi2.isf(0.05, before), distance @ inverse @ distance
steep = beta[before:].mean() / np.arange(1, len(beta) - before + 1).mean()


def slope_seen(share):
    found = optimize.brentq(lambda l: stats.ncx2.sf(critical, before, l) - share, 1e-9, 1e3, xtol=1e-14)
    return np.sqrt(found / information)


put(
    "pre_trend", wald=[wald, stats.chi2.sf(wald, before)], slopes=[slope_seen(0.5), slope_seen(0.8), steep],
    power=stats.ncx2.sf(critical, before, steep**2 * information),
    tails=[stats.ncx2.sf(x, df, ncp) for x, df, ncp in ((3.0, 1, 0.5), (40.0, 7, 25.0), (0.2, 4.5, 12.0), (900.0, 3, 800.0))],
)

print(
    json.dumps(
        {
            "method": "many methods on data sets that no other case uses",
            "reference": {"software": "statsmodels 0.15.0, scipy 1.17.1, lifelines 0.30.3, numpy 2.4.6", "call": "other_data.py"},
            "tolerance": {"rel": 1e-7},
            "expected": expected,
        },
        indent=1,
    )
)
