//! P19: the parts of a difference of two rates.

use groundwork_stats::estimators::kitagawa::{Side, kitagawa};
use groundwork_stats::estimators::standardisation::standardised_rate;
use libtest_mimic::Trial;

use crate::p21_mantel_haenszel::admissions;
use crate::support::{EXACT, Ended, assert_close, case, number, reference};

pub fn trials() -> Vec<Trial> {
    vec![case("p19_kitagawa", parts), case("p90_empty_stratum", empty_stratum)]
}

fn parts() -> Ended {
    let (file, tolerance) = reference("P19_kitagawa.json", EXACT);
    let expected = &file["expected"];
    let departments = admissions()?;
    let column = |of: fn(&groundwork_stats::estimators::mantel_haenszel::Stratum) -> u64| {
        departments.iter().map(|(_, stratum)| of(stratum) as f64).collect::<Vec<_>>()
    };
    let (x1, n1, x2, n2) = (column(|of| of.x1), column(|of| of.n1), column(|of| of.x2), column(|of| of.n2));
    let found =
        kitagawa(Side { numerator: &x1, denominator: &n1 }, Side { numerator: &x2, denominator: &n2 });
    let found = found.expect("parts");
    let threefold = &expected["threefold"];
    for (what, found, expected) in [
        ("first", found.first, &expected["rate1"]),
        ("second", found.second, &expected["rate2"]),
        ("difference", found.difference, &expected["difference"]),
        ("composition", found.composition, &expected["composition"]),
        ("rate", found.rate, &expected["rate_effect"]),
        ("composition at second", found.composition_at_second, &threefold["composition_at_r2"]),
        ("rate at second", found.rate_at_second, &threefold["rate_at_p2"]),
        ("interaction", found.interaction, &threefold["interaction"]),
    ] {
        assert_close(what, found, number(expected), tolerance);
    }
    for ((name, _), part) in departments.iter().zip(&found.strata) {
        assert_close(name, part.composition, number(&expected["by_stratum_composition"][name]), tolerance);
        assert_close(name, part.rate, number(&expected["by_stratum_rate"][name]), tolerance);
    }
    assert!((found.composition + found.rate - found.difference).abs() < 1e-15);
    Ok(())
}

fn empty_stratum() -> Ended {
    let (file, _) = reference("P90_refusals.json", 0.0);
    let code = file["expected"]["empty_stratum"]["reason_code"].as_str().expect("a code");
    let rate = standardised_rate(&[3, 0], &[10.0, 0.0], &[5.0, 5.0], 0.95);
    assert_eq!(rate.expect_err("a refusal").code, code);
    let (numerator, denominator) = ([1.0, 0.0], [2.0, 0.0]);
    let empty = Side { numerator: &numerator, denominator: &denominator };
    let whole = Side { numerator: &[1.0, 1.0], denominator: &[2.0, 2.0] };
    for refused in [kitagawa(empty, whole), kitagawa(whole, empty)] {
        let refusal = refused.expect_err("a refusal");
        assert_eq!(refusal.code, code);
        assert!(refusal.instead.contains("join"));
    }
    Ok(())
}
