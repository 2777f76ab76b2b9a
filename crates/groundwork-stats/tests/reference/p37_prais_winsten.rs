//! Regression with autoregressive residuals: P37.

use groundwork_stats::estimators::prais_winsten::{Steps, prais_winsten};
use groundwork_stats::linalg::Design;
use libtest_mimic::Trial;

use crate::linear::{assert_terms, each};
use crate::support::{Ended, ROOT, Table, assert_close, case, count, number, reference};

pub fn trials() -> Vec<Trial> {
    vec![case("p37_prais_winsten", barium)]
}

const TERMS: [&str; 7] = ["(Intercept)", "lchempi", "lgas", "lrtwex", "befile6", "affile6", "afdec6"];

fn barium() -> Ended {
    let (file, tolerance) = reference("P37_prais_winsten.json", ROOT);
    let table = Table::open("barium.csv")?;
    let y = table.numbers("lchnimp");
    let columns: Vec<Vec<f64>> = TERMS[1..].iter().map(|name| table.numbers(name)).collect();
    let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let time: Vec<i64> = table.numbers("t").iter().map(|&t| t as i64).collect();
    let design = Design::new(y.len(), &slices).expect("a design");
    for (name, steps) in [("iterated", Steps::Iterated), ("one_step", Steps::One)] {
        let expected = &file["expected"][name];
        let found = prais_winsten(&y, &design, &time, steps, 0.95).expect("a fit");
        assert_close("rho", found.rho, number(&expected["rho"]), tolerance);
        assert_eq!(u64::from(found.iterations), count(&expected["iterations"]));
        let values = each(&found.coefficients, |estimate| Some(estimate.value));
        assert_terms(name, &values, &expected["coef"], &TERMS, tolerance);
        let errors = each(&found.coefficients, |estimate| estimate.std_error);
        assert_terms(name, &errors, &expected["se"], &TERMS, tolerance);
        assert_terms("plain", &found.plain.coefficients, &file["expected"]["ols"], &TERMS, tolerance);
        if steps == Steps::Iterated {
            let published = &file["published"];
            assert!((found.rho - number(&published["rho"])).abs() < 5.1e-4);
            for (place, term) in TERMS.iter().enumerate().skip(1) {
                let (value, error) = (number(&published[*term][0]), number(&published[*term][1]));
                // Printed with two or three decimals.
                assert!((values[place] - value).abs() < 5.1e-3 && (errors[place] - error).abs() < 5.1e-3);
            }
        }
    }
    Ok(())
}
