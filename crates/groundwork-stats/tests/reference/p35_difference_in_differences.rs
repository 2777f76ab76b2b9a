//! Two groups and two periods: P35, and two sites: P90.

use groundwork_stats::estimators::cluster_robust::Heteroskedastic;
use groundwork_stats::estimators::difference_in_differences::{
    DidErrors, DifferenceInDifferences, SiteShocks, TwoByTwo, difference_in_differences,
};
use libtest_mimic::Trial;
use serde_json::Value;

use crate::linear::{assert_terms, labels, std_errors};
use crate::support::{Absent, Ended, Table, assert_close, case, count, number, reference};

pub fn trials() -> Vec<Trial> {
    vec![case("p35_difference_in_differences", house_prices), case("p90_did_two_sites", two_sites)]
}

const PLAIN: [&str; 4] = ["(Intercept)", "nearinc", "y81", "nearinc:y81"];
const ADJUSTED: [&str; 11] = [
    "(Intercept)",
    "nearinc",
    "y81",
    "age",
    "agesq",
    "intst",
    "land",
    "area",
    "rooms",
    "baths",
    "nearinc:y81",
];

fn run(
    covariates: &[&str],
    errors: DidErrors<'_>,
    shocks: SiteShocks,
) -> Result<Result<DifferenceInDifferences, groundwork_stats::Refusal>, Absent> {
    let table = Table::open("kielmc.csv")?;
    let (y, near, late) = (table.numbers("rprice"), table.numbers("nearinc"), table.numbers("y81"));
    let columns: Vec<Vec<f64>> = covariates.iter().map(|name| table.numbers(name)).collect();
    let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let data = TwoByTwo { y: &y, treated: &near, post: &late, covariates: &slices, site: &labels(&near) };
    Ok(difference_in_differences(data, errors, shocks, 0.95))
}

fn house_prices() -> Ended {
    let (file, tolerance) = reference("P35_did_2x2.json", 1e-8);
    let whole = &file["expected"];
    for (name, terms) in [("unadjusted", &PLAIN[..]), ("adjusted", &ADJUSTED[..])] {
        let expected = &whole[name];
        let covariates = &terms[3..terms.len() - 1];
        for (kind, errors) in [
            ("se_HC1", Heteroskedastic::Hc1),
            ("se_HC2", Heteroskedastic::Hc2),
            ("se_HC3", Heteroskedastic::Hc3),
        ] {
            let found =
                run(covariates, DidErrors::Rows(errors), SiteShocks::AssumedNone)?.expect("an effect");
            let robust = found.robust.as_ref().expect("errors");
            assert_terms(kind, &std_errors(robust), &expected[kind], terms, tolerance);
            assert_terms("coefficient", &found.fit.coefficients, &expected["coef"], terms, tolerance);
            assert_terms("error", &found.fit.std_errors, &expected["se_ols"], terms, tolerance);
            assert_eq!(found.fit.n, count(&expected["n"]));
            assert_close("r²", found.fit.r_squared.expect("r²"), number(&expected["r2"]), tolerance);
            assert_eq!(found.effect.value, found.fit.coefficients[terms.len() - 1]);
            check_cells(&found, &whole["cell_means"], tolerance);
        }
    }
    let published = &file["published"];
    for (covariates, value, error, digits) in
        [(&PLAIN[3..3], "did", "se_ols", 0.05), (&ADJUSTED[3..10], "adjusted_did", "adjusted_se", 0.005)]
    {
        let hc1 = DidErrors::Rows(Heteroskedastic::Hc1);
        let fit = run(covariates, hc1, SiteShocks::Possible)?.expect("an effect").fit;
        let last = fit.coefficients.len() - 1;
        assert!((fit.coefficients[last] - number(&published[value])).abs() <= digits);
        assert!((fit.std_errors[last] - number(&published[error])).abs() <= 0.005);
    }
    Ok(())
}

fn check_cells(found: &DifferenceInDifferences, expected: &Value, tolerance: f64) {
    for (name, group, period) in [("far78", 0, 0), ("far81", 0, 1), ("near78", 1, 0), ("near81", 1, 1)] {
        assert_close(name, found.cells[group][period], number(&expected[name]), tolerance);
    }
}

fn two_sites() -> Ended {
    let (file, _) = reference("P90_refusals.json", 0.0);
    let expected = &file["expected"]["did_two_sites_two_periods"];
    let code = expected["reason_code"].as_str().expect("a code");
    let rows = DidErrors::Rows(Heteroskedastic::Hc3);
    // The point estimate alone.
    let found = run(&[], rows, SiteShocks::Possible)?.expect("an effect").effect;
    assert!(found.std_error.is_none() && found.interval.is_none() && found.p_value.is_none());
    assert!(found.warnings.iter().any(|warning| warning.code == code));
    // An error between rows only on the stated assumption, and flagged.
    let found = run(&[], rows, SiteShocks::AssumedNone)?.expect("an effect").effect;
    assert!(found.std_error.is_some() && found.warnings.iter().any(|warning| warning.code == code));
    // No error between sites.
    assert_eq!(run(&[], DidErrors::Sites, SiteShocks::AssumedNone)?.expect_err("a refusal").code, code);
    Ok(())
}
