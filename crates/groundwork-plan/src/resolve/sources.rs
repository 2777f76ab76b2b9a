//! Sources: which rows there are, in an order in which each stands after those it needs.

use super::{Resolver, people};
use crate::diag::Diagnostic;
use crate::expression::{self, Scope};
use crate::plan::{all_columns, columns, find};
use crate::reason::Reason;
use crate::shape;
use crate::site::{Site, spelling_key};
use crate::source::{
    Category, Check, CheckRule, Column, ColumnType, DateOrder, DateRole, Era, Export, Lookup, OnFailure,
    Origin, Reader, Source, Summary, SummaryColumn, SummaryRule,
};
use crate::yaml::{Key, Node};

impl Resolver {
    pub(super) fn sources(&mut self, root: &Node, sites: &[Site]) -> Vec<Source> {
        let entries = root.get("sources").map(Node::entries).unwrap_or_default();
        let names: Vec<&str> = entries.iter().map(|(k, _)| k.name.as_str()).collect();
        let mut done: Vec<Source> = Vec::new();
        let mut waiting: Vec<&(Key, Node)> = entries.iter().collect();
        // Each round takes every source whose needs are done; a round without one is a circle.
        loop {
            let is_done =
                |name: &String| done.iter().any(|s| s.id == *name) || !names.contains(&name.as_str());
            let (ready, rest): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(key, node)| {
                needs(node).iter().all(|(_, name)| {
                    is_done(name) && people::waits_for(root, &key.name, name).iter().all(is_done)
                })
            });
            if ready.is_empty() {
                for (key, _) in rest {
                    self.problem(
                        "source.circle",
                        key.span,
                        format!("the source `{}` needs itself, directly or by others", key.name),
                    );
                }
                break;
            }
            for (key, node) in ready {
                for (span, name) in needs(node) {
                    if !names.contains(&name.as_str()) {
                        self.unknown("source.unknown-source", span, "source", &name, names.iter().copied());
                    }
                }
                let people = people::of_source(root, &key.name);
                let mut source = self.source(key, node, &people, &done, sites);
                source.private = people::private(root, &key.name);
                let parent = source.export().and_then(|export| find(&done, export.repeat_of.as_deref()?));
                if let Some(parent) = parent.filter(|parent| source.is_linked_with(parent)) {
                    source.private.extend(parent.private.iter().cloned());
                }
                done.push(source);
                self.conditions(node, &mut done, sites);
            }
            waiting = rest;
            if waiting.is_empty() {
                break;
            }
        }
        done
    }

    fn source(
        &mut self,
        key: &Key,
        node: &Node,
        people: &[String],
        done: &[Source],
        sites: &[Site],
    ) -> Source {
        let mut read = Vec::new();
        for (name, column) in node.get("columns").map(Node::entries).unwrap_or_default() {
            read.push(self.column(name, column, sites));
        }
        let site_ids: Vec<String> = sites.iter().map(|s| s.id.clone()).collect();
        let made = node.get("summary").or(node.get("spells"));
        let origin = match (node.get("export"), made, node.text_at("repeat_of")) {
            (Some(_), Some(other), _) | (_, Some(other), Some(_)) => {
                self.problem(
                    "source.two-origins",
                    other.span,
                    format!("`{}` is both an export and made from another source", key.name),
                )
                .hints
                .push("A summary has a name of its own and names the source that it summarises.".into());
                Origin::Export(self.export(node, done))
            }
            (None, Some(_), None) => match (node.get("summary"), node.get("spells")) {
                (Some(_), Some(other)) => {
                    let message = format!("`{}` is both a summary and spells", key.name);
                    self.problem("source.two-origins", other.span, message);
                    Origin::Export(self.export(node, done))
                }
                (Some(summary), None) => Origin::Summary(self.summary(summary, done)),
                (None, spells) => match spells.and_then(|spells| self.spells(spells, done, &site_ids)) {
                    Some(spells) => Origin::Spells(spells),
                    None => Origin::Export(self.export(node, done)),
                },
            },
            (Some(_), None, _) | (None, None, Some(_)) => Origin::Export(self.export(node, done)),
            (None, None, None) => {
                self.problem(
                    "source.no-origin",
                    key.span,
                    format!("`{}` has neither `export` nor `summary` nor `spells`", key.name),
                )
                .hints
                .push(
                    "Name the file with `export: folder/file.csv`, relative to this pipeline's folder."
                        .into(),
                );
                Origin::Export(self.export(node, done))
            }
        };
        if let Origin::Export(export) = &origin {
            let tells = export.reader.tells_reasons() || export.codebook.is_some();
            read.iter_mut().for_each(|column: &mut Column| column.tells = tells);
        }
        if let (Origin::Export(_), None, None) = (&origin, node.get("columns"), made) {
            self.problem("source.no-columns", key.span, format!("`{}` reads no columns", key.name))
                .hints
                .push("List the columns to read under `columns`, such as `age: integer`.".into());
        }
        if let (Some(_), Some(at)) = (made, node.get("columns")) {
            self.problem("source.summary-columns", at.span, "the columns of a summary stand under `summary`");
        }
        let record = node.text_at("record").map(str::to_owned).or_else(|| own_record(&origin, &read));
        Source {
            id: key.name.clone(),
            origin,
            columns: read,
            record,
            newest_by: node.text_at("newest_by").map(str::to_owned),
            received: node.text_at("received").map(str::to_owned),
            keep: None,
            checks: Vec::new(),
            lookups: self.lookups(node, done),
            derived: Vec::new(),
            people: people.to_vec(),
            private: Vec::new(),
            span: key.span,
        }
    }

    fn export(&mut self, node: &Node, done: &[Source]) -> Export {
        let repeat_of = node.text_at("repeat_of").map(str::to_owned);
        let parent = repeat_of.as_ref().and_then(|p| find(done, p)).and_then(Source::export);
        if let (Some(name), None, Some(at)) = (&repeat_of, parent, node.get("repeat_of"))
            && find(done, name).is_some()
        {
            self.problem(
                "source.repeat-of-summary",
                at.span,
                format!("`{name}` is a summary and holds no repeats"),
            );
        }
        let (pattern, span) = match (node.get("export"), parent) {
            (Some(at), _) => (at.text().unwrap_or_default().to_owned(), at.span),
            (None, Some(parent)) => (parent.pattern.clone(), parent.span),
            (None, None) => (String::new(), node.span),
        };
        let reader = Reader::ALL
            .into_iter()
            .find(|r| Some(r.word()) == node.text_at("reader"))
            .or(parent.map(|p| p.reader))
            .unwrap_or_else(|| Reader::of_ending(&pattern));
        let sheet = node.text_at("sheet").map(str::to_owned);
        if let (Some(at), None, None) = (node.get("repeat_of"), &sheet, node.get("export")) {
            self.problem(
                "source.repeat-place",
                at.span,
                "a repeat needs its `sheet`, or a file of its own at `export`",
            );
        }
        let header_row = node.get("header_row").and_then(|at| self.header_row(at, reader));
        Export {
            pattern,
            span,
            reader,
            sheet,
            header_row,
            encoding: node.text_at("encoding").map(str::to_owned).or(parent.and_then(|p| p.encoding.clone())),
            codebook: node.text_at("codebook").map(str::to_owned).or(parent.and_then(|p| p.codebook.clone())),
            cleaning_log: node.text_at("cleaning_log").map(str::to_owned),
            repeat_of,
        }
    }

    /// The row of the headers, for a table that has rows above it.
    fn header_row(&mut self, at: &Node, reader: Reader) -> Option<u32> {
        if matches!(reader, Reader::Json | Reader::Arrow | Reader::Parquet) {
            let message = format!("files of `{}` have no row of headers", reader.word());
            self.problem("source.header-row", at.span, message);
            return None;
        }
        let row = at.text().and_then(|text| text.parse().ok()).filter(|row| *row > 0);
        if row.is_none() {
            self.problem("source.header-row", at.span, "`header_row` is no number of a row")
                .hints
                .push("Count rows from 1, as a spreadsheet does.".into());
        }
        row
    }

    fn column(&mut self, key: &Key, node: &Node, sites: &[Site]) -> Column {
        let word = node.text().or_else(|| node.text_at("type")).unwrap_or("text");
        let values = node.get("values");
        let kind = match word {
            "integer" => ColumnType::Integer,
            "number" => ColumnType::Number,
            "measurement" => ColumnType::Measurement,
            "date" => ColumnType::Date,
            "timestamp" => ColumnType::Timestamp,
            "boolean" => ColumnType::Boolean,
            "site" => {
                if sites.is_empty() {
                    self.problem(
                        "column.no-sites",
                        key.span,
                        format!("`{}` holds sites, but the pipeline declares none", key.name),
                    );
                }
                ColumnType::Site
            }
            "category" => {
                if values.is_none() {
                    self.problem("column.no-values", key.span, format!("`{}` is a category without `values`", key.name))
                        .hints
                        .push("List the categories with their spellings: `values: {female: [F, หญิง], male: [M, ชาย]}`.".into());
                }
                ColumnType::Category(self.categories(values))
            }
            _ => ColumnType::Text,
        };
        if let Some(at) = values
            && !matches!(kind, ColumnType::Category(_))
        {
            self.problem(
                "column.values",
                at.span,
                format!("`values` belongs to a category, and `{}` is {}", key.name, kind.word()),
            );
        }
        if key.name.starts_with('_')
            && matches!(key.name.as_str(), "_file" | "_row" | "_parent_file" | "_parent_row")
        {
            self.problem(
                "column.reserved",
                key.span,
                format!("`{}` is a name that groundwork uses itself", key.name),
            );
        }
        Column {
            name: key.name.clone(),
            from: node.text_at("from").unwrap_or(&key.name).to_owned(),
            kind,
            era: match node.text_at("era") {
                Some("ce") => Era::Ce,
                Some("be") => Era::Be,
                _ => Era::Auto,
            },
            order: match node.text_at("order") {
                Some("month_first") => DateOrder::MonthFirst,
                _ => DateOrder::DayFirst,
            },
            role: match node.text_at("role") {
                Some("event") => DateRole::Event,
                Some("birth") => DateRole::Birth,
                _ => DateRole::Any,
            },
            zero: node.texts_at("zero"),
            missing: node.texts_at("missing"),
            reasons: self.reasons(key, node, word == "boolean"),
            asked: None,
            tells: false,
            span: node.get("from").map_or(key.span, |from| from.span),
        }
    }

    /// The values of a column that say why it has none.
    fn reasons(&mut self, key: &Key, node: &Node, is_boolean: bool) -> Vec<(Reason, Vec<String>)> {
        let mut out: Vec<(Reason, Vec<String>)> = Vec::new();
        let mut seen: Vec<(String, &str)> =
            node.texts_at("missing").into_iter().map(|w| (w, "missing")).collect();
        for reason in Reason::DECLARED {
            let Some(at) = node.get(reason.word()) else { continue };
            if reason == Reason::NotSelected && !is_boolean {
                self.problem(
                    "column.not-selected",
                    at.span,
                    format!("`not_selected` belongs to a boolean, and `{}` is none", key.name),
                )
                .hints
                .push("Options that can be selected together are one boolean column each.".into());
            }
            let words = node.texts_at(reason.word());
            for word in &words {
                if let Some((_, other)) = seen.iter().find(|(w, _)| w == word) {
                    let message = format!("the same value would mean both `{other}` and `{}`", reason.word());
                    self.problem("column.ambiguous-value", at.span, message);
                }
                seen.push((word.clone(), reason.word()));
            }
            out.push((reason, words));
        }
        out
    }

    /// The conditions under which questions were asked; they know everything but derived columns.
    fn asked(&mut self, node: &Node, done: &mut [Source], sites: &[String]) {
        let Some(source) = done.last() else { return };
        let scope = Scope {
            of: format!("source `{}`", source.id),
            columns: all_columns(done, &source.id),
            sites,
            has_period: false,
            measurements: false,
        };
        let mut found = Vec::new();
        for (key, column) in node.get("columns").map(Node::entries).unwrap_or_default() {
            let Some(at) = column.get("asked") else { continue };
            let Some(asked) = self.condition(at, &scope) else { continue };
            if asked.columns().iter().any(|name| *name == key.name) {
                let message = format!("whether `{0}` was asked cannot depend on `{0}` itself", key.name);
                self.problem("column.asked-itself", at.span, message);
            }
            found.push((key.name.clone(), asked));
        }
        if let Some(source) = done.last_mut() {
            for column in &mut source.columns {
                column.asked =
                    found.iter().find(|(name, _)| *name == column.name).map(|(_, asked)| asked.clone());
            }
        }
    }

    fn categories(&mut self, values: Option<&Node>) -> Vec<Category> {
        let mut seen: Vec<(String, String)> = Vec::new();
        let mut out = Vec::new();
        for (key, node) in values.map(Node::entries).unwrap_or_default() {
            if key.name == crate::indicator::UNKNOWN {
                self.problem(
                    "column.unknown-category",
                    key.span,
                    "`unknown` is the category of missing values and is always there",
                )
                .hints
                .push("List the spellings that mean nothing was recorded under `missing`.".into());
            }
            let spellings: Vec<String> =
                node.items().iter().filter_map(Node::text).map(str::to_owned).collect();
            for spelling in spellings.iter().chain([&key.name]) {
                let spelt = spelling_key(spelling);
                if let Some((_, other)) = seen.iter().find(|(s, o)| *s == spelt && *o != key.name) {
                    let message = format!("`{spelling}` would mean both `{other}` and `{}`", key.name);
                    self.problem("column.ambiguous-value", key.span, message);
                }
                seen.push((spelt, key.name.clone()));
            }
            out.push(Category { id: key.name.clone(), spellings });
        }
        out
    }

    fn summary(&mut self, node: &Node, done: &[Source]) -> Summary {
        let of = node.text_at("of").unwrap_or_default().to_owned();
        let known = columns(done, &of);
        let mut made = Vec::new();
        for (key, column) in node.get("columns").map(Node::entries).unwrap_or_default() {
            let rules: Vec<(SummaryRule, &Node)> =
                [SummaryRule::Min, SummaryRule::Max, SummaryRule::Sum, SummaryRule::Count, SummaryRule::Only]
                    .into_iter()
                    .filter_map(|rule| column.get(rule.word()).map(|at| (rule, at)))
                    .collect();
            let [(rule, at)] = rules.as_slice() else {
                self.problem(
                    "summary.rule",
                    key.span,
                    format!("`{}` needs exactly one of `min`, `max`, `sum`, `count`, `only`", key.name),
                );
                continue;
            };
            let from = at.text().unwrap_or_default();
            let found = self.known_column(at, from, &of, &known);
            if *rule == SummaryRule::Sum
                && let Some(kind) = found
                && !matches!(kind, ColumnType::Integer | ColumnType::Number)
            {
                self.problem(
                    "summary.sum",
                    at.span,
                    format!("`{from}` is {} and cannot be added up", kind.word()),
                );
            }
            made.push(SummaryColumn { name: key.name.clone(), rule: *rule, of: from.to_owned() });
        }
        let by = node.text_at("by").unwrap_or_default().to_owned();
        if let Some(at) = node.get("by") {
            self.known_column(at, &by, &of, &known);
        }
        Summary { of, by, columns: made }
    }

    fn lookups(&mut self, node: &Node, done: &[Source]) -> Vec<Lookup> {
        let mut out = Vec::new();
        for (key, lookup) in node.get("lookups").map(Node::entries).unwrap_or_default() {
            if let Some(source) = find(done, &key.name)
                && source.key().is_none()
            {
                self.problem(
                    "lookup.not-a-summary",
                    key.span,
                    format!("`{}` is not a summary: it may have several rows for one value", key.name),
                )
                .hints
                .push(format!(
                    "Declare a source with `summary: {{of: {}, by: …}}` and look into that.",
                    key.name
                ));
            }
            let known = columns(done, &key.name);
            for item in lookup.get("take").map(Node::items).unwrap_or_default() {
                if let Some(name) = item.text() {
                    self.known_column(item, name, &key.name, &known);
                }
            }
            out.push(Lookup {
                source: key.name.clone(),
                column: lookup.text_at("column").unwrap_or_default().to_owned(),
                take: lookup.texts_at("take"),
            });
        }
        out
    }

    /// What needs the source's columns to be known: `received`, `keep`, `checks`, lookups.
    fn conditions(&mut self, node: &Node, done: &mut [Source], sites: &[Site]) {
        let Some(id) = done.last().map(|s| s.id.clone()) else {
            return;
        };
        let site_ids: Vec<String> = sites.iter().map(|s| s.id.clone()).collect();
        for (_, lookup) in node.get("lookups").map(Node::entries).unwrap_or_default() {
            if let Some(at) = lookup.get("column") {
                self.known_column(at, at.text().unwrap_or_default(), &id, &columns(done, &id));
            }
        }
        self.asked(node, done, &site_ids);
        self.derived(node, done, &site_ids);
        // What is private can be required, and decide whether a row counts.
        let known = all_columns(done, &id);
        let scope = Scope {
            of: format!("source `{id}`"),
            columns: known.clone(),
            sites: &site_ids,
            has_period: false,
            measurements: false,
        };
        if let Some(at) = node.get("received")
            && let Some(kind) = self.known_column(at, at.text().unwrap_or_default(), &id, &known)
            && !matches!(kind, ColumnType::Date | ColumnType::Timestamp)
        {
            self.problem(
                "source.received",
                at.span,
                format!("`received` is {}, expected a date or a timestamp", kind.word()),
            );
        }
        let own: Vec<(String, ColumnType)> = done
            .last()
            .map(|s| s.columns.iter().map(|c| (c.name.clone(), c.kind.clone())).collect())
            .unwrap_or_default();
        if let Some(at) = node.get("record") {
            self.known_column(at, at.text().unwrap_or_default(), &id, &own);
        }
        if let Some(at) = node.get("newest_by")
            && let Some(kind) = self.known_column(at, at.text().unwrap_or_default(), &id, &own)
            && !matches!(
                kind,
                ColumnType::Date | ColumnType::Timestamp | ColumnType::Integer | ColumnType::Number
            )
        {
            self.problem(
                "source.newest-by",
                at.span,
                format!("`newest_by` is {}, expected a date, a timestamp or a number", kind.word()),
            );
        }
        let record = done.last().and_then(|source| source.record.as_ref());
        for word in ["newest_by", "cleaning_log"] {
            if let (Some(at), None) = (node.get(word), record) {
                self.problem("source.no-record", at.span, format!("`{word}` needs a `record`")).hints.push(
                    "Name the column that is the same for a record in every export, such as `record: uuid`."
                        .into(),
                );
            }
        }
        let keep = node.get("keep").and_then(|at| self.condition(at, &scope));
        let mut checks = Vec::new();
        for check in node.get("checks").map(Node::items).unwrap_or_default() {
            checks.extend(self.check(check, &id, &known, &scope));
        }
        if let Some(source) = done.last_mut() {
            source.keep = keep;
            source.checks = checks;
        }
    }

    fn check(
        &mut self,
        node: &Node,
        id: &str,
        known: &[(String, ColumnType)],
        scope: &Scope,
    ) -> Option<Check> {
        let rules: Vec<&str> = ["unique", "required", "holds", "at_least_rows"]
            .into_iter()
            .filter(|rule| node.get(rule).is_some())
            .collect();
        let [rule] = rules.as_slice() else {
            self.problem(
                "check.rule",
                node.span,
                "a check needs exactly one of `unique`, `required`, `holds`, `at_least_rows`",
            );
            return None;
        };
        let at = node.get(rule)?;
        for item in at.items() {
            if let Some(name) = item.text() {
                self.known_column(item, name, id, known);
            }
        }
        let rule = match *rule {
            "unique" => CheckRule::Unique(node.texts_at("unique")),
            "required" => CheckRule::Required(node.texts_at("required")),
            "holds" => CheckRule::Holds(self.condition(at, scope)?),
            _ => CheckRule::AtLeastRows(at.text()?.parse().ok()?),
        };
        let on_failure = match node.text_at("on_failure") {
            Some("stop") => OnFailure::Stop,
            Some("report") => OnFailure::Report,
            Some(_) | None if matches!(rule, CheckRule::AtLeastRows(_)) => OnFailure::Stop,
            Some(_) | None => OnFailure::SetAside,
        };
        Some(Check { rule, on_failure, span: at.span })
    }

    /// The type of a column, or a problem.
    pub(crate) fn known_column<'c>(
        &mut self,
        at: &Node,
        name: &str,
        source: &str,
        known: &'c [(String, ColumnType)],
    ) -> Option<&'c ColumnType> {
        let found = known.iter().find(|(n, _)| n == name).map(|(_, kind)| kind);
        if found.is_none() && !known.is_empty() {
            let message = format!("no column `{name}` in source `{source}`");
            let names = known.iter().map(|(n, _)| n.as_str());
            self.problems.push(
                Diagnostic::pipeline("source.unknown-column", at.span, message).did_you_mean(name, names),
            );
        }
        found
    }

    pub(crate) fn condition(&mut self, at: &Node, scope: &Scope) -> Option<expression::Expression> {
        match expression::condition(at.text()?, at.span, scope) {
            Ok(condition) => Some(condition),
            Err(problems) => {
                self.problems.extend(problems);
                None
            }
        }
    }

    /// A value that is a number.
    pub(crate) fn number(&mut self, at: &Node, scope: &Scope) -> Option<expression::Expression> {
        match expression::value(at.text()?, at.span, scope) {
            Ok(value) => Some(value),
            Err(problems) => {
                self.problems.extend(problems);
                None
            }
        }
    }
}

/// The sources that a source needs, with the place that says so.
fn needs(node: &Node) -> Vec<(crate::location::Span, String)> {
    let mut out = Vec::new();
    let of = |made: &str| node.get(made).and_then(|made| made.get("of"));
    for at in [node.get("repeat_of"), of("summary"), of("spells")].into_iter().flatten() {
        if let Some(name) = at.text() {
            out.push((at.span, name.to_owned()));
        }
    }
    for (key, _) in node.get("lookups").map(Node::entries).unwrap_or_default() {
        out.push((key.span, key.name.clone()));
    }
    out
}

/// Reads a time span that has been checked.
pub(super) fn months_at(node: &Node, key: &str) -> u32 {
    node.text_at(key).and_then(shape::months).unwrap_or(1)
}

/// The column that holds the tool's own name of a record, where it is read. Rows of a repeat have the
/// name of the record around them.
fn own_record(origin: &Origin, columns: &[Column]) -> Option<String> {
    let Origin::Export(export) = origin else { return None };
    let names = export.reader.record_columns();
    let is_name = |column: &&Column| names.contains(&column.from.as_str()) && export.repeat_of.is_none();
    columns.iter().find(is_name).map(|column| column.name.clone())
}
