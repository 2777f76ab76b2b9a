//! Capture and recapture: two lists, Chao's bounds, log-linear models.

use groundwork_stats::Estimate;
use groundwork_stats::estimators::capture_loglinear::{Histories, Model, capture_model};
use groundwork_stats::estimators::capture_recapture::{Chao, chao_lower_bound, chapman, lincoln_petersen};
use groundwork_stats::estimators::union_bounds::union_bounds_margins;
use groundwork_stats::special::normal_critical;
use libtest_mimic::Trial;
use serde_json::Value;

use crate::support::{
    Absent, Ended, Table, assert_close, assert_interval, case, cases, count, estimate, number, reference,
};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        case("p29_two_lists", two_lists),
        case("p29_chao", chao),
        case("p29_loglinear_hare", hare_models),
        case("p29_loglinear_hiv", hiv_models),
    ]
}

/// The reference models stop their search at about 1e-8 of the deviance.
const SEARCH: f64 = 1e-5;

/// One row a person, one column an occasion.
fn hare() -> Result<Histories, Absent> {
    let table = Table::open("hare.csv")?;
    let columns: Vec<Vec<bool>> = table
        .header()
        .iter()
        .map(|name| table.text(name).iter().map(|&cell| cell == "1").collect())
        .collect();
    let borrowed: Vec<&[bool]> = columns.iter().map(Vec::as_slice).collect();
    Ok(Histories::from_columns(&borrowed).expect("histories"))
}

/// One row a way to be on the lists, with the people.
fn hiv() -> Result<Histories, Absent> {
    let table = Table::open("hiv_rome_4lists.csv")?;
    let mut counts = vec![0; 16];
    for row in table.rows() {
        let history: usize = (0..4).map(|list| usize::from(row[list] == "1") << list).sum();
        counts[history] = row[4].parse().expect("a count");
    }
    Ok(Histories::new(4, &counts).expect("histories"))
}

fn two_lists() -> Ended {
    let (file, tolerance) = reference("P29_capture_recapture.json", SEARCH);
    let z = normal_critical(0.95);
    for name in ["hiv_two_lists_1_2", "hiv_two_lists_2_3", "chapman_small"] {
        let expected = &file["expected"][name];
        let [first, second, both] = ["n1", "n2", "m"].map(|key| count(&expected[key]));
        let plain = estimate(lincoln_petersen(first, second, both));
        assert_close(name, plain.value, number(&expected["lincoln_petersen"]), tolerance);
        let found = estimate(chapman(first, second, both, 0.95));
        let std_error = found.std_error.expect("a standard error");
        assert_close(name, found.value, number(&expected["chapman"]), tolerance);
        assert_close(name, std_error * std_error, number(&expected["chapman_var_seber"]), tolerance);
        assert_interval(name, &found, &expected["log_normal_ci"], tolerance);
        // The normal interval is not offered: it may fall below the people
        // seen, as it does for the small lists.
        for (sign, limit) in [(-1.0, &expected["normal_ci"][0]), (1.0, &expected["normal_ci"][1])] {
            assert_close(name, found.value + sign * z * std_error, number(limit), tolerance);
        }
        assert_eq!(found.n, count(&expected["observed_union"]));
        let bounds = union_bounds_margins(&[first, second]).expect("bounds");
        assert_eq!(bounds.lower, count(&expected["frechet"]["union_lower"]));
        assert_eq!(bounds.upper, count(&expected["frechet"]["union_upper"]));
    }
    Ok(())
}

fn chao() -> Ended {
    let (file, tolerance) = reference("P29_capture_recapture.json", SEARCH);
    let expected = &file["expected"]["hare_counts"];
    let frequencies: Vec<u64> = cases(&expected["f"]).iter().map(count).collect();
    let bound = |form| estimate(chao_lower_bound(&frequencies, form, 0.95));
    for (key, form) in [
        ("chao2_biascorrected", Chao::BiasCorrected),
        ("chao2_classic", Chao::Lists),
        ("chao1_f1sq_2f2", Chao::Abundance),
    ] {
        assert_close(key, bound(form).value, number(&expected[key]), tolerance);
    }
    // The classical bound is Chao's model Mh in closed form, error included.
    let model = &file["expected"]["hare"]["Mh_Chao_lower_bound"];
    let classic = bound(Chao::Lists);
    assert_close("chao2", classic.value, number(&model["abundance"]), tolerance);
    let std_error = classic.std_error.expect("a standard error");
    assert_close("chao2", std_error, number(&model["stderr"]), tolerance);
    Ok(())
}

fn hare_models() -> Ended {
    let histories = hare()?;
    let (file, tolerance) = reference("P29_capture_recapture.json", SEARCH);
    let frequencies = &file["expected"]["hare_counts"]["f"];
    assert_eq!(histories.frequencies(), cases(frequencies).iter().map(count).collect::<Vec<_>>());
    assert_eq!(histories.seen(), count(&file["published"]["hare_observed"]));
    models(&histories, &file["expected"]["hare"], tolerance);
    Ok(())
}

fn hiv_models() -> Ended {
    let histories = hiv()?;
    let (file, tolerance) = reference("P29_capture_recapture.json", SEARCH);
    models(&histories, &file["expected"]["hiv"], tolerance);
    assert_eq!(histories.seen(), count(&file["published"]["hiv_1896_observed"]));
    for (name, model) in
        [("hiv_loglinear_independent", Model::Lists), ("hiv_loglinear_c1c2", Model::Pairs(&[(0, 1)]))]
    {
        let expected = &file["expected"][name];
        let found = capture_model(&histories, model, 0.95).expect("a fit");
        assert_close(name, found.population.value, number(&expected["N"]), tolerance);
        assert_close(name, found.unseen, number(&expected["f0"]), tolerance);
        assert_close(name, found.deviance, number(&expected["deviance"]), tolerance);
        assert_close(name, found.df, number(&expected["df"]), tolerance);
        assert_close(name, found.aic, number(&expected["AIC"]), tolerance);
    }
    let published = number(&file["published"]["hiv_Mt_N"]);
    let lists = capture_model(&histories, Model::Lists, 0.95).expect("a fit");
    assert!((lists.population.value - published).abs() <= 0.05);
    Ok(())
}

fn models(histories: &Histories, expected: &Value, tolerance: f64) {
    assert_eq!(histories.seen(), count(&expected["n_observed"]));
    for (name, model) in [
        ("M0", Model::Constant),
        ("Mt", Model::Lists),
        ("Mh_Chao_lower_bound", Model::PeopleDiffer),
        ("Mth_Chao_lower_bound", Model::PeopleAndListsDiffer),
        ("Mb", Model::Behaviour),
    ] {
        let found = capture_model(histories, model, 0.95).expect("a fit");
        let expected = &expected[name];
        let Estimate { value, std_error, .. } = found.population;
        for (key, found) in [
            ("abundance", value),
            ("stderr", std_error.expect("a standard error")),
            ("deviance", found.deviance),
            ("df", found.df),
            ("AIC", found.aic),
        ] {
            assert_close(&format!("{name} {key}"), found, number(&expected[key]), tolerance);
        }
    }
}
