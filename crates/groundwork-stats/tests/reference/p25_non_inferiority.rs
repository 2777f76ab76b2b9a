//! Equivalence of means and non-inferiority of proportions.

use groundwork_stats::estimators::equivalence_means::{GroupSummary, equivalence_student, equivalence_welch};
use groundwork_stats::estimators::non_inferiority::{non_inferiority, non_inferiority_farrington_manning};
use groundwork_stats::estimators::verdict::{Direction, Verdict};
use libtest_mimic::Trial;

use crate::support::{CLOSED_FORM, assert_close, assert_limits, case, cases, count, number, reference};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        case("p25_equivalence_of_means", || {
            equivalence_of_means();
            Ok(())
        }),
        case("p25_non_inferiority_of_proportions", || {
            non_inferiority_of_proportions();
            Ok(())
        }),
    ]
}

fn equivalence_of_means() {
    let (file, tolerance) = reference("P25_tost_noninferiority.json", CLOSED_FORM);
    for case in cases(&file["expected"]["tost"]) {
        let inputs = &case["inputs"];
        let [first, second] = ["1", "2"].map(|side| GroupSummary {
            mean: number(&inputs[format!("m{side}")]),
            sd: number(&inputs[format!("sd{side}")]),
            n: count(&inputs[format!("n{side}")]),
        });
        let [low, high, alpha] = ["low", "high", "alpha"].map(|name| number(&inputs[name]));
        let found = equivalence_welch(first, second, low, high, alpha).expect("a result");
        let expected = &case["welch"];
        for (name, found) in [
            ("diff", found.difference),
            ("se", found.std_error),
            ("df", found.df),
            ("t_lower", found.t_lower),
            ("t_upper", found.t_upper),
            ("p_lower", found.p_lower),
            ("p_upper", found.p_upper),
            ("p_tost", found.p_equivalence),
            ("p_nhst", found.p_difference),
        ] {
            assert_close(name, found, number(&expected[name]), tolerance);
        }
        assert_limits("interval", found.interval, &expected["ci90"], tolerance);
        assert_eq!(found.verdict(Direction::HigherIsBetter), Verdict::Inconclusive);
        let found = equivalence_student(first, second, low, high, alpha).expect("a result");
        let expected = &case["student"];
        for (name, found) in [
            ("se", found.std_error),
            ("df", found.df),
            ("p_lower", found.p_lower),
            ("p_upper", found.p_upper),
        ] {
            assert_close(name, found, number(&expected[name]), tolerance);
        }
    }
}

fn non_inferiority_of_proportions() {
    let (file, tolerance) = reference("P25_tost_noninferiority.json", CLOSED_FORM);
    for case in cases(&file["expected"]["ni"]) {
        let first = (count(&case["x1"]), count(&case["n1"]));
        let second = (count(&case["x2"]), count(&case["n2"]));
        let margin = -number(&case["margin"]);
        let what = format!("{first:?} against {second:?}");
        let direction = Direction::HigherIsBetter;
        let fm = non_inferiority_farrington_manning(first, second, margin, direction, 0.05);
        let fm = fm.expect("a result");
        assert_close(&what, fm.null_shares.0, number(&case["p1_tilde"]), tolerance);
        assert_close(&what, fm.null_shares.1, number(&case["p2_tilde"]), tolerance);
        assert_close(&what, fm.statistic, number(&case["z_fm"]), tolerance);
        assert_close(&what, fm.p_value, number(&case["p_noninferior_fm"]), tolerance);
        let mn = non_inferiority(first, second, margin, direction, 0.05).expect("a result");
        assert_close(&what, mn.statistic, number(&case["z_mn"]), tolerance);
        assert_close(&what, mn.p_value, number(&case["p_noninferior_mn"]), tolerance);
        for found in [fm, mn] {
            let adapted = found.verdict == Verdict::Adapted;
            assert_eq!(adapted, found.p_value < 0.05, "{what}");
        }
    }
}
