//! Effects: weighting, decomposition, staggered adoption.

use groundwork_stats::Outcome;
use groundwork_stats::estimators::augmented_weighting::{augmented, outcome_model};
use groundwork_stats::estimators::callaway_santanna::{Comparison, callaway_santanna};
use groundwork_stats::estimators::goodman_bacon::goodman_bacon;
use groundwork_stats::estimators::honest_did::EventEstimates;
use groundwork_stats::estimators::inverse_probability::{Population, Propensity, hajek};
use groundwork_stats::estimators::oaxaca_blinder::{Group, Reference, oaxaca_blinder};
use groundwork_stats::estimators::pre_trend::pre_trend;
use groundwork_stats::estimators::sun_abraham::sun_abraham;
use groundwork_stats::linalg::Matrix;
use groundwork_stats::special::noncentral_chi_squared_sf;
use libtest_mimic::Trial;

use super::Held;
use crate::support::{Ended, Table, case, cases, count, estimate, number, reference};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        case("other_smoking", smoking),
        case("other_gap_of_weights", gap),
        case("other_castle_laws", castle_laws),
        case("other_trends_before", trends_before),
    ]
}

fn smoking() -> Ended {
    let data = Table::open("nhefs.csv")?;
    let mut held = Held::case("nhefs");
    let treated: Vec<bool> = data.numbers("qsmk").iter().map(|&quit| quit == 1.0).collect();
    let names = ["sex", "race", "age", "smokeintensity", "smokeyrs", "wt71"];
    let columns: Vec<Vec<f64>> = names.iter().map(|name| data.numbers(name)).collect();
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let y = data.numbers("wt82_71");
    let propensity = Propensity::fit(&treated, &columns).expect("a score");
    let mut effect = |name: &str, found: Outcome, tolerance: f64| {
        let found = estimate(found);
        let expected = held.expected[name][0].clone();
        held.expected[format!("{name} effect")] = expected;
        held.close(&format!("{name} effect"), [found.value]);
        held.within(&format!("{name} error"), [found.std_error.expect("an error")], tolerance);
    };
    effect("ipw", hajek(&y, &propensity, Population::Everyone, 0.95), ERRORS);
    effect("ra", outcome_model(&y, &treated, &columns, Population::Everyone, 0.95), ERRORS);
    // The reference takes the models as estimated, we the influence values: the
    // two agree where both models hold.
    effect("aipw", augmented(&y, &propensity, Population::Everyone, 0.95), 0.01);
    held.end();
    Ok(())
}

/// The reference differentiates the estimating equations by small steps.
const ERRORS: f64 = 1e-5;

fn gap() -> Ended {
    let data = Table::open("nhefs.csv")?;
    let mut held = Held::case("nhefs");
    let y = data.numbers("wt82_71");
    let columns = ["age", "smokeyrs", "wt71"].map(|name| data.numbers(name));
    let moving: Vec<bool> = data.numbers("exercise").iter().map(|&exercise| exercise == 0.0).collect();
    let part = |column: &[f64], of: bool| -> Vec<f64> {
        column.iter().zip(&moving).filter(|&(_, &moving)| moving == of).map(|(&value, _)| value).collect()
    };
    let group = |of: bool| (part(&y, of), columns.iter().map(|column| part(column, of)).collect::<Vec<_>>());
    let ((y_a, a), (y_b, b)) = (group(false), group(true));
    let a: Vec<&[f64]> = a.iter().map(Vec::as_slice).collect();
    let b: Vec<&[f64]> = b.iter().map(Vec::as_slice).collect();
    let one = Group { y: &y_a, covariates: &a };
    let found = oaxaca_blinder(one, Group { y: &y_b, covariates: &b }, 0.95).expect("parts");
    let gap = found.mean_a - found.mean_b;
    held.close("oaxaca", [found.endowments, found.coefficients, found.interaction, gap]);
    let pooled = found.twofold.iter().find(|of| of.reference == Reference::Pooled).expect("the pooled parts");
    held.close("oaxaca_pooled", [pooled.unexplained.value, pooled.explained.value, gap]);
    held.end();
    Ok(())
}

fn castle_laws() -> Ended {
    let data = Table::open("castle.csv")?;
    let mut held = Held::case("castle");
    let unit: Vec<u32> = data.numbers("sid").iter().map(|&state| state as u32).collect();
    let year: Vec<i32> = data.numbers("year").iter().map(|&year| year as i32).collect();
    let first: Vec<Option<i32>> =
        data.numbers("first_treat").iter().map(|&first| (first > 0.0).then_some(first as i32)).collect();
    let y = data.numbers("l_homicide");
    let found = callaway_santanna(&unit, &year, &first, &y, Comparison::NeverTreated, 0.95).expect("effects");
    assert!(
        found
            .warnings
            .iter()
            .chain(found.effects.iter().flat_map(|effect| &effect.estimate.warnings))
            .any(|warning| warning.code == "singleton_cohort")
    );
    for (group, time) in [(2007, 2007), (2007, 2009), (2007, 2005), (2008, 2010)] {
        let effect = found.effects.iter().find(|of| of.group == group && of.time == time);
        let estimate = &effect.expect("an effect").estimate;
        held.close(&format!("{group} {time}"), [estimate.value, estimate.std_error.expect("an error")]);
    }
    let study = sun_abraham(&unit, &year, &first, &y, &[], 0.95).expect("a study");
    for distance in [-3, 0, 2] {
        let event = study.events.iter().find(|event| event.at == distance).expect("a distance");
        held.close(&format!("distance {distance}"), [event.estimate.value]);
    }
    held.close("after", [study.att.value]);
    for (at, event) in study.events.iter().enumerate() {
        let error = event.estimate.std_error.expect("an error");
        assert!((study.covariance.get(at, at).sqrt() - error).abs() < 1e-12, "{}", event.at);
    }
    let took_effect: Vec<Option<i32>> = first.iter().map(|first| first.map(|first| first - 1)).collect();
    let parts = goodman_bacon(&unit, &year, &took_effect, &y).expect("a decomposition");
    held.close("static", [parts.coefficient]);
    held.end();
    Ok(())
}

fn trends_before() -> Ended {
    let (file, _) = reference("P42_honest_did.json", 1e-4);
    let study = &file["expected"]["event_study"];
    let beta: Vec<f64> = cases(&study["beta"]).iter().map(number).collect();
    let entries: Vec<f64> = cases(&study["vcov"]).iter().flat_map(cases).map(number).collect();
    let covariance = Matrix::new(beta.len(), beta.len(), entries);
    let (before, after) = beta.split_at(count(&study["pre"]) as usize);
    let mut held = Held::case("pre_trend");
    let found = pre_trend(&EventEstimates { before, after, covariance: &covariance }, 0.95).expect("a test");
    held.close("wald", [found.statistic, found.p_value]);
    held.close("slopes", [found.slope_half, found.slope_four_fifths, found.slope_of_effect]);
    held.close("power", [found.power]);
    let tails = [(3.0, 1.0, 0.5), (40.0, 7.0, 25.0), (0.2, 4.5, 12.0), (900.0, 3.0, 800.0)];
    held.close("tails", tails.map(|(x, df, ncp)| noncentral_chi_squared_sf(x, df, ncp)));
    held.end();
    Ok(())
}
