//! Pooling of imputed data sets: P31.

use groundwork_stats::estimators::least_squares::least_squares;
use groundwork_stats::estimators::multiple_imputation::pool_imputations;
use groundwork_stats::linalg::Design;
use libtest_mimic::Trial;

use crate::support::{Ended, Table, assert_close, assert_interval, case, estimate, number, reference};

/// Digits of the reference.
const PRINTED: f64 = 1e-8;

pub(crate) fn trials() -> Vec<Trial> {
    vec![case("p31_mi_pooling", five_imputations)]
}

fn five_imputations() -> Ended {
    let (file, tolerance) = reference("P31_mi_pooling.json", PRINTED);
    let table = Table::open("nhanes_mi5.csv")?;
    let imputation = table.numbers(".imp");
    let [y, age, bmi] = ["chl", "age", "bmi"].map(|name| table.numbers(name));
    let fits: Vec<_> = (1..=5)
        .map(|number| {
            let of = |column: &[f64]| -> Vec<f64> {
                column
                    .iter()
                    .zip(&imputation)
                    .filter(|(_, imp)| **imp == f64::from(number))
                    .map(|(x, _)| *x)
                    .collect()
            };
            let (y, age, bmi) = (of(&y), of(&age), of(&bmi));
            let design = Design::new(y.len(), &[&age, &bmi]).expect("a design");
            least_squares(&y, &design, None).expect("a fit")
        })
        .collect();
    for (term, name) in ["(Intercept)", "age", "bmi"].into_iter().enumerate() {
        let expected = &file["expected"][name];
        let estimates: Vec<f64> = fits.iter().map(|fit| fit.coefficients[term]).collect();
        let variances: Vec<f64> =
            fits.iter().map(|fit| fit.std_errors[term] * fit.std_errors[term]).collect();
        let found = pool_imputations(&estimates, &variances, Some(fits[0].df)).expect("a pool");
        for (key, found) in [
            ("qbar", Some(found.value)),
            ("ubar", Some(found.within)),
            ("b", Some(found.between)),
            ("t", Some(found.total)),
            ("se", Some(found.std_error)),
            ("riv", Some(found.relative_increase)),
            ("lambda", Some(found.lambda)),
            ("df_rubin_old", found.df_rubin),
            ("df_barnard_rubin", found.df),
            ("fmi", Some(found.missing_information)),
        ] {
            assert_close(&format!("{name} {key}"), found.expect(key), number(&expected[key]), tolerance);
        }
        assert_interval(name, &estimate(found.estimate(25, 0.95)), &expected["ci"], tolerance);
    }
    Ok(())
}
