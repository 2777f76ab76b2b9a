//! What holds for every regression method: hostile columns give finite numbers
//! or refusals, never a panic.

use proptest::prelude::*;

use super::cluster_robust::{
    ClusterDf, Clustered, Heteroskedastic, Robust, Scores, cluster_robust, heteroskedastic_robust,
};
use super::difference_in_differences::{DidErrors, SiteShocks, TwoByTwo, difference_in_differences};
use super::event_study::{Panel, PanelErrors, event_study, two_way_fixed_effects};
use super::g_computation::{RiskErrors, g_computation, modified_poisson};
use super::icc_design_effect::icc_design_effect;
use super::interrupted_time_series::{Pause, Plan, Series, interrupted_counts, interrupted_means};
use super::least_squares::least_squares;
use super::logistic::logistic_unscreened;
use super::newey_west::{Lags, newey_west};
use super::oaxaca_blinder::{Group, oaxaca_blinder};
use super::poisson_regression::{Dispersion, poisson_regression};
use super::prais_winsten::{Steps, prais_winsten};
use super::wild_cluster_bootstrap::{Draws, wild_cluster_bootstrap};
use crate::estimate::{Estimate, Outcome, Refusal};
use crate::linalg::Design;

/// Every number is finite, the p-value is one, the interval holds the value.
fn check(estimate: &Estimate) {
    let parts = [estimate.std_error, estimate.df, estimate.statistic, estimate.p_value];
    assert!(estimate.value.is_finite() && parts.iter().flatten().all(|v| v.is_finite()), "{estimate:?}");
    if let Some(interval) = estimate.interval {
        assert!(interval.lower.is_finite() && interval.upper.is_finite(), "{estimate:?}");
        assert!(interval.contains(estimate.value), "{estimate:?}");
    }
    assert!(estimate.p_value.is_none_or(|p| (0.0..=1.0).contains(&p)), "{estimate:?}");
    assert!(estimate.std_error.is_none_or(|se| se > 0.0), "{estimate:?}");
}

fn check_outcome(outcome: &Outcome) {
    match outcome {
        Ok(estimate) => check(estimate),
        Err(refusal) => check_refusal(refusal),
    }
}

/// A fragment in lower case, without a full stop and without a value.
fn check_refusal(refusal: &Refusal) {
    for text in [&refusal.message, &refusal.instead] {
        assert!(text.chars().next().is_some_and(|c| c.is_lowercase()), "{text}");
        assert!(!text.ends_with('.'), "{text}");
    }
}

fn check_robust(robust: &Result<Robust, Refusal>) {
    match robust {
        Ok(robust) => {
            assert!(robust.covariance.is_finite());
            robust.coefficients.iter().for_each(check_outcome);
        }
        Err(refusal) => check_refusal(refusal),
    }
}

fn check_scores(scores: &Scores<'_>, cluster: &[u32], time: &[i64]) {
    for kind in [Clustered::Cr1s, Clustered::Cr2, Clustered::Cr3] {
        for df in [ClusterDf::Satterthwaite, ClusterDf::Clusters] {
            check_robust(&cluster_robust(scores, cluster, kind, df, 0.95));
        }
    }
    for kind in [Heteroskedastic::Hc1, Heteroskedastic::Hc2, Heteroskedastic::Hc3] {
        check_robust(&heteroskedastic_robust(scores, kind, 0.9));
    }
    check_robust(&newey_west(scores, time, None, Lags { number: 2, small_sample: true }, 0.95));
    let draws = Draws { seed: [1; 32], number: 50 };
    for term in 0..4 {
        match wild_cluster_bootstrap(scores, cluster, term, 0.8, draws) {
            Ok(found) => {
                check(&found.estimate);
                for p in [found.share_exceeding, found.share_equal_tail, found.p_clusters] {
                    assert!((0.0..=1.0).contains(&p), "{found:?}");
                }
            }
            Err(refusal) => check_refusal(&refusal),
        }
    }
}

fn check_regressions(y: &[f64], x: &[f64], z: &[f64], cluster: &[u32], time: &[i64]) {
    for design in [Design::new(y.len(), &[x, z]), Design::without_intercept(y.len(), &[x, z])] {
        let Ok(design) = design else { continue };
        for weights in [None, Some(z)] {
            match least_squares(y, &design, weights) {
                Ok(fit) => {
                    assert!(fit.residuals.iter().chain(&fit.coefficients).all(|v| v.is_finite()));
                    assert!(fit.r_squared.is_none_or(|r| (0.0..=1.0).contains(&r)));
                    (0..4).for_each(|term| check_outcome(&fit.coefficient(term, 0.95)));
                    if let Ok(scores) = fit.scores(&design) {
                        check_scores(&scores, cluster, time);
                    }
                }
                Err(refusal) => check_refusal(&refusal),
            }
            match logistic_unscreened(y, &design, weights) {
                Ok(fit) => {
                    (0..4).for_each(|term| check_outcome(&fit.coefficient(term, 0.95)));
                    if let Ok(scores) = fit.scores(&design) {
                        check_scores(&scores, cluster, time);
                    }
                }
                Err(refusal) => check_refusal(&refusal),
            }
        }
        for offset in [None, Some(z)] {
            match poisson_regression(y, &design, offset) {
                Ok(fit) => {
                    for kind in [Dispersion::Poisson, Dispersion::Quasi, Dispersion::QuasiNormal] {
                        (0..4).for_each(|term| check_outcome(&fit.coefficient(term, kind, 0.95)));
                        (0..4).for_each(|term| check_outcome(&fit.rate_ratio(term, kind, 0.95)));
                    }
                }
                Err(refusal) => check_refusal(&refusal),
            }
        }
        for steps in [Steps::One, Steps::Iterated] {
            match prais_winsten(y, &design, time, steps, 0.95) {
                Ok(found) => {
                    assert!(found.rho.abs() < 1.0);
                    found.coefficients.iter().for_each(check_outcome);
                }
                Err(refusal) => check_refusal(&refusal),
            }
        }
    }
}

fn check_methods(y: &[f64], x: &[f64], z: &[f64], cluster: &[u32], time: &[i64]) {
    match icc_design_effect(y, cluster) {
        Ok(found) => {
            let parts = [found.icc, found.between, found.within, found.design_effect, found.effective_n];
            assert!(parts.iter().all(|v| v.is_finite()) && found.icc <= 1.0 + 1e-12, "{found:?}");
        }
        Err(refusal) => check_refusal(&refusal),
    }
    for errors in
        [RiskErrors::Model, RiskErrors::Robust(Heteroskedastic::Hc3), RiskErrors::Clustered(cluster)]
    {
        match g_computation(y, x, &[z], errors, 0.95) {
            Ok(found) => [&found.difference, &found.log_ratio, &found.ratio].into_iter().for_each(check),
            Err(refusal) => check_refusal(&refusal),
        }
        match modified_poisson(y, x, &[z], errors, 0.95) {
            Ok(found) => [&found.log_ratio, &found.ratio].into_iter().for_each(check),
            Err(refusal) => check_refusal(&refusal),
        }
    }
    let post: Vec<f64> = time.iter().map(|t| if t % 2 == 0 { 0.0 } else { 1.0 }).collect();
    let data = TwoByTwo { y, treated: x, post: &post, covariates: &[z], site: cluster };
    for errors in [DidErrors::Rows(Heteroskedastic::Hc3), DidErrors::Sites] {
        match difference_in_differences(data, errors, SiteShocks::AssumedNone, 0.95) {
            Ok(found) => check(&found.effect),
            Err(refusal) => check_refusal(&refusal),
        }
    }
    let period: Vec<u32> = time.iter().map(|t| t.rem_euclid(5) as u32).collect();
    let panel = Panel { y, unit: cluster, period: &period, treated: x, covariates: &[z] };
    for errors in [PanelErrors::Independent, PanelErrors::Units(Clustered::Cr2, ClusterDf::Satterthwaite)] {
        match event_study(panel, 1, errors, 0.95) {
            Ok(found) => found.effects.iter().for_each(|effect| check_outcome(&effect.effect)),
            Err(refusal) => check_refusal(&refusal),
        }
        match two_way_fixed_effects(panel, errors, 0.95) {
            Ok(found) => check_outcome(&found.effect),
            Err(refusal) => check_refusal(&refusal),
        }
    }
    let pause = Some(Pause { from: 3, to: 4, own_segment: true });
    for plan in [
        Plan { start: 10, slope: true, harmonics: 1, cycle: 12, pause: None },
        Plan { start: 5, slope: false, harmonics: 0, cycle: 12, pause },
    ] {
        for exposure in [None, Some(z)] {
            let series = Series { y, exposure, time };
            for comparison in [None, Some(Series { y: x, exposure: None, time })] {
                if let Ok(found) = interrupted_counts(series, comparison, plan, 0.95) {
                    check(&found.level);
                    found.slope.iter().for_each(check);
                }
                let lags = Lags { number: 1, small_sample: false };
                if let Ok(found) = interrupted_means(series, comparison, plan, lags, 0.95) {
                    check(&found.level);
                    found.slope.iter().for_each(check);
                    assert!(found.durbin_watson.is_finite());
                }
            }
        }
    }
    if let Ok(found) = oaxaca_blinder(Group { y, covariates: &[x] }, Group { y: z, covariates: &[x] }, 0.95) {
        for parts in &found.twofold {
            check(&parts.explained);
            check(&parts.unexplained);
        }
    }
}

/// Mostly ordinary numbers, and all that a broken export can hold.
fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        30 => (0_u8..2).prop_map(f64::from),
        10 => -3.0_f64..3.0,
        4 => (0_u8..6).prop_map(f64::from),
        1 => prop::sample::select(vec![1e99, -1e99, 1e-99, 1e50, -1e-50, 1e8, 123456789.0]),
    ]
}

fn broken() -> impl Strategy<Value = f64> {
    prop_oneof![
        20 => value(),
        1 => prop::sample::select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300, 1e-300, -0.0]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn regressions_survive_hostile_columns(
        rows in prop::collection::vec((value(), value(), value(), 0_u32..6), 0..24),
    ) {
        let y: Vec<f64> = rows.iter().map(|row| row.0).collect();
        let x: Vec<f64> = rows.iter().map(|row| row.1).collect();
        let z: Vec<f64> = rows.iter().map(|row| row.2.abs()).collect();
        let cluster: Vec<u32> = rows.iter().map(|row| row.3).collect();
        let time: Vec<i64> = (0..rows.len() as i64).collect();
        check_regressions(&y, &x, &z, &cluster, &time);
    }

    #[test]
    fn methods_survive_hostile_columns(
        rows in prop::collection::vec((value(), 0_u8..2, value(), 0_u32..8), 0..40),
    ) {
        let y: Vec<f64> = rows.iter().map(|row| row.0).collect();
        let x: Vec<f64> = rows.iter().map(|row| f64::from(row.1)).collect();
        let z: Vec<f64> = rows.iter().map(|row| row.2.abs()).collect();
        let cluster: Vec<u32> = rows.iter().map(|row| row.3).collect();
        let time: Vec<i64> = (0..rows.len() as i64).collect();
        check_methods(&y, &x, &z, &cluster, &time);
        // An outcome of yes and no, and a treatment of whole units.
        let binary: Vec<f64> = y.iter().map(|y| f64::from(u8::from(*y > 0.5))).collect();
        let by_unit: Vec<f64> = cluster.iter().map(|c| f64::from(c % 2)).collect();
        check_methods(&binary, &x, &z, &cluster, &time);
        check_methods(&y, &by_unit, &z, &cluster, &time);
    }

    #[test]
    fn broken_columns_are_refused(
        rows in prop::collection::vec((broken(), broken(), broken(), any::<u32>()), 0..12),
        short in 0_usize..3,
        extreme in any::<bool>(),
    ) {
        let y: Vec<f64> = rows.iter().map(|row| row.0).collect();
        let x: Vec<f64> = rows.iter().map(|row| row.1).skip(short / 2).collect();
        let z: Vec<f64> = rows.iter().map(|row| row.2).collect();
        let cluster: Vec<u32> = rows.iter().map(|row| row.3).collect();
        let step = if extreme { i64::MAX / 12 } else { 1 };
        let time: Vec<i64> = (0..rows.len() as i64).map(|t| t.wrapping_mul(step)).collect();
        check_regressions(&y, &x, &z, &cluster, &time);
        check_methods(&y, &x, &z, &cluster, &time);
    }
}
