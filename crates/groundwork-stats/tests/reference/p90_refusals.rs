//! What must be refused, or given with a warning: every item of P90.
//!
//! `small_cell_privacy`, the suppression of small counts in published tables,
//! is not here: a count is no estimate, and the rule belongs to the crate
//! `groundwork-disclosure`, whose tests hold it.

use std::collections::BTreeSet;

use groundwork_stats::estimators::bootstrap_clusters::{RESAMPLES, bootstrap_clusters};
use groundwork_stats::estimators::callaway_santanna::{Comparison, callaway_santanna};
use groundwork_stats::estimators::capture_recapture::{chapman, lincoln_petersen};
use groundwork_stats::estimators::cluster_robust::{
    ClusterDf, Clustered, Heteroskedastic, cluster_robust, cluster_robust_contrast,
};
use groundwork_stats::estimators::cluster_sums::ClusterSums;
use groundwork_stats::estimators::difference_in_differences::{
    DidErrors, SiteShocks, TwoByTwo, difference_in_differences,
};
use groundwork_stats::estimators::fieller::{Shape, fieller, fieller_set};
use groundwork_stats::estimators::g_computation::{RiskErrors, g_computation};
use groundwork_stats::estimators::ideal_bootstrap::ideal_bootstrap;
use groundwork_stats::estimators::interrupted_time_series::{
    Plan, Series, interrupted_counts, interrupted_means,
};
use groundwork_stats::estimators::kaplan_meier::{Scale, kaplan_meier};
use groundwork_stats::estimators::kitagawa::{Side, kitagawa};
use groundwork_stats::estimators::least_squares::least_squares;
use groundwork_stats::estimators::logistic::logistic;
use groundwork_stats::estimators::newey_west::Lags;
use groundwork_stats::estimators::restricted_mean::{restricted_mean, restricted_mean_difference};
use groundwork_stats::estimators::risk_table::RiskTable;
use groundwork_stats::estimators::standardisation::standardised_rate;
use groundwork_stats::estimators::transport::{Source, transport};
use groundwork_stats::estimators::union_bounds::union_bounds_margins;
use groundwork_stats::estimators::wild_cluster_bootstrap::{Draws, wild_cluster_bootstrap};
use groundwork_stats::linalg::Design;
use groundwork_stats::{Estimate, Refusal, Warning, proportion_wilson};
use libtest_mimic::Trial;
use serde_json::Value;

use crate::support::{Ended, Table, case, cases, count, estimate, number, reference};

/// One test an item, named as in the file.
macro_rules! items {
    ($($item:ident),* $(,)?) => {
        const ITEMS: &[&str] = &[$(stringify!($item)),*];

        pub(crate) fn trials() -> Vec<Trial> {
            vec![
                case("p90_refusals_are_all_here", all_here),
                $(case(concat!("p90_refusals_", stringify!($item)), || $item(&expected(stringify!($item))))),*
            ]
        }
    };
}

items![
    cluster_se_two_sites,
    did_two_sites_two_periods,
    wcb_G5,
    wcb_G6,
    bootstrap_all_success,
    fieller_g_ge_1,
    rmst_tau_beyond_followup,
    km_small_risk_set,
    capture_no_overlap,
    logistic_separation,
    cs_singleton_cohort,
    its_short_pre,
    positivity,
    empty_stratum,
];

/// Items that another crate answers for.
const ELSEWHERE: [&str; 1] = ["small_cell_privacy"];

/// Items whose methods are not here yet.
const NOT_YET: [&str; 5] = ["sign_flip_n5", "meta_k1", "meta_k2_pi", "mcnemar_small", "tost_inconclusive"];

fn expected(item: &str) -> Value {
    let (file, _) = reference("P90_refusals.json", 0.0);
    file["expected"][item].clone()
}

fn all_here() -> Ended {
    let (file, _) = reference("P90_refusals.json", 0.0);
    let wanted = file["expected"].as_object().expect("the items").keys().map(String::as_str);
    let here = ITEMS.iter().chain(&ELSEWHERE).chain(&NOT_YET).copied();
    assert_eq!(here.collect::<BTreeSet<_>>(), wanted.collect::<BTreeSet<_>>());
    Ok(())
}

/// Refused, with the code of the item, and with something to do instead.
#[track_caller]
fn assert_refused<T>(outcome: Result<T, Refusal>, item: &Value) -> Refusal {
    let Err(refusal) = outcome else { panic!("not refused: {item}") };
    assert_eq!(Some(refusal.code), item["reason_code"].as_str());
    assert!(!refusal.instead.is_empty());
    refusal
}

#[track_caller]
fn assert_warned(warnings: &[Warning], code: &Value) {
    let code = code.as_str().expect("a code");
    assert!(warnings.iter().any(|warning| warning.code == code), "no {code} in {warnings:?}");
}

fn numbers_of(value: &Value) -> Vec<f64> {
    cases(value).iter().map(number).collect()
}

/// The three places an error could stand.
fn without_error(estimate: &Estimate) -> bool {
    estimate.std_error.is_none() && estimate.interval.is_none() && estimate.p_value.is_none()
}

/// House prices near an incinerator and far from it, clustered by near and far.
fn cluster_se_two_sites(item: &Value) -> Ended {
    let table = Table::open("kielmc.csv")?;
    let (price, near) = (table.numbers("rprice"), table.numbers("nearinc"));
    let design = Design::new(price.len(), &[&near]).expect("a design");
    let fit = least_squares(&price, &design, None).expect("a fit");
    let scores = fit.scores(&design).expect("scores");
    let site: Vec<u32> = near.iter().map(|&near| near as u32).collect();
    for kind in [Clustered::Cr0, Clustered::Cr1, Clustered::Cr1s, Clustered::Cr2, Clustered::Cr3] {
        for df in [ClusterDf::Satterthwaite, ClusterDf::Clusters] {
            assert_refused(cluster_robust(&scores, &site, kind, df, 0.95), item);
            let slope = [0.0, 1.0];
            assert_refused(cluster_robust_contrast(&scores, &site, kind, df, &slope, 0.95), item);
        }
    }
    Ok(())
}

/// Two sites, each before and after, with families within them.
fn did_two_sites_two_periods(item: &Value) -> Ended {
    let rows = 24;
    let treated: Vec<f64> = (0..rows).map(|row| f64::from(u8::from(row % 2 == 0))).collect();
    let post: Vec<f64> = (0..rows).map(|row| f64::from(u8::from(row % 4 < 2))).collect();
    let y: Vec<f64> = (0..rows).map(|row| (row * row % 7) as f64 + treated[row] * post[row]).collect();
    let site: Vec<u32> = treated.iter().map(|&treated| treated as u32).collect();
    let data = || TwoByTwo { y: &y, treated: &treated, post: &post, covariates: &[], site: &site };
    let rows = DidErrors::Rows(Heteroskedastic::Hc2);
    // The point estimate alone; an error between families on the stated
    // assumption, flagged; never an error between sites.
    let alone = difference_in_differences(data(), rows, SiteShocks::Possible, 0.95).expect("an effect");
    assert!(without_error(&alone.effect));
    assert_warned(&alone.effect.warnings, &item["reason_code"]);
    let assumed = difference_in_differences(data(), rows, SiteShocks::AssumedNone, 0.95).expect("an effect");
    assert_eq!(assumed.effect.value, alone.effect.value);
    assert!(!without_error(&assumed.effect));
    assert_warned(&assumed.effect.warnings, &item["reason_code"]);
    for shocks in [SiteShocks::Possible, SiteShocks::AssumedNone] {
        assert_refused(difference_in_differences(data(), DidErrors::Sites, shocks, 0.95), item);
    }
    Ok(())
}

/// A wild cluster bootstrap of a slope over some clusters of four rows.
fn wild(clusters: u32, level: f64) -> Result<Estimate, Refusal> {
    let rows = 4 * clusters;
    let x: Vec<f64> = (0..rows).map(|row| f64::from(row % 5)).collect();
    let y: Vec<f64> = (0..rows).map(|row| f64::from(row * row % 11)).collect();
    let cluster: Vec<u32> = (0..rows).map(|row| row / 4).collect();
    let design = Design::new(y.len(), &[&x])?;
    let fit = least_squares(&y, &design, None)?;
    let draws = Draws { seed: [0; 32], number: 999 };
    let found = wild_cluster_bootstrap(&fit.scores(&design)?, &cluster, 1, level, draws)?;
    assert_eq!(found.smallest_p, 2.0 / f64::from(1_u32 << clusters));
    Ok(found.estimate)
}

#[allow(non_snake_case)]
fn wcb_G5(item: &Value) -> Ended {
    let (clusters, alpha) = (count(&item["G"]) as u32, number(&item["alpha"]));
    assert_refused(wild(clusters, 1.0 - alpha), item);
    // At the least p-value that five clusters can give there is an answer.
    assert!(wild(clusters, 1.0 - number(&item["min_attainable_p"])).is_ok());
    Ok(())
}

#[allow(non_snake_case)]
fn wcb_G6(item: &Value) -> Ended {
    let found = estimate(wild(count(&item["G"]) as u32, 1.0 - number(&item["alpha"])));
    assert!(found.p_value.is_some_and(|p| p >= number(&item["min_attainable_p"])));
    assert_warned(&found.warnings, &item["warn"]);
    Ok(())
}

fn bootstrap_all_success(item: &Value) -> Ended {
    let (x, n) = (count(&item["x"]), count(&item["n"]));
    assert_eq!(x, n);
    let sums = ClusterSums::new(&vec![1.0; x as usize], &vec![1.0; n as usize], n).expect("sums");
    let refusal = assert_refused(bootstrap_clusters(&sums, &[0; 32], RESAMPLES), item);
    assert!(refusal.instead.contains("Clopper-Pearson"));
    assert_refused(ideal_bootstrap(&sums), item);
    // What is offered has a width.
    let interval = estimate(proportion_wilson(x, n, 0.95)).interval.expect("an interval");
    assert!(interval.width() > 0.3 && interval.upper == 1.0);
    Ok(())
}

fn fieller_g_ge_1(item: &Value) -> Ended {
    let (y, x) = (numbers_of(&item["y"]), numbers_of(&item["x"]));
    let sums = ClusterSums::new(&y, &x, y.len() as u64).expect("sums");
    assert_refused(fieller(&sums, 0.95), item);
    let set = fieller_set(&sums, 0.95).expect("a set");
    assert!(set.g >= 1.0);
    assert!(!matches!(set.shape, Shape::Bounded { .. }));
    Ok(())
}

fn rmst_tau_beyond_followup(item: &Value) -> Ended {
    let table = Table::open("gehan_6mp.csv")?;
    let (time, status, arm) = (table.numbers("time"), table.numbers("status"), table.text("treat"));
    let of = |wanted: &str| {
        let rows: Vec<usize> = (0..time.len()).filter(|&row| arm[row] == wanted).collect();
        let times: Vec<f64> = rows.iter().map(|&row| time[row]).collect();
        let causes: Vec<u8> = rows.iter().map(|&row| status[row] as u8).collect();
        RiskTable::from_rows(&times, &causes, 1, None).expect("a table")
    };
    let (control, treated) = (of("control"), of("6-MP"));
    assert_eq!(control.last_time(), number(&item["max_time"]["control"]));
    assert_eq!(treated.last_time(), number(&item["max_time"]["mp6"]));
    // The control arm has come down to zero, so that it may be carried on; the
    // other is still open at its last time.
    let tau = number(&item["tau"]);
    assert!(restricted_mean(&control, tau, 0.95).is_ok());
    assert!(restricted_mean_difference(&treated, &control, tau, 0.95).is_ok());
    let past = treated.last_time() + 1.0;
    assert_refused(restricted_mean(&treated, past, 0.95), item);
    assert_refused(restricted_mean_difference(&treated, &control, past, 0.95), item);
    Ok(())
}

fn km_small_risk_set(item: &Value) -> Ended {
    let table = Table::open("channing.csv")?;
    let sex = table.text("sex");
    let rows: Vec<usize> = (0..sex.len()).filter(|&row| sex[row] == "Male").collect();
    let of = |name: &str| {
        let column = table.numbers(name);
        rows.iter().map(|&row| column[row]).collect::<Vec<f64>>()
    };
    let (entry, exit, status) = (of("entry"), of("exit"), of("status"));
    // Whoever left in the month of entry was never at risk.
    let kept: Vec<usize> = (0..exit.len()).filter(|&row| exit[row] > entry[row]).collect();
    let pick = |column: &[f64]| kept.iter().map(|&row| column[row]).collect::<Vec<f64>>();
    let causes: Vec<u8> = kept.iter().map(|&row| status[row] as u8).collect();
    let men = RiskTable::from_rows(&pick(&exit), &causes, 1, Some(&pick(&entry))).expect("a table");
    let refusal = assert_refused(kaplan_meier(&men, 0.95, Scale::LogLog), item);
    assert!(!refusal.instead.is_empty());
    let thin: Vec<(f64, u64)> = men.thin_events().iter().take(2).map(|at| (at.time, at.at_risk)).collect();
    assert_eq!(thin, [(777.0, 2), (781.0, 1)]);
    // From an age on at which enough men are at risk there is an answer.
    let later = men.after(men.sound_from().expect("an age")).expect("a table");
    assert!(kaplan_meier(&later, 0.95, Scale::LogLog).is_ok());
    Ok(())
}

fn capture_no_overlap(item: &Value) -> Ended {
    let [first, second, both] = ["n1", "n2", "m"].map(|key| count(&item[key]));
    assert_refused(lincoln_petersen(first, second, both), item);
    let found = estimate(chapman(first, second, both, 0.95));
    assert_warned(&found.warnings, &item["reason_code"]);
    assert!(found.interval.is_some_and(|interval| interval.upper > found.value));
    let bounds = union_bounds_margins(&[first, second]).expect("bounds");
    assert_eq!((bounds.lower, bounds.upper), (first.max(second), first + second));
    Ok(())
}

fn logistic_separation(item: &Value) -> Ended {
    let (x, y) = (numbers_of(&item["x"]), numbers_of(&item["y"]));
    let design = Design::new(y.len(), &[&x]).expect("a design");
    assert_refused(logistic(&y, &design, None), item);
    assert_refused(g_computation(&y, &x, &[], RiskErrors::Model, 0.95), item);
    Ok(())
}

/// One unit that starts alone, beside three that start together and three that
/// never do.
fn cs_singleton_cohort(item: &Value) -> Ended {
    let unit: Vec<u32> = (0..28).map(|row| row / 4).collect();
    let period: Vec<i32> = (0..28).map(|row| 2018 + row % 4).collect();
    let first: Vec<Option<i32>> = unit
        .iter()
        .map(|unit| [Some(2020), Some(2021), Some(2021), Some(2021), None, None, None][*unit as usize])
        .collect();
    let y: Vec<f64> = (0..28).map(|row| f64::from(row * row % 13)).collect();
    let found =
        callaway_santanna(&unit, &period, &first, &y, Comparison::NeverTreated, 0.95).expect("effects");
    assert_warned(&found.warnings, &item["reason_code"]);
    for effect in &found.effects {
        let alone = effect.group == 2020;
        assert_eq!(effect.n_treated, if alone { 1 } else { 3 });
        assert_eq!(alone, effect.estimate.p_value.is_none() && effect.estimate.interval.is_none());
        if alone {
            assert_warned(&effect.estimate.warnings, &item["reason_code"]);
        }
    }
    Ok(())
}

/// Months with a change after the fifth, or after the eleventh.
fn its_short_pre(item: &Value) -> Ended {
    let time: Vec<i64> = (0..36).collect();
    let y: Vec<f64> = (0..36).map(|month| f64::from(40 + month * month % 7)).collect();
    let series = Series { y: &y, exposure: None, time: &time };
    let plan = |start, slope| Plan { start, slope, harmonics: 0, cycle: 12, pause: None };
    let lags = Lags::usual(time.len());
    let before = count(&item["pre_points"]) as i64;
    assert_refused(interrupted_counts(series, None, plan(before, true), 0.95), item);
    assert_refused(interrupted_means(series, None, plan(before, true), lags, 0.95), item);
    // A change of level asks for less, and below twelve points is flagged.
    let short = Value::from("short_series");
    for start in [before, 11] {
        let found = interrupted_counts(series, None, plan(start, false), 0.95).expect("a fit");
        assert_warned(&found.level.warnings, &short);
        let found = interrupted_means(series, None, plan(start, false), lags, 0.95).expect("a fit");
        assert_warned(&found.level.warnings, &short);
    }
    let found = interrupted_counts(series, None, plan(12, true), 0.95).expect("a fit");
    assert!(!found.level.warnings.iter().any(|warning| warning.code == "short_series"));
    Ok(())
}

/// A stratum without people at one site.
fn empty_stratum(item: &Value) -> Ended {
    let whole = Side { numerator: &[3.0, 2.0], denominator: &[10.0, 8.0] };
    let hollow = Side { numerator: &[3.0, 0.0], denominator: &[10.0, 0.0] };
    let collapsing =
        |refusal: Refusal| assert!(refusal.instead.contains("join") || refusal.instead.contains("collaps"));
    for (first, second) in [(whole, hollow), (hollow, whole), (hollow, hollow)] {
        collapsing(assert_refused(kitagawa(first, second), item));
    }
    collapsing(assert_refused(standardised_rate(&[3, 0], &[10.0, 0.0], &[5.0, 5.0], 0.95), item));
    assert!(standardised_rate(&[3, 0], &[10.0, 8.0], &[5.0, 5.0], 0.95).is_ok());
    Ok(())
}

const COVARIATES: [&str; 8] = ["age", "educ", "black", "hispan", "married", "nodegree", "re74", "re75"];

/// A training effect carried to a population unlike the trained.
fn positivity(item: &Value) -> Ended {
    let table = Table::open("transport_nsw_psid.csv")?;
    let source: Vec<bool> = table.numbers("S").iter().map(|&source| source == 1.0).collect();
    let pick = |name: &str, wanted: bool| {
        let column = table.numbers_or_missing(name);
        let rows = column.iter().zip(&source).filter(|&(_, &source)| source == wanted);
        rows.map(|(value, _)| value.expect("a value")).collect::<Vec<f64>>()
    };
    let (inside, outside) =
        (COVARIATES.map(|name| pick(name, true)), COVARIATES.map(|name| pick(name, false)));
    let (covariates, target) = (inside.each_ref().map(Vec::as_slice), outside.each_ref().map(Vec::as_slice));
    let treated: Vec<bool> = pick("treat", true).iter().map(|&treated| treated == 1.0).collect();
    let outcome = pick("re78", true);
    let source = Source { outcome: &outcome, treated: &treated, covariates: &covariates };
    let found = transport(&source, &target, 0.95).expect("an answer");
    assert_eq!(found.support.n_source, count(&item["n"]));
    let weighted = found.support.weighted.as_ref().expect("weights");
    assert!((weighted.ess - number(&item["ess"])).abs() < 0.05);
    let worst = weighted.worst_after.expect("a difference");
    assert!((worst - number(&item["smd_after_max"])).abs() < 0.0005);
    let refused = found.effects().map(|_| ()).map_err(Clone::clone);
    assert_refused(refused, item);
    Ok(())
}
