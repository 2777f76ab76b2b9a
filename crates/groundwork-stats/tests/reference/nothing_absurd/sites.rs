//! Sites as a sample of communities.

use groundwork_stats::estimators::bayes_hierarchical::{
    MeanPrior, TauPrior, bayes_hierarchical, prior_sensitivity,
};
use groundwork_stats::estimators::beta_binomial::beta_binomial;
use groundwork_stats::estimators::meta_analysis::{
    MeanError, Prediction, common_effect, leave_one_site_out, pool,
};
use groundwork_stats::estimators::meta_proportions::pool_shares;
use groundwork_stats::estimators::meta_regression::meta_regression;
use groundwork_stats::estimators::meta_tau2::{Tau2, between_site_variance, between_site_variance_interval};
use groundwork_stats::estimators::random_intercept_logistic::random_intercept_logistic;

use super::{COUNTS, LENGTHS, LEVELS, NUMBERS, Probe, columns};

const TAU2: [Tau2; 7] = [
    Tau2::DerSimonianLaird,
    Tau2::RestrictedLikelihood,
    Tau2::Likelihood,
    Tau2::PauleMandel,
    Tau2::EmpiricalBayes,
    Tau2::SidikJonkman,
    Tau2::HedgesOlkin,
];
const ERRORS: [MeanError; 3] = [MeanError::Guarded, MeanError::HartungKnapp, MeanError::Wald];
const PREDICTIONS: [Prediction; 4] =
    [Prediction::HtsTKm2, Prediction::HtsHartungKnappTKm2, Prediction::HartungKnappTKm1, Prediction::Normal];

pub(crate) fn probe(probe: &mut Probe) {
    for length in LENGTHS {
        for (of_values, values) in columns(length) {
            for (of_variances, variances) in columns(length) {
                probe.given = format!("{length} sites of {of_values} with variances of {of_variances}");
                pooled(probe, &values, &variances, 0.95);
                lines(probe, &values, &variances);
                probe.ask("bayes_hierarchical", || {
                    let prior = TauPrior::HalfNormal(0.5);
                    bayes_hierarchical(&values, &variances, prior, MeanPrior::Flat, 0.0, 0.95)
                });
            }
            probe.given = format!("{length} sites of {of_values} with a variance too few");
            pooled(probe, &values, &[1.0, 2.0, 3.0, 4.0], 0.95);
        }
    }
    let (values, variances) = ([0.3, -0.1, 0.8, 0.4], [0.04, 0.09, 0.02, 0.1]);
    for level in LEVELS {
        probe.given = format!("the level {level:?}");
        pooled(probe, &values, &variances, level);
        priors(probe, &values, &variances, 0.0, level);
    }
    for number in NUMBERS {
        probe.given = format!("priors and a threshold of {number:?}");
        priors(probe, &values, &variances, number, 0.95);
        priors(probe, &values[..2], &variances[..2], number, 0.95);
    }
    shares(probe);
}

fn pooled(probe: &mut Probe, values: &[f64], variances: &[f64], level: f64) {
    for how in TAU2 {
        probe.ask("between_site_variance", || between_site_variance(values, variances, how));
        probe.ask("leave_one_site_out", || leave_one_site_out(values, variances, how));
        if let Some(found) = probe.ask("pool", || pool(values, variances, how)) {
            for error in ERRORS {
                probe.ask("mean_estimate", || found.mean_estimate(error, level));
            }
            for form in PREDICTIONS {
                probe.ask("prediction", || found.prediction(form, level));
            }
        }
    }
    probe.ask("between_site_variance_interval", || between_site_variance_interval(values, variances, level));
    probe.ask("common_effect", || common_effect(values, variances, level));
}

fn lines(probe: &mut Probe, values: &[f64], variances: &[f64]) {
    for (of_covariate, covariate) in columns(values.len()) {
        probe.given = format!("{values:?} with {variances:?} on {of_covariate}");
        for covariates in [&[&covariate[..]][..], &[&covariate[..], variances], &[]] {
            let Some(line) = probe.ask("meta_regression", || meta_regression(values, variances, covariates))
            else {
                continue;
            };
            for term in [0, 1, usize::MAX] {
                for error in ERRORS {
                    probe.ask("coefficient", || line.coefficient(term, error, 0.95));
                    probe.ask("coefficient", || line.coefficient(term, error, 95.0));
                }
            }
        }
    }
}

fn priors(probe: &mut Probe, values: &[f64], variances: &[f64], number: f64, level: f64) {
    for tau_prior in [
        TauPrior::HalfNormal(0.5),
        TauPrior::HalfCauchy(0.5),
        TauPrior::HalfNormal(number),
        TauPrior::HalfCauchy(number),
    ] {
        for mean_prior in [
            MeanPrior::Flat,
            MeanPrior::Normal { mean: 0.0, sd: number },
            MeanPrior::Normal { mean: number, sd: 2.0 },
        ] {
            probe.ask("bayes_hierarchical", || {
                bayes_hierarchical(values, variances, tau_prior, mean_prior, number, level)
            });
        }
    }
    probe.ask("prior_sensitivity", || prior_sensitivity(values, variances, number, level));
}

fn shares(probe: &mut Probe) {
    for length in LENGTHS {
        let by_site = |count: &dyn Fn(u64) -> u64| (0..length as u64).map(count).collect::<Vec<u64>>();
        for (kind, successes, totals) in [
            ("plain", by_site(&|site| 3 + site % 4), by_site(&|site| 10 + site)),
            ("none", vec![0; length], vec![9; length]),
            ("all", vec![9; length], vec![9; length]),
            ("nobody", vec![0; length], vec![0; length]),
            ("too many", vec![10; length], vec![9; length]),
            ("all or none", by_site(&|site| 9 * (site % 2)), vec![9; length]),
            ("one and nobody", by_site(&|site| u64::from(site == 0)), by_site(&|site| u64::from(site == 0))),
            ("ones", by_site(&|site| site % 2), vec![1; length]),
            ("large", vec![5_000_000; length], vec![10_000_000; length]),
            (
                "large and small",
                by_site(&|site| 1 + 4_999_999 * (site % 2)),
                by_site(&|site| 2 + 9_999_998 * (site % 2)),
            ),
            ("huge", vec![u64::MAX / 2; length], vec![u64::MAX; length]),
            (
                "counts",
                by_site(&|site| COUNTS[site as usize % 5]),
                by_site(&|site| COUNTS[5 + site as usize % 5]),
            ),
            ("another length", vec![1], vec![2; length]),
        ] {
            probe.given = format!("{length} sites of {kind}");
            for level in LEVELS {
                probe.ask("beta_binomial", || beta_binomial(&successes, &totals, level));
            }
            if let Some(found) =
                probe.ask("random_intercept_logistic", || random_intercept_logistic(&successes, &totals))
            {
                for level in LEVELS {
                    probe.ask("share", || found.share(level));
                }
            }
            if let Some(found) = probe.ask("pool_shares", || pool_shares(&successes, &totals)) {
                for level in LEVELS {
                    for error in ERRORS {
                        probe.ask("share", || found.share(error, level));
                    }
                    for form in PREDICTIONS {
                        probe.ask("prediction", || found.prediction(form, level));
                    }
                }
            }
        }
    }
}
