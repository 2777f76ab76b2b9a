//! A generated register as the rows that are compared, for tests and the benchmark.

use groundwork_people::{Field, Kind, Rows};
use groundwork_samples::register::Listed;

/// The rows of a register, with a secret for what must not be read back.
pub(crate) fn rows(listed: &[Listed], secret: &[u8]) -> Rows {
    let field = |name: &str, kind| Field { name: name.to_owned(), kind };
    let fields = vec![
        field("name", Kind::Name),
        field("born", Kind::Born),
        field("sex", Kind::Sex),
        field("phone", Kind::Phone),
        field("place", Kind::Place),
    ];
    let mut rows = Rows::new(fields, secret);
    for row in listed {
        let born = born(row);
        let values = [&row.name, &born, row.sex, &row.phone, row.village];
        rows.push(&values.map(|value: &str| (!value.is_empty()).then_some(value)));
    }
    rows
}

/// The birthday as `2014-03-05`, or a year that is known about, or nothing.
pub(crate) fn born(row: &Listed) -> String {
    let parts: Vec<&str> = row.born.split('/').collect();
    match (parts.as_slice(), row.age.parse::<i32>()) {
        ([day, month, year], _) => {
            let year: i32 = year.parse().unwrap_or_default();
            format!("{:04}-{month}-{day}", if year > 2400 { year - 543 } else { year })
        }
        (_, Ok(age)) => format!("~{}", 2021 - age),
        _ => String::new(),
    }
}
