//! Every public estimator under values that no programme has: not a number,
//! infinite, 1e300, 1e-300, constant, empty, mismatched, one cluster.
//!
//! Nothing may panic; every number that leaves is finite, every p-value and
//! level lies between 0 and 1, every interval has its limits in order, every
//! standard error is not below zero, and every refusal is worded as refusals
//! are. The answers are read through their `Debug` text, so that no field is
//! forgotten, and the last test looks into the sources, so that no estimator
//! is.

mod counts;
mod designs;
mod pairs;
mod ratios;
mod regressions;
mod scales;
mod sensitivity;
mod series;
mod shares;
mod sites;
mod times;

use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use groundwork_stats::Refusal;
use libtest_mimic::Trial;

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = vec![
        Trial::test("nothing_absurd_no_estimator_is_left_out", || {
            no_estimator_is_left_out();
            Ok(())
        }),
        Trial::test("nothing_absurd_is_seen_when_it_is_there", || {
            absurd_is_seen();
            Ok(())
        }),
    ];
    for (name, probe) in [
        ("nothing_absurd_from_counts", counts::probe as fn(&mut Probe)),
        ("nothing_absurd_from_designs", designs::probe),
        ("nothing_absurd_from_pairs", pairs::probe),
        ("nothing_absurd_from_ratios", ratios::probe),
        ("nothing_absurd_from_regressions", regressions::probe),
        ("nothing_absurd_from_scales", scales::probe),
        ("nothing_absurd_from_sensitivity", sensitivity::probe),
        ("nothing_absurd_from_series", series::probe),
        ("nothing_absurd_from_shares", shares::probe),
        ("nothing_absurd_from_sites", sites::probe),
        ("nothing_absurd_from_times", times::probe),
    ] {
        trials.push(Trial::test(name, move || {
            let mut found = Probe::default();
            probe(&mut found);
            found.end();
            Ok(())
        }));
    }
    trials
}

/// The texts of the probes, in which every estimator is looked for.
const PROBES: &str = concat!(
    include_str!("nothing_absurd/counts.rs"),
    include_str!("nothing_absurd/designs.rs"),
    include_str!("nothing_absurd/pairs.rs"),
    include_str!("nothing_absurd/ratios.rs"),
    include_str!("nothing_absurd/regressions.rs"),
    include_str!("nothing_absurd/scales.rs"),
    include_str!("nothing_absurd/sensitivity.rs"),
    include_str!("nothing_absurd/series.rs"),
    include_str!("nothing_absurd/shares.rs"),
    include_str!("nothing_absurd/sites.rs"),
    include_str!("nothing_absurd/times.rs"),
);

/// Levels of confidence, and what is none.
pub(crate) const LEVELS: [f64; 10] =
    [0.95, 0.5, 0.0, 1.0, -0.1, 95.0, f64::NAN, f64::INFINITY, 1e-300, 1.0 - f64::EPSILON / 2.0];

/// Lengths of columns.
pub(crate) const LENGTHS: [usize; 7] = [0, 1, 2, 3, 5, 8, 21];

/// Single numbers that nobody should ask for.
pub(crate) const NUMBERS: [f64; 14] = [
    0.0,
    1.0,
    -1.0,
    0.5,
    2.5,
    1e300,
    -1e300,
    1e-300,
    5e-324,
    f64::MAX,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    1e15,
];

/// Counts, from none to the largest.
pub(crate) const COUNTS: [u64; 10] = [0, 1, 2, 5, 8, 100, 1_000_003, 1 << 33, u64::MAX / 2, u64::MAX];

/// Columns of one length, each with a name for its kind.
pub(crate) fn columns(length: usize) -> Vec<(&'static str, Vec<f64>)> {
    // Numbers without a pattern, between 0 and 1.
    let mut state = 88_172_645_463_325_252_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let plain: Vec<f64> = (0..length).map(|_| 1.0 + 9.0 * next()).collect();
    let with = |value: f64| {
        let mut column = plain.clone();
        if let Some(middle) = column.get_mut(length / 2) {
            *middle = value;
        }
        column
    };
    let scaled = |factor: f64| plain.iter().map(|value| value * factor).collect::<Vec<f64>>();
    let by_row = |value: &dyn Fn(usize) -> f64| (0..length).map(value).collect::<Vec<f64>>();
    vec![
        ("plain", plain.clone()),
        ("ones", vec![1.0; length]),
        ("zeros", vec![0.0; length]),
        ("minus zeros", vec![-0.0; length]),
        ("tenths", vec![0.1; length]),
        ("binary", by_row(&|row| f64::from(u8::from(row % 3 == 0)))),
        ("one success", by_row(&|row| f64::from(u8::from(row == 0)))),
        ("whole", by_row(&|row| (row % 5) as f64)),
        ("in order", by_row(&|row| row as f64)),
        ("signs", by_row(&|row| if row % 2 == 0 { 1.0 } else { -1.0 })),
        ("a missing value", with(f64::NAN)),
        ("an infinity", with(f64::INFINITY)),
        ("a negative infinity", with(f64::NEG_INFINITY)),
        ("one huge", with(1e300)),
        ("one negative", with(-3.0)),
        ("one tiny", with(1e-300)),
        ("huge", scaled(1e300)),
        ("large", scaled(1e150)),
        ("small", scaled(1e-150)),
        ("tiny", scaled(1e-300)),
        ("below tiny", vec![5e-324; length]),
        ("negative", scaled(-1.0)),
        ("the largest", by_row(&|row| if row % 2 == 0 { f64::MAX } else { -f64::MAX })),
        ("far from zero", by_row(&|row| 1e15 + (row % 3) as f64)),
    ]
}

/// Cluster labels of one length, each with a name for its kind.
pub(crate) fn labels(length: usize) -> Vec<(&'static str, Vec<u32>)> {
    let by_row = |label: &dyn Fn(u32) -> u32| (0..length as u32).map(label).collect::<Vec<u32>>();
    vec![
        ("one cluster", vec![7; length]),
        ("two clusters", by_row(&|row| row % 2)),
        ("every row a cluster", by_row(&|row| u32::MAX - row)),
        ("thirds", by_row(&|row| row % 3 * 1_000_000_007)),
        ("one and the rest", by_row(&|row| u32::from(row == 0))),
        ("pairs", by_row(&|row| row / 2)),
    ]
}

/// Yes-or-no columns of one length.
pub(crate) fn flags(length: usize) -> Vec<(&'static str, Vec<bool>)> {
    let by_row = |flag: &dyn Fn(usize) -> bool| (0..length).map(flag).collect::<Vec<bool>>();
    vec![
        ("all", vec![true; length]),
        ("none", vec![false; length]),
        ("every second", by_row(&|row| row % 2 == 0)),
        ("the first", by_row(&|row| row == 0)),
        ("the first half", by_row(&|row| row < length / 2)),
    ]
}

/// What was called and what came of it.
#[derive(Default)]
pub(crate) struct Probe {
    /// What the calls are given, for the message.
    pub(crate) given: String,
    calls: usize,
    answers: usize,
    faults: Vec<String>,
    text: String,
}

/// Faults that are listed before a probe gives up.
const FAULTS_MOST: usize = 12;

impl Probe {
    /// Calls an estimator and looks at what it says; hands on what it found.
    pub(crate) fn ask<T: Debug>(
        &mut self,
        name: &str,
        call: impl FnOnce() -> Result<T, Refusal>,
    ) -> Option<T> {
        match self.value(name, call)? {
            Ok(found) => {
                self.answers += 1;
                Some(found)
            }
            Err(refusal) => {
                if let Some(fault) = badly_worded(&refusal) {
                    self.fault(name, &fault);
                }
                None
            }
        }
    }

    /// Calls a function that does not refuse and looks at what it returns.
    pub(crate) fn value<T: Debug>(&mut self, name: &str, call: impl FnOnce() -> T) -> Option<T> {
        self.calls += 1;
        let Ok(found) = catch_unwind(AssertUnwindSafe(call)) else {
            self.fault(name, "a panic");
            return None;
        };
        self.text.clear();
        if std::fmt::write(&mut self.text, format_args!("{found:?}")).is_err() {
            self.fault(name, "no text");
        }
        let text = std::mem::take(&mut self.text);
        if let Some(fault) = absurd(&text) {
            self.fault(name, &fault);
        }
        self.text = text;
        Some(found)
    }

    fn fault(&mut self, name: &str, what: &str) {
        self.faults.push(format!("{name}, given {}: {what}", self.given));
        assert!(self.faults.len() < FAULTS_MOST, "{}", self.faults.join("\n"));
    }

    fn end(self) {
        assert!(self.faults.is_empty(), "{}", self.faults.join("\n"));
        // A probe that is refused everything has looked at nothing.
        assert!(self.answers * 50 > self.calls, "{} answers to {} calls", self.answers, self.calls);
    }
}

/// What is wrong with a refusal's words.
fn badly_worded(refusal: &Refusal) -> Option<String> {
    let code = refusal.code;
    let of_code = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    if code.is_empty() || !code.chars().all(of_code) {
        return Some(format!("the code {code}"));
    }
    for text in [&refusal.message, &refusal.instead] {
        if text.is_empty() || text.ends_with('.') || text.contains('\n') || text.trim() != text {
            return Some(format!("the words of {code}: {text}"));
        }
    }
    None
}

/// Fields that hold a probability or a share of one whole.
const SHARES: [&str; 21] = [
    "p_value: ",
    "p_adjusted: ",
    "p_mid: ",
    "p_exact: ",
    "p_lower: ",
    "p_upper: ",
    "p_equivalence: ",
    "p_difference: ",
    "q_p_value: ",
    "q_moderators_p_value: ",
    "f_moderators_p_value: ",
    "first_higher: ",
    "not_lower: ",
    "mean_above: ",
    "new_site_above: ",
    "i2: ",
    "lambda: ",
    "missing_information: ",
    "largest_share: ",
    "power: ",
    "level: ",
];

/// What is wrong with the numbers in a `Debug` text.
fn absurd(text: &str) -> Option<String> {
    let text = without_strings(text);
    let mut words = text.split(|letter: char| !(letter.is_alphanumeric() || "._+-".contains(letter)));
    if let Some(word) = words.find(|word| matches!(*word, "NaN" | "inf" | "-inf")) {
        let at = text.find(word).unwrap_or(0);
        let from =
            text.get(..at).and_then(|before| before.char_indices().rev().nth(60)).map_or(0, |(at, _)| at);
        return Some(format!("{word} in {}", text.get(from..at + word.len()).unwrap_or_default()));
    }
    for name in SHARES {
        if let Some(value) = numbers_after(&text, name).find(|value| !(0.0..=1.0).contains(value)) {
            return Some(format!("{name}{value}"));
        }
    }
    for name in ["std_error: ", "variance: ", "df: ", "ess: "] {
        if let Some(value) = numbers_after(&text, name).find(|value| *value < 0.0) {
            return Some(format!("{name}{value}"));
        }
    }
    for (at, _) in text.match_indices("lower: ").filter(|&(at, _)| is_whole_name(&text, at)) {
        let rest = text.get(at..).unwrap_or_default();
        let lower = numbers_after(rest, "lower: ").next();
        let next = rest.find("upper: ").filter(|&at| at < 60);
        let upper = next.and_then(|at| numbers_after(rest.get(at..).unwrap_or_default(), "upper: ").next());
        if let (Some(lower), Some(upper)) = (lower, upper)
            && lower > upper
        {
            return Some(format!("an interval from {lower} to {upper}"));
        }
    }
    None
}

/// The numbers that follow a name, bare or in `Some`.
fn numbers_after<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = f64> + 'a {
    text.match_indices(name).filter_map(move |(at, _)| {
        if !is_whole_name(text, at) {
            return None;
        }
        let value = text.get(at + name.len()..)?;
        let value = value.strip_prefix("Some(").unwrap_or(value);
        let end = value.find([',', ')', ' ', '}']).unwrap_or(value.len());
        value.get(..end)?.parse().ok()
    })
}

/// Whether the name of a field begins here, and not within a longer one.
fn is_whole_name(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|before| before.chars().next_back());
    !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
}

/// A `Debug` text without what stands between quotation marks.
fn without_strings(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    let (mut inside, mut escaped) = (false, false);
    for letter in text.chars() {
        if inside {
            (inside, escaped) = (escaped || letter != '"', !escaped && letter == '\\');
        } else if letter == '"' {
            inside = true;
        } else {
            bare.push(letter);
        }
    }
    bare
}

/// The probes see what they are made to see.
fn absurd_is_seen() {
    for text in [
        "Estimate { value: NaN, n: 3 }",
        "[1.0, inf]",
        "(-inf, 2.0)",
        "p_value: Some(1.0000001)",
        "Some(Interval { lower: 2.0, upper: 1.0, level: 0.95 })",
        "Limits { lower: Some(2.0), upper: Some(-1.0) }",
        "level: 95.0",
        "std_error: Some(-1.0)",
        "t_lower: 3.0, t_upper: 1.0, p_upper: 1.5",
        "q_p_value: -0.1",
    ] {
        assert!(absurd(text).is_some(), "{text}");
    }
    for text in [
        "Estimate { value: 1e300, std_error: None, p_value: Some(0.5), method: \"inf\" }",
        "Warning { code: \"a\", message: \"NaN \\\" inf\" }",
        "Interval { lower: -2.0, upper: -1.0, level: 0.95 }, Interval { lower: 3.0, upper: 3.0 }",
        "info: 3, nan_count: 2",
        "t_lower: 3.0, t_upper: -1.0, p_lower: 1.0",
    ] {
        assert_eq!(absurd(text), None, "{text}");
    }
    let refusal = |code, message: &str, instead: &str| Refusal {
        code,
        message: message.to_string(),
        instead: instead.to_string(),
    };
    assert!(badly_worded(&refusal("Code", "a", "b")).is_some());
    assert!(badly_worded(&refusal("code", "a.", "b")).is_some());
    assert!(badly_worded(&refusal("code", "a", "")).is_some());
    assert!(badly_worded(&refusal("code_2", "a", "b")).is_none());
    let mut probe = Probe::default();
    probe.ask("a panic", || -> Result<f64, Refusal> { std::panic::resume_unwind(Box::new("a panic")) });
    assert_eq!(probe.faults.len(), 1);
}

/// Every public function of an estimator that takes more than itself is called
/// by a probe.
fn no_estimator_is_left_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/estimators");
    let mut missing = Vec::new();
    let mut seen = 0;
    for file in sources(&folder) {
        let text = std::fs::read_to_string(&file).expect("a source");
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for (at, _) in text.match_indices("pub fn ") {
            let line = text[..at].rsplit('\n').next().unwrap_or_default();
            if !line.trim().is_empty() {
                continue;
            }
            let declaration = text[at + "pub fn ".len()..].split('{').next().unwrap_or_default();
            let name = declaration.split(['(', '<']).next().unwrap_or_default();
            let arguments = declaration.split_once('(').map_or("", |(_, rest)| rest);
            let first = arguments.split([',', ')']).next().unwrap_or_default();
            let takes_itself = first.ends_with("self");
            if takes_itself && arguments[first.len()..].starts_with(')') {
                continue;
            }
            seen += 1;
            let owner = text[..at].rsplit("\nimpl").next().unwrap_or_default();
            let called = if line.is_empty() || takes_itself {
                // As a call, or handed over by its name.
                [format!("{name}("), format!("{name},"), format!("{name})")]
            } else {
                [0, 1, 2].map(|_| format!("{}::{name}(", owner_name(owner)))
            };
            if !called.iter().any(|call| PROBES.contains(call.as_str())) {
                let file = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                missing.push(format!("{name} in {file}"));
            }
        }
    }
    assert!(seen > 40, "only {seen} estimators were found");
    assert!(missing.is_empty(), "never probed:\n{}", missing.join("\n"));
}

/// The type of an `impl`, from the text after that word.
fn owner_name(text: &str) -> &str {
    let mut rest = text;
    if rest.starts_with('<') {
        rest = rest.split_once('>').map_or("", |(_, rest)| rest);
    }
    rest.trim_start().split(['<', ' ', '{']).next().unwrap_or_default()
}

/// The source files under a folder, in order; tests in files of their own are
/// not among them.
fn sources(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    let entries = std::fs::read_dir(folder).expect("the sources");
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}
