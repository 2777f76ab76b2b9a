//! A cascade: the transmission tree of Hagelloch read as a tree of training.

use groundwork_stats::estimators::cascade::{Trainer, cascade};
use libtest_mimic::Trial;

use crate::support::{Ended, Table, assert_close, case, cases, count, number, reference};

pub(crate) fn trials() -> Vec<Trial> {
    vec![case("p09_cascade", tree)]
}

/// The reference stops its search for k at about 1e-8.
const SEARCH: f64 = 1e-6;

fn tree() -> Ended {
    let (file, tolerance) = reference("P09_cascade_offspring.json", SEARCH);
    let expected = &file["expected"];
    let table = Table::open("hagelloch.csv")?;
    let people: Vec<u32> = table.text("id").iter().map(|cell| cell.parse().expect("a person")).collect();
    let trainers: Vec<Trainer> = table
        .text("infector")
        .iter()
        .map(|cell| match *cell {
            "" | "NA" => Trainer::Nobody,
            number => Trainer::Person(number.parse().expect("a person")),
        })
        .collect();
    let found = cascade(&people, &trainers, None, 0.95).expect("a cascade");

    assert_eq!(found.people, count(&expected["nodes"]));
    assert_eq!(found.seeds, count(&expected["seeds"]));
    assert_eq!(found.trainings, count(&expected["edges"]));
    assert_eq!(found.most, count(&expected["max_offspring"]));
    assert_eq!(found.trainer_unknown, 0);
    let sizes: Vec<u64> = found.generations.iter().map(|generation| generation.people).collect();
    assert_eq!(sizes, cases(&expected["generation_sizes"]).iter().map(count).collect::<Vec<_>>());
    let multipliers: Vec<f64> =
        found.generations.iter().filter_map(|generation| generation.multiplier).collect();
    let wanted = cases(&expected["multiplier_by_generation"]);
    assert_eq!(multipliers.len(), wanted.len());
    for (at, (found, wanted)) in multipliers.iter().zip(wanted).enumerate() {
        assert_close(&format!("multiplier {at}"), *found, number(wanted), tolerance);
    }
    let interval = found.k_interval.expect("an interval");
    for (key, found) in [
        ("mean_offspring", Some(found.mean)),
        ("var_offspring", found.variance),
        ("dispersion_index", found.dispersion_index),
        ("share_with_zero_offspring", Some(found.share_without_trainee)),
        ("nb_k_mle", found.k),
        ("se_mean_nb", Some(found.mean_std_error)),
        ("poisson_loglik", Some(found.poisson_log_likelihood)),
        ("nb_loglik", found.negative_binomial_log_likelihood),
        ("share_from_top20pct", found.share_from_top_fifth),
        ("extinction_prob_single_seed", Some(found.extinction)),
    ] {
        assert_close(key, found.expect(key), number(&expected[key]), tolerance);
    }
    let limits = &expected["nb_k_profile_ci95"];
    assert_close("lower k", interval.lower, number(&limits[0]), tolerance);
    assert_close("upper k", interval.upper.expect("an upper limit"), number(&limits[1]), tolerance);
    let codes: Vec<_> = found.warnings.iter().map(|warning| warning.code).collect();
    assert_eq!(codes, ["last_generation_open"]);
    Ok(())
}
