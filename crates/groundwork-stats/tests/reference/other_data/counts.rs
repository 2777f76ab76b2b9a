//! Counts of people and of events.

use groundwork_stats::estimators::capture_loglinear::{Histories, Model, capture_model};
use groundwork_stats::estimators::difference_agresti_caffo::difference_agresti_caffo;
use groundwork_stats::estimators::difference_newcombe::difference_newcombe;
use groundwork_stats::estimators::exact_two_by_two::{exact_barnard, exact_boschloo, exact_fisher};
use groundwork_stats::estimators::mantel_haenszel::{
    Stratum, breslow_day, cmh, mantel_haenszel_odds_ratio, mantel_haenszel_risk_ratio,
};
use groundwork_stats::estimators::mcnemar::{PairedCounts, mcnemar_exact};
use groundwork_stats::estimators::odds_ratio_exact::odds_ratio_exact;
use groundwork_stats::estimators::power::{power_t, units_t};
use groundwork_stats::estimators::proportion_agresti_coull::proportion_agresti_coull;
use groundwork_stats::estimators::proportion_clopper_pearson::proportion_clopper_pearson;
use groundwork_stats::estimators::proportion_jeffreys::proportion_jeffreys;
use groundwork_stats::estimators::proportion_trend::proportions_chi_squared;
use groundwork_stats::estimators::rate_contrast::rate_ratio_score;
use groundwork_stats::estimators::rate_poisson::rate_poisson;
use groundwork_stats::estimators::ratio_katz::ratio_katz;
use groundwork_stats::{Outcome, proportion_wilson};
use libtest_mimic::Trial;

use super::Held;
use crate::support::{Ended, Table, case, estimate, number};

/// Root finders of the reference stop at about this.
const ROOT: f64 = 1e-6;
/// The reference looks for the largest p-value on a grid and then uphill.
const SOUGHT: f64 = 1e-4;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        case("other_two_groups", two_groups),
        case("other_titanic", titanic),
        case("other_rates", rates),
        case("other_lists", lists),
        case("other_power", power),
    ]
}

fn limits(outcome: Outcome) -> [f64; 2] {
    let interval = estimate(outcome).interval.expect("an interval");
    [interval.lower, interval.upper]
}

fn two_groups() -> Ended {
    for (x1, n1, x2, n2) in [(11, 17, 5, 19), (3, 40, 9, 35)] {
        let mut held = Held::case(&format!("{x1} of {n1} and {x2} of {n2}"));
        held.close("wilson", limits(proportion_wilson(x1, n1, 0.95)));
        held.close("exact", limits(proportion_clopper_pearson(x1, n1, 0.95)));
        held.close("jeffreys", limits(proportion_jeffreys(x1, n1, 0.95)));
        held.close("agresti_coull", limits(proportion_agresti_coull(x1, n1, 0.95)));
        held.close("newcombe", limits(difference_newcombe(x1, n1, x2, n2, 0.95)));
        held.close("agresti_caffo", limits(difference_agresti_caffo(x1, n1, x2, n2, 0.95)));
        held.close("katz", limits(ratio_katz(x1, n1, x2, n2, 0.95)));
        held.within("odds_ratio", limits(odds_ratio_exact(x1, n1, x2, n2, 0.95)), ROOT);
        held.close("fisher", [exact_fisher(x1, n1, x2, n2).expect("a test").p_value]);
        held.close("barnard", [exact_barnard(x1, n1, x2, n2).expect("a test").p_value]);
        held.within("boschloo", [exact_boschloo(x1, n1, x2, n2).expect("a test").p_value], SOUGHT);
        let counts = PairedCounts { both: x1, lost: n1 - x1, gained: x2, neither: n2 - x2 };
        held.close("mcnemar", [estimate(mcnemar_exact(counts)).p_value.expect("a p-value")]);
        held.end();
    }
    let mut held = Held::case("three groups");
    let test = proportions_chi_squared(&[11, 5, 9], &[17, 19, 18]).expect("a test");
    held.close("chi2", [test.statistic, test.p_value]);
    held.end();
    Ok(())
}

fn titanic() -> Ended {
    let mut held = Held::case("titanic");
    let counts: Vec<u64> =
        held.expected["tables"].as_array().expect("tables").iter().map(|n| number(n) as u64).collect();
    let strata: Vec<Stratum> = counts
        .chunks_exact(4)
        .map(|of| Stratum { x1: of[0], n1: of[0] + of[1], x2: of[2], n2: of[2] + of[3] })
        .collect();
    let odds = estimate(mantel_haenszel_odds_ratio(&strata, 0.95));
    let interval = odds.interval.expect("an interval");
    held.close("odds_ratio", [odds.value, interval.lower, interval.upper]);
    held.close("risk_ratio", [estimate(mantel_haenszel_risk_ratio(&strata, 0.95)).value]);
    let test = cmh(&strata, false).expect("a test");
    held.close("cmh", [test.statistic, test.p_value]);
    let homogeneity = breslow_day(&strata).expect("a test");
    held.close("breslow_day", [homogeneity.breslow_day.statistic]);
    held.close("tarone", [homogeneity.tarone.statistic]);
    held.end();
    Ok(())
}

fn rates() -> Ended {
    let mut held = Held::case("rates");
    let [lower, upper] = limits(rate_poisson(13, 41.5, 0.95));
    held.close("garwood", [lower]);
    held.close("garwood_upper", [upper]);
    held.within("ratio_score", limits(rate_ratio_score(13, 41.5, 29, 55.0, 0.95)), ROOT);
    held.end();
    Ok(())
}

fn lists() -> Ended {
    let data = Table::open("lesbian_4lists.csv")?;
    let mut held = Held::case("lesbian_4lists");
    let lists: Vec<Vec<f64>> = ["c1", "c2", "c3", "c4"].iter().map(|name| data.numbers(name)).collect();
    let mut counts = vec![0; 16];
    for (row, people) in data.numbers("freq").into_iter().enumerate() {
        let history = (0..4).map(|list| (lists[list][row] as usize) << list).sum::<usize>();
        counts[history] = people as u64;
    }
    let histories = Histories::new(4, &counts).expect("histories");
    for (name, model) in [("mt", Model::Lists), ("pair", Model::Pairs(&[(0, 1)]))] {
        let found = capture_model(&histories, model, 0.95).expect("a model");
        held.close(name, [found.population.value, found.deviance]);
    }
    held.end();
    Ok(())
}

fn power() -> Ended {
    let mut held = Held::case("power");
    held.close("t", [power_t(43.0, 0.35, 1.0, 0.01).expect("a power")]);
    held.close("t_n", [units_t(0.35, 1.0, 0.01, 0.9).expect("a size").exact]);
    held.end();
    Ok(())
}
