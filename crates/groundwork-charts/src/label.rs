//! How wide a text will be, how it is broken into lines, and how labels are pushed apart.
//!
//! There is no font here. Widths are from tables of advances of the faces that reports are set
//! in, which a test compares with the shipped fonts; kerning and shaping change them by a few per
//! cent, and everything placed by them keeps a margin.

/// A writing system, as far as fonts and shaping are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Script {
    /// Latin and everything that is not one of the others.
    Latin,
    /// Thai.
    Thai,
    /// Burmese and the other languages written with its letters.
    Myanmar,
}

impl Script {
    /// The language to name beside a run of this script.
    pub(crate) fn language(self) -> &'static str {
        match self {
            Script::Latin => "en",
            Script::Thai => "th",
            Script::Myanmar => "my",
        }
    }
}

/// The script of a character; `None` for digits, blanks, signs and marks, which go with what is
/// beside them.
fn script_of(c: char) -> Option<Script> {
    match u32::from(c) {
        0x0E3F => None,
        0x0E01..=0x0E5B => Some(Script::Thai),
        0x1000..=0x109F | 0xA9E0..=0xA9FF | 0xAA60..=0xAA7F => Some(Script::Myanmar),
        0x0300..=0x036F => None,
        _ if c.is_alphabetic() => Some(Script::Latin),
        _ => None,
    }
}

/// Parts of a text that are each of one script, in order. Together they are the whole text.
pub(crate) fn runs(text: &str) -> Vec<(Script, String)> {
    let mut out: Vec<(Script, String)> = Vec::new();
    let mut common = String::new();
    for c in text.chars() {
        match (script_of(c), out.last_mut()) {
            (None, Some((_, run))) => run.push(c),
            (None, None) => common.push(c),
            (Some(script), Some((last, run))) if *last == script => run.push(c),
            (Some(script), _) => {
                let mut run = std::mem::take(&mut common);
                run.push(c);
                out.push((script, run));
            }
        }
    }
    if !common.is_empty() {
        out.push((Script::Latin, common));
    }
    out
}

/// Advances of U+0020 to U+007E, in thousandths of the size.
const ASCII: [u16; 95] = [
    260, 269, 408, 646, 572, 831, 732, 225, 300, 300, 551, 572, 268, 322, 268, 372, 572, 572, 572, 572, 572,
    572, 572, 572, 572, 572, 268, 268, 572, 572, 572, 434, 899, 639, 650, 632, 730, 556, 519, 728, 741, 339,
    273, 619, 524, 907, 760, 781, 605, 781, 622, 549, 556, 731, 600, 930, 586, 566, 572, 329, 372, 329, 572,
    444, 281, 561, 615, 480, 615, 564, 344, 615, 618, 258, 258, 534, 258, 935, 618, 605, 615, 615, 413, 479,
    361, 618, 508, 786, 529, 510, 470, 380, 551, 380, 572,
];

/// Advances of U+0E01 to U+0E5B, in thousandths of the size. Marks above and below have none.
const THAI: [u16; 91] = [
    600, 547, 549, 614, 621, 598, 537, 532, 604, 550, 556, 906, 909, 603, 603, 547, 626, 903, 909, 616, 636,
    602, 609, 544, 613, 604, 605, 648, 652, 695, 682, 603, 614, 594, 488, 602, 571, 603, 492, 628, 640, 572,
    587, 668, 574, 560, 519, 338, 0, 406, 406, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 584, 295, 568, 308, 289, 304,
    406, 595, 0, 0, 0, 0, 0, 0, 0, 0, 595, 570, 545, 613, 559, 539, 540, 520, 720, 565, 504, 767, 872,
];

/// Advances of U+1000 to U+104F, in thousandths of the size. Marks above and below have none.
const MYANMAR: [u16; 80] = [
    1124, 676, 668, 1125, 650, 674, 1127, 684, 869, 661, 1109, 666, 659, 666, 677, 1255, 1124, 1125, 640,
    674, 570, 676, 675, 676, 1124, 676, 1126, 689, 1126, 674, 1127, 1124, 666, 1068, 1123, 1100, 1343, 661,
    661, 631, 687, 1369, 2452, 267, 455, 0, 0, 0, 0, 618, 0, 0, 0, 0, 0, 0, 346, 0, 0, 257, 229, 0, 0, 1584,
    652, 623, 675, 618, 618, 675, 720, 646, 652, 720, 270, 462, 666, 892, 659, 1137,
];

/// Bold faces are wider by this factor.
const BOLD: f64 = 1.07;

/// The sign under which the next Burmese letter is stacked below the one before.
const VIRAMA: char = '\u{1039}';

fn advance(c: char) -> u16 {
    let code = u32::from(c);
    let at =
        |table: &[u16], first: u32| usize::try_from(code - first).ok().and_then(|i| table.get(i).copied());
    match code {
        0x20..=0x7E => at(&ASCII, 0x20).unwrap_or(572),
        // They are written as blanks.
        0x00..=0x1F | 0x7F..=0x9F => 260,
        0x0300..=0x036F | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x2064 | 0xFEFF => 0,
        0xFE00..=0xFE0F => 0,
        0xB7 => 268,
        0x2018 | 0x2019 => 175,
        0x201C | 0x201D => 359,
        0x2013 | 0x2212 => 572,
        0x2014 | 0x2026 => 1000,
        0x0E01..=0x0E5B => at(&THAI, 0x0E01).unwrap_or(580),
        0x1000..=0x104F => at(&MYANMAR, 0x1000).unwrap_or(700),
        0x1050..=0x109F | 0xA9E0..=0xA9FF | 0xAA60..=0xAA7F => 800,
        0x00A0 => 260,
        0x00A1..=0x058F => 640,
        _ => 1000,
    }
}

/// The width of a text in points at a size in points; from weight 600 on it is bold.
pub(crate) fn width(text: &str, size_pt: f64, weight: u16) -> f64 {
    let mut sum = 0_u32;
    let mut last = ' ';
    for c in text.chars() {
        if last != VIRAMA {
            sum += u32::from(advance(c));
        }
        last = c;
    }
    let factor = if weight >= 600 { BOLD } else { 1.0 };
    f64::from(sum) / 1000.0 * size_pt * factor
}

/// How far a text of this script reaches above and below its baseline, as parts of its size.
pub(crate) fn reach(text: &str) -> (f64, f64) {
    let mut reach = (0.76, 0.22);
    for (script, _) in runs(text) {
        let (above, below) = match script {
            Script::Latin => (0.76, 0.22),
            Script::Thai => (0.95, 0.28),
            Script::Myanmar => (0.95, 0.45),
        };
        reach = (f64::max(reach.0, above), f64::max(reach.1, below));
    }
    reach
}

/// The distance of two baselines of a text of several lines, as a part of its size.
pub(crate) fn leading(text: &str) -> f64 {
    runs(text)
        .iter()
        .map(|(script, _)| match script {
            Script::Latin => 1.22,
            Script::Thai => 1.4,
            Script::Myanmar => 1.6,
        })
        .fold(1.22, f64::max)
}

/// Whether a line may be broken between two characters inside a word, knowing the one that
/// follows them: not before a mark, not after a Thai vowel that is written before its consonant,
/// and not before a Burmese letter that closes the syllable before it.
fn breaks_between(last: char, c: char, following: Option<char>) -> bool {
    let joins = |c: char| matches!(c, '\u{2060}' | '\u{200D}' | VIRAMA);
    let mark = match u32::from(c) {
        0x0E30..=0x0E3A | 0x0E45..=0x0E4E | 0x0300..=0x036F | 0x200B => true,
        0x102B..=0x103E | 0x1056..=0x1060 | 0x1062..=0x1064 | 0x104A..=0x104B => true,
        _ => c.is_ascii_punctuation(),
    };
    let closes = matches!(following, Some('\u{103A}' | VIRAMA));
    !mark && !closes && !joins(last) && !joins(c) && !matches!(last, '\u{0E40}'..='\u{0E44}')
}

/// The parts of a word that are never broken, in order.
fn parts(word: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut last = '\u{2060}';
    let mut letters = word.chars().peekable();
    // Whether the Thai vowel before asks for a consonant after it, as in `วัน`.
    let mut open = false;
    while let Some(c) = letters.next() {
        let closes = open && matches!(c, '\u{0E01}'..='\u{0E2E}');
        match parts.last_mut() {
            Some(part) if closes || !breaks_between(last, c, letters.peek().copied()) => part.push(c),
            _ => parts.push(c.to_string()),
        }
        open = !closes && (open || matches!(c, '\u{0E31}' | '\u{0E37}' | '\u{0E47}'));
        last = c;
    }
    // The end of a Thai word is not left alone: it would be read as a word of its own.
    let ends = parts.iter().rev().take(THAI_END).take_while(|part| part.chars().all(is_thai)).count();
    if ends > 1 {
        let end = parts.split_off(parts.len() - ends).concat();
        parts.push(end);
    }
    parts
}

/// How many letters with their marks stay together at the end of a Thai word.
const THAI_END: usize = 3;

fn is_thai(c: char) -> bool {
    script_of(c) == Some(Script::Thai)
}

/// Where a line that is full is best broken, in bytes: where a Thai syllable surely ends or a
/// zero-width space says so, if enough of the line is left, else at its end.
fn syllables_end(line: &str, next: &str, enough: impl Fn(&str) -> bool) -> usize {
    let ends = |before: Option<char>, after: Option<char>| {
        matches!(before, Some('\u{0E30}' | '\u{0E33}' | '\u{0E2F}' | '\u{0E46}' | '\u{200B}'))
            || matches!(after, Some('\u{0E40}'..='\u{0E44}'))
    };
    if ends(line.chars().last(), next.chars().next()) {
        return line.len();
    }
    let mut before = None;
    let mut best = line.len();
    for (at, c) in line.char_indices() {
        if at > 0 && ends(before, Some(c)) && enough(line.get(..at).unwrap_or("")) {
            best = at;
        }
        before = Some(c);
    }
    best
}

/// Breaks a text into lines no wider than a width in points: at blanks, and inside a word only
/// when the word alone is too wide. At least one line comes back.
pub(crate) fn wrap(text: &str, width_pt: f64, size_pt: f64, weight: u16) -> Vec<String> {
    let fits = |line: &str| width(line, size_pt, weight) <= width_pt;
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split(|c: char| c.is_whitespace() && c != '\u{00A0}') {
        if word.is_empty() {
            continue;
        }
        let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if fits(&joined) {
            line = joined;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        // The word starts a line, and is broken while it is too wide.
        for part in parts(word) {
            while !line.is_empty() && !fits(&format!("{line}{part}")) {
                let head = syllables_end(&line, &part, |head| width(head, size_pt, weight) >= width_pt / 2.0);
                let rest = line.split_off(head);
                lines.push(std::mem::replace(&mut line, rest));
            }
            line.push_str(&part);
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// Moves positions apart so that each is at least `gap` from the next, by as little as possible
/// in the sense of least squares, and keeps them between two ends. The order of equal positions
/// is the order in which they come. When there is no room the gap is made smaller.
pub(crate) fn push_apart(wanted: &[f64], gap: f64, from: f64, to: f64) -> Vec<f64> {
    let n = wanted.len();
    if n == 0 {
        return Vec::new();
    }
    let room = f64::max(to - from, 0.0);
    let steps = (n - 1) as f64;
    let gap = if steps * gap > room { room / steps } else { gap };
    let mut order: Vec<usize> = (0..n).collect();
    let at = |i: usize| wanted.get(i).copied().filter(|v| v.is_finite()).unwrap_or(from);
    order.sort_by(|&a, &b| at(a).total_cmp(&at(b)).then(a.cmp(&b)));
    // Pool adjacent violators on the positions less their share of the gaps.
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for (rank, &i) in order.iter().enumerate() {
        blocks.push((at(i) - rank as f64 * gap, 1));
        while let [.., (a, m), (b, k)] = blocks.as_slice() {
            if a <= b {
                break;
            }
            let pooled = (a * *m as f64 + b * *k as f64) / (*m + *k) as f64;
            let count = m + k;
            blocks.truncate(blocks.len() - 2);
            blocks.push((pooled, count));
        }
    }
    let mut moved = vec![from; n];
    let mut ranks = order.iter().enumerate();
    let last = f64::max(to - steps * gap, from);
    for (level, count) in blocks {
        for (rank, &i) in ranks.by_ref().take(count) {
            if let Some(place) = moved.get_mut(i) {
                *place = level.clamp(from, last) + rank as f64 * gap;
            }
        }
    }
    moved
}

#[cfg(test)]
mod fonts;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_have_no_width() {
        assert_eq!(width("ที่", 10.0, 400), width("ท", 10.0, 400));
        assert!(width("น่าน", 10.0, 400) < 20.0);
        assert!((width("Nan", 10.0, 400) - 19.39).abs() < 0.01);
        assert!(width("Nan", 10.0, 700) > width("Nan", 10.0, 400));
        assert_eq!(width("", 10.0, 400), 0.0);
    }

    #[test]
    fn a_text_is_cut_where_the_script_changes() {
        let runs = runs("1. Nan · น่าน (55) · နန်း");
        let parts: Vec<(Script, &str)> = runs.iter().map(|(s, t)| (*s, t.as_str())).collect();
        assert_eq!(
            parts,
            [(Script::Latin, "1. Nan · "), (Script::Thai, "น่าน (55) · "), (Script::Myanmar, "နန်း"),]
        );
        assert_eq!(super::runs("62%").len(), 1);
        assert!(super::runs("").is_empty());
    }

    #[test]
    fn lines_fit_and_lose_nothing() {
        let text = "Families that finished civil registration within twelve months";
        let lines = wrap(text, 90.0, 8.5, 400);
        assert!(lines.len() > 1);
        assert!(lines.iter().all(|l| width(l, 8.5, 400) <= 90.0));
        assert_eq!(lines.join(" "), text);
        let thai = "ครอบครัวที่จดทะเบียนราษฎรครบถ้วนภายในสิบสองเดือน";
        let lines = wrap(thai, 80.0, 8.5, 400);
        assert!(lines.len() > 1);
        assert_eq!(lines.concat(), thai);
        for line in &lines {
            let first = line.chars().next().unwrap();
            assert!(breaks_between(' ', first, None), "{line}");
        }
        assert_eq!(wrap("", 10.0, 8.0, 400), [""]);
        // Before a vowel that is written first there is a syllable's beginning.
        assert_eq!(wrap("ต่อความจำเป็นในทุกเดือนของปี", 70.0, 8.5, 400), ["ต่อความจำเป็นในทุก", "เดือนของปี"]);
        assert_eq!(wrap("วันที่พบ", 18.0, 8.5, 400), ["วัน", "ที่พบ"]);
        assert_eq!(wrap("ครอบ\u{200B}ครัวที่", 26.0, 8.5, 400), ["ครอบ\u{200B}", "ครัวที่"]);
        assert_eq!(wrap("ab", 0.0, 8.0, 400), ["a", "b"]);
    }

    #[test]
    fn labels_are_pushed_apart_by_as_little_as_possible() {
        assert_eq!(push_apart(&[10.0, 30.0], 8.0, 0.0, 100.0), [10.0, 30.0]);
        assert_eq!(push_apart(&[20.0, 20.0], 8.0, 0.0, 100.0), [16.0, 24.0]);
        assert_eq!(push_apart(&[50.0, 49.0, 48.0], 8.0, 0.0, 100.0), [57.0, 49.0, 41.0]);
        assert_eq!(push_apart(&[1.0, 1.0], 8.0, 0.0, 100.0), [0.0, 8.0]);
        assert_eq!(push_apart(&[99.0, 99.0], 8.0, 0.0, 100.0), [92.0, 100.0]);
        assert_eq!(push_apart(&[5.0, 5.0, 5.0], 8.0, 0.0, 8.0), [0.0, 4.0, 8.0]);
        assert!(push_apart(&[], 8.0, 0.0, 8.0).is_empty());
        assert!(push_apart(&[f64::NAN], 8.0, 0.0, 8.0).iter().all(|v| v.is_finite()));
    }
}
