//! Oaxaca and Blinder's decomposition: P20.

use groundwork_stats::estimators::oaxaca_blinder::{Group, Reference, oaxaca_blinder};
use libtest_mimic::Trial;

use crate::linear::assert_terms;
use crate::support::{CLOSED_FORM, Ended, Table, assert_close, case, count, number, reference};

pub fn trials() -> Vec<Trial> {
    vec![case("p20_oaxaca_blinder", wages)]
}

const COLUMNS: [&str; 6] = ["age", "female", "LTHS", "some.college", "college", "advanced.degree"];

/// The outcome and the covariates of one group, rows with gaps left out.
fn group(table: &Table, foreign: f64) -> (Vec<f64>, Vec<Vec<f64>>) {
    let every: Vec<Vec<Option<f64>>> =
        table.header().iter().map(|name| table.numbers_or_missing(name)).collect();
    let born = table.numbers_or_missing("foreign.born");
    let rows: Vec<usize> = (0..born.len())
        .filter(|&row| every.iter().all(|column| column[row].is_some()) && born[row] == Some(foreign))
        .collect();
    let pick = |name: &str| -> Vec<f64> {
        let column = table.numbers_or_missing(name);
        rows.iter().map(|&row| column[row].expect("a number")).collect()
    };
    (pick("ln.real.wage"), COLUMNS.iter().map(|name| pick(name)).collect())
}

fn wages() -> Ended {
    let (file, tolerance) = reference("P20_oaxaca_blinder.json", CLOSED_FORM);
    let expected = &file["expected"];
    let table = Table::open("oaxaca_chicago.csv")?;
    let ((ya, xa), (yb, xb)) = (group(&table, 0.0), group(&table, 1.0));
    let a: Vec<&[f64]> = xa.iter().map(Vec::as_slice).collect();
    let b: Vec<&[f64]> = xb.iter().map(Vec::as_slice).collect();
    let found = oaxaca_blinder(Group { y: &ya, covariates: &a }, Group { y: &yb, covariates: &b }, 0.95)
        .expect("a decomposition");
    assert_eq!(found.n, (count(&expected["nA"]), count(&expected["nB"])));
    assert_close("yA", found.mean_a, number(&expected["yA"]), tolerance);
    assert_close("yB", found.mean_b, number(&expected["yB"]), tolerance);
    let threefold = &expected["threefold"];
    for (name, value) in [
        ("endowments", found.endowments),
        ("coefficients", found.coefficients),
        ("interaction", found.interaction),
    ] {
        assert_close(name, value, number(&threefold[name]), tolerance);
    }
    for (parts, (name, reference)) in found.twofold.iter().zip([
        ("twofold_weight_A", Reference::A),
        ("twofold_weight_B", Reference::B),
        ("twofold_pooled_with_group", Reference::Pooled),
    ]) {
        assert_eq!(parts.reference, reference);
        let expected = &expected[name];
        assert_close(name, parts.explained.value, number(&expected["explained"]), tolerance);
        assert_close(name, parts.unexplained.value, number(&expected["unexplained"]), tolerance);
    }
    let weight_b = &found.twofold[1];
    let errors = &expected["se_jann_weight_B"];
    let (explained, unexplained) = (weight_b.explained.std_error, weight_b.unexplained.std_error);
    assert_close("se", explained.expect("se"), number(&errors["explained"]), tolerance);
    assert_close("se", unexplained.expect("se"), number(&errors["unexplained"]), tolerance);
    let terms: Vec<&str> = std::iter::once("(Intercept)").chain(COLUMNS).collect();
    assert_terms("detail", &weight_b.detail, &expected["detail_explained_weight_B"], &terms, tolerance);
    Ok(())
}
