//! What a pipeline may say of its sources.

use super::{may, must};
use crate::shape::{Object, Shape};

pub(crate) static SOURCE: Object = Object {
    name: "source",
    about: "Rows: the files of an export (`export`), or made from another source (`summary`, `spells`).",
    keys: &[
        may(
            "export",
            Shape::Text,
            "The file, or a glob such as `kobo/workshops*.xlsx`, relative to the pipeline's folder. A repeat on a sheet of its parent's workbook needs none.",
        ),
        may(
            "reader",
            Shape::OneOf(&[
                "kobo",
                "ona",
                "odk_central",
                "commcare",
                "dhis2",
                "primero",
                "facebook",
                "line",
                "google_forms",
                "hxl",
                "csv",
                "xlsx",
                "ods",
                "json",
                "arrow",
                "parquet",
            ]),
            "Which tool wrote the files, and so what a cell without a value means. Where it is missing the file's ending says which kind of table it is: `xlsx`, `ods`, `json`, `arrow`, `parquet`, and `csv` for everything else.",
        ),
        may(
            "sheet",
            Shape::Text,
            "The worksheet, or the part of an archive or of a file with several tables; the first one where it is missing.",
        ),
        may(
            "header_row",
            Shape::Integer,
            "The row in which the headers stand, counted from 1, where a title or notes stand above them; the first row with something in it where it is missing. What stands above is not read.",
        ),
        may(
            "encoding",
            Shape::Text,
            "The encoding of delimited text, such as `windows-874` for Thai Excel. Where it is missing it is what the byte order mark says, UTF-8 where the bytes are that, and else what they speak for.",
        ),
        may(
            "codebook",
            Shape::Text,
            "The XLSForm (`.xlsx`) that the files were collected with, relative to the pipeline's folder. Its `relevant` conditions tell apart a question that was skipped and one that nobody answered, and its labels find columns that were exported with labels.",
        ),
        may(
            "repeat_of",
            Shape::Text,
            "For a repeat group: the source around it. Its columns can be used as if they were the repeat's own, and a row set aside there is set aside here.",
        ),
        may(
            "columns",
            Shape::Map(&COLUMN_SHAPE),
            "The columns to read by the name you give them; columns that are not named are not read.",
        ),
        may(
            "record",
            Shape::Text,
            "The column that names a record and is the same in every export, such as `_uuid`; the number of a row is not. Of several rows of one record the newest counts, and the others are superseded. Where it is missing, the column read from `_uuid` (Kobo, Ona) or `KEY` (ODK Central).",
        ),
        may(
            "newest_by",
            Shape::Text,
            "The date or number that is largest in the newest row of a `record`, such as `_submission_time`; where it is missing, or says nothing, the last row of the last file is the newest. Rows that an engine reads have no last one, and need it.",
        ),
        may(
            "cleaning_log",
            Shape::Text,
            "A table of corrections, CSV or XLSX, with the columns `record`, `field`, `old`, `new`, `reason` and `who`. They are applied as the export is read, which is never changed itself, where the old value is what stands there; each is listed in `issues.csv`. Without a `field` the row does not count.",
        ),
        may(
            "received",
            Shape::Text,
            "The column that says when a row was received; rows received after `as_of` do not count.",
        ),
        may(
            "keep",
            Shape::Expression,
            "Only rows for which this holds are kept; the others are counted as left out.",
        ),
        may("checks", Shape::List(&Shape::Object(&CHECK)), "What must hold for the rows, in order."),
        may(
            "lookups",
            Shape::Map(&Shape::Object(&LOOKUP)),
            "Columns taken over from summaries, by the summary's name.",
        ),
        may("summary", Shape::Object(&SUMMARY), "One row for each value of a column of another source."),
        may(
            "spells",
            Shape::Object(&SPELLS),
            "One row for each person or family of another source, with the month in which a condition had held long enough.",
        ),
        may(
            "derive",
            Shape::Map(&Shape::Object(&DERIVED)),
            "Columns made from the others, in order; a later one may use an earlier one.",
        ),
    ],
};

const COLUMN_TYPES: Shape = Shape::OneOf(&[
    "text",
    "integer",
    "number",
    "measurement",
    "date",
    "timestamp",
    "boolean",
    "site",
    "category",
]);

static COLUMN_SHAPE: Shape = Shape::Either(&COLUMN_TYPES, &Shape::Object(&COLUMN));

static COLUMN: Object = Object {
    name: "column",
    about: "A column: a type alone (`age: integer`), or an object.",
    keys: &[
        may("from", Shape::Text, "The header in the export; the column's own name where it is missing."),
        must(
            "type",
            COLUMN_TYPES,
            "What the column holds. `site` and `category` hold one of the declared words; numbers keep four decimals, measurements (for the rows of evaluations) all digits; dates are understood in the eras and digits that field data mixes.",
        ),
        may(
            "values",
            Shape::Map(&Shape::List(&Shape::Text)),
            "For `category`: every category with its spellings in the export.",
        ),
        may(
            "era",
            Shape::OneOf(&["auto", "ce", "be"]),
            "For dates: the calendar of the years. `auto` decides value by value: 2400 to 2700 is Buddhist era.",
        ),
        may(
            "order",
            Shape::OneOf(&["day_first", "month_first"]),
            "For dates such as `03/04/2021`; `day_first` where it is missing.",
        )
        .or("day_first"),
        may(
            "role",
            Shape::OneOf(&["event", "birth"]),
            "For dates: what they are of. Two digits of a year are understood for an `event`, where only one year is in reach, and never for a `birth`; births on 1 January that are too many to be true are reported.",
        ),
        may(
            "zero",
            Shape::List(&Shape::Text),
            "For numbers: words that mean zero, such as `ไม่มี`; a word for none is no number where it is not listed.",
        ),
        may(
            "missing",
            Shape::List(&Shape::Text),
            "Values that mean that nothing was recorded, beside the empty one.",
        ),
        may(
            "asked",
            Shape::Expression,
            "The question was asked where this holds, such as `age between 6 and 17`: elsewhere the column is empty and `not_asked`, and an empty one is `not_answered` where it holds.",
        ),
        may(
            "not_asked",
            Shape::List(&Shape::Text),
            "Values that mean that the question was not asked, such as `---`; an empty one is then `not_answered`.",
        ),
        may(
            "not_selected",
            Shape::List(&Shape::Text),
            "For `boolean`, one option of several: values that mean that it was not selected, such as the empty one, `\"\"`. They are read as `false`.",
        ),
        may("refused", Shape::List(&Shape::Text), "Values that mean that the person did not want to answer."),
        may("unknown", Shape::List(&Shape::Text), "Values that mean that the answer is not known."),
    ],
};

static CHECK: Object = Object {
    name: "check",
    about: "One rule: exactly one of `unique`, `required`, `holds`, `at_least_rows`.",
    keys: &[
        may(
            "unique",
            Shape::List(&Shape::Text),
            "No two rows have the same values in these columns; the first row in reading order stays. Rows that an engine reads have no such order: there it is the first by its values, column by column as they are declared.",
        ),
        may(
            "required",
            Shape::List(&Shape::Text),
            "These columns are never missing, and a value that cannot be understood counts as missing.",
        ),
        may("holds", Shape::Expression, "This holds for every row for which it can be decided."),
        may("at_least_rows", Shape::Integer, "At least so many rows are left in the end."),
        may(
            "on_failure",
            Shape::OneOf(&["set_aside", "report", "stop"]),
            "`set_aside` (the default) keeps the row out of every count; `report` only reports; `stop` ends the run with exit code 3.",
        ),
    ],
};

static LOOKUP: Object = Object {
    name: "lookup",
    about: "Columns taken over from a summary where its key equals a column of this source.",
    keys: &[
        must("column", Shape::Text, "The column of this source whose value is looked up."),
        must("take", Shape::List(&Shape::Text), "The summary's columns that are taken over."),
    ],
};

static SUMMARY: Object = Object {
    name: "summary",
    about: "One row for each value of a column of another source.",
    keys: &[
        must("of", Shape::Text, "The source that is summarised."),
        must("by", Shape::Text, "The column whose values become the rows."),
        may(
            "columns",
            Shape::Map(&Shape::Object(&SUMMARY_COLUMN)),
            "The other columns, each made from many values by one rule.",
        ),
    ],
};

static SUMMARY_COLUMN: Object = Object {
    name: "summary column",
    about: "Exactly one of the rules, with the column that it is applied to.",
    keys: &[
        may("min", Shape::Text, "The smallest value: the first day, the lowest income."),
        may("max", Shape::Text, "The largest value."),
        may("sum", Shape::Text, "The sum; missing values are left out."),
        may("count", Shape::Text, "The number of rows with a value."),
        may("only", Shape::Text, "The only value there is; missing where there are several."),
    ],
};

static SPELLS: Object = Object {
    name: "spells",
    about: "One row for each person or family. Beside the columns taken over it has four dates, each the first day of a month: `first_on` and `last_on`, the first and the last month with a row; `reached_on`, the month in which the condition had held for so many consecutive months; `lost_on`, the first month after that with a row for which it does not hold.",
    keys: &[
        must("of", Shape::Text, "The source, one row for each family and month."),
        must("by", Shape::Text, "The column that identifies the family."),
        must("month", Shape::Text, "A date in the month."),
        must("holds", Shape::Expression, "The condition."),
        must("for", Shape::Months, "How many consecutive months."),
        may(
            "take",
            Shape::List(&Shape::Text),
            "Columns taken over; missing where a family has several values.",
        ),
    ],
};

static DERIVED: Object = Object {
    name: "derived column",
    about: "Exactly one of `bands`, `value`, `holds`, `choose`.",
    keys: &[
        may(
            "bands",
            Shape::List(&Shape::Text),
            "The band that a number falls in, a category: `[0-9, 10-14, 15-17, 18+]`. Bands follow each other without gap and overlap.",
        ),
        may("of", Shape::Text, "For `bands`: the column with the number."),
        may(
            "born",
            Shape::Text,
            "For `bands` of ages: the date of birth. The age is in completed years on the day at `at`.",
        ),
        may("at", Shape::Text, "For `bands` of ages: the day of the event."),
        may("value", Shape::Expression, "A number, such as `received_on - filed_on`, which is in days."),
        may("holds", Shape::Expression, "A condition."),
        may(
            "choose",
            Shape::Map(&Shape::Expression),
            "Categories, each with a condition; the first that holds is the value, and none is missing.",
        ),
    ],
};
