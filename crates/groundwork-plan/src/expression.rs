//! Conditions and values over the columns of a source, such as
//! `visited and own_income >= 9000 and not grant_received`.
//!
//! The text is SQL's expression grammar, cut down to what means the same everywhere: columns,
//! texts in single quotes, numbers, `true`, `false`, comparisons, `and`, `or`, `not`, `in`,
//! `between`, `is null`, `+ - * /`, and the functions `coalesce`, `least`, `greatest`, `if`, `abs`,
//! `year`, `month`, and `reason(column)`, which says why a column has no value. Two dates subtracted are a number of days. Indicators know the dates
//! `period_start` and `period_end` beside the columns.
//! A text compared with a date column is a day; one compared with a category or a site has to be
//! one of the declared words. A comparison with a missing value is undecided, not false.

use crate::diag::Diagnostic;
use crate::location::Span;
use crate::reason::{Reason, companion, reason_of};
use crate::source::ColumnType;
use jiff::civil::Date;
use sqlparser::ast;
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Token;

/// A condition or a value, as written and as understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    /// As the pipeline writes it.
    pub text: String,
    /// As it is understood.
    pub tree: Tree,
}

/// An expression as it is understood; every column exists and every comparison makes sense.
#[derive(Debug, Clone, PartialEq)]
pub enum Tree {
    /// A column of the source.
    Column(String),
    /// A text.
    Text(String),
    /// A number, as written.
    Number(String),
    /// A day.
    Day(Date),
    /// `true` or `false`.
    Truth(bool),
    /// Two sides and what stands between them.
    Binary(Box<Tree>, Operator, Box<Tree>),
    /// `not`.
    Not(Box<Tree>),
    /// The number with the other sign.
    Negative(Box<Tree>),
    /// `is null`; `is not null` when the flag is false.
    IsMissing(Box<Tree>, bool),
    /// `in (…)`.
    In(Box<Tree>, Vec<Tree>),
    /// A function.
    Call(Function, Vec<Tree>),
    /// The first day of the period that is computed.
    PeriodStart,
    /// The last day of the period that is computed.
    PeriodEnd,
}

impl Expression {
    /// Whether it names a day of the period, and so has to be decided for every period anew.
    pub fn uses_period(&self) -> bool {
        let mut uses = false;
        self.tree.walk(&mut |tree| uses |= matches!(tree, Tree::PeriodStart | Tree::PeriodEnd));
        uses
    }

    /// Whether something is divided in it, so that it is a floating number.
    pub fn divides(&self) -> bool {
        let mut divides = false;
        self.tree.walk(&mut |tree| divides |= matches!(tree, Tree::Binary(_, Operator::Divided, _)));
        divides
    }

    /// The columns that it names, each once, in the order of the text.
    pub fn columns(&self) -> Vec<&str> {
        let mut columns: Vec<&str> = Vec::new();
        self.tree.walk(&mut |tree| {
            if let Tree::Column(name) = tree
                && !columns.contains(&name.as_str())
            {
                columns.push(name);
            }
        });
        columns
    }
}

impl Tree {
    /// Looks at every part, the outer ones first.
    pub fn walk<'a>(&'a self, look: &mut impl FnMut(&'a Tree)) {
        look(self);
        match self {
            Tree::Column(_)
            | Tree::Text(_)
            | Tree::Number(_)
            | Tree::Day(_)
            | Tree::Truth(_)
            | Tree::PeriodStart
            | Tree::PeriodEnd => {}
            Tree::Binary(left, _, right) => {
                left.walk(look);
                right.walk(look);
            }
            Tree::Not(inner) | Tree::Negative(inner) | Tree::IsMissing(inner, _) => inner.walk(look),
            Tree::In(inner, items) => {
                inner.walk(look);
                items.iter().for_each(|item| item.walk(look));
            }
            Tree::Call(_, arguments) => arguments.iter().for_each(|argument| argument.walk(look)),
        }
    }

    /// The same with other names of columns.
    #[must_use]
    pub fn renamed(&self, name: &dyn Fn(&str) -> String) -> Tree {
        let one = |tree: &Tree| Box::new(tree.renamed(name));
        let all = |trees: &[Tree]| trees.iter().map(|tree| tree.renamed(name)).collect();
        match self {
            Tree::Column(column) => Tree::Column(name(column)),
            Tree::Text(_)
            | Tree::Number(_)
            | Tree::Day(_)
            | Tree::Truth(_)
            | Tree::PeriodStart
            | Tree::PeriodEnd => self.clone(),
            Tree::Binary(left, operator, right) => Tree::Binary(one(left), *operator, one(right)),
            Tree::Not(inner) => Tree::Not(one(inner)),
            Tree::Negative(inner) => Tree::Negative(one(inner)),
            Tree::IsMissing(inner, wanted) => Tree::IsMissing(one(inner), *wanted),
            Tree::In(inner, items) => Tree::In(one(inner), all(items)),
            Tree::Call(function, arguments) => Tree::Call(*function, all(arguments)),
        }
    }
}

/// What stands between two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `and`
    And,
    /// `or`
    Or,
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `+`
    Plus,
    /// `-` between numbers.
    Minus,
    /// `-` between days: how many they are apart.
    Days,
    /// `*`
    Times,
    /// `/`; a division by zero is missing.
    Divided,
}

/// A function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// The first of its arguments that is not missing.
    Coalesce,
    /// The number without its sign.
    Abs,
    /// The year of a date, common era.
    Year,
    /// The month of a date, 1 to 12.
    Month,
    /// The smallest of its arguments; missing ones are passed over.
    Least,
    /// The largest of its arguments; missing ones are passed over.
    Greatest,
    /// The second argument where the first holds, else the third.
    If,
}

const FUNCTIONS: [(&str, Function); 7] = [
    ("coalesce", Function::Coalesce),
    ("least", Function::Least),
    ("greatest", Function::Greatest),
    ("if", Function::If),
    ("abs", Function::Abs),
    ("year", Function::Year),
    ("month", Function::Month),
];

/// The function that says why a column has no value; it takes the column itself, not its value.
const REASON: &str = "reason";

#[derive(Debug, Clone, PartialEq)]
enum Type {
    Text,
    Words(Vec<String>),
    Number,
    Day,
    Truth,
}

impl Type {
    fn word(&self) -> &'static str {
        match self {
            Type::Text | Type::Words(_) => "a text",
            Type::Number => "a number",
            Type::Day => "a date",
            Type::Truth => "a condition",
        }
    }
}

/// The columns that an expression may name, with what they hold.
pub struct Scope<'a> {
    /// What the columns belong to, for messages: `source "attendance"`.
    pub of: String,
    /// Name and type of each column.
    pub columns: Vec<(String, ColumnType)>,
    /// Identifiers of the sites.
    pub sites: &'a [String],
    /// Whether there is a period, so that `period_start` and `period_end` mean something.
    pub has_period: bool,
    /// Whether measurements may be named, which are not added up exactly.
    pub measurements: bool,
}

impl Scope<'_> {
    /// The type of a column.
    pub fn column(&self, name: &str) -> Option<&ColumnType> {
        self.columns.iter().find(|(n, _)| n == name).map(|(_, t)| t)
    }
}

/// Reads a condition: something that is true, false or undecided for a row.
///
/// # Errors
/// Every problem that the text has, each at the span of the text.
pub fn condition(text: &str, span: Span, scope: &Scope) -> Result<Expression, Vec<Diagnostic>> {
    expression(text, span, scope, &Type::Truth)
}

/// Reads a value: a number for every row, or nothing where a part of it is missing.
///
/// # Errors
/// Every problem that the text has, each at the span of the text.
pub fn value(text: &str, span: Span, scope: &Scope) -> Result<Expression, Vec<Diagnostic>> {
    expression(text, span, scope, &Type::Number)
}

fn expression(text: &str, span: Span, scope: &Scope, wanted: &Type) -> Result<Expression, Vec<Diagnostic>> {
    let mut reader = ExpressionReader { span, scope, problems: Vec::new() };
    let parsed = parse(text);
    let tree = match parsed {
        Ok(parsed) => reader.read(&parsed),
        Err(message) => {
            reader
                .problem("expression.not-readable", format!("`{text}` cannot be read: {message}"))
                .hints
                .push(
                    "Write conditions such as `age < 18 and sex = 'female'`; texts stand in single quotes."
                        .into(),
                );
            None
        }
    };
    if let Some((_, kind)) = &tree
        && kind != wanted
    {
        let code = match wanted {
            Type::Truth => "expression.not-a-condition",
            Type::Text | Type::Words(_) | Type::Number | Type::Day => "expression.not-a-number",
        };
        reader.problem(code, format!("`{text}` is {}, expected {}", kind.word(), wanted.word()));
    }
    match tree {
        Some((tree, _)) if reader.problems.is_empty() => Ok(Expression { text: text.to_owned(), tree }),
        _ => Err(reader.problems),
    }
}

/// The most operators of one expression: databases look no deeper.
const OPERATORS_MOST: usize = 400;

/// How many operators an expression has, those inside the arguments of functions left aside.
fn operators(parsed: &ast::Expr) -> usize {
    use ast::Expr;
    let (mut open, mut found) = (vec![parsed], 0);
    while let Some(at) = open.pop() {
        match at {
            Expr::BinaryOp { left, right, .. } => {
                found += 1;
                open.extend([&**left, &**right]);
            }
            Expr::Nested(inner) | Expr::IsNull(inner) | Expr::IsNotNull(inner) => open.push(inner),
            Expr::UnaryOp { expr, .. } => open.push(expr),
            _ => {}
        }
    }
    found
}

fn parse(text: &str) -> Result<ast::Expr, String> {
    let clean = |message: String| {
        message
            .trim_start_matches("sql parser error: ")
            .split(" at Line")
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let mut parser = Parser::new(&GenericDialect {}).try_with_sql(text).map_err(|e| clean(e.to_string()))?;
    let parsed = parser.parse_expr().map_err(|e| clean(e.to_string()))?;
    match parser.peek_token().token {
        Token::EOF if operators(&parsed) > OPERATORS_MOST => Err(format!(
            "it has more than {OPERATORS_MOST} operators; columns of `derive` can hold parts of it"
        )),
        Token::EOF => Ok(parsed),
        rest => Err(format!("nothing was expected before `{rest}`")),
    }
}

struct ExpressionReader<'a> {
    span: Span,
    scope: &'a Scope<'a>,
    problems: Vec<Diagnostic>,
}

type Typed = Option<(Tree, Type)>;

impl ExpressionReader<'_> {
    fn problem(&mut self, code: &'static str, message: String) -> &mut Diagnostic {
        let at = self.problems.len();
        self.problems.push(Diagnostic::pipeline(code, self.span, message));
        &mut self.problems[at]
    }

    fn read(&mut self, e: &ast::Expr) -> Typed {
        use ast::Expr;
        match e {
            Expr::Nested(inner) => self.read(inner),
            Expr::Identifier(name) => self.column(&name.value),
            Expr::Value(value) => self.value(&value.value),
            Expr::UnaryOp { op, expr } => self.unary(*op, expr),
            Expr::IsNull(inner) => self.is_missing(inner, true),
            Expr::IsNotNull(inner) => self.is_missing(inner, false),
            Expr::Between { expr, negated, low, high } => {
                let above = self.binary(expr, Operator::GreaterOrEqual, low)?;
                let below = self.binary(expr, Operator::LessOrEqual, high)?;
                let both = Tree::Binary(Box::new(above.0), Operator::And, Box::new(below.0));
                Some((negate_if(both, *negated), Type::Truth))
            }
            Expr::BinaryOp { left, op, right } => match operator(op) {
                Some(op) => self.binary(left, op, right),
                None => self.unsupported(&op.to_string()),
            },
            Expr::Function(call) => self.call(call),
            Expr::In { expr, target, negated, .. } => match target {
                ast::InTarget::List(list) => self.is_in(expr, list, *negated),
                other => self.unsupported(&other.to_string()),
            },
            other => self.unsupported(&other.to_string()),
        }
    }

    fn unsupported(&mut self, what: &str) -> Typed {
        self.problem("expression.not-supported", format!("`{what}` is not part of the pipeline language"))
            .hints
            .push("Conditions know columns, texts, numbers, comparisons, `and`, `or`, `not`, `in`, `between`, `is null`, `+ - * /`, `coalesce`, `least`, `greatest`, `if`, `abs`, `year`, `month`, `reason`.".into());
        None
    }

    fn column(&mut self, name: &str) -> Typed {
        if let Some(kind) = self.scope.column(name) {
            if *kind == ColumnType::Measurement && !self.scope.measurements {
                let message =
                    format!("`{name}` is a measurement, whose sum depends on the order of the rows");
                self.problem("expression.measurement", message).hints.push(
                    "Declare the column as `number`, which keeps four decimals exactly; measurements are for the `data` of evaluations.".into(),
                );
                return None;
            }
            let kind = match kind {
                ColumnType::Text => Type::Text,
                ColumnType::Integer | ColumnType::Number | ColumnType::Measurement => Type::Number,
                ColumnType::Date | ColumnType::Timestamp => Type::Day,
                ColumnType::Boolean => Type::Truth,
                ColumnType::Site => Type::Words(self.scope.sites.to_vec()),
                ColumnType::Category(words) => Type::Words(words.iter().map(|w| w.id.clone()).collect()),
            };
            return Some((Tree::Column(name.to_owned()), kind));
        }
        match name {
            "period_start" if self.scope.has_period => return Some((Tree::PeriodStart, Type::Day)),
            "period_end" if self.scope.has_period => return Some((Tree::PeriodEnd, Type::Day)),
            _ => {}
        }
        let message = format!("no column `{name}` in {}", self.scope.of);
        let known = self.scope.columns.iter().map(|(n, _)| n.as_str());
        self.problems.push(
            Diagnostic::pipeline("expression.unknown-column", self.span, message).did_you_mean(name, known),
        );
        None
    }

    fn value(&mut self, value: &ast::Value) -> Typed {
        match value {
            ast::Value::Number(text, _) => Some((Tree::Number(text.clone()), Type::Number)),
            ast::Value::SingleQuotedString(text) => Some((Tree::Text(text.clone()), Type::Text)),
            ast::Value::Boolean(truth) => Some((Tree::Truth(*truth), Type::Truth)),
            other => self.unsupported(&other.to_string()),
        }
    }

    fn unary(&mut self, op: ast::UnaryOperator, inner: &ast::Expr) -> Typed {
        let (tree, kind) = self.read(inner)?;
        match op {
            ast::UnaryOperator::Not => {
                self.demand(&kind, &Type::Truth, "`not`")?;
                Some((Tree::Not(Box::new(tree)), Type::Truth))
            }
            ast::UnaryOperator::Minus => {
                self.demand(&kind, &Type::Number, "`-`")?;
                Some((Tree::Negative(Box::new(tree)), Type::Number))
            }
            other => self.unsupported(&other.to_string()),
        }
    }

    fn is_missing(&mut self, inner: &ast::Expr, wanted: bool) -> Typed {
        let (tree, _) = self.read(inner)?;
        Some((Tree::IsMissing(Box::new(tree), wanted), Type::Truth))
    }

    fn is_in(&mut self, e: &ast::Expr, list: &[ast::Expr], negated: bool) -> Typed {
        let (tree, kind) = self.read(e)?;
        let mut items = Vec::new();
        for item in list {
            let item = self.read(item)?;
            let (_, item) = self.alike((tree.clone(), kind.clone()), item)?;
            items.push(item.0);
        }
        Some((negate_if(Tree::In(Box::new(tree), items), negated), Type::Truth))
    }

    fn binary(&mut self, left: &ast::Expr, op: Operator, right: &ast::Expr) -> Typed {
        let (left, right) = (self.read(left), self.read(right));
        let (left, right) = (left?, right?);
        let (left, right, kind) = match op {
            Operator::And | Operator::Or => {
                let word = if op == Operator::And { "`and`" } else { "`or`" };
                self.demand(&left.1, &Type::Truth, word)?;
                self.demand(&right.1, &Type::Truth, word)?;
                (left, right, Type::Truth)
            }
            Operator::Minus if left.1 == Type::Day && right.1 == Type::Day => {
                let days = Tree::Binary(Box::new(left.0), Operator::Days, Box::new(right.0));
                return Some((days, Type::Number));
            }
            Operator::Plus | Operator::Minus | Operator::Days | Operator::Times | Operator::Divided => {
                self.demand(&left.1, &Type::Number, "arithmetic")?;
                self.demand(&right.1, &Type::Number, "arithmetic")?;
                (left, right, Type::Number)
            }
            Operator::Equal
            | Operator::NotEqual
            | Operator::Less
            | Operator::LessOrEqual
            | Operator::Greater
            | Operator::GreaterOrEqual => {
                let (left, right) = self.alike(left, right)?;
                (left, right, Type::Truth)
            }
        };
        Some((Tree::Binary(Box::new(left.0), op, Box::new(right.0)), kind))
    }

    /// Makes two sides comparable: a text beside a date is a day, a text beside a category is one
    /// of its words.
    fn alike(&mut self, left: (Tree, Type), right: (Tree, Type)) -> Option<((Tree, Type), (Tree, Type))> {
        let left = self.fit(left, &right.1)?;
        let right = self.fit(right, &left.1)?;
        let same = match (&left.1, &right.1) {
            (Type::Text | Type::Words(_), Type::Text | Type::Words(_)) => true,
            (a, b) => a == b,
        };
        if same {
            return Some((left, right));
        }
        let message = format!("{} cannot be compared with {}", left.1.word(), right.1.word());
        self.problem("expression.unlike", message);
        None
    }

    fn fit(&mut self, side: (Tree, Type), other: &Type) -> Typed {
        match (&side.0, other) {
            (Tree::Text(text), Type::Day) => match text.parse::<Date>() {
                Ok(day) => Some((Tree::Day(day), Type::Day)),
                Err(_) => {
                    let message = format!("`{text}` is not a day such as 2021-12-31");
                    self.problem("expression.not-a-day", message);
                    None
                }
            },
            (Tree::Text(text), Type::Words(words)) if !words.contains(text) => {
                let known: Vec<&str> = words.iter().map(String::as_str).collect();
                let message = format!("`{text}` is none of the words that the column holds");
                self.problems.push(
                    Diagnostic::pipeline("expression.unknown-word", self.span, message)
                        .did_you_mean(text, known),
                );
                None
            }
            _ => Some(side),
        }
    }

    fn demand(&mut self, found: &Type, wanted: &Type, by: &str) -> Option<()> {
        if found == wanted {
            return Some(());
        }
        let message = format!("{by} needs {}, found {}", wanted.word(), found.word());
        self.problem("expression.wrong-type", message);
        None
    }

    fn reason(&mut self, call: &ast::Function) -> Typed {
        let arguments = match &call.args {
            ast::FunctionArguments::List(list) => list.args.as_slice(),
            ast::FunctionArguments::None | ast::FunctionArguments::Subquery(_) => &[],
        };
        let [ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(ast::Expr::Identifier(name)))] = arguments
        else {
            self.problem("expression.arguments", "`reason` takes the name of one column".to_owned())
                .hints
                .push("Write `reason(school) = 'not_asked'`.".into());
            return None;
        };
        self.column(&name.value)?;
        let has_companion = self.scope.column(&companion(&name.value)).is_some();
        let words = Reason::ALL.map(|reason| reason.word().to_owned()).to_vec();
        Some((reason_of(&name.value, has_companion), Type::Words(words)))
    }

    fn call(&mut self, call: &ast::Function) -> Typed {
        let name = call.name.to_string().to_lowercase();
        if name == REASON {
            return self.reason(call);
        }
        let Some((_, function)) = FUNCTIONS.iter().find(|(n, _)| *n == name) else {
            let message = format!("no function `{name}`");
            self.problems.push(
                Diagnostic::pipeline("expression.unknown-function", self.span, message)
                    .did_you_mean(&name, FUNCTIONS.iter().map(|(n, _)| *n).chain([REASON])),
            );
            return None;
        };
        let mut arguments = Vec::new();
        if let ast::FunctionArguments::List(list) = &call.args {
            for argument in &list.args {
                match argument {
                    ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(e)) => arguments.push(self.read(e)?),
                    other => return self.unsupported(&other.to_string()),
                }
            }
        }
        let count_is_good = match function {
            Function::Coalesce | Function::Least | Function::Greatest => arguments.len() >= 2,
            Function::If => arguments.len() == 3,
            Function::Abs | Function::Year | Function::Month => arguments.len() == 1,
        };
        let Some(first) = arguments.first().cloned().filter(|_| count_is_good) else {
            self.problem("expression.arguments", format!("`{name}` has the wrong number of arguments"));
            return None;
        };
        let kind = match function {
            Function::Abs => {
                self.demand(&first.1, &Type::Number, "`abs`")?;
                Type::Number
            }
            Function::Year | Function::Month => {
                self.demand(&first.1, &Type::Day, &format!("`{name}`"))?;
                Type::Number
            }
            Function::Coalesce | Function::Least | Function::Greatest => {
                let mut fitted = vec![first.clone()];
                for argument in arguments.into_iter().skip(1) {
                    fitted.push(self.alike(first.clone(), argument)?.1);
                }
                let trees = fitted.into_iter().map(|a| a.0).collect();
                return Some((Tree::Call(*function, trees), first.1));
            }
            Function::If => {
                self.demand(&first.1, &Type::Truth, "the first argument of `if`")?;
                let mut sides = arguments.into_iter().skip(1);
                let (yes, no) = self.alike(sides.next()?, sides.next()?)?;
                return Some((Tree::Call(Function::If, vec![first.0, yes.0, no.0]), yes.1));
            }
        };
        Some((Tree::Call(*function, vec![first.0]), kind))
    }
}

fn negate_if(tree: Tree, negated: bool) -> Tree {
    if negated { Tree::Not(Box::new(tree)) } else { tree }
}

fn operator(op: &ast::BinaryOperator) -> Option<Operator> {
    use ast::BinaryOperator as B;
    Some(match op {
        B::And => Operator::And,
        B::Or => Operator::Or,
        B::Eq => Operator::Equal,
        B::NotEq => Operator::NotEqual,
        B::Lt => Operator::Less,
        B::LtEq => Operator::LessOrEqual,
        B::Gt => Operator::Greater,
        B::GtEq => Operator::GreaterOrEqual,
        B::Plus => Operator::Plus,
        B::Minus => Operator::Minus,
        B::Multiply => Operator::Times,
        B::Divide => Operator::Divided,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Category;

    fn scope(sites: &[String]) -> Scope<'_> {
        let sex = ["female", "male"].map(|id| Category { id: id.into(), spellings: vec![] });
        Scope {
            of: "source `followups`".into(),
            columns: vec![
                ("income".into(), ColumnType::Number),
                ("visited".into(), ColumnType::Boolean),
                ("month".into(), ColumnType::Date),
                ("sex".into(), ColumnType::Category(sex.to_vec())),
                ("site".into(), ColumnType::Site),
            ],
            sites,
            has_period: true,
            measurements: false,
        }
    }

    fn codes(text: &str) -> Vec<&'static str> {
        let sites = ["nan".to_owned()];
        match condition(text, Span::default(), &scope(&sites)) {
            Ok(_) => vec![],
            Err(problems) => problems.iter().map(|d| d.code).collect(),
        }
    }

    #[test]
    fn conditions_are_understood() {
        for text in [
            "visited and income >= 9000 and not (income is null)",
            "month >= '2021-01-01'",
            "month between '2021-01-01' and '2021-12-31'",
            "sex in ('female', 'male') or site = 'nan'",
            "coalesce(income, 0) / 2 > -1.5",
            "year(month) = 2021",
            "period_end - greatest(month, period_start) > 90",
            "if(visited, income, 0) > 1 and least(income, 5) < 6",
        ] {
            assert_eq!(codes(text), Vec::<&str>::new(), "{text}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused_at_once() {
        assert_eq!(codes("incom > 1"), ["expression.unknown-column"]);
        assert_eq!(codes("incom > 1 and mont < '2020-01-01'"), ["expression.unknown-column"; 2]);
        assert_eq!(codes("sex = 'femal'"), ["expression.unknown-word"]);
        assert_eq!(codes("month > 'yesterday'"), ["expression.not-a-day"]);
        assert_eq!(codes("income = 'many'"), ["expression.unlike"]);
        assert_eq!(codes("income"), ["expression.not-a-condition"]);
        assert_eq!(codes("income >"), ["expression.not-readable"]);
        assert_eq!(codes("visited; drop table x"), ["expression.not-readable"]);
        assert_eq!(codes("exists (select 1)"), ["expression.not-supported"]);
        assert_eq!(codes("read_text('a') = 'b'"), ["expression.unknown-function"]);
    }
}
