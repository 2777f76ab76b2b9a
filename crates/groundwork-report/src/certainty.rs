//! What an estimate says in a sentence, and how sure that is, in the words of GRADE.
//!
//! Certainty begins `high` where people or places were assigned by lot and `low` otherwise (Guyatt
//! et al. 2011, J Clin Epidemiol 64:383). It goes down one step each for an interval that leaves
//! the answer open, for a question that was not set down in a locked plan, and for warnings beside
//! the estimate; a ratio beyond 2, or under a half, by its whole interval brings it up one step
//! where nothing brought it down. The sentences are the informative statements of Santesso et al.
//! 2020 (J Clin Epidemiol 119:126): plain for high, "probably" for moderate, "may" for low.

use crate::document::Said;
use crate::words::Words;

/// What is known of an estimate beside its texts.
pub(crate) struct Known<'a> {
    /// What it is about: indicator and contrast, as readers see them.
    pub(crate) about: String,
    /// Its value as readers see it, with its sign.
    pub(crate) value: &'a str,
    /// Its interval as readers see it.
    pub(crate) interval: &'a str,
    /// Value and limits.
    pub(crate) raw: (f64, f64, f64),
    /// Whether it is a ratio, so that none is 1; otherwise none is 0.
    pub(crate) ratio: bool,
    /// The verdict, where the design gives one.
    pub(crate) verdict: Option<&'static str>,
    /// Whether who is compared was decided by lot.
    pub(crate) by_lot: bool,
    /// Whether the question was in a locked plan.
    pub(crate) planned: bool,
    /// Whether something must be told beside the estimate.
    pub(crate) warned: bool,
}

/// The estimands whose rows answer a question, by how they begin.
const ANSWERS: [&str; 13] = [
    "non-inferiority, margin",
    "equivalence, margin",
    "difference in differences",
    "change of level",
    "difference, adjusted",
    "difference, by regression",
    "difference, by a model of the outcome",
    "effect in the target",
    "effect, all treated",
    "difference of the mean time",
    "difference of the mean gains",
    "difference of sites, pooled",
    "difference of sites, adjusted",
];
const PAIRS: [&str; 2] = ["difference of sites", "ratio of sites"];

/// Whether a row answers the question of its evaluation, so that a sentence can be made of it.
pub(crate) fn is_answer(estimand: &str) -> bool {
    PAIRS.contains(&estimand) || ANSWERS.iter().any(|start| estimand.starts_with(start))
}

const LEVELS: [&str; 4] = ["very_low", "low", "moderate", "high"];

/// The sentence and its certainty.
pub(crate) fn said(known: &Known<'_>, words: &Words) -> Said {
    let (value, lower, upper) = known.raw;
    let none = if known.ratio { 1.0 } else { 0.0 };
    let clear = lower > none || upper < none;
    let settled = match known.verdict {
        Some(verdict) => matches!(verdict, "adapted" | "worse"),
        None => clear,
    };
    let mut because: Vec<&'static str> = Vec::new();
    let mut level: usize = if known.by_lot { 3 } else { 1 };
    if !known.by_lot {
        because.push("not_by_lot");
    }
    for (holds, why) in [(!settled, "open"), (!known.planned, "exploratory"), (known.warned, "warned")] {
        if holds {
            because.push(why);
            level = level.saturating_sub(1);
        }
    }
    let large = known.ratio && (lower > 2.0 || upper < 0.5);
    if large && because.iter().all(|why| *why == "not_by_lot") {
        because.push("large");
        level = (level + 1).min(LEVELS.len() - 1);
    }
    let level = LEVELS.get(level).copied().unwrap_or("very_low");
    let direction = if value >= none { "above" } else { "below" };
    let parts = [
        ("about", known.about.as_str()),
        ("size", known.value.trim_start_matches(['+', '−', '×'])),
        ("value", known.value),
        ("interval", known.interval),
        (
            "direction",
            words.text(match (known.ratio, direction) {
                (true, _) => "certainty.times",
                (false, "above") => "certainty.above",
                (false, _) => "certainty.below",
            }),
        ),
    ];
    let sentence = match (level, clear) {
        ("very_low", _) => "certainty.sentence.very_low",
        (_, false) => "certainty.sentence.open",
        ("low", true) => "certainty.sentence.low",
        ("moderate", true) => "certainty.sentence.moderate",
        (_, true) => "certainty.sentence.high",
    };
    let means = match known.verdict {
        Some("adapted") => "certainty.means.adapted",
        Some("worse") => "certainty.means.worse",
        Some("inconclusive") => "certainty.means.inconclusive",
        Some(_) => "certainty.means.not_supported",
        None if clear => "certainty.means.clear",
        None => "certainty.means.open",
    };
    let would_change = match because.iter().find(|why| **why != "not_by_lot" && **why != "large") {
        Some(&"open") => "certainty.change.open",
        Some(&"exploratory") => "certainty.change.exploratory",
        Some(_) => "certainty.change.warned",
        None if known.by_lot => "certainty.change.none",
        None => "certainty.change.not_by_lot",
    };
    let reason = |why: &&'static str| {
        words
            .text(match *why {
                "not_by_lot" => "certainty.because.not_by_lot",
                "open" => "certainty.because.open",
                "exploratory" => "certainty.because.exploratory",
                "warned" => "certainty.because.warned",
                _ => "certainty.because.large",
            })
            .to_owned()
    };
    Said {
        sentence: words.fill(sentence, &parts),
        certainty: level,
        because: because.iter().map(reason).collect(),
        means: words.text(means).to_owned(),
        would_change: words.text(would_change).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::templates::Templates;
    use groundwork_plan::text::Language;

    fn known(raw: (f64, f64, f64)) -> Known<'static> {
        Known {
            about: "Registered, Nan – Chiang Rai".into(),
            value: "−12 points",
            interval: "−20 to −4",
            raw,
            ratio: false,
            verdict: None,
            by_lot: false,
            planned: true,
            warned: false,
        }
    }

    fn words() -> Words {
        Words::of(&Templates::built_in(), Language::En).unwrap()
    }

    #[test]
    fn a_clear_difference_without_a_lot_may_be() {
        let found = said(&known((-0.12, -0.20, -0.04)), &words());
        assert_eq!(found.certainty, "low");
        assert_eq!(found.sentence, "Registered, Nan – Chiang Rai: may be 12 points lower (−20 to −4).");
    }

    #[test]
    fn every_reason_brings_it_down_a_step_and_a_lot_begins_high() {
        let clear = (-0.12, -0.20, -0.04);
        let open = (-0.12, -0.30, 0.06);
        for (by_lot, planned, warned, raw, level) in [
            (true, true, false, clear, "high"),
            (true, true, false, open, "moderate"),
            (true, false, false, open, "low"),
            (true, false, true, open, "very_low"),
            (false, true, false, open, "very_low"),
            (false, false, false, clear, "very_low"),
        ] {
            let found = said(&Known { by_lot, planned, warned, ..known(raw) }, &words());
            assert_eq!(found.certainty, level, "{by_lot} {planned} {warned} {raw:?}");
        }
    }

    #[test]
    fn an_open_verdict_is_never_said_as_settled() {
        let found = said(&Known { verdict: Some("inconclusive"), ..known((0.0, -0.15, 0.15)) }, &words());
        assert_eq!(found.certainty, "very_low");
        assert!(found.means.contains("not settled"), "{}", found.means);
    }

    #[test]
    fn a_large_ratio_brings_it_up_where_nothing_brought_it_down() {
        let large = Known { ratio: true, value: "×3.00", ..known((3.0, 2.4, 3.9)) };
        assert_eq!(said(&large, &words()).certainty, "moderate");
        assert_eq!(said(&Known { planned: false, ..large }, &words()).certainty, "very_low");
    }

    #[test]
    fn the_way_that_a_number_goes_is_no_answer() {
        assert!(is_answer("difference of sites") && is_answer("non-inferiority, margin 0.1"));
        assert!(!is_answer("difference of sites, alternative") && !is_answer("gap between the sides"));
    }
}
