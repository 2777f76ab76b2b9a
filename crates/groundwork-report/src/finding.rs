//! Sentences that depend on numbers: the title, the summary, what a tile says.
//!
//! They are made from the [`Document`], which holds only what may be printed, so a sentence
//! cannot say more than the tables. They hold for any indicator and any site: an indicator's
//! name stands before a colon and is never bent by grammar; the verb belongs to the site.
//! A difference is stated as one only when its interval excludes none.

use crate::document::{Cell, Comparison, Document, Headline, Number, Summary};
use groundwork_plan::number::{Unit, format_difference, grouped};
use groundwork_plan::text::Language;

/// The language of the sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voice {
    /// English.
    En,
    /// Thai.
    Th,
}

impl Voice {
    /// The voice for a language; Burmese reports have English sentences.
    pub(crate) fn of(language: Language) -> Self {
        match language {
            Language::Th => Voice::Th,
            Language::En | Language::My => Voice::En,
        }
    }

    /// The language of this voice.
    pub(crate) fn language(self) -> Language {
        match self {
            Voice::En => Language::En,
            Voice::Th => Language::Th,
        }
    }

    /// "All sites" where a name of a site stands otherwise.
    pub(crate) fn all_sites(self) -> &'static str {
        match self {
            Voice::En => "All sites",
            Voice::Th => "รวมทุกพื้นที่",
        }
    }

    /// A signed difference with its unit: `+14 points`, `−0.7`, `+1,200 THB`.
    pub(crate) fn difference(self, value: f64, unit: &Unit) -> String {
        let number = format_difference(value, unit);
        match (unit, self) {
            (Unit::Share, Voice::En) if is_one(&number) => format!("{number} point"),
            (Unit::Share, Voice::En) => format!("{number} points"),
            (Unit::Share, Voice::Th) => format!("{number} จุดร้อยละ"),
            (Unit::Amount(name), _) => format!("{number} {name}"),
            (Unit::Count | Unit::Ratio | Unit::Score, _) => number,
        }
    }

    /// An interval with its word, where it has one: `−12 to 72`.
    pub(crate) fn range(self, interval: String) -> String {
        match self {
            Voice::En => interval,
            Voice::Th => interval.replace(" to ", " ถึง "),
        }
    }

    /// A list: `a, b and c`.
    fn list(self, parts: &[String]) -> String {
        let and = match self {
            Voice::En => " and ",
            Voice::Th => " และ ",
        };
        match parts {
            [] => String::new(),
            [one] => one.clone(),
            [first @ .., last] => format!("{}{and}{last}", first.join(", ")),
        }
    }
}

fn is_one(number: &str) -> bool {
    matches!(number, "+1" | "−1" | "1")
}

/// A quotient for readers: `1.40`.
pub(crate) fn times(value: f64) -> String {
    grouped(value, 2)
}

/// A name inside a Thai sentence: Thai letters join, others keep a space.
fn joined(name: &str) -> String {
    let thai = |c: Option<char>| c.is_some_and(|c| ('\u{0e00}'..='\u{0e7f}').contains(&c));
    let before = if thai(name.chars().next()) { "" } else { " " };
    let after = if thai(name.chars().last()) { "" } else { " " };
    format!("{before}{name}{after}")
}

/// The comparison that the title speaks of: the first clear one of a headline indicator.
fn leading(document: &Document) -> Option<&Comparison> {
    let clear = |c: &&Comparison| matches!(c.verdict, Some("higher" | "lower"));
    let headline = |c: &&Comparison| document.headlines.iter().any(|h| h.id == c.indicator_id);
    document.comparisons.iter().filter(clear).find(headline)
}

/// The title: the finding, one sentence with a verb.
pub(crate) fn title(document: &Document, voice: Voice) -> String {
    if let Some(comparison) = leading(document) {
        return format!("{}: {}", comparison.indicator, gap(comparison, voice));
    }
    if let Some(sentence) = targets(document, voice) {
        return sentence;
    }
    let published = document
        .headlines
        .iter()
        .map(|h| (&h.title, &h.cell))
        .chain(document.indicators.iter().map(|i| (&i.title, &i.all)))
        .find_map(|(title, cell)| Some((title, cell.value.as_ref()?)));
    if let Some((title, value)) = published {
        return match voice {
            Voice::En => format!("{title}: all sites together stand at {}", value.text),
            Voice::Th => format!("{title}: รวมทุกพื้นที่อยู่ที่ {}", value.text),
        };
    }
    let period = &document.period.text;
    if document.evidence.iter().any(|e| e.value.is_some()) {
        return match voice {
            Voice::En => format!("The sites report their figures for {period} one by one"),
            Voice::Th => format!("รายงานค่าของ{period}แยกตามพื้นที่"),
        };
    }
    match (document.withheld.count.raw > 0.0, voice) {
        (true, Voice::En) => {
            format!("Every figure for {period} is withheld to protect people")
        }
        (true, Voice::Th) => {
            format!("ค่าทั้งหมดของ{}ไม่เปิดเผยเพื่อคุ้มครองบุคคล", joined(period))
        }
        (false, Voice::En) => format!("No figure can be given for {period}"),
        (false, Voice::Th) => format!("ไม่มีค่าที่รายงานได้สำหรับ{}", joined(period)),
    }
}

/// What a comparison says, without the indicator's name and without a full stop.
fn gap(comparison: &Comparison, voice: Voice) -> String {
    let (a, b) = (&comparison.name, &comparison.reference_name);
    let Some(value) = &comparison.value else {
        return String::new();
    };
    let (ja, jb) = (joined(a), joined(b));
    if comparison.summary == "ratio" {
        return match voice {
            Voice::En => format!("{a} reaches {} times the value of {b}", times(value.raw)),
            Voice::Th => format!("ค่าของ{ja}เป็น {} เท่าของ{jb}", times(value.raw)).trim_end().into(),
        };
    }
    let higher = value.raw > 0.0;
    let size = value.text.trim_start_matches(['+', '−']);
    let visible = size.chars().any(|c| matches!(c, '1'..='9'));
    match voice {
        Voice::En => {
            let way = if higher { "above" } else { "below" };
            let size = if visible { size } else { "just" };
            format!("{a} stands {size} {way} {b}")
        }
        Voice::Th => {
            let way = if higher { "สูงกว่า" } else { "ต่ำกว่า" };
            let size = if visible { size } else { "เล็กน้อย" };
            format!("{}{way}{} {size}", ja.trim_start(), jb.trim_end())
        }
    }
}

/// How many indicators stand where against their targets; nothing without targets.
fn targets(document: &Document, voice: Voice) -> Option<String> {
    const PLACES: [(&str, &str, &str); 5] = [
        ("on_track", "on track", "ถึงเป้าหมาย"),
        ("probably_on_track", "probably on track", "น่าจะถึงเป้าหมาย"),
        ("probably_behind", "probably behind", "น่าจะยังไม่ถึงเป้าหมาย"),
        ("behind", "behind", "ยังไม่ถึงเป้าหมาย"),
        ("cannot_tell", "not known", "ยังสรุปไม่ได้"),
    ];
    let standings = || document.indicators.iter().map(|i| i.standing.id).filter(|id| *id != "none");
    let total = standings().count();
    if standings().all(|id| id == "cannot_tell") {
        return None;
    }
    let mut parts: Vec<String> = Vec::new();
    for (id, en, th) in PLACES {
        let count = standings().filter(|s| *s == id).count();
        if count == 0 {
            continue;
        }
        parts.push(match voice {
            Voice::En if parts.is_empty() && count == 1 => format!("1 is {en}"),
            Voice::En if parts.is_empty() => format!("{count} are {en}"),
            Voice::En => format!("{count} {en}"),
            Voice::Th => format!("{th} {count} ตัว"),
        });
    }
    let list = voice.list(&parts);
    Some(match voice {
        Voice::En if total == 1 => {
            let word = list.trim_start_matches("1 is ");
            format!("The one indicator with a target is {word}")
        }
        Voice::En => format!("Of {total} indicators with a target, {list}"),
        Voice::Th => format!("จากตัวชี้วัดที่มีเป้าหมาย {total} ตัว {list}"),
    })
}

/// The summary box: the title's numbers with their intervals, then the rest of the news.
pub(crate) fn summary(document: &Document, voice: Voice) -> Summary {
    let stop = match voice {
        Voice::En => ".",
        Voice::Th => "",
    };
    let leader = leading(document);
    let lead = match leader {
        Some(comparison) => both(comparison, voice),
        None => document.headlines.iter().find_map(|h| together(h, voice)),
    };
    let mut rest = Vec::new();
    let mut others: Vec<String> = document
        .comparisons
        .iter()
        .filter(|c| leader.is_none_or(|l| !std::ptr::eq(*c, l)))
        .filter_map(|c| compared(c, voice))
        .collect();
    others.truncate(3);
    rest.append(&mut others);
    // Without a comparison the title itself counts the targets.
    if leader.is_some() {
        rest.extend(targets(document, voice).map(|s| format!("{s}{stop}")));
    }
    let withheld = &document.withheld.count;
    if withheld.raw > 0.0 {
        let total = document.evidence.len();
        rest.push(match voice {
            Voice::En if withheld.text == "1" => {
                format!("1 of {total} figures of the period is withheld to protect people.")
            }
            Voice::En => {
                format!("{} of {total} figures of the period are withheld to protect people.", withheld.text)
            }
            Voice::Th => format!("ไม่เปิดเผย {} จาก {total} ค่าของงวดนี้เพื่อคุ้มครองบุคคล", withheld.text),
        });
    }
    Summary { lead: lead.unwrap_or_default(), rest }
}

/// A value with its interval: `62% (57–67)`.
fn with_interval(cell: &Cell) -> Option<String> {
    let value = &cell.value.as_ref()?.text;
    Some(match &cell.interval {
        Some(interval) => format!("{value} ({})", interval.text),
        None => value.clone(),
    })
}

/// Both values of a comparison and what lies between them.
fn both(comparison: &Comparison, voice: Voice) -> Option<String> {
    let a = with_interval(&comparison.cell)?;
    let b = with_interval(&comparison.reference)?;
    let value = comparison.value.as_ref()?;
    let interval = comparison.interval.as_ref().map_or(String::new(), |i| format!(" ({})", i.text));
    let Comparison { indicator, name, reference_name, .. } = comparison;
    let size = value.text.trim_start_matches('+');
    Some(match (comparison.summary, voice) {
        ("ratio", Voice::En) => format!(
            "{indicator}: {name} stands at {a} and {reference_name} at {b}, {} times as much{interval}.",
            times(value.raw)
        ),
        ("ratio", Voice::Th) => format!(
            "{indicator}: {name} อยู่ที่ {a} และ{} อยู่ที่ {b} คิดเป็น {} เท่า{interval}",
            joined(reference_name).trim_end(),
            times(value.raw)
        ),
        (_, Voice::En) => format!(
            "{indicator}: {name} stands at {a} and {reference_name} at {b}, a difference of {size}{interval}."
        ),
        (_, Voice::Th) => format!(
            "{indicator}: {name} อยู่ที่ {a} และ{} อยู่ที่ {b} ต่างกัน {size}{interval}",
            joined(reference_name).trim_end()
        ),
    })
}

/// Where all sites together stand on a headline indicator.
fn together(headline: &Headline, voice: Voice) -> Option<String> {
    let value = with_interval(&headline.cell)?;
    let title = &headline.title;
    Some(match voice {
        Voice::En => format!("{title}: all sites together stand at {value}."),
        Voice::Th => format!("{title}: รวมทุกพื้นที่อยู่ที่ {value}"),
    })
}

/// One comparison in the summary.
fn compared(comparison: &Comparison, voice: Voice) -> Option<String> {
    let value = comparison.value.as_ref()?;
    let interval = comparison.interval.as_ref()?;
    let Comparison { indicator, name, reference_name, .. } = comparison;
    let clear = matches!(comparison.verdict?, "higher" | "lower");
    Some(match (clear, voice) {
        (true, Voice::En) => {
            format!("{indicator}: {} ({}).", gap(comparison, voice), interval.text)
        }
        (true, Voice::Th) => format!("{indicator}: {} ({})", gap(comparison, voice), interval.text),
        (false, Voice::En) => format!(
            "{indicator}: {name} and {reference_name} do not differ clearly ({}, interval {}).",
            value.text, interval.text
        ),
        (false, Voice::Th) => format!(
            "{indicator}: {name} กับ{} ไม่แตกต่างกันอย่างชัดเจน ({} ช่วง {})",
            joined(reference_name).trim_end(),
            value.text,
            interval.text
        ),
    })
}

/// What a tile needs to say its sentence.
pub(crate) struct Tile<'a> {
    /// Names and cells of the sites.
    pub(crate) sites: Vec<(&'a str, &'a Cell)>,
    /// Those of all sites together who could not be counted yet.
    pub(crate) immature: Option<&'a Number>,
    /// The value of all sites in the period before.
    pub(crate) previous: Option<Number>,
    /// The target.
    pub(crate) target: Option<&'a Number>,
    /// `month`, `quarter` or `year`.
    pub(crate) frequency: &'static str,
}

/// The sentence of a tile: the sites, the target, the period before.
pub(crate) fn tile(tile: &Tile<'_>, voice: Voice) -> String {
    let mut out: Vec<String> = Vec::new();
    let values: Vec<(&str, &Number)> =
        tile.sites.iter().filter_map(|(name, cell)| Some((*name, cell.value.as_ref()?))).collect();
    if tile.sites.len() > 1 {
        out.extend(spread(&values, voice));
        let hidden: Vec<String> = tile
            .sites
            .iter()
            .filter(|(_, cell)| cell.status == "withheld")
            .map(|(name, _)| (*name).to_owned())
            .collect();
        if !hidden.is_empty() {
            let names = voice.list(&hidden);
            out.push(match voice {
                Voice::En if hidden.len() == 1 => format!("{names} is withheld to protect people."),
                Voice::En => format!("{names} are withheld to protect people."),
                Voice::Th => format!("ไม่เปิดเผยค่าของ{}เพื่อคุ้มครองบุคคล", joined(&names)),
            });
        }
    }
    if let Some(immature) = tile.immature.filter(|i| i.raw > 0.0) {
        out.push(match voice {
            Voice::En if is_one(&immature.text) => "1 more has not had the full time yet.".to_owned(),
            Voice::En => format!("{} more have not had the full time yet.", immature.text),
            Voice::Th => format!("อีก {} ยังไม่ครบเวลา", immature.text),
        });
    }
    if let Some(target) = tile.target {
        out.push(match voice {
            Voice::En => format!("The target is {}.", target.text),
            Voice::Th => format!("เป้าหมายคือ {}", target.text),
        });
    }
    if let Some(previous) = &tile.previous {
        out.push(match (voice, tile.frequency) {
            (Voice::En, word) => format!("The {word} before it was {}.", previous.text),
            (Voice::Th, "month") => format!("เดือนก่อนหน้าอยู่ที่ {}", previous.text),
            (Voice::Th, "quarter") => format!("ไตรมาสก่อนหน้าอยู่ที่ {}", previous.text),
            (Voice::Th, _) => format!("ปีก่อนหน้าอยู่ที่ {}", previous.text),
        });
    }
    out.join(" ")
}

/// The values of the sites: each of them when they are few, the range when they are many.
fn spread(values: &[(&str, &Number)], voice: Voice) -> Option<String> {
    let low = values.iter().min_by(|a, b| a.1.raw.total_cmp(&b.1.raw))?;
    let high = values.iter().max_by(|a, b| a.1.raw.total_cmp(&b.1.raw))?;
    if values.len() > 4 {
        return Some(match voice {
            Voice::En => {
                format!("The sites range from {} ({}) to {} ({}).", low.1.text, low.0, high.1.text, high.0)
            }
            Voice::Th => {
                format!("พื้นที่ต่าง ๆ อยู่ระหว่าง {} ({}) ถึง {} ({})", low.1.text, low.0, high.1.text, high.0)
            }
        });
    }
    let parts: Vec<String> = values
        .iter()
        .enumerate()
        .map(|(at, (name, value))| match (voice, at) {
            (Voice::En, 0) => format!("{name} stands at {}", value.text),
            (Voice::En, _) => format!("{name} at {}", value.text),
            (Voice::Th, _) => format!("{name} {}", value.text),
        })
        .collect();
    Some(match voice {
        Voice::En => format!("{}.", voice.list(&parts)),
        Voice::Th => parts.join(" "),
    })
}
