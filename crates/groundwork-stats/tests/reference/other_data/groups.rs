//! Sites pooled, times, means, pairs and scales.

use groundwork_stats::estimators::aalen_johansen::{ErrorKind, aalen_johansen};
use groundwork_stats::estimators::bayes_hierarchical::{MeanPrior, TauPrior, bayes_hierarchical};
use groundwork_stats::estimators::beta_binomial::beta_binomial;
use groundwork_stats::estimators::cronbach_alpha::cronbach_alpha;
use groundwork_stats::estimators::dif_mantel_haenszel::item_bias;
use groundwork_stats::estimators::kaplan_meier::{Scale, kaplan_meier};
use groundwork_stats::estimators::log_rank::{Weight, log_rank};
use groundwork_stats::estimators::mean_welch::mean_difference_welch;
use groundwork_stats::estimators::meta_analysis::{MeanError, Prediction, pool};
use groundwork_stats::estimators::meta_tau2::{Tau2, between_site_variance};
use groundwork_stats::estimators::paired_change::paired_change;
use groundwork_stats::estimators::paired_exact::signed_rank;
use groundwork_stats::estimators::restricted_mean::restricted_mean;
use groundwork_stats::estimators::risk_table::RiskTable;
use groundwork_stats::estimators::turnbull::turnbull;
use groundwork_stats::{Estimate, Outcome};
use libtest_mimic::Trial;

use super::Held;
use crate::support::{Ended, Table, case, cases, estimate, number};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        case("other_sites", sites),
        case("other_schools", schools),
        case("other_shares_of_sites", shares_of_sites),
        case("other_visits", visits),
        case("other_times", times),
        case("other_competing_times", competing_times),
        case("other_anorexia", anorexia),
        case("other_questionnaire", questionnaire),
    ]
}

fn limits(estimate: &Estimate) -> [f64; 2] {
    let interval = estimate.interval.expect("an interval");
    [interval.lower, interval.upper]
}

fn sites() -> Ended {
    for (name, file) in [("hackshaw", "dat_hackshaw1998.csv"), ("raudenbush", "dat_raudenbush1985.csv")] {
        let data = Table::open(file)?;
        let mut held = Held::case(name);
        let (values, variances) = (data.numbers("yi"), data.numbers("vi"));
        let tau2 = |how| between_site_variance(&values, &variances, how).expect("a variance");
        held.close("dl", [tau2(Tau2::DerSimonianLaird)]);
        held.close("pm", [tau2(Tau2::PauleMandel)]);
        held.close("reml", [tau2(Tau2::RestrictedLikelihood)]);
        let pooled = pool(&values, &variances, Tau2::RestrictedLikelihood).expect("a mean");
        held.close("q", [pooled.q]);
        held.close("mean", [pooled.mean]);
        held.close("hksj", [pooled.std_error_hksj]);
        held.close("guarded", [pooled.std_error]);
        held.close("mean_ci", limits(&estimate(pooled.mean_estimate(MeanError::Guarded, 0.95))));
        held.close("prediction", limits(&estimate(pooled.prediction(Prediction::HtsTKm2, 0.95))));
        held.end();
    }
    Ok(())
}

fn schools() -> Ended {
    let data = Table::open("eight_schools.csv")?;
    let mut held = Held::case("eight_schools");
    let variances: Vec<f64> = data.numbers("sei").iter().map(|error| error * error).collect();
    let (tau, mean) = (TauPrior::HalfNormal(10.0), MeanPrior::Flat);
    let found =
        bayes_hierarchical(&data.numbers("yi"), &variances, tau, mean, 0.0, 0.95).expect("a posterior");
    held.close("mean", [found.mean]);
    held.close("tau", [found.tau_mean]);
    held.close("mean_ci", [found.mean_interval.lower, found.mean_interval.upper]);
    let new = found.new_site_interval;
    held.close("new_site", [new.lower, found.new_site_median, new.upper]);
    held.close("sites", found.sites.iter().map(|site| site.mean).collect::<Vec<f64>>());
    held.end();
    Ok(())
}

fn shares_of_sites() -> Ended {
    let mut held = Held::case("shares of sites");
    let counts =
        |name: &str| -> Vec<u64> { cases(&held.expected[name]).iter().map(|n| number(n) as u64).collect() };
    let (x, n) = (counts("x"), counts("n"));
    let found = beta_binomial(&x, &n, 0.95).expect("a distribution");
    // The reference climbs a hill that is flat at the top.
    held.within("alpha", [found.alpha], CLIMBED);
    held.within("beta", [found.beta], CLIMBED);
    held.within("shares", found.sites.iter().map(|site| site.share).collect::<Vec<f64>>(), CLIMBED);
    held.close("log_likelihood", [found.log_likelihood]);
    held.end();
    Ok(())
}

/// An optimum by function values alone is known to the root of their precision.
const CLIMBED: f64 = 1e-6;

fn visits() -> Ended {
    let data = Table::open("bcdeter_treat2.csv")?;
    let mut held = Held::case("bcdeter_treat2");
    let found = turnbull(&data.numbers("lower"), &data.numbers_or_missing("upper")).expect("a distribution");
    held.close("log_likelihood", [found.log_likelihood]);
    let masses: Vec<_> = found.masses.iter().filter(|mass| mass.mass > 1e-10).collect();
    held.close("mass", masses.iter().map(|mass| mass.mass).collect::<Vec<f64>>());
    held.close("lower", masses.iter().map(|mass| mass.lower).collect::<Vec<f64>>());
    held.end();
    Ok(())
}

fn times() -> Ended {
    for (name, [time, event, group], at, tau) in [
        ("veteran", ["time", "status", "trt"], 100.0, 300.0),
        ("aml", ["time", "status", "arm"], 20.0, 28.0),
        ("ovarian", ["futime", "fustat", "rx"], 400.0, 600.0),
    ] {
        let data = Table::open(&format!("{name}.csv"))?;
        let mut held = Held::case(name);
        let (time, event, group) = (data.numbers(time), data.numbers(event), data.numbers(group));
        let mut labels = group.clone();
        labels.sort_by(f64::total_cmp);
        labels.dedup();
        let tables: Vec<RiskTable> = labels
            .iter()
            .map(|label| {
                let rows: Vec<usize> = (0..time.len()).filter(|&row| group[row] == *label).collect();
                let time: Vec<f64> = rows.iter().map(|&row| time[row]).collect();
                let event: Vec<u8> = rows.iter().map(|&row| event[row] as u8).collect();
                RiskTable::from_rows(&time, &event, 1, None).expect("a table")
            })
            .collect();
        for (group, table) in tables.iter().enumerate() {
            let curve = kaplan_meier(table, 0.95, Scale::LogLog).expect("a curve");
            let survival = estimate(curve.survival_at(at));
            let [lower, upper] = limits(&survival);
            held.close(&format!("survival {group}"), [survival.value, lower, upper]);
            let median = curve.quantile(0.5).expect("a quantile").time;
            let what = format!("median {group}");
            match median {
                Some(median) => held.close(&what, [median]),
                None => assert!(held.expected[&what].is_null(), "{what}"),
            }
            held.close(&format!("rmst {group}"), [estimate(restricted_mean(table, tau, 0.95)).value]);
        }
        let test = log_rank(&tables, Weight::Equal).expect("a test");
        held.close("logrank", [test.statistic, test.p_value]);
        held.end();
    }
    Ok(())
}

fn competing_times() -> Ended {
    let data = Table::open("melanoma.csv")?;
    let mut held = Held::case("melanoma");
    let cause: Vec<u8> = data.numbers("event").iter().map(|&cause| cause as u8).collect();
    let table = RiskTable::from_rows(&data.numbers("time"), &cause, 2, None).expect("a table");
    let curve = aalen_johansen(&table, 0.95, ErrorKind::Aalen).expect("a curve");
    for cause in [1, 2] {
        let found = [1000.0, 2000.0, 3500.0].map(|time| estimate(curve.incidence_at(cause, time)).value);
        held.close(&format!("cause {cause}"), found);
    }
    held.end();
    Ok(())
}

fn anorexia() -> Ended {
    let data = Table::open("anorexia.csv")?;
    let mut held = Held::case("anorexia");
    let (group, before, after) = (data.text("treat"), data.numbers("pre"), data.numbers("post"));
    let of = |name: &str| -> (Vec<f64>, Vec<f64>) {
        (0..group.len()).filter(|&row| group[row] == name).map(|row| (before[row], after[row])).unzip()
    };
    let (family, control) = (of("FT"), of("Cont"));
    let change = |(before, after): &(Vec<f64>, Vec<f64>)| -> Vec<f64> {
        before.iter().zip(after).map(|(before, after)| after - before).collect()
    };
    let tested = |outcome: Outcome| {
        let found = estimate(outcome);
        let [lower, upper] = limits(&found);
        [
            found.statistic.expect("a statistic"),
            found.df.unwrap_or(0.0),
            found.p_value.expect("a p-value"),
            lower,
            upper,
        ]
    };
    held.close("welch", tested(mean_difference_welch(&change(&family), &change(&control), 0.95)));
    let [statistic, _, p_value, lower, upper] = tested(paired_change(&family.0, &family.1, 0.95));
    held.close("paired", [statistic, p_value, lower, upper]);
    let exact = estimate(signed_rank(&family.0, &family.1, 0.05));
    held.close("signed_rank", [exact.p_value.expect("a p-value")]);
    held.end();
    Ok(())
}

fn questionnaire() -> Ended {
    let data = Table::open("verbal_anger.csv")?;
    let mut held = Held::case("verbal_anger");
    let names: Vec<&String> = data.header().iter().filter(|name| name.starts_with('S')).collect();
    let items: Vec<Vec<f64>> = names.iter().map(|name| data.numbers(name)).collect();
    let columns: Vec<&[f64]> = items.iter().map(Vec::as_slice).collect();
    let alpha = cronbach_alpha(&columns, 0.95).expect("a coefficient").alpha;
    let [lower, upper] = limits(&alpha);
    held.close("alpha", [alpha.value, lower, upper]);
    let answers: Vec<Vec<bool>> =
        items.iter().map(|item| item.iter().map(|&answer| answer == 1.0).collect()).collect();
    let answers: Vec<&[bool]> = answers.iter().map(Vec::as_slice).collect();
    let focal: Vec<bool> = data.numbers("grp").iter().map(|&group| group == 1.0).collect();
    let bias = item_bias(&answers, &focal, 0.05, false).expect("a test");
    let found: Vec<f64> = bias.items[..3]
        .iter()
        .flat_map(|item| {
            let tested = item.tested.as_ref().expect("a tested item");
            [tested.alpha.expect("an odds ratio"), tested.chi_squared]
        })
        .collect();
    held.close("bias", found);
    held.end();
    Ok(())
}
