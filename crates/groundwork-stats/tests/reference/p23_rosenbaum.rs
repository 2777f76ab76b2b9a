//! P23: bounds on the p-value of matched pairs.

use groundwork_stats::estimators::rosenbaum::{METHOD_SIGNED_RANK, RankPairs, SignPairs};
use libtest_mimic::Trial;

use crate::support::{
    EXACT, Ended, ROOT, Table, assert_close, assert_relative, case, cases, number, reference,
};

pub fn trials() -> Vec<Trial> {
    vec![case("p23_signed_rank", signed_rank), case("p23_signed_rank_exact", exact), case("p23_sign", sign)]
}

fn signed_rank() -> Ended {
    let (file, tolerance) = reference("P23_rosenbaum_bounds.json", ROOT);
    let expected = &file["expected"]["signed_rank"];
    let data = Table::open("lead_pairs.csv")?;
    let pairs = RankPairs::new(&data.numbers("treated"), &data.numbers("control")).expect("pairs");
    let mut published = cases(&file["published"]["rbounds_psens_upper_4dp"]).iter();
    for (at, gamma) in cases(&expected["Gamma"]).iter().enumerate() {
        let what = format!("at {gamma}");
        let found = pairs.bounds_normal(number(gamma)).expect("bounds");
        assert_close(&what, found.upper, number(&expected["p_upper"][at]), tolerance);
        // The reference takes this tail as one minus the rest and is off by up
        // to two units in the last place of one.
        let lower = number(&expected["p_lower"][at]);
        assert!((found.lower - lower).abs() <= tolerance * lower + 2.0 * f64::EPSILON, "{what}");
        if number(gamma).fract() == 0.0 {
            let printed = number(published.next().expect("a printed value"));
            assert!((found.upper - printed).abs() <= 0.5001e-4, "{what}");
        }
    }
    Ok(())
}

/// The upper bounds at the whole Γ from one to six, in rational arithmetic.
const EXACT_UPPER: [f64; 6] = [
    4.018_656_909_465_79e-7,
    0.000_408_751_182_579_026,
    0.006_005_557_687_687_61,
    0.024_479_925_777_638_904,
    0.057_393_576_205_954_075,
    0.101_047_551_650_327_35,
];

fn exact() -> Ended {
    let data = Table::open("lead_pairs.csv")?;
    let pairs = RankPairs::new(&data.numbers("treated"), &data.numbers("control")).expect("pairs");
    for (gamma, expected) in (1..).zip(EXACT_UPPER) {
        let found = pairs.bounds(f64::from(gamma)).expect("bounds");
        assert_eq!((found.method, found.pairs), (METHOD_SIGNED_RANK, 32));
        assert_relative(&format!("at {gamma}"), found.upper, expected, EXACT);
    }
    Ok(())
}

fn sign() -> Ended {
    let (file, tolerance) = reference("P23_rosenbaum_bounds.json", ROOT);
    let expected = &file["expected"]["binary_12_110_exact"];
    let approximate = &file["expected"]["binary_12_110_rbounds_normal_5dp"];
    let pairs = SignPairs::new(110, 122).expect("pairs");
    for (at, gamma) in cases(&expected["Gamma"]).iter().enumerate() {
        let what = format!("at {gamma}");
        let found = pairs.bounds(number(gamma)).expect("bounds");
        // Far tails too keep their digits.
        assert_relative(&what, found.upper, number(&expected["p_upper"][at]), tolerance);
        assert_relative(&what, found.lower, number(&expected["p_lower"][at]), tolerance);
        // The approximation that must not be used is another number.
        let near = number(&approximate["p_upper"][at]);
        assert!(number(gamma) < 4.0 || found.upper > 1.5 * near, "{what}");
    }
    Ok(())
}
