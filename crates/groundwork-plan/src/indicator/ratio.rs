//! Ratio: a ratio of sums whose numerator and denominator count different things, such as people
//! reached for each volunteer trained. Never the mean of the clusters' own ratios.

use super::units::{People, Units, dimension_column, no_cluster, row_category, unit_of_d, zero};
use super::{Measured, Summary, Window};
use crate::expression::Expression;
use crate::query::{Query, SqlType, Value};
use crate::text::Language;

/// A ratio of sums.
#[derive(Debug, Clone, PartialEq)]
pub struct Ratio {
    /// What is counted above.
    pub numerator: Measure,
    /// What is counted below.
    pub denominator: Measure,
}

/// One side of a ratio.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// What is counted or added up.
    pub of: MeasureOf,
    /// The source.
    pub from: String,
    /// Only rows for which this holds.
    pub filter: Option<Expression>,
    /// The column of the site.
    pub site_by: Option<String>,
    /// The date that decides the period.
    pub period_by: Option<String>,
    /// Which rows belong to a period.
    pub window: Window,
    /// The column whose values are the clusters.
    pub cluster: Option<String>,
}

/// What one side counts.
#[derive(Debug, Clone, PartialEq)]
pub enum MeasureOf {
    /// Rows.
    Rows,
    /// Different values of a column.
    Distinct(String),
    /// The sum of a number.
    Sum(Expression),
}

impl Ratio {
    /// Whether both sides name their clusters.
    pub fn has_clusters(&self) -> bool {
        self.numerator.cluster.is_some() && self.denominator.cluster.is_some()
    }
}

impl Measured for Ratio {
    fn word(&self) -> &'static str {
        "ratio"
    }

    fn from(&self) -> &str {
        &self.numerator.from
    }

    fn sources(&self) -> Vec<&str> {
        vec![&self.numerator.from, &self.denominator.from]
    }

    fn summary(&self) -> Summary {
        if self.has_clusters() { Summary::ClusteredRatio } else { Summary::Quotient }
    }

    fn units(&self, units: &Units) -> Vec<Query> {
        vec![self.numerator.units(units, true), self.denominator.units(units, false)]
    }

    fn parts(&self, language: Language) -> (String, Option<String>) {
        (self.numerator.words(language), Some(self.denominator.words(language)))
    }

    fn sentence(&self, language: Language) -> String {
        let (above, below) = (self.numerator.words(language), self.denominator.words(language));
        match language {
            Language::Th => format!("{above} หารด้วย {below}"),
            Language::My => format!("{above} ကို {below} ဖြင့် စားထားသည်။"),
            Language::En => format!("The {above} divided by the {below}."),
        }
    }
}

impl Measure {
    /// Units of one side; they add to `y` above and to `x` below.
    pub(super) fn units(&self, units: &Units, above: bool) -> Query {
        let site_by = self.site_by.as_deref();
        let sides = |amount: Value| if above { (amount, zero()) } else { (zero(), amount) };
        if let MeasureOf::Distinct(of) = &self.of {
            let people = units.people(&People {
                from: &self.from,
                of,
                cluster: self.cluster.as_deref(),
                filter: self.filter.as_ref(),
                site_by,
                period_by: self.period_by.as_deref(),
                window: self.window,
            });
            let (y, x) = sides(Value::integer(1));
            return units.person_dimensions(unit_of_d(people, y, x), &self.from, of).query();
        }
        let cluster = self.cluster.as_ref().map(|c| Value::column("s", c).cast(SqlType::Text));
        let amount = match &self.of {
            MeasureOf::Sum(value) => Value::of(value, "s"),
            MeasureOf::Rows | MeasureOf::Distinct(_) => Value::integer(1),
        };
        let mut select = units
            .source(&self.from)
            .column(units.site(site_by), "site")
            .column(units.period(), "period")
            .column(units.row_id(), "unit")
            .column(cluster.clone().unwrap_or_else(no_cluster), "cluster")
            .column(amount.clone(), "amount")
            .filter(amount.is_there());
        for column in units.indicator.dimension_columns() {
            select = select.column(row_category(column), dimension_column(column));
        }
        if let Some(cluster) = cluster {
            select = select.filter(cluster.is_there());
        }
        let select = units.with_site(select, site_by);
        let select = units
            .with_periods(select, self.period_by.as_deref(), self.window)
            .filter_if(self.filter.as_ref(), "s");
        let (y, x) = sides(Value::column("d", "amount"));
        let mut select = unit_of_d(select.query().rows(), y, x);
        for column in units.indicator.dimension_columns() {
            let name = dimension_column(column);
            select = select.column(Value::column("d", &name), name);
        }
        select.query()
    }

    pub(super) fn words(&self, language: Language) -> String {
        let from = &self.from;
        match (&self.of, language) {
            (MeasureOf::Rows, Language::Th) => format!("จำนวนแถวข้อมูลใน {from}"),
            (MeasureOf::Rows, Language::My) => format!("{from} ရှိ အတန်းအရေအတွက်"),
            (MeasureOf::Rows, Language::En) => format!("number of rows of {from}"),
            (MeasureOf::Distinct(column), Language::Th) => format!("จำนวน {column} ที่ไม่ซ้ำกันใน {from}"),
            (MeasureOf::Distinct(column), Language::My) => {
                format!("{from} ရှိ မတူညီသော {column} အရေအတွက်")
            }
            (MeasureOf::Distinct(column), Language::En) => {
                format!("number of different values of {column} in {from}")
            }
            (MeasureOf::Sum(value), Language::Th) => format!("ผลรวมของ {} ใน {from}", value.text),
            (MeasureOf::Sum(value), Language::My) => format!("{from} ရှိ {} ၏ ပေါင်းလဒ်", value.text),
            (MeasureOf::Sum(value), Language::En) => format!("sum of {} over {from}", value.text),
        }
    }
}
