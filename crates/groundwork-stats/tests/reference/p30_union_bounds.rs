//! Bounds on the people on four lists.

use groundwork_stats::estimators::union_bounds::{
    union_bounds_margins, union_bounds_pairs, union_bounds_sharp,
};
use libtest_mimic::Trial;
use serde_json::Value;

use crate::support::{Ended, ROOT, Table, case, cases, count, reference};

pub(crate) fn trials() -> Vec<Trial> {
    vec![case("p30_union_bounds", bounds), case("p30_union_bounds_of_the_lists", of_the_lists)]
}

fn counts(value: &Value) -> Vec<u64> {
    cases(value).iter().map(count).collect()
}

fn bounds() -> Ended {
    let (file, _) = reference("P30_union_bounds.json", ROOT);
    let expected = &file["expected"];
    let (margins, pairs) = (counts(&expected["margins"]), counts(&expected["pairs"]));
    let alone = union_bounds_margins(&margins).expect("bounds");
    assert_eq!([alone.lower, alone.upper][..], counts(&expected["union_bounds_margins_only"]));
    let closed = union_bounds_pairs(&margins, &pairs).expect("bounds");
    assert_eq!(closed.bonferroni_lower, count(&expected["bonferroni_lower"]));
    assert_eq!(closed.dawson_sankoff_lower, count(&expected["dawson_sankoff_lower"]));
    assert_eq!(closed.hunter_worsley_upper, count(&expected["hunter_worsley_upper"]));
    let known: Vec<Option<u64>> = pairs.into_iter().map(Some).collect();
    let sharp = union_bounds_sharp(&margins, &known).expect("bounds");
    assert_eq!([sharp.lower, sharp.upper][..], counts(&expected["sharp_lp_margins_and_pairs"]));
    let truth = count(&expected["true_union"]);
    assert!(sharp.lower <= truth && truth <= sharp.upper);
    Ok(())
}

/// The lengths and overlaps of the case are those of the lists.
fn of_the_lists() -> Ended {
    let table = Table::open("hiv_rome_4lists.csv")?;
    let (file, _) = reference("P30_union_bounds.json", ROOT);
    let expected = &file["expected"];
    let people = table.numbers("freq");
    let on = |lists: &[usize]| {
        let rows = table.rows().iter().zip(&people);
        rows.filter(|(row, _)| lists.iter().all(|&list| row[list] == "1"))
            .map(|(_, people)| people)
            .sum::<f64>()
    };
    let margins: Vec<u64> = (0..4).map(|list| on(&[list]) as u64).collect();
    assert_eq!(margins, counts(&expected["margins"]));
    let pairs: Vec<u64> =
        [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]].map(|pair| on(&pair) as u64).to_vec();
    assert_eq!(pairs, counts(&expected["pairs"]));
    assert_eq!(on(&[]) as u64, count(&expected["true_union"]));
    Ok(())
}
