//! Several proportions and their trend.

use groundwork_stats::estimators::proportion_trend::{proportion_trend, proportions_chi_squared};
use libtest_mimic::Trial;

use crate::support::{assert_close, case, cases, count, estimate, number, reference};

/// What the file allows.
const FILE: f64 = 1e-10;

pub(crate) fn trials() -> Vec<Trial> {
    vec![case("p34_chi_square_and_trend", || {
        chi_square_and_trend();
        Ok(())
    })]
}

fn chi_square_and_trend() {
    let (file, tolerance) = reference("P34_proportion_trend.json", FILE);
    let expected = &file["expected"];
    let [x, n] = ["x", "n"].map(|name| cases(&expected[name]).iter().map(count).collect::<Vec<u64>>());
    let all = proportions_chi_squared(&x, &n).expect("a test");
    assert_close("chi-square", all.statistic, number(&expected["chisq"]), tolerance);
    assert_close("df", all.df, number(&expected["df"]), tolerance);
    assert_close("p", all.p_value, number(&expected["p"]), tolerance);
    let scores: Vec<f64> = (0..x.len()).map(|group| group as f64).collect();
    let trend = estimate(proportion_trend(&x, &n, &scores));
    let z = trend.statistic.expect("z");
    assert_close("trend", z * z, number(&expected["trend_chisq"]), tolerance);
    assert_close("p of trend", trend.p_value.expect("p"), number(&expected["trend_p"]), tolerance);
}
