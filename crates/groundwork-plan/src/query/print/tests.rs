//! What the same tree becomes in both engines, trap by trap. `tests/src/spark.rs` runs the same
//! pipelines on them and compares the numbers.

use super::*;
use crate::expression::{Scope, condition};
use crate::location::Span;
use crate::source::ColumnType;

fn spark(value: &Value) -> String {
    Written(Dialect::Spark, value).to_string()
}

fn column(name: &str) -> Value {
    Value::column("s", name)
}

/// The same value in DuckDB and in Spark.
fn both(value: &Value, duckdb: &str, in_spark: &str) {
    assert_eq!(value.to_string(), duckdb);
    assert_eq!(spark(value), in_spark);
}

#[test]
fn names_are_quoted() {
    assert_eq!(identifier("a\"b"), "\"a\"\"b\"");
    both(&column("_row"), "s.\"_row\"", "s.`_row`");
    both(&column("a`b"), "s.\"a`b\"", "s.`a``b`");
}

#[test]
fn texts_are_quoted_and_nothing_in_them_is_read() {
    both(&Value::text("it's"), "'it''s'", r"'it\'s'");
    both(&Value::text(r"a\d"), r"'a\d'", r"'a\\d'");
    both(&Value::text(r"\"), r"'\'", r"'\\'");
    both(&Value::text("${env:HOME}"), "'${env:HOME}'", r"'\u0024{env:HOME}'");
    both(&Value::text("เชียงราย"), "'เชียงราย'", "'เชียงราย'");
}

#[test]
fn days_are_counted() {
    let days = column("b").days_since(column("a"));
    both(&days, "(s.\"b\" - s.\"a\")", "datediff(s.`b`, s.`a`)");
}

#[test]
fn the_difference_of_days_in_an_expression_is_told_from_that_of_numbers() {
    let scope = Scope {
        of: "source `followups`".into(),
        columns: vec![
            ("entered".into(), ColumnType::Date),
            ("left".into(), ColumnType::Date),
            ("fee".into(), ColumnType::Number),
        ],
        sites: &[],
        has_period: false,
        measurements: false,
    };
    let read = |text: &str| condition(text, Span::default(), &scope).map(|read| Value::of(&read, "s"));
    let read = |text: &str| read(text).unwrap_or(Value::Truth(false));
    both(
        &read("left - entered > 90"),
        "((s.\"left\" - s.\"entered\") > 90)",
        "(datediff(s.`left`, s.`entered`) > 90)",
    );
    both(&read("fee - 3 > 90"), "((s.\"fee\" - 3) > 90)", "((s.`fee` - 3) > 90)");
}

#[test]
fn a_day_stays_a_day_months_later() {
    let later = Value::MonthsLater(Box::new(column("d")), -3);
    both(&later, "CAST(s.\"d\" + INTERVAL '-3' MONTH AS DATE)", "add_months(s.`d`, -3)");
}

#[test]
fn a_division_is_floating_and_never_by_zero() {
    let share = column("a").binary("/", column("b"));
    both(&share, "(s.\"a\" / s.\"b\")", "(CAST(s.`a` AS DOUBLE) / nullif(CAST(s.`b` AS DOUBLE), 0))");
}

#[test]
fn a_missing_part_of_a_text_is_passed_over() {
    let text = Value::Call("concat", vec![column("a"), Value::text(" × "), column("b")]);
    both(&text, "concat(s.\"a\", ' × ', s.\"b\")", "concat(coalesce(s.`a`, ''), ' × ', coalesce(s.`b`, ''))");
}

#[test]
fn missing_values_come_last_in_windows_and_in_the_order_of_rows() {
    both(
        &Value::RowNumber(vec![column("a")], vec![column("b"), column("c")]),
        "row_number() OVER (PARTITION BY s.\"a\" ORDER BY s.\"b\", s.\"c\")",
        "row_number() OVER (PARTITION BY s.`a` ORDER BY s.`b` NULLS LAST, s.`c` NULLS LAST)",
    );
    both(
        &Value::Lag(Box::new(column("m")), 2, vec![column("a")], vec![column("m")]),
        "lag(s.\"m\", 2) OVER (PARTITION BY s.\"a\" ORDER BY s.\"m\")",
        "lag(s.`m`, 2) OVER (PARTITION BY s.`a` ORDER BY s.`m` NULLS LAST)",
    );
    let query = Select::from(From::Table("source:a".into()), "s")
        .group(column("site"), "site")
        .column(Value::CountRows, "n")
        .filter(column("sex").binary("=", Value::text("female")))
        .order(vec![column("site")])
        .query();
    assert_eq!(
        query.to_string(),
        "SELECT\n  s.\"site\",\n  count(*) AS \"n\"\nFROM \"source:a\" AS s\nWHERE (s.\"sex\" = 'female')\nGROUP BY s.\"site\"\nORDER BY s.\"site\" NULLS LAST"
    );
    assert_eq!(
        query.in_dialect(Dialect::Spark),
        "SELECT\n  s.`site`,\n  count(*) AS `n`\nFROM `source:a` AS s\nWHERE (s.`sex` = 'female')\nGROUP BY s.`site`\nORDER BY s.`site` NULLS LAST"
    );
}

#[test]
fn squares_keep_their_digits() {
    let wide = |kind| column("a").cast(kind).binary("*", column("a").cast(kind));
    both(
        &wide(SqlType::Wide),
        "(CAST(s.\"a\" AS DECIMAL(38,4)) * CAST(s.\"a\" AS DECIMAL(38,4)))",
        "(CAST(s.`a` AS DECIMAL(18,4)) * CAST(s.`a` AS DECIMAL(18,4)))",
    );
    both(
        &wide(SqlType::WideFine),
        "(CAST(s.\"a\" AS DECIMAL(38,9)) * CAST(s.\"a\" AS DECIMAL(38,9)))",
        "(CAST(s.`a` AS DECIMAL(18,9)) * CAST(s.`a` AS DECIMAL(18,9)))",
    );
}

#[test]
fn types_have_the_names_of_the_engine() {
    both(&Value::Missing(SqlType::Text), "CAST(NULL AS VARCHAR)", "CAST(NULL AS STRING)");
    both(&column("a").cast(SqlType::Row), "CAST(s.\"a\" AS UBIGINT)", "CAST(s.`a` AS BIGINT)");
    both(&column("a").cast(SqlType::File), "CAST(s.\"a\" AS UINTEGER)", "CAST(s.`a` AS BIGINT)");
}

#[test]
fn the_first_of_an_order_has_the_name_of_the_engine() {
    let first = |name| Value::Call(name, vec![column("a"), column("b")]);
    both(&first("arg_min"), "arg_min(s.\"a\", s.\"b\")", "min_by(s.`a`, s.`b`)");
    both(&first("arg_max"), "arg_max(s.\"a\", s.\"b\")", "max_by(s.`a`, s.`b`)");
}

#[test]
fn statements_leave_nothing_behind_in_spark() {
    let rows = Select::from(From::Table("source:a".into()), "s").column(column("x"), "x").query();
    let made = Statement::CreateTable("units:a".into(), rows);
    assert_eq!(
        made.in_spark().as_deref(),
        Some("CREATE OR REPLACE TEMPORARY VIEW `units:a` AS\nSELECT\n  s.`x`\nFROM `source:a` AS s")
    );
    let dropped = Statement::DropTable("units:a".into());
    assert_eq!(dropped.in_spark().as_deref(), Some("DROP VIEW IF EXISTS `units:a`"));
    let file = Statement::ViewFile("raw:a".into(), "s3a://b/it`s/*.parquet".into());
    assert_eq!(
        file.in_spark().as_deref(),
        Some("CREATE OR REPLACE TEMPORARY VIEW `raw:a` AS\nSELECT * FROM parquet.`s3a://b/it``s/*.parquet`")
    );
    let empty = Statement::DeclareTable("raw:a".into(), vec![("day".into(), SqlType::Day)]);
    assert_eq!(
        empty.in_spark().as_deref(),
        Some("CREATE OR REPLACE TEMPORARY VIEW `raw:a` AS\nSELECT CAST(NULL AS DATE) AS `day` WHERE FALSE")
    );
    assert_eq!(Statement::RenameTable("a".into(), "b".into()).in_spark(), None);
    assert_eq!(Statement::WriteParquet("a".into(), "b".into()).in_spark(), None);
}
