//! From the text of one cell to one value. Pure: text in, a value or the name of a check out.

pub(crate) mod boolean;
#[cfg(test)]
mod cases;
pub(crate) mod category;
pub(crate) mod date;
pub(crate) mod identifier;
pub(crate) mod month;
pub(crate) mod national_id;
pub(crate) mod number;
pub(crate) mod province;
pub(crate) mod site;
pub(crate) mod text;
pub(crate) mod thai;
pub(crate) mod year;
pub(crate) mod zawgyi;

/// What became of a text: a value, nothing, or a check that it fails; sometimes a value and a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parsed<T> {
    /// The value; none where the text is empty or cannot be read.
    pub(crate) value: Option<T>,
    /// The check that the text fails, such as `date.impossible`.
    pub(crate) check: Option<&'static str>,
}

impl<T> Parsed<T> {
    /// A value without any reservation.
    pub(crate) fn value(value: T) -> Self {
        Self { value: Some(value), check: None }
    }

    /// Nothing was recorded.
    pub(crate) fn missing() -> Self {
        Self { value: None, check: None }
    }

    /// Something was recorded that cannot be read as a value.
    pub(crate) fn failed(check: &'static str) -> Self {
        Self { value: None, check: Some(check) }
    }

    /// A value that is kept although a check has something to say about it.
    pub(crate) fn noted(value: T, check: &'static str) -> Self {
        Self { value: Some(value), check: Some(check) }
    }
}

impl<T> From<Result<T, &'static str>> for Parsed<T> {
    fn from(result: Result<T, &'static str>) -> Self {
        match result {
            Ok(value) => Self::value(value),
            Err(check) => Self::failed(check),
        }
    }
}
