//! Distribution functions and quantiles against 40-digit values.

use groundwork_stats::special::{
    beta_quantile, beta_quantile_upper, chi_squared_cdf, chi_squared_quantile, chi_squared_quantile_upper,
    chi_squared_sf, digamma, f_cdf, f_quantile, f_sf, gamma_p, gamma_q, gamma_quantile, gamma_quantile_upper,
    hypergeometric_mass, noncentral_t_cdf, noncentral_t_sf, poisson_mass, trigamma,
};
use libtest_mimic::Trial;
use serde_json::Value;

use crate::support::{EXACT, assert_relative, case, cases, count, number, reference};

/// What the quantiles promise, which is more than the file's tolerance.
const QUANTILE: f64 = 2e-14;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        case("distributions_gamma", || {
            gamma();
            Ok(())
        }),
        case("distributions_gamma_quantile", || {
            gamma_quantiles();
            Ok(())
        }),
        case("distributions_f", || {
            f();
            Ok(())
        }),
        case("distributions_beta_quantile", || {
            beta_quantiles();
            Ok(())
        }),
        case("distributions_noncentral_t", || {
            noncentral_t();
            Ok(())
        }),
        case("distributions_masses", || {
            masses();
            Ok(())
        }),
        case("distributions_polygamma", || {
            polygamma();
            Ok(())
        }),
    ]
}

fn file() -> (Value, f64) {
    reference("special_distributions.json", EXACT)
}

fn gamma() {
    let (file, tolerance) = file();
    for case in cases(&file["gamma"]) {
        let (a, x) = (number(&case["a"]), number(&case["x"]));
        let what = format!("gamma {a} at {x}");
        let (lower, upper) = (number(&case["lower"]), number(&case["upper"]));
        assert_relative(&what, gamma_p(a, x), lower, tolerance);
        assert_relative(&what, gamma_q(a, x), upper, tolerance);
        assert_relative(&what, chi_squared_cdf(2.0 * x, 2.0 * a), lower, tolerance);
        assert_relative(&what, chi_squared_sf(2.0 * x, 2.0 * a), upper, tolerance);
    }
}

fn gamma_quantiles() {
    let (file, _) = file();
    for case in cases(&file["gamma_quantile"]) {
        let (tail, a, expected) = (number(&case["tail"]), number(&case["a"]), number(&case["value"]));
        let upper = case["upper"].as_bool().expect("a side");
        let what = format!("gamma quantile {tail} at {a}, upper {upper}");
        let found = if upper { gamma_quantile_upper(tail, a) } else { gamma_quantile(tail, a) };
        // A small shape makes a digit of the tail worth 1/a digits.
        let room = QUANTILE * (1.0 / a).max(1.0);
        assert_relative(&what, found, expected, room);
        let chi = if upper {
            chi_squared_quantile_upper(tail, 2.0 * a)
        } else {
            chi_squared_quantile(tail, 2.0 * a)
        };
        assert_relative(&what, chi, 2.0 * expected, room);
    }
}

fn f() {
    let (file, tolerance) = file();
    for case in cases(&file["f"]) {
        let [x, d1, d2] = ["x", "d1", "d2"].map(|name| number(&case[name]));
        let what = format!("F at {x} with {d1} and {d2}");
        assert_relative(&what, f_cdf(x, d1, d2), number(&case["lower"]), tolerance);
        assert_relative(&what, f_sf(x, d1, d2), number(&case["upper"]), tolerance);
    }
    for case in cases(&file["f_quantile"]) {
        let [p, d1, d2] = ["p", "d1", "d2"].map(|name| number(&case[name]));
        let what = format!("F quantile of {p} with {d1} and {d2}");
        assert_relative(&what, f_quantile(p, d1, d2), number(&case["value"]), QUANTILE);
    }
}

fn beta_quantiles() {
    let (file, _) = file();
    for case in cases(&file["beta_quantile"]) {
        let [tail, a, b] = ["tail", "a", "b"].map(|name| number(&case[name]));
        let upper = case["upper"].as_bool().expect("a side");
        let what = format!("beta quantile {tail} of {a} and {b}, upper {upper}");
        let found = if upper { beta_quantile_upper(tail, a, b) } else { beta_quantile(tail, a, b) };
        let room = QUANTILE * (1.0 / a.min(b)).max(1.0);
        assert_relative(&what, found, number(&case["value"]), room);
    }
}

fn noncentral_t() {
    let (file, tolerance) = file();
    for case in cases(&file["noncentral_t"]) {
        let [t, df, ncp] = ["t", "df", "ncp"].map(|name| number(&case[name]));
        let what = format!("noncentral t at {t} with {df} and {ncp}");
        assert_relative(&what, noncentral_t_cdf(t, df, ncp), number(&case["lower"]), tolerance);
        assert_relative(&what, noncentral_t_sf(t, df, ncp), number(&case["upper"]), tolerance);
    }
}

fn masses() {
    let (file, tolerance) = file();
    for case in cases(&file["poisson_mass"]) {
        let (k, mean) = (count(&case["k"]), number(&case["mean"]));
        let what = format!("Poisson mass of {k} at {mean}");
        assert_relative(&what, poisson_mass(k, mean), number(&case["value"]), tolerance);
    }
    for case in cases(&file["hypergeometric_mass"]) {
        let [k, successes, draws, population] =
            ["k", "successes", "draws", "population"].map(|name| count(&case[name]));
        let what = format!("hypergeometric mass of {k}, {successes}, {draws}, {population}");
        let found = hypergeometric_mass(k, successes, draws, population);
        assert_relative(&what, found, number(&case["value"]), tolerance);
    }
}

fn polygamma() {
    let (file, tolerance) = file();
    for case in cases(&file["digamma"]) {
        let x = number(&case["x"]);
        assert_relative(&format!("ψ({x})"), digamma(x), number(&case["value"]), tolerance);
    }
    for case in cases(&file["trigamma"]) {
        let x = number(&case["x"]);
        assert_relative(&format!("ψ'({x})"), trigamma(x), number(&case["value"]), tolerance);
    }
}
