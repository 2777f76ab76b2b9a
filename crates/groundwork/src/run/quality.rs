//! Data quality: what became of the rows of each source, for the report.

use super::Loaded;
use groundwork_plan::issue::Action;
use groundwork_plan::label::Labels;
use groundwork_plan::text::Localised;
use groundwork_report::{IssueCount, PeopleQuality, SourceQuality};
use std::collections::BTreeMap;

/// One entry a source with files, in the order of the plan.
pub(super) fn quality(loaded: &Loaded, labels: &Labels) -> Vec<SourceQuality> {
    loaded
        .sources
        .iter()
        .map(|source| {
            let mut counts: BTreeMap<(&str, Action), u64> = BTreeMap::new();
            for issue in loaded.issues.iter().filter(|i| i.source == source.id) {
                *counts.entry((issue.check.as_str(), issue.action)).or_default() += 1;
            }
            let staged = &source.staged;
            SourceQuality {
                title: labels
                    .localised(&source.id)
                    .cloned()
                    .unwrap_or_else(|| Localised::same(source.id.replace('_', " "))),
                rows_read: source.read,
                rows_set_aside: source.set_aside() - source.duplicates,
                duplicates: source.duplicates + staged.superseded,
                left_out: staged.left_out + staged.received_later + staged.without_parent,
                rows_kept: staged.kept,
                issues: counts
                    .into_iter()
                    .map(|((check, action), count)| IssueCount {
                        check: check.to_owned(),
                        title: words(check),
                        action,
                        count,
                    })
                    .collect(),
            }
        })
        .collect()
}

/// How it was found out who is who, step by step. Sizes that fewer people have than may be published
/// are put together with larger ones.
pub(super) fn people(loaded: &Loaded, threshold: u64) -> Vec<PeopleQuality> {
    loaded
        .people
        .iter()
        .filter(|found| found.reach.lower >= threshold)
        .map(|found| {
            let (told, reach) = (&found.told, &found.reach);
            let at = reach.at.iter().find(|at| at.threshold >= found.threshold).or(reach.at.last());
            PeopleQuality {
                title: found.id.clone(),
                rows: told.rows,
                people: (reach.lower, reach.upper),
                exact: told.exact,
                precision: at.and_then(|at| at.precision),
                recall: at.and_then(|at| at.recall),
                unlinkable: told.unlinkable,
                weights: told
                    .comparisons
                    .iter()
                    .flat_map(|of| {
                        let levels = of.levels.iter().zip(of.bits());
                        levels.map(|((level, ..), bits)| (of.field.clone(), (*level).to_owned(), bits))
                    })
                    .collect(),
                sizes: pooled(&told.sizes, threshold),
            }
        })
        .collect()
}

/// Sizes with how many people have each, those of too few put together with the next, the largest
/// ones with those before.
pub(super) fn pooled(sizes: &[(u32, u64)], threshold: u64) -> Vec<(String, u64)> {
    let mut out: Vec<(u32, u32, u64)> = Vec::new();
    for &(rows, people) in sizes {
        match out.last_mut().filter(|last| last.2 < threshold) {
            Some(last) => (last.1, last.2) = (rows, last.2 + people),
            None => out.push((rows, rows, people)),
        }
    }
    if let [.., before, last] = out.as_mut_slice()
        && last.2 < threshold
    {
        (before.1, before.2) = (last.1, before.2 + last.2);
        out.pop();
    }
    let range = |from: u32, to: u32| if from == to { from.to_string() } else { format!("{from}–{to}") };
    out.into_iter().map(|(from, to, people)| (range(from, to), people)).collect()
}

/// A check in words.
fn words(check: &str) -> Localised {
    let (en, th, my) = match check {
        "unique" => ("a copy of another row", "แถวซ้ำ", "အခြားအတန်း၏ မိတ္တူ"),
        "cleaning" => (
            "a value corrected by the cleaning log",
            "ค่าที่แก้ไขตามบันทึกการทำความสะอาดข้อมูล",
            "သန့်ရှင်းရေးမှတ်တမ်းအရ ပြင်ဆင်သော တန်ဖိုး",
        ),
        "cleaning.removed" => (
            "a row taken out by the cleaning log",
            "แถวที่ตัดออกตามบันทึกการทำความสะอาดข้อมูล",
            "သန့်ရှင်းရေးမှတ်တမ်းအရ ဖယ်ရှားသော အတန်း",
        ),
        "required" => ("a required value is missing", "ขาดค่าที่จำเป็น", "လိုအပ်သော တန်ဖိုး မရှိပါ"),
        "asked" => {
            ("an answer to a question that was not asked", "คำตอบของคำถามที่ไม่ได้ถาม", "မမေးသော မေးခွန်း၏ အဖြေ")
        }
        "holds" => ("a rule does not hold", "ไม่เป็นไปตามกฎ", "စည်းမျဉ်းနှင့် မကိုက်ညီပါ"),
        "date.impossible" => ("a date that does not exist", "วันที่ไม่มีอยู่จริง", "မရှိသော ရက်စွဲ"),
        "date.ambiguous" => ("a date with several readings", "วันที่ตีความได้หลายแบบ", "အဓိပ္ပာယ်များသော ရက်စွဲ"),
        "site.unknown" => ("a place that is no site", "สถานที่ที่ไม่ใช่พื้นที่ทำงาน", "နေရာမဟုတ်သော အရပ်"),
        "category.unknown" => {
            ("a category that is not declared", "หมวดหมู่ที่ไม่ได้ระบุไว้", "မကြေညာထားသော အမျိုးအစား")
        }
        "row.ragged" => {
            ("a row with too few or too many fields", "จำนวนช่องในแถวไม่ตรง", "အကွက်အရေအတွက် မမှန်သော အတန်း")
        }
        "repeat.orphan" => ("a repeat without its parent row", "แถวย่อยที่ไม่มีแถวหลัก", "မူလအတန်းမရှိသော အတန်းခွဲ"),
        other => return Localised::same(other.replace(['.', '_', '-'], " ")),
    };
    Localised { en: en.to_owned(), th: Some(th.to_owned()), my: Some(my.to_owned()) }
}
