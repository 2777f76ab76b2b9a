//! The condition under which a form puts a question: the part of XPath that XLSForm's `relevant`
//! column uses.
//!
//! A question that has no answer is the empty text, as in the form itself. What this file does not
//! know, such as the day of the interview, leaves the condition undecided.

/// A condition, read once and decided row by row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    Text(String),
    Number(f64),
    Truth(bool),
    /// The answer to a question, by its place among those that the condition names.
    Answer(usize),
    Not(Box<Condition>),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    Compare(Box<Condition>, Sign, Box<Condition>),
    Sum(Box<Condition>, bool, Box<Condition>),
    Selected(Box<Condition>, Box<Condition>),
    CountSelected(Box<Condition>),
    Length(Box<Condition>),
    /// Something that cannot be decided from a row.
    Undecided,
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
}

/// A value on the way to the answer.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    Text(String),
    Number(f64),
    Truth(bool),
}

impl Condition {
    /// Reads a condition. Questions that it names are added to `names`, each once. A text that is
    /// no condition is undecided.
    pub(crate) fn read(text: &str, names: &mut Vec<String>) -> Self {
        let tokens = tokens(text);
        let mut reader = Reader { tokens: &tokens, at: 0, depth: 0, names };
        match reader.either() {
            Some(condition) if reader.at == tokens.len() => condition,
            _ => Condition::Undecided,
        }
    }

    /// Whether the condition holds, where `answer` gives the answers to the questions that it
    /// names; none where that cannot be decided.
    pub(crate) fn holds(&self, answer: &dyn Fn(usize) -> Option<String>) -> Option<bool> {
        Some(match self {
            Condition::And(a, b) => match (a.holds(answer), b.holds(answer)) {
                (Some(false), _) | (_, Some(false)) => false,
                (Some(true), Some(true)) => true,
                _ => return None,
            },
            Condition::Or(a, b) => match (a.holds(answer), b.holds(answer)) {
                (Some(true), _) | (_, Some(true)) => true,
                (Some(false), Some(false)) => false,
                _ => return None,
            },
            Condition::Not(inner) => !inner.holds(answer)?,
            _ => match self.value(answer)? {
                Value::Truth(truth) => truth,
                Value::Number(number) => number != 0.0 && !number.is_nan(),
                Value::Text(text) => !text.is_empty(),
            },
        })
    }

    fn value(&self, answer: &dyn Fn(usize) -> Option<String>) -> Option<Value> {
        Some(match self {
            Condition::Text(text) => Value::Text(text.clone()),
            Condition::Number(number) => Value::Number(*number),
            Condition::Truth(truth) => Value::Truth(*truth),
            Condition::Answer(place) => Value::Text(answer(*place)?),
            Condition::Compare(a, sign, b) => {
                Value::Truth(compare(&a.value(answer)?, *sign, &b.value(answer)?))
            }
            Condition::Sum(a, minus, b) => {
                let (a, b) = (a.value(answer)?.number(), b.value(answer)?.number());
                Value::Number(if *minus { a - b } else { a + b })
            }
            Condition::Selected(of, choice) => {
                let (of, choice) = (of.value(answer)?.text(), choice.value(answer)?.text());
                Value::Truth(of.split_whitespace().any(|chosen| chosen == choice))
            }
            Condition::CountSelected(of) => {
                Value::Number(of.value(answer)?.text().split_whitespace().count() as f64)
            }
            Condition::Length(of) => Value::Number(of.value(answer)?.text().chars().count() as f64),
            Condition::Not(_) | Condition::And(..) | Condition::Or(..) => Value::Truth(self.holds(answer)?),
            Condition::Undecided => return None,
        })
    }
}

impl Value {
    fn number(&self) -> f64 {
        match self {
            Value::Number(number) => *number,
            Value::Truth(truth) => f64::from(u8::from(*truth)),
            Value::Text(text) => text.trim().parse().unwrap_or(f64::NAN),
        }
    }

    fn text(self) -> String {
        match self {
            Value::Text(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Truth(truth) => truth.to_string(),
        }
    }
}

/// As XPath compares: numbers where one side is a number or the order is asked for, else texts.
fn compare(a: &Value, sign: Sign, b: &Value) -> bool {
    let (x, y) = (a.number(), b.number());
    let equal = match (a, b) {
        (Value::Text(a), Value::Text(b)) => a.trim() == b.trim(),
        (Value::Truth(a), Value::Text(b)) | (Value::Text(b), Value::Truth(a)) => *a != b.is_empty(),
        _ => x == y,
    };
    match sign {
        Sign::Equal => equal,
        Sign::Unequal => !equal,
        Sign::Less => x < y,
        Sign::AtMost => x <= y,
        Sign::More => x > y,
        Sign::AtLeast => x >= y,
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Text(String),
    Number(f64),
    Question(String),
    Word(String),
    Sign(&'static str),
}

fn tokens(text: &str) -> Vec<Token> {
    const SIGNS: [&str; 11] = ["!=", "<=", ">=", "=", "<", ">", "(", ")", ",", "+", "-"];
    let mut out = Vec::new();
    let mut rest = text.trim();
    while let Some(first) = rest.chars().next() {
        let (token, length) = if let Some(name) = rest.strip_prefix("${") {
            match name.find('}') {
                Some(end) => (Token::Question(name[..end].trim().to_owned()), end + 3),
                // Without an end it names nothing.
                None => (Token::Word(rest.to_owned()), rest.len()),
            }
        } else if matches!(first, '\'' | '"' | '‘' | '’' | '“' | '”') {
            let inside = &rest[first.len_utf8()..];
            let close = |c: char| c == first || matches!((first, c), ('‘' | '’', '’') | ('“' | '”', '”'));
            let end = inside.find(close).unwrap_or(inside.len());
            let closing = inside[end..].chars().next().map_or(0, char::len_utf8);
            (Token::Text(inside[..end].to_owned()), first.len_utf8() + end + closing)
        } else if first.is_ascii_digit() {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            (Token::Number(rest[..end].parse().unwrap_or(f64::NAN)), end)
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            (Token::Sign(sign), sign.len())
        } else {
            let end = rest
                .find(|c: char| c.is_whitespace() || "()=<>!,'\"".contains(c))
                .filter(|end| *end > 0)
                .unwrap_or(rest.len());
            (Token::Word(rest[..end].to_owned()), end)
        };
        out.push(token);
        rest = rest.get(length..).unwrap_or("").trim_start();
    }
    out
}

/// Conditions inside each other, at most.
const DEEPEST: usize = 64;

struct Reader<'t> {
    tokens: &'t [Token],
    at: usize,
    depth: usize,
    names: &'t mut Vec<String>,
}

impl Reader<'_> {
    fn next_is(&mut self, token: &Token) -> bool {
        let is_next = self.tokens.get(self.at) == Some(token);
        self.at += usize::from(is_next);
        is_next
    }

    fn word(&mut self, word: &str) -> bool {
        self.next_is(&Token::Word(word.to_owned()))
    }

    fn either(&mut self) -> Option<Condition> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut left = self.both()?;
        while self.word("or") {
            left = Condition::Or(Box::new(left), Box::new(self.both()?));
        }
        self.depth -= 1;
        Some(left)
    }

    fn both(&mut self) -> Option<Condition> {
        let mut left = self.comparison()?;
        while self.word("and") {
            left = Condition::And(Box::new(left), Box::new(self.comparison()?));
        }
        Some(left)
    }

    fn comparison(&mut self) -> Option<Condition> {
        let left = self.sum()?;
        let sign = match self.tokens.get(self.at) {
            Some(Token::Sign("=")) => Sign::Equal,
            Some(Token::Sign("!=")) => Sign::Unequal,
            Some(Token::Sign("<")) => Sign::Less,
            Some(Token::Sign("<=")) => Sign::AtMost,
            Some(Token::Sign(">")) => Sign::More,
            Some(Token::Sign(">=")) => Sign::AtLeast,
            _ => return Some(left),
        };
        self.at += 1;
        Some(Condition::Compare(Box::new(left), sign, Box::new(self.sum()?)))
    }

    fn sum(&mut self) -> Option<Condition> {
        let mut left = self.one()?;
        loop {
            let minus = match self.tokens.get(self.at) {
                Some(Token::Sign("+")) => false,
                Some(Token::Sign("-")) => true,
                _ => return Some(left),
            };
            self.at += 1;
            left = Condition::Sum(Box::new(left), minus, Box::new(self.one()?));
        }
    }

    fn one(&mut self) -> Option<Condition> {
        let token = self.tokens.get(self.at)?.clone();
        self.at += 1;
        Some(match token {
            Token::Text(text) => Condition::Text(text),
            Token::Number(number) => Condition::Number(number),
            Token::Question(name) => {
                let place = self.names.iter().position(|known| *known == name).unwrap_or_else(|| {
                    self.names.push(name);
                    self.names.len() - 1
                });
                Condition::Answer(place)
            }
            Token::Sign("(") => {
                let inner = self.either()?;
                self.next_is(&Token::Sign(")")).then_some(inner)?
            }
            Token::Sign("-") => Condition::Sum(Box::new(Condition::Number(0.0)), true, Box::new(self.one()?)),
            Token::Sign(_) => return None,
            Token::Word(word) => self.call(&word)?,
        })
    }

    /// A function with its arguments; one that is not known is undecided.
    fn call(&mut self, name: &str) -> Option<Condition> {
        if !self.next_is(&Token::Sign("(")) {
            return Some(Condition::Undecided);
        }
        let mut arguments = Vec::new();
        while !self.next_is(&Token::Sign(")")) {
            arguments.push(self.either()?);
            if !self.next_is(&Token::Sign(",")) && self.tokens.get(self.at) != Some(&Token::Sign(")")) {
                return None;
            }
        }
        let mut arguments = arguments.into_iter().map(Box::new);
        Some(match (name, arguments.next(), arguments.next()) {
            ("true", None, None) => Condition::Truth(true),
            ("false", None, None) => Condition::Truth(false),
            ("not", Some(inner), None) => Condition::Not(inner),
            ("selected", Some(of), Some(choice)) => Condition::Selected(of, choice),
            ("count-selected", Some(of), None) => Condition::CountSelected(of),
            ("string-length", Some(of), None) => Condition::Length(of),
            ("number" | "int" | "string" | "boolean", Some(inner), None) => *inner,
            _ => Condition::Undecided,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(text: &str, answers: &[(&str, &str)]) -> Option<bool> {
        let mut names = Vec::new();
        let condition = Condition::read(text, &mut names);
        condition.holds(&|place| {
            answers.iter().find(|(name, _)| *name == names[place]).map(|(_, answer)| (*answer).to_owned())
        })
    }

    #[test]
    fn conditions_of_forms() {
        let answers = [("a", "yes"), ("n", "12"), ("many", "x y"), ("empty", "")];
        for (text, expected) in [
            ("${a} = 'yes'", true),
            ("${a}='no'", false),
            ("${n} >= 10 and ${n} < 18", true),
            ("${n} > 12 or selected(${many}, 'y')", true),
            ("selected(${many}, \"z\")", false),
            ("not(selected(${many}, 'x'))", false),
            ("${empty} = ''", true),
            ("${empty} != ''", false),
            ("${empty} > 3", false),
            ("count-selected(${many}) = 2", true),
            ("(${a} = 'no' or ${n} = 12) and true()", true),
            ("${n} - 2 = 10", true),
            ("${a} = ‘yes’", true),
            ("${a} = 'no' and pulldata('x', 'y') = 1", false),
        ] {
            assert_eq!(holds(text, &answers), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_a_row_does_not_say_is_undecided() {
        for text in [
            "today() > '2020-01-01'",
            "${elsewhere} = 1",
            "${a} = ",
            "((",
            "",
            "${a",
            "a b c",
            &"(".repeat(10_000),
        ] {
            assert_eq!(holds(text, &[("a", "yes")]), None, "{text}");
        }
    }
}
