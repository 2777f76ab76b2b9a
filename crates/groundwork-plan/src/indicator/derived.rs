//! Derived: a formula over other indicators of the same site and period. It has no interval, and it
//! is published only where everything that it is made from is. Never additive.

use super::{Measured, Summary};
use crate::expression::{Expression, Function, Operator, Tree};
use crate::text::Language;

/// A formula over other indicators.
#[derive(Debug, Clone, PartialEq)]
pub struct Derived {
    /// The formula; its columns are identifiers of indicators.
    pub formula: Expression,
}

impl Derived {
    /// The indicators that the formula names, each once.
    pub fn inputs(&self) -> Vec<&str> {
        self.formula.columns()
    }

    /// The value, from those of the indicators; nothing where one is missing or a division is by
    /// zero.
    pub fn value(&self, of: &dyn Fn(&str) -> Option<f64>) -> Option<f64> {
        evaluated(&self.formula.tree, of).filter(|value| value.is_finite())
    }
}

fn evaluated(tree: &Tree, of: &dyn Fn(&str) -> Option<f64>) -> Option<f64> {
    let sub = |tree: &Tree| evaluated(tree, of);
    match tree {
        Tree::Column(name) => of(name),
        Tree::Number(text) => text.parse().ok(),
        Tree::Negative(inner) => sub(inner).map(|v| -v),
        Tree::Binary(left, operator, right) => {
            let (left, right) = (sub(left)?, sub(right)?);
            match operator {
                Operator::Plus => Some(left + right),
                Operator::Minus => Some(left - right),
                Operator::Times => Some(left * right),
                Operator::Divided if right == 0.0 => None,
                Operator::Divided => Some(left / right),
                Operator::Days
                | Operator::And
                | Operator::Or
                | Operator::Equal
                | Operator::NotEqual
                | Operator::Less
                | Operator::LessOrEqual
                | Operator::Greater
                | Operator::GreaterOrEqual => None,
            }
        }
        Tree::Call(function, arguments) => {
            let mut values = arguments.iter().map(sub);
            match function {
                Function::Abs => values.next()?.map(f64::abs),
                Function::Coalesce => values.flatten().next(),
                Function::Least => values.flatten().reduce(f64::min),
                Function::Greatest => values.flatten().reduce(f64::max),
                Function::Year | Function::Month | Function::If => None,
            }
        }
        Tree::Text(_)
        | Tree::Day(_)
        | Tree::Truth(_)
        | Tree::Not(_)
        | Tree::IsMissing(..)
        | Tree::In(..)
        | Tree::PeriodStart
        | Tree::PeriodEnd => None,
    }
}

impl Measured for Derived {
    fn word(&self) -> &'static str {
        "derived"
    }

    fn from(&self) -> &str {
        ""
    }

    fn sources(&self) -> Vec<&str> {
        Vec::new()
    }

    fn summary(&self) -> Summary {
        Summary::Derived
    }

    fn parts(&self, _: Language) -> (String, Option<String>) {
        (self.formula.text.clone(), None)
    }

    fn sentence(&self, language: Language) -> String {
        match language {
            Language::Th => format!("คำนวณจากตัวชี้วัดอื่น: {}", self.formula.text),
            Language::My => format!("အခြားညွှန်းကိန်းများမှ တွက်သည် - {}။", self.formula.text),
            Language::En => format!("Computed from other indicators: {}.", self.formula.text),
        }
    }
}
