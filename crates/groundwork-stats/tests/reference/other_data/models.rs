//! Regressions with their errors.

use groundwork_stats::Outcome;
use groundwork_stats::estimators::cluster_robust::{
    ClusterDf, Clustered, Heteroskedastic, Scores, cluster_robust, heteroskedastic_robust,
};
use groundwork_stats::estimators::g_computation::{RiskErrors, g_computation};
use groundwork_stats::estimators::interrupted_time_series::{
    Plan, Series, interrupted_counts, interrupted_means,
};
use groundwork_stats::estimators::least_squares::least_squares;
use groundwork_stats::estimators::logistic::logistic;
use groundwork_stats::estimators::newey_west::{Lags, newey_west};
use groundwork_stats::estimators::poisson_regression::{Dispersion, poisson_regression};
use groundwork_stats::linalg::Design;
use libtest_mimic::Trial;

use super::{Held, complete};
use crate::support::{Ended, Table, case, estimate};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        case("other_firms", firms),
        case("other_districts", districts),
        case("other_incentives", incentives),
        case("other_warp_breaks", warp_breaks),
        case("other_seat_belts", seat_belts),
    ]
}

fn errors(coefficients: Vec<Outcome>) -> Vec<f64> {
    coefficients.into_iter().map(|found| estimate(found).std_error.expect("an error")).collect()
}

fn clustered(scores: &Scores<'_>, cluster: &[u32], kind: Clustered, df: ClusterDf) -> [Vec<f64>; 3] {
    let found = cluster_robust(scores, cluster, kind, df, 0.95).expect("errors").coefficients;
    let found: Vec<_> = found.into_iter().map(estimate).collect();
    [
        found.iter().map(|of| of.std_error.expect("an error")).collect(),
        found.iter().map(|of| of.p_value.expect("a p-value")).collect(),
        found.iter().map(|of| of.df.expect("degrees of freedom")).collect(),
    ]
}

fn labels(column: &[f64]) -> Vec<u32> {
    column.iter().map(|&label| label as u32).collect()
}

fn firms() -> Ended {
    let data = Table::open("petersen.csv")?;
    let mut held = Held::case("petersen");
    let (x, y, firm) = (data.numbers("x"), data.numbers("y"), labels(&data.numbers("firm")));
    let design = Design::new(y.len(), &[&x]).expect("a design");
    let fit = least_squares(&y, &design, None).expect("a fit");
    held.close("coefficients", &fit.coefficients);
    held.close("errors", &fit.std_errors);
    let scores = fit.scores(&design).expect("scores");
    for (name, kind) in [
        ("HC0", Heteroskedastic::Hc0),
        ("HC1", Heteroskedastic::Hc1),
        ("HC2", Heteroskedastic::Hc2),
        ("HC3", Heteroskedastic::Hc3),
    ] {
        held.close(name, errors(heteroskedastic_robust(&scores, kind, 0.95).expect("errors").coefficients));
    }
    for (name, kind) in [("cr0", Clustered::Cr0), ("cr1s", Clustered::Cr1s)] {
        let [errors, p_values, _] = clustered(&scores, &firm, kind, ClusterDf::Clusters);
        held.close(name, errors);
        held.close(&format!("{name} p"), p_values);
    }
    held.end();
    Ok(())
}

fn districts() -> Ended {
    let data = Table::open("apiclus2.csv")?;
    let mut held = Held::case("apiclus2");
    let (meals, ell, y) = (data.numbers("meals"), data.numbers("ell"), data.numbers("api00"));
    let design = Design::new(y.len(), &[&meals, &ell]).expect("a design");
    let fit = least_squares(&y, &design, None).expect("a fit");
    let scores = fit.scores(&design).expect("scores");
    let district = labels(&data.numbers("dnum"));
    for (name, kind) in [("cr2", Clustered::Cr2), ("cr3", Clustered::Cr3)] {
        let [errors, _, degrees] = clustered(&scores, &district, kind, ClusterDf::Satterthwaite);
        held.close(name, errors);
        held.close(&format!("{name} df"), degrees);
    }
    let time: Vec<i64> = (0..y.len() as i64).collect();
    let lags = Lags { number: 4, small_sample: false };
    held.close("hac", errors(newey_west(&scores, &time, None, lags, 0.95).expect("errors").coefficients));
    held.end();
    Ok(())
}

fn incentives() -> Ended {
    let data = Table::open("thornton.csv")?;
    let mut held = Held::case("thornton");
    let (_, columns) = complete(&data, &["got", "any", "age", "distvct", "villnum"]);
    let [got, any, age, distance, village] = columns.try_into().expect("five columns");
    held.close("n", [got.len() as f64]);
    let design = Design::new(got.len(), &[&any, &age, &distance]).expect("a design");
    let fit = logistic(&got, &design, None).expect("a fit");
    held.close("logit", &fit.coefficients);
    held.close("logit_errors", &fit.std_errors);
    let scores = fit.scores(&design).expect("scores");
    let [errors, ..] = clustered(&scores, &labels(&village), Clustered::Cr0, ClusterDf::Clusters);
    held.close("logit_cr0", errors);
    let risks = g_computation(&got, &any, &[&age, &distance], RiskErrors::Model, 0.95).expect("risks");
    let error = risks.difference.std_error.expect("an error");
    // The reference differentiates by small steps.
    held.within("risk_difference", [risks.difference.value, error], 1e-6);
    held.end();
    Ok(())
}

fn warp_breaks() -> Ended {
    let data = Table::open("warpbreaks.csv")?;
    let mut held = Held::case("warpbreaks");
    let indicator = |name: &str, value: &str| -> Vec<f64> {
        data.text(name).iter().map(|&cell| f64::from(u8::from(cell == value))).collect()
    };
    let columns = [indicator("wool", "B"), indicator("tension", "L"), indicator("tension", "M")];
    let y = data.numbers("breaks");
    let design = Design::new(y.len(), &[&columns[0], &columns[1], &columns[2]]).expect("a design");
    let fit = poisson_regression(&y, &design, None).expect("a fit");
    held.close("poisson", &fit.coefficients);
    held.close("errors", fit.std_errors(Dispersion::Poisson));
    held.close("quasi", fit.std_errors(Dispersion::Quasi));
    held.close("deviance", [fit.deviance]);
    held.end();
    Ok(())
}

fn seat_belts() -> Ended {
    let data = Table::open("seatbelts.csv")?;
    let mut held = Held::case("seatbelts");
    let time: Vec<i64> = data.numbers("t").iter().map(|&time| time as i64).collect();
    let (drivers, killed, kilometres) =
        (data.numbers("drivers"), data.numbers("DriversKilled"), data.numbers("kms"));
    let start = data.numbers("law").iter().position(|&law| law == 1.0).expect("a law") as i64 + 1;
    let plan = Plan { start, slope: false, harmonics: 0, cycle: 12, pause: None };
    let series = Series { y: &drivers, exposure: None, time: &time };
    let lags = Lags { number: 5, small_sample: true };
    let means = interrupted_means(series, None, plan, lags, 0.95).expect("a fit");
    held.close("means", &means.fit.coefficients);
    held.close("mean_errors", errors(means.robust.coefficients));
    let series = Series { y: &killed, exposure: Some(&kilometres), time: &time };
    let counts = interrupted_counts(series, None, plan, 0.95).expect("a fit");
    held.close("counts", &counts.model.coefficients);
    held.close("count_errors", counts.model.std_errors(Dispersion::Quasi));
    held.end();
    Ok(())
}
