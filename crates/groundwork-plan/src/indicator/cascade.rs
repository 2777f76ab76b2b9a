//! Cascade: people by the generation of who led them, from who trained whom. A volunteer whom no
//! other volunteer trained is generation 1, whom they trained is generation 2, and all after that
//! are `3+`. A volunteer whose trainer is not in the tree, who has two trainers, or who stands in a
//! circle, has no generation that can be known. Never additive: someone reached by two generations
//! is one person in the total, and is in both.

use super::units::{People, Units, dimension_column, no_cluster, source_table, unit_of_d, zero};
use super::{Dimension, Measured, Summary, UNKNOWN, Window};
use crate::query::{From, JoinKind, Query, Select, SqlType, Statement, Value};
use crate::source::only;
use crate::text::Language;

/// People by the generation of who led them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cascade {
    /// The source.
    pub from: String,
    /// The column that identifies the person.
    pub of: String,
    /// The column that says who led them.
    pub led_by: String,
    /// Who trained whom.
    pub tree: Tree,
    /// Which rows belong to a period.
    pub window: Window,
    /// Where the generations are kept while the indicator is computed.
    pub table: String,
}

/// Who trained whom, one row or several for each volunteer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// The source.
    pub from: String,
    /// The column that identifies the volunteer.
    pub person: String,
    /// The column that says who trained them; missing for the first generation.
    pub trained_by: String,
}

/// The way up the tree is doubled so often: chains of some hundred thousand trainers end.
const DOUBLINGS: usize = 17;

const SEED: &str = "seed";

impl Cascade {
    fn step(&self, at: usize) -> String {
        format!("{}:{at}", self.table)
    }

    /// Everyone in the tree once, with their only trainer; `several` where there is more than one.
    fn people(&self) -> From {
        let column = |name: &str| Value::column("t", name);
        let trainers = Value::CountDistinct(Box::new(column(&self.tree.trained_by)));
        Select::from(From::Table(source_table(&self.tree.from)), "t")
            .group(column(&self.tree.person).cast(SqlType::Text), "person")
            .column(only(column(&self.tree.trained_by).cast(SqlType::Text)), "trainer")
            .column(trainers, "trainers")
            .filter(column(&self.tree.person).is_there())
            .query()
            .rows()
    }
}

impl Measured for Cascade {
    fn word(&self) -> &'static str {
        "cascade"
    }

    fn from(&self) -> &str {
        &self.from
    }

    fn sources(&self) -> Vec<&str> {
        vec![&self.from, &self.tree.from]
    }

    fn summary(&self) -> Summary {
        Summary::FullCount
    }

    fn prepare(&self) -> Vec<Statement> {
        let column = |part: &'static str, name: &str| Value::column(part, name);
        let is_missing = |value: Value| Value::IsMissing(Box::new(value), true);
        // The first step up: it ends at once for who has no trainer, or none that is known.
        let ended = Value::Case(
            vec![
                (column("a", "trainers").binary("=", Value::integer(0)), Value::text(SEED)),
                (is_missing(column("b", "person")), Value::text(UNKNOWN)),
            ],
            Box::new(Value::text("")),
        );
        let same = column("a", "trainer").binary("=", column("b", "person"));
        let first = Select::from(self.people(), "a")
            .column(column("a", "person"), "person")
            .column(column("b", "person"), "up")
            .column(ended, "ended")
            .join(JoinKind::Left, self.people(), "b", same);
        let mut made = vec![Statement::CreateTable(self.step(0), first.query())];
        for at in 1..=DOUBLINGS {
            let ended = Value::Case(
                vec![(column("a", "ended").binary("<>", Value::text("")), column("a", "ended"))],
                Box::new(column("b", "ended")),
            );
            let same = column("a", "up").binary("=", column("b", "person"));
            let further = Select::from(From::Table(self.step(at - 1)), "a")
                .column(column("a", "person"), "person")
                .column(column("b", "up"), "up")
                .column(ended, "ended")
                .join(JoinKind::Left, From::Table(self.step(at - 1)), "b", same);
            made.push(Statement::CreateTable(self.step(at), further.query()));
        }
        let is_seed = |part: &'static str| column(part, "ended").binary("=", Value::text(SEED));
        let generation = Value::Case(
            vec![
                (is_seed("a"), Value::text("1")),
                (is_seed("b"), Value::text("2")),
                (is_seed("c"), Value::text("3+")),
            ],
            Box::new(Value::text(UNKNOWN)),
        );
        let up = column("a", "up").binary("=", column("b", "person"));
        let whole_way = column("a", "person").binary("=", column("c", "person"));
        let generations = Select::from(From::Table(self.step(0)), "a")
            .column(column("a", "person"), "person")
            .column(generation, "generation")
            .join(JoinKind::Left, From::Table(self.step(0)), "b", up)
            .join(JoinKind::Left, From::Table(self.step(DOUBLINGS)), "c", whole_way);
        made.push(Statement::CreateTable(self.table.clone(), generations.query()));
        made.extend((0..=DOUBLINGS).map(|at| Statement::DropTable(self.step(at))));
        made
    }

    fn dismantle(&self) -> Vec<Statement> {
        vec![Statement::DropTable(self.table.clone())]
    }

    fn units(&self, units: &Units) -> Vec<Query> {
        let indicator = units.indicator;
        let people = units.people(&People {
            from: &self.from,
            of: &self.of,
            cluster: None,
            filter: indicator.filter.as_ref(),
            site_by: indicator.site_by.as_deref(),
            period_by: indicator.period_by.as_deref(),
            window: self.window,
        });
        let select = unit_of_d(people, Value::integer(1), zero());
        vec![units.person_dimensions(select, &self.from, &self.of).query()]
    }

    fn own_dimension(&self) -> Option<Dimension> {
        Some(Dimension {
            name: "generation".into(),
            columns: vec!["generation".into()],
            categories: ["1", "2", "3+", UNKNOWN].map(str::to_owned).to_vec(),
        })
    }

    fn own_units(&self, units: &Units) -> Vec<Query> {
        let indicator = units.indicator;
        let site_by = indicator.site_by.as_deref();
        let of = Value::column("s", &self.of);
        let generation =
            Value::Call("coalesce", vec![Value::column("g", "generation"), Value::text(UNKNOWN)]);
        let name = dimension_column("generation");
        let led_by = Value::column("s", &self.led_by).cast(SqlType::Text);
        let select = units
            .source(&self.from)
            .group(units.site(site_by), "site")
            .group(units.period(), "period")
            .group(of.clone().cast(SqlType::Text), "unit")
            .group(generation, name.clone())
            .column(Value::Call("max", vec![no_cluster()]), "cluster")
            .filter(of.is_there());
        let select = units.with_site(select, site_by);
        let select = units
            .with_periods(select, indicator.period_by.as_deref(), self.window)
            .filter_if(indicator.filter.as_ref(), "s")
            .join(
                JoinKind::Left,
                From::Table(self.table.clone()),
                "g",
                led_by.binary("=", Value::column("g", "person")),
            );
        let select = unit_of_d(select.query().rows(), Value::integer(1), zero());
        vec![select.column(Value::column("d", &name), name.clone()).query()]
    }

    fn parts(&self, language: Language) -> (String, Option<String>) {
        match language {
            Language::Th => (format!("{} ที่ไม่ซ้ำกัน", self.of), None),
            Language::My => (format!("မတူညီသော {}", self.of), None),
            Language::En => (format!("different values of {}", self.of), None),
        }
    }

    fn sentence(&self, language: Language) -> String {
        match language {
            Language::Th => {
                format!("จำนวน {} ที่ไม่ซ้ำกันใน {} แยกตามรุ่นของ {}", self.of, self.from, self.led_by)
            }
            Language::My => format!(
                "{} ရှိ မတူညီသော {} အရေအတွက်၊ {} ၏ မျိုးဆက်အလိုက်။ မျိုးဆက်နှစ်ခု ရောက်ရှိသူသည် နှစ်ခုလုံးတွင် ပါသည်။",
                self.from, self.of, self.led_by
            ),
            Language::En => format!(
                "The number of different values of {} in {}, by the generation of {}; someone reached by two generations is in both.",
                self.of, self.from, self.led_by
            ),
        }
    }
}
