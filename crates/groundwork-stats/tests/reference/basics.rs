//! Wilson, Miettinen-Nurminen, the clustered ratio and the special functions.

use groundwork_stats::special::{
    beta_regularised, binomial_mass, ln_gamma, normal_cdf, normal_quantile, student_cdf, student_critical,
    student_quantile, student_two_sided_p,
};
use groundwork_stats::{
    ClusteredRatio, difference_miettinen_nurminen, difference_miettinen_nurminen_null, proportion_wilson,
    ratio_contrast_difference, ratio_contrast_log, ratio_linearised, ratio_linearised_log, wilson_coverage,
};
use libtest_mimic::Trial;

use crate::support::{
    CLOSED_FORM, EXACT, ROOT, assert_close, assert_interval, assert_relative, case, cases, column, count,
    estimate, number, numbers, reference,
};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        case("wilson_intervals", || {
            wilson_intervals();
            Ok(())
        }),
        case("wilson_intervals_as_published", || {
            wilson_intervals_as_published();
            Ok(())
        }),
        case("wilson_exact_coverage", || {
            wilson_exact_coverage();
            Ok(())
        }),
        case("miettinen_nurminen_intervals", || {
            miettinen_nurminen_intervals();
            Ok(())
        }),
        case("miettinen_nurminen_intervals_as_published", || {
            miettinen_nurminen_intervals_as_published();
            Ok(())
        }),
        case("miettinen_nurminen_to_more_digits", || {
            miettinen_nurminen_to_more_digits();
            Ok(())
        }),
        case("ratio_of_unclustered_rows", || {
            ratio_of_unclustered_rows();
            Ok(())
        }),
        case("ratio_of_clustered_rows", || {
            ratio_of_clustered_rows();
            Ok(())
        }),
        case("contrast_of_clustered_ratios", || {
            contrast_of_clustered_ratios();
            Ok(())
        }),
        case("special_normal", || {
            special_normal();
            Ok(())
        }),
        case("special_ln_gamma", || {
            special_ln_gamma();
            Ok(())
        }),
        case("special_incomplete_beta", || {
            special_incomplete_beta();
            Ok(())
        }),
        case("special_student", || {
            special_student();
            Ok(())
        }),
        case("special_binomial", || {
            special_binomial();
            Ok(())
        }),
    ]
}

fn wilson_intervals() {
    let (file, tolerance) = reference("P01_proportion_ci.json", CLOSED_FORM);
    for case in cases(&file["expected"]) {
        let (x, n) = (count(&case["x"]), count(&case["n"]));
        let found = estimate(proportion_wilson(x, n, number(&case["conf_level"])));
        let what = format!("{x}/{n}");
        assert_close(&what, found.value, number(&case["estimate"]), tolerance);
        assert_interval(&what, &found, &case["wilson"], tolerance);
        // The interval that must never be given is another one.
        let wald = &case["wald_do_not_use"];
        let interval = found.interval.expect("an interval");
        assert!((interval.lower - number(&wald[0])).abs() + (interval.upper - number(&wald[1])).abs() > 1e-3);
    }
}

fn wilson_intervals_as_published() {
    let (file, _) = reference("P01_proportion_ci.json", CLOSED_FORM);
    let published = file["published"]["wilson_4dp"].as_object();
    for (fraction, limits) in published.expect("published values") {
        let (x, n) = fraction.split_once('/').expect("a fraction");
        let (x, n) = (x.parse().expect("x"), n.parse().expect("n"));
        let interval = estimate(proportion_wilson(x, n, 0.95)).interval;
        let interval = interval.expect("an interval");
        assert!((interval.lower - number(&limits[0])).abs() <= 0.5001e-4, "{fraction}");
        assert!((interval.upper - number(&limits[1])).abs() <= 0.5001e-4, "{fraction}");
    }
}

fn wilson_exact_coverage() {
    let (file, tolerance) = reference("P49_exact_coverage.json", CLOSED_FORM);
    for n in [6, 8, 30] {
        let expected = &file["expected"][format!("n{n}")]["wilson"];
        let cover = |p: f64| wilson_coverage(n, p, 0.95).expect("a coverage");
        let what = format!("coverage at {n}");
        assert_close(&what, cover(0.75), number(&expected["p75"]), tolerance);
        assert_close(&what, cover(0.9), number(&expected["p90"]), tolerance);
        let grid: Vec<f64> = (1..100).map(|step| cover(f64::from(step) / 100.0)).collect();
        let lowest = grid.iter().copied().fold(1.0, f64::min);
        assert_close(&what, lowest, number(&expected["min_over_grid"]), tolerance);
        let mean = groundwork_stats::sum::sum(&grid) / grid.len() as f64;
        assert_close(&what, mean, number(&expected["mean_over_grid"]), tolerance);
    }
}

fn miettinen_nurminen_intervals() {
    let (file, tolerance) = reference("P02_risk_difference_ci.json", ROOT);
    for case in cases(&file["expected"]) {
        let [x1, n1, x2, n2] = ["x1", "n1", "x2", "n2"].map(|name| count(&case[name]));
        let level = number(&case["conf_level"]);
        let found = estimate(difference_miettinen_nurminen(x1, n1, x2, n2, level));
        let what = format!("{x1}/{n1} against {x2}/{n2}");
        // The file gives the difference with 15 digits.
        assert_close(&what, found.value, number(&case["estimate"]), tolerance);
        assert_interval(&what, &found, &case["miettinen_nurminen"], tolerance);
    }
}

fn miettinen_nurminen_intervals_as_published() {
    let (file, _) = reference("P02_risk_difference_ci.json", ROOT);
    let published = file["published"]["miettinen_nurminen_4dp"].as_object();
    // The paper's letters follow the order of the cases.
    let published = published.expect("published values").values();
    for (limits, case) in published.zip(cases(&file["expected"])) {
        let [x1, n1, x2, n2] = ["x1", "n1", "x2", "n2"].map(|name| count(&case[name]));
        let interval = estimate(difference_miettinen_nurminen(x1, n1, x2, n2, 0.95)).interval;
        let interval = interval.expect("an interval");
        assert!((interval.lower - number(&limits[0])).abs() <= 0.5001e-4, "{case}");
        assert!((interval.upper - number(&limits[1])).abs() <= 0.5001e-4, "{case}");
    }
}

fn miettinen_nurminen_to_more_digits() {
    let (file, tolerance) = reference("estimators.json", EXACT);
    for case in cases(&file["miettinen_nurminen"]) {
        let [x1, n1, x2, n2] = ["x1", "n1", "x2", "n2"].map(|name| count(&case[name]));
        let (null, level) = (number(&case["null"]), number(&case["conf_level"]));
        let found = estimate(difference_miettinen_nurminen_null(x1, n1, x2, n2, null, level));
        let what = format!("{x1}/{n1} against {x2}/{n2} at {null}");
        let interval = found.interval.expect("an interval");
        for (limit, expected) in [interval.lower, interval.upper].iter().zip(cases(&case["interval"])) {
            assert_relative(&what, *limit, number(expected), tolerance);
        }
        let statistic = found.statistic.expect("a statistic");
        assert_relative(&what, statistic, number(&case["statistic"]), tolerance);
        let p_value = found.p_value.expect("a p-value");
        assert_relative(&what, p_value, number(&case["p_value"]), tolerance);
    }
}

fn ratio_of_unclustered_rows() {
    let (file, tolerance) = reference("P05_ratio_estimator_bca.json", CLOSED_FORM);
    let expected = &file["expected"]["analytic"];
    let y = numbers("city.csv", file["inputs"]["y"].as_str().expect("a name"));
    let x = numbers("city.csv", file["inputs"]["x"].as_str().expect("a name"));
    let every: Vec<u32> = (0..).take(y.len()).collect();
    let ratio = ClusteredRatio::from_rows(&y, &x, &every, None).expect("a ratio");
    let sums = ClusteredRatio::from_cluster_sums(&y, &x, y.len() as u64);
    assert_eq!(sums, Ok(ratio));
    let level = number(&expected["conf_level"]);
    let plain = estimate(ratio_linearised(&ratio, level));
    assert_eq!(plain.n, count(&expected["n"]));
    assert_close("ratio", plain.value, number(&expected["ratio"]), tolerance);
    assert_close(
        "standard error",
        plain.std_error.expect("a standard error"),
        number(&expected["se_taylor_n_over_nminus1"]),
        tolerance,
    );
    assert_interval("plain", &plain, &expected["ci_taylor_t"], tolerance);
    let log = estimate(ratio_linearised_log(&ratio, level));
    assert_interval("log", &log, &expected["ci_log_taylor_t"], tolerance);
}

fn ratio_of_clustered_rows() {
    let (file, tolerance) = reference("P06_clustered_ratio.json", CLOSED_FORM);
    let y = numbers("apiclus1.csv", "api.stu");
    let x = numbers("apiclus1.csv", "enroll");
    let weights = numbers("apiclus1.csv", "pw");
    let district: Vec<u32> =
        column("apiclus1.csv", "dnum").iter().map(|cell| cell.parse().expect("a district")).collect();
    let every: Vec<u32> = (0..).take(y.len()).collect();
    for (name, weights) in [("unweighted", None), ("weighted_pw", Some(&weights[..]))] {
        let expected = &file["expected"][name];
        let ratio = ClusteredRatio::from_rows(&y, &x, &district, weights).expect("a ratio");
        let plain = estimate(ratio_linearised(&ratio, 0.95));
        assert_eq!(plain.n, count(&expected["n"]));
        assert_eq!(plain.n_clusters, Some(count(&expected["clusters"])));
        assert_eq!(plain.df, Some(number(&expected["df"])));
        assert_close(name, plain.value, number(&expected["ratio"]), tolerance);
        assert_close(
            name,
            plain.std_error.expect("a standard error"),
            number(&expected["se_linearised"]),
            tolerance,
        );
        assert_interval(name, &plain, &expected["ci_t"], tolerance);
        let log = estimate(ratio_linearised_log(&ratio, 0.95));
        assert_interval(name, &log, &expected["ci_log_t"], tolerance);
        let alone = ClusteredRatio::from_rows(&y, &x, &every, weights).expect("a ratio");
        assert_close(name, alone.std_error(), number(&expected["se_if_clusters_ignored"]), tolerance);
    }
}

fn contrast_of_clustered_ratios() {
    let (file, tolerance) = reference("estimators.json", EXACT);
    let y = numbers("apiclus1.csv", "api.stu");
    let x = numbers("apiclus1.csv", "enroll");
    let district: Vec<u32> =
        column("apiclus1.csv", "dnum").iter().map(|cell| cell.parse().expect("a district")).collect();
    for case in cases(&file["ratio_contrast"]) {
        let (split, level) = (count(&case["split"]), number(&case["conf_level"]));
        let side = |first: bool| {
            let rows: Vec<usize> =
                (0..y.len()).filter(|&row| (u64::from(district[row]) < split) == first).collect();
            let take = |values: &[f64]| rows.iter().map(|&row| values[row]).collect::<Vec<_>>();
            let clusters: Vec<u32> = rows.iter().map(|&row| district[row]).collect();
            ClusteredRatio::from_rows(&take(&y), &take(&x), &clusters, None).expect("a ratio")
        };
        let (first, second) = (side(true), side(false));
        assert_eq!(first.n_clusters(), count(&case["clusters"][0]));
        assert_eq!(second.n_clusters(), count(&case["clusters"][1]));
        for (name, outcome) in [
            ("log", ratio_contrast_log(&first, &second, level)),
            ("difference", ratio_contrast_difference(&first, &second, level)),
        ] {
            let found = estimate(outcome);
            let expected = &case[name];
            let interval = found.interval.expect("an interval");
            for (part, found, expected) in [
                ("estimate", Some(found.value), &expected["estimate"]),
                ("standard error", found.std_error, &expected["std_error"]),
                ("df", found.df, &expected["df"]),
                ("statistic", found.statistic, &expected["statistic"]),
                ("p-value", found.p_value, &expected["p_value"]),
                ("lower limit", Some(interval.lower), &expected["interval"][0]),
                ("upper limit", Some(interval.upper), &expected["interval"][1]),
            ] {
                let what = format!("{part} of the {name} contrast at {split}");
                assert_relative(&what, found.expect(part), number(expected), tolerance);
            }
        }
    }
}

fn special_normal() {
    let (file, tolerance) = reference("special_functions.json", EXACT);
    for case in cases(&file["normal_cdf"]) {
        let z = number(&case["z"]);
        assert_relative(&format!("Φ({z})"), normal_cdf(z), number(&case["value"]), tolerance);
    }
    for case in cases(&file["normal_quantile"]) {
        let p = number(&case["p"]);
        let what = format!("normal quantile of {p}");
        assert_relative(&what, normal_quantile(p), number(&case["value"]), tolerance);
    }
}

fn special_ln_gamma() {
    let (file, tolerance) = reference("special_functions.json", EXACT);
    for case in cases(&file["ln_gamma"]) {
        let x = number(&case["x"]);
        let what = format!("ln Γ({x})");
        assert_relative(&what, ln_gamma(x), number(&case["value"]), tolerance);
    }
}

fn special_incomplete_beta() {
    let (file, tolerance) = reference("special_functions.json", EXACT);
    for case in cases(&file["beta_regularised"]) {
        let [a, b, x] = ["a", "b", "x"].map(|name| number(&case[name]));
        let what = format!("I_{x}({a}, {b})");
        let (lower, upper) = (number(&case["lower"]), number(&case["upper"]));
        let found = beta_regularised(a, b, x);
        if lower <= upper {
            assert_relative(&what, found, lower, tolerance);
        } else {
            // Above a half the promise is about the complement.
            assert_close(&what, found, lower, tolerance);
            let complement = 1.0 - x;
            if 1.0 - complement == x && complement + x == 1.0 && x >= 0.5 {
                assert_relative(&what, beta_regularised(b, a, complement), upper, tolerance);
            }
        }
    }
}

fn special_student() {
    let (file, tolerance) = reference("special_functions.json", EXACT);
    for case in cases(&file["student_upper_tail"]) {
        let (t, df) = (number(&case["t"]), number(&case["df"]));
        let what = format!("tail of {t} at {df}");
        let expected = number(&case["value"]);
        assert_relative(&what, student_cdf(-t, df), expected, tolerance);
        assert_relative(&what, student_two_sided_p(t, df), 2.0 * expected, tolerance);
    }
    for case in cases(&file["student_quantile"]) {
        let (tail, df) = (number(&case["upper_tail"]), number(&case["df"]));
        let what = format!("quantile of {tail} at {df}");
        let expected = number(&case["value"]);
        assert_relative(&what, -student_quantile(tail, df), expected, tolerance);
        if tail > 1e-3 {
            let critical = student_critical(1.0 - 2.0 * tail, df);
            // The level is rounded, which matters by its distance from one.
            assert_relative(&what, critical, expected, tolerance);
        }
    }
}

fn special_binomial() {
    let (file, tolerance) = reference("special_functions.json", EXACT);
    for case in cases(&file["binomial_mass"]) {
        let (k, n, p) = (count(&case["k"]), count(&case["n"]), number(&case["p"]));
        let what = format!("mass of {k} of {n} at {p}");
        assert_relative(&what, binomial_mass(k, n, p), number(&case["value"]), tolerance);
    }
}
