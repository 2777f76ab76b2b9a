//! Derived columns and spells: what they are made from, bound to columns that exist.

use super::Resolver;
use super::sources::months_at;
use crate::derive::{Band, Banded, DeriveRule, Derived};
use crate::expression::Scope;
use crate::plan::columns;
use crate::source::{ColumnType, Source};
use crate::spells::{SPELL_DATES, Spells};
use crate::yaml::{Key, Node};

/// The keys of a derived column, one of which says how it is made.
const RULES: [&str; 4] = ["bands", "value", "holds", "choose"];

impl Resolver {
    /// Resolves the derived columns of the last source, one after another, so that a later one may
    /// use an earlier one.
    pub(super) fn derived(&mut self, node: &Node, done: &mut [Source], site_ids: &[String]) {
        let Some(id) = done.last().map(|s| s.id.clone()) else {
            return;
        };
        for (key, made) in node.get("derive").map(Node::entries).unwrap_or_default() {
            let known = columns(done, &id);
            if known.iter().any(|(name, _)| *name == key.name) {
                let message = format!("`{id}` already has a column `{}`", key.name);
                self.problem("derive.name-taken", key.span, message);
                continue;
            }
            let scope = Scope {
                of: format!("source `{id}`"),
                columns: known,
                sites: site_ids,
                has_period: false,
                measurements: false,
            };
            if let Some(rule) = self.rule(key, made, &id, &scope)
                && let Some(source) = done.last_mut()
            {
                source.derived.push(Derived { name: key.name.clone(), rule });
            }
        }
    }

    fn rule(&mut self, key: &Key, node: &Node, id: &str, scope: &Scope) -> Option<DeriveRule> {
        let rules: Vec<&str> = RULES.into_iter().filter(|rule| node.get(rule).is_some()).collect();
        let [rule] = rules.as_slice() else {
            self.problem(
                "derive.rule",
                key.span,
                format!("`{}` needs exactly one of `bands`, `value`, `holds`, `choose`", key.name),
            );
            return None;
        };
        let at = node.get(rule)?;
        match *rule {
            "value" => Some(DeriveRule::Value(self.number(at, scope)?)),
            "holds" => Some(DeriveRule::Holds(self.condition(at, scope)?)),
            "choose" => {
                let choices: Vec<_> = at
                    .entries()
                    .iter()
                    .filter_map(|(word, holds)| Some((word.name.clone(), self.condition(holds, scope)?)))
                    .collect();
                (choices.len() == at.entries().len()).then_some(DeriveRule::Choose(choices))
            }
            _ => {
                let banded = self.banded(key, node, id, scope)?;
                Some(DeriveRule::Bands(banded, self.bands(at)?))
            }
        }
    }

    fn banded(&mut self, key: &Key, node: &Node, id: &str, scope: &Scope) -> Option<Banded> {
        let is_number = |kind: &ColumnType| matches!(kind, ColumnType::Integer | ColumnType::Number);
        let is_day = |kind: &ColumnType| matches!(kind, ColumnType::Date | ColumnType::Timestamp);
        let mut column = |name: &str, wanted: &str, is_good: &dyn Fn(&ColumnType) -> bool| {
            let at = node.get(name)?;
            let text = at.text()?;
            let kind = self.known_column(at, text, id, &scope.columns)?;
            if is_good(kind) {
                return Some(text.to_owned());
            }
            let message = format!("`{text}` is {}, expected {wanted}", kind.word());
            self.problem("derive.wrong-type", at.span, message);
            None
        };
        match (node.get("of"), node.get("born"), node.get("at")) {
            (Some(_), None, None) => Some(Banded::Column(column("of", "a number", &is_number)?)),
            (None, Some(_), Some(_)) => {
                let born = column("born", "a date", &is_day);
                let at = column("at", "a date", &is_day);
                Some(Banded::Age { born: born?, at: at? })
            }
            _ => {
                let message = format!("`{}` needs `of`, a number, or `born` and `at`, two dates", key.name);
                self.problem("derive.banded", key.span, message);
                None
            }
        }
    }

    /// Bands in order, without a gap and without an overlap.
    fn bands(&mut self, at: &Node) -> Option<Vec<Band>> {
        let mut bands: Vec<Band> = Vec::new();
        let mut good = true;
        for item in at.items() {
            let text = item.text().unwrap_or_default();
            let Some(band) = Band::parse(text) else {
                self.problem("derive.band", item.span, format!("`{text}` is not a band"))
                    .hints
                    .push("Write bands such as `0-9`, `10-14`, `25+`.".into());
                good = false;
                continue;
            };
            if let Some(last) = bands.last() {
                let message = match (last.to, band.from) {
                    (Some(to), Some(from)) if from > to + 1 => Some(format!(
                        "between `{}` and `{}` is a gap: {} falls in no band",
                        last.word,
                        band.word,
                        to + 1
                    )),
                    (Some(to), Some(from)) if from <= to => {
                        Some(format!("`{}` and `{}` overlap: {from} falls in both", last.word, band.word))
                    }
                    (None, _) | (_, None) => Some(format!("`{}` and `{}` overlap", last.word, band.word)),
                    _ => None,
                };
                if let Some(message) = message {
                    self.problem("derive.bands", item.span, message).hints.push(
                        "Every whole number between the first band and the last belongs to exactly one."
                            .into(),
                    );
                    good = false;
                }
            }
            bands.push(band);
        }
        if let (Some(last), true) = (bands.last(), good)
            && let Some(to) = last.to
        {
            let message = format!("numbers above {to} fall in no band and are counted as `unknown`");
            let problem = self.problem("derive.open-end", at.span, message);
            problem.severity = crate::diag::Severity::Warning;
            problem.hints.push(format!("End with a band such as `{}+`.", to + 1));
        }
        (good && !bands.is_empty()).then_some(bands)
    }

    pub(super) fn spells(&mut self, node: &Node, done: &[Source], site_ids: &[String]) -> Option<Spells> {
        let of = node.text_at("of")?.to_owned();
        let known = columns(done, &of);
        let mut column = |name: &str| {
            let at = node.get(name)?;
            let kind = self.known_column(at, at.text()?, &of, &known)?.clone();
            Some((at.text()?.to_owned(), kind, at.span))
        };
        let by = column("by");
        let month = column("month");
        if let Some((name, kind, span)) = &month
            && !matches!(kind, ColumnType::Date | ColumnType::Timestamp)
        {
            self.problem("spells.month", *span, format!("`{name}` is {}, expected a date", kind.word()));
        }
        for item in node.get("take").map(Node::items).unwrap_or_default() {
            let name = item.text().unwrap_or_default();
            self.known_column(item, name, &of, &known);
            if SPELL_DATES.contains(&name) {
                self.problem(
                    "spells.take",
                    item.span,
                    format!("`{name}` is a date that spells add themselves"),
                );
            }
        }
        let scope = Scope {
            of: format!("source `{of}`"),
            columns: known.clone(),
            sites: site_ids,
            has_period: false,
            measurements: false,
        };
        let holds = self.condition(node.get("holds")?, &scope)?;
        Some(Spells {
            by: by?.0,
            month: month?.0,
            holds,
            months: months_at(node, "for"),
            take: node.texts_at("take"),
            of,
        })
    }
}
