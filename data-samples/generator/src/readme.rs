//! The README beside the data.

use std::fmt::Write as _;

use crate::programme::Programme;
use crate::write::Written;

/// The text of `README.md`.
pub(crate) fn text(programme: &Programme, written: &Written) -> String {
    let Programme { seed, scale, .. } = programme;
    let dirt = &written.dirt;
    let rows = &written.rows;
    let mut sources = String::new();
    let (mut again, mut never, mut rejected, mut late) = (0, 0, 0, 0);
    for source in &written.sources {
        // Writing to a text does not fail.
        let _ = writeln!(
            sources,
            "| `{}.{}` | {}, one row {} | {} |",
            source.source,
            source.ending,
            source.kept_in(),
            source.row_is,
            source.rows
        );
        if let (Some(repeat), Some(repeat_rows)) = (source.repeat, source.repeat_rows) {
            let _ = writeln!(sources, "| | its repeat, sheet `{repeat}` | {repeat_rows} |");
        }
        again += source.duplicates;
        never += source.impossible_dates;
        rejected += source.not_approved;
        late += source.late;
    }
    format!(
        "\
# Invented field data

No person, family, child, volunteer, village, partner or funder in these files exists. They were
drawn at random, by

    cargo run -p groundwork-samples -- --seed {seed} --scale {scale} --out data-samples

and the same seed and scale give the same bytes again. The organisation is invented too: it
prevents child trafficking in northern Thailand, in Chiang Rai (since 2008) and, adapted, in
Nan (since July 2019). It trains migrant volunteers who hold workshops in their communities,
posts on Facebook and LINE, works with young people and business partners, coaches families into
livelihoods, supports people whose rights were violated, registers undocumented children, gives
material support, and helps other organisations to take the model over. The data run from
2019-07-01 to 2021-12-31; the exports were made on 2022-01-15. From March 2020 the closures
stop most of the work in Chiang Rai and hardly touch Nan.

| file | what it is | rows |
|---|---|---|
| `kobo/workshops.xlsx` | KoboToolbox export: sheet `workshops`, one row a session | {workshops} |
| | sheet `attendance`, one row a person and session | {attendance} |
| `kobo/livelihood_followups.csv` | KoboToolbox export: one row a family and month | {follow_ups} |
| `csv/trainings.csv` | one row a volunteer and training, refreshers included | {trainings} |
| `csv/registration.csv` | one row a child and case | {registration} |
{sources}| `truth.json` | the truth, and the parameters everything was drawn from | |

A source of more than 200,000 rows stands in several files, `workshops-001.xlsx` and so on,
each a complete export with its own `_index`.

`truth.json` says under `cells` what every indicator of `pipelines/prevention.yaml` should say, for
each site and both together (`\"\"`), each period, the total and every category, as far as anything
was recorded there: `numerator` for counts, sums and stocks, `numerator` and `denominator` for
shares, means, changes and ratios (events and person-days for rates), `value` for quantiles and
indices with the number of rows or answers as `denominator`, `value` alone for what is derived from
two others, `lower` and `upper` for bounds.

## What is wrong with it, on purpose

The truth was counted before any of this was added.

- Dates of one column as `2020-08-15`, `2563-08-15`, `15/08/2563` and `๑๕/๐๘/๒๕๖๓`.
- Provinces as `Chiang Rai`, `Chiangrai`, `เชียงราย`, `Nan`, `nan`, `น่าน`, `จ.น่าน`.
- Sex as `female`, `F`, `หญิง`, `male`, `M`, `ชาย`, or blank ({without_sex} attendance rows).
  About one participant in a hundred never has it; everybody else has it on some row, and
  never two different ones.
- Amounts as `9500`, `9,500` and `๙๕๐๐`.
- {duplicates} duplicate submissions: the same `_uuid` again with another `_id`, attendance rows
  included. {duplicate_trainings} rows of the training list stand there twice.
- {impossible} mistaken submissions with a date that does not exist, such as `29/02/2564`. The
  corrected submission is there too, under another `_uuid`.
- {not_approved} mistaken submissions with a date that does exist. Their `_validation_status` is
  `validation_status_not_approved`; whoever counts them counts too much.
- {late} submissions received weeks after the day they are about.
- Blanks that mean different things: `visited` = `no` and no income was not asked ({not_asked}
  months), `visited` = `yes` and no income was not answered ({not_answered}), and an income of
  `0` is a zero ({zero}).
- Sessions without `led_by` ({without_leader}), sessions nobody attended, sessions of
  volunteers not yet trained, and people who attend in both sites.
- Blank lines at the end of the plain CSV files.

The sources from `csv/volunteer_exits.csv` on have the same kinds of dirt: {again} rows twice,
{never} mistaken rows with a date that does not exist before the correct row of the same number,
{rejected} rejected submissions, {late_others} late ones, yes and no as `yes`, `no`, `ใช่`, `ไม่ใช่`,
choices in English and in Thai, and blanks where nobody knew. Beside these:

- What Facebook and LINE export is clean, with a byte order mark. The two Facebook exports overlap
  by half a year; the earlier one has smaller totals of the same posts. Posts that were taken down
  stand in `csv/post_log.csv` only.
- From December 2020 to March 2021 nobody wrote down the followers of LINE in Chiang Rai.
- Some volunteers were trained by somebody (`X01`) who is not in the training list.
- Some young people have no day of birth, some assessments no answers or not all of them.
",
        workshops = rows.workshops,
        attendance = rows.attendance,
        follow_ups = rows.livelihood_followups,
        trainings = rows.trainings,
        registration = rows.registration,
        without_sex = dirt.attendance_rows_without_sex,
        duplicates = dirt.duplicate_submissions,
        duplicate_trainings = dirt.duplicate_training_rows,
        impossible = dirt.impossible_dates,
        not_approved = dirt.not_approved_submissions,
        late = dirt.late_submissions,
        not_asked = dirt.followups_not_asked,
        not_answered = dirt.followups_not_answered,
        zero = dirt.followups_with_zero_income,
        without_leader = dirt.sessions_without_leader,
        late_others = late,
    )
}
