//! Released numbers and foreign texts, written so that a template can print them as they are.

use crate::document::{Cell, Interval, Number};
use crate::finding::times;
use crate::words::Words;
use groundwork_disclosure::{ReleasedCell, Status};
use groundwork_plan::number::{Unit, format_exact, format_interval, format_value, grouped};

/// A text without control characters, which no font has, and without blanks at its ends.
pub(crate) fn clean(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .filter(|c| *c != '\u{feff}')
        .collect();
    text.trim().to_owned()
}

/// A number that has a text of its own; nothing when it is not finite.
pub(crate) fn number(raw: f64, text: String) -> Option<Number> {
    raw.is_finite().then(|| Number { raw, text, exact: format_exact(raw) })
}

/// A value in its unit; nothing when it is not finite.
pub(crate) fn value(raw: f64, unit: &Unit, words: &Words) -> Option<Number> {
    number(raw, format_value(raw, unit, words.language()))
}

/// A number of rows or people.
pub(crate) fn count(raw: u64, words: &Words) -> Number {
    let raw = raw as f64;
    Number { raw, text: grouped(raw, 0, words.language()), exact: format_exact(raw) }
}

/// Lower limit, upper limit and level, in the unit of the value.
pub(crate) fn interval(limits: (f64, f64, f64), unit: &Unit, words: &Words) -> Option<Interval> {
    let (lower, upper, level) = limits;
    Some(Interval {
        lower: value(lower, unit, words)?,
        upper: value(upper, unit, words)?,
        level: value(level, &Unit::Share, words)?,
        text: format_interval(lower, upper, unit, words.language()),
    })
}

/// The first twelve digits of a hash.
pub(crate) fn short(hash: &str) -> String {
    clean(hash).chars().take(12).collect()
}

fn absent() -> Cell {
    Cell {
        status: "absent",
        reason: "",
        value: None,
        interval: None,
        full_count: false,
        numerator: None,
        denominator: None,
        immature: None,
        n: None,
    }
}

/// A cell, or the mark of an absent one.
pub(crate) fn cell(released: Option<&ReleasedCell>, words: &Words) -> Cell {
    let Some(released) = released else {
        return absent();
    };
    let unit = released.unit();
    let figures = released.figures();
    let amount = |x: f64| match unit {
        Unit::Amount(_) => value(x, unit, words),
        Unit::Share | Unit::Count | Unit::Ratio | Unit::Score => value(x, &Unit::Count, words),
    };
    let limits = figures.and_then(|f| f.interval());
    let shown = released.value().and_then(|v| value(v, unit, words));
    // Bounds without a value stand where the value would.
    let (shown, limits) = match (shown, limits) {
        (None, Some(limits)) if matches!(released.status(), Status::Published | Status::Refused) => {
            let text = format_interval(limits.0, limits.1, unit, words.language());
            (number(limits.0, text), None)
        }
        other => other,
    };
    let status = match released.status() {
        Status::Published if shown.is_none() => Status::Undefined,
        status => status,
    };
    Cell {
        status: status.word(),
        reason: released.reason(),
        value: shown,
        interval: limits.and_then(|i| interval(i, unit, words)),
        full_count: limits.is_none() && status == Status::Published && released.method() == "full_count",
        numerator: figures.and_then(|f| amount(f.numerator())),
        denominator: figures.and_then(|f| f.denominator()).and_then(|d| value(d, &Unit::Count, words)),
        immature: figures.and_then(|f| f.immature()).and_then(|i| value(i, &Unit::Count, words)),
        n: figures.map(|f| count(f.n(), words)),
    }
}

/// A colour as `#rrggbb`; black for anything else.
pub(crate) fn colour_code(colour: &str) -> String {
    let digits = colour.strip_prefix('#').unwrap_or_default();
    if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        colour.to_owned()
    } else {
        "#000000".into()
    }
}

/// The interval of a quotient.
pub(crate) fn ratio_interval((lower, upper, level): (f64, f64, f64), words: &Words) -> Option<Interval> {
    Some(Interval {
        lower: number(lower, times(lower, words))?,
        upper: number(upper, times(upper, words))?,
        level: value(level, &Unit::Share, words)?,
        text: format!("{}–{}", times(lower, words), times(upper, words)),
    })
}
