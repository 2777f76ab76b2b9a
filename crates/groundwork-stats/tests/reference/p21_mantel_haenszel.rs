//! P21: two groups compared within strata.

use groundwork_stats::estimators::mantel_haenszel::{
    Stratum, breslow_day, cmh, mantel_haenszel_odds_ratio, mantel_haenszel_risk_difference,
    mantel_haenszel_risk_ratio,
};
use groundwork_stats::estimators::mantel_haenszel_exact::mantel_haenszel_exact;
use libtest_mimic::Trial;

use crate::support::{
    Absent, Ended, ROOT, Table, assert_close, assert_interval, case, estimate, number, reference,
};

/// The reference's exact odds ratio comes from a root finder at its default
/// tolerance, as the file's notes say.
const COARSE_ROOT: f64 = 1e-4;

pub fn trials() -> Vec<Trial> {
    vec![case("p21_mantel_haenszel", ratios), case("p21_exact", exact)]
}

/// Admissions by department, men against women.
pub fn admissions() -> Result<Vec<(String, Stratum)>, Absent> {
    let data = Table::open("ucb_admissions.csv")?;
    let (admit, gender, department) = (data.text("Admit"), data.text("Gender"), data.text("Dept"));
    let people = data.numbers("Freq");
    let mut names: Vec<&str> = department.clone();
    names.sort_unstable();
    names.dedup();
    let count = |name: &str, of: &str, admitted: bool| {
        let rows = (0..people.len()).filter(|&row| department[row] == name && gender[row] == of);
        rows.filter(|&row| !admitted || admit[row] == "Admitted").map(|row| people[row] as u64).sum()
    };
    let stratum = |name: &str| Stratum {
        x1: count(name, "Male", true),
        n1: count(name, "Male", false),
        x2: count(name, "Female", true),
        n2: count(name, "Female", false),
    };
    Ok(names.into_iter().map(|name| (name.to_string(), stratum(name))).collect())
}

fn strata() -> Result<Vec<Stratum>, Absent> {
    Ok(admissions()?.into_iter().map(|(_, stratum)| stratum).collect())
}

fn ratios() -> Ended {
    let (file, tolerance) = reference("P21_mantel_haenszel.json", ROOT);
    let expected = &file["expected"];
    let strata = strata()?;
    for (name, found) in [
        ("or", mantel_haenszel_odds_ratio(&strata, 0.95)),
        ("rr", mantel_haenszel_risk_ratio(&strata, 0.95)),
        ("rd", mantel_haenszel_risk_difference(&strata, 0.95)),
    ] {
        let found = estimate(found);
        assert_close(name, found.value, number(&expected[name]), tolerance);
        assert_interval(name, &found, &expected[format!("{name}_ci")], tolerance);
    }
    let (plain, corrected) = (cmh(&strata, false).expect("a test"), cmh(&strata, true).expect("a test"));
    assert_close("cmh", plain.statistic, number(&expected["cmh_chisq_nocorr"]), tolerance);
    assert_close("cmh", plain.p_value, number(&expected["p_nocorr"]), tolerance);
    assert_close("cmh", corrected.statistic, number(&expected["cmh_chisq_corr"]), tolerance);
    let same = breslow_day(&strata).expect("a test");
    for (name, found) in [("breslow_day", &same.breslow_day), ("tarone", &same.tarone)] {
        assert_close(name, found.statistic, number(&expected[name]), tolerance);
        assert_close(name, found.p_value, number(&expected[format!("{name}_p")]), tolerance);
        assert_eq!(found.df, 5.0);
    }
    let published = &file["published"];
    assert!((corrected.statistic - number(&published["cmh_corr"])).abs() <= 0.5001e-4);
    assert!((corrected.p_value - number(&published["p"])).abs() <= 0.5001e-4);
    Ok(())
}

fn exact() -> Ended {
    let (file, tolerance) = reference("P21_mantel_haenszel.json", ROOT);
    let expected = &file["expected"];
    let found = mantel_haenszel_exact(&strata()?, 0.95).expect("an estimate");
    assert_close("odds ratio", found.estimate.value, number(&expected["exact_or"]), COARSE_ROOT);
    assert_close("p-value", found.p_minimum_likelihood, number(&expected["exact_p"]), tolerance);
    Ok(())
}
