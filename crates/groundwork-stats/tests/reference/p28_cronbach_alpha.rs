//! Reliability of a scale: P28.

use groundwork_stats::estimators::cronbach_alpha::cronbach_alpha;
use libtest_mimic::Trial;

use crate::support::{Ended, Table, assert_close, assert_interval, case, count, number, reference};

/// Digits of the reference.
const PRINTED: f64 = 1e-10;

pub(crate) fn trials() -> Vec<Trial> {
    vec![case("p28_cronbach_alpha", scale_of_seven)]
}

fn scale_of_seven() -> Ended {
    let (file, tolerance) = reference("P28_cronbach_alpha.json", PRINTED);
    let expected = &file["expected"];
    let table = Table::open("attitude.csv")?;
    let columns: Vec<Vec<f64>> = table.header().iter().map(|name| table.numbers(name)).collect();
    let items: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let found = cronbach_alpha(&items, 0.95).expect("a result");
    assert_eq!((found.alpha.n, found.items.len() as u64), (count(&expected["n"]), count(&expected["k"])));
    assert_close("alpha", found.alpha.value, number(&expected["raw_alpha"]), tolerance);
    assert_close("standardised", found.alpha_standardised, number(&expected["std_alpha"]), tolerance);
    assert_interval("Feldt", &found.alpha, &expected["feldt_ci"], tolerance);
    assert_close("measurement", found.measurement_error, number(&expected["sem"]), tolerance);
    for (at, item) in found.items.iter().enumerate() {
        let (without, rest) = (item.alpha_without.expect("α"), item.rest_correlation.expect("r"));
        assert_close("without", without, number(&expected["alpha_if_dropped"][at]), tolerance);
        assert_close("rest", rest, number(&expected["item_rest_r"][at]), tolerance);
    }
    assert!(found.alpha.warnings.is_empty());
    Ok(())
}
