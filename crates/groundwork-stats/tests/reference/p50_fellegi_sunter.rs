//! Weights learnt from patterns of real comparisons, against Splink.

use groundwork_stats::linkage::fellegi_sunter::{Known, fellegi_sunter};
use groundwork_stats::linkage::patterns::Patterns;
use libtest_mimic::Trial;
use serde_json::Value;

use crate::support::{Ended, assert_close, case, cases, count, number, reference};

pub(crate) fn trials() -> Vec<Trial> {
    vec![case("p50_fellegi_sunter", learnt)]
}

fn bytes(value: &Value) -> Vec<u8> {
    cases(value).iter().map(|level| u8::try_from(count(level)).expect("a level")).collect()
}

fn learnt() -> Ended {
    let (file, tolerance) = reference("P50_fellegi_sunter.json", 1e-6);
    let (input, expected) = (&file["input"], &file["expected"]);
    let rows: Vec<u8> = cases(&input["patterns"]).iter().flat_map(bytes).collect();
    let known: Vec<Known> = cases(&input["u"])
        .iter()
        .map(|u| Known { m: None, u: Some(cases(u).iter().map(number).collect()) })
        .collect();
    // Every pair a million times: the reference has no prior, and what half a
    // pair moves is then below the tolerance.
    let times = |by: u64| cases(&input["counts"]).iter().map(|n| by * count(n)).collect::<Vec<u64>>();
    let patterns = |by| Patterns::new(&bytes(&input["levels"]), &rows, &times(by)).expect("patterns");
    let found = fellegi_sunter(&patterns(1_000_000), &known, None).expect("a model");
    assert_close("lambda", found.model.lambda(), number(&expected["lambda"]), tolerance);
    for (m, expected) in found.model.m().iter().zip(cases(&expected["m"])) {
        for (m, expected) in m.iter().zip(cases(expected)) {
            assert_close("m", *m, number(expected), tolerance);
        }
    }
    // The pairs as they are: off by what the prior moves, half in a thousand.
    let found = fellegi_sunter(&patterns(1), &known, None).expect("a model");
    assert!((found.model.lambda() / number(&expected["lambda"]) - 1.0).abs() < 1e-3);
    for (m, expected) in found.model.m().iter().zip(cases(&expected["m"])) {
        for (m, expected) in m.iter().zip(cases(expected)) {
            assert!((m - number(expected)).abs() < 5e-4);
        }
    }
    Ok(())
}
