//! The pipeline language, version 1: every object, every key, what it holds and what it is for.

use crate::shape::{Entry, Kinds, Object, Shape};

const fn must(key: &'static str, shape: Shape, about: &'static str) -> Entry {
    Entry { key, required: true, shape, about }
}

const fn may(key: &'static str, shape: Shape, about: &'static str) -> Entry {
    Entry { key, required: false, shape, about }
}

pub(crate) static PIPELINE: Object = Object {
    name: "pipeline",
    about: "A pipeline file: what the exports are, what is computed from them, who may read it, and what is written.",
    keys: &[
        must("groundwork", Shape::OneOf(&["1"]), "The version of the pipeline language."),
        must("programme", Shape::Object(&PROGRAMME), "The programme that the exports come from."),
        must(
            "calendar",
            Shape::Object(&CALENDAR),
            "The periods, and the day on which the exports were taken.",
        ),
        may(
            "sites",
            Shape::Map(&Shape::Object(&SITE)),
            "The places of delivery by identifier. Without it everything is one place.",
        ),
        may(
            "events",
            Shape::Map(&Shape::Object(&EVENT)),
            "Stretches of time to mark in charts, such as restrictions.",
        ),
        must(
            "sources",
            Shape::Map(&Shape::Object(&SOURCE)),
            "The exports, and what is read from them, by name.",
        ),
        must("indicators", Shape::Map(&Shape::Kinds(&INDICATOR)), "The measures, by identifier."),
        may(
            "evaluations",
            Shape::Map(&Shape::Kinds(&EVALUATION)),
            "The questions that compare, by identifier.",
        ),
        must(
            "audience",
            Shape::OneOf(&["internal", "partner", "public"]),
            "Who will read the outputs: counts of people under 1, 5 or 10 are withheld.",
        ),
        may("disclosure", Shape::Object(&DISCLOSURE), "What else protects people."),
        may("reports", Shape::Map(&Shape::Object(&REPORT)), "The documents to write, by identifier."),
    ],
};

pub(crate) static LOCALISED: Object = Object {
    name: "text",
    about: "A text with its translations; English stands in for a translation that is missing.",
    keys: &[
        must("en", Shape::Text, "English."),
        may("th", Shape::Text, "Thai."),
        may("my", Shape::Text, "Burmese."),
    ],
};

static PROGRAMME: Object = Object {
    name: "programme",
    about: "The programme that the exports come from.",
    keys: &[
        must("id", Shape::Text, "A short name without blanks, used in file names."),
        must("title", Shape::Localised, "The title in reports."),
        may(
            "notice",
            Shape::Localised,
            "A sentence that every report prints on its first page, such as that the people are invented.",
        ),
    ],
};

static CALENDAR: Object = Object {
    name: "calendar",
    about: "The periods that indicators are computed for, and the day on which the exports were taken.",
    keys: &[
        must("periods", Shape::OneOf(&["month", "quarter", "year"]), "How long one period is."),
        must("from", Shape::Period, "The first period."),
        must("to", Shape::Period, "The last period."),
        must(
            "as_of",
            Shape::Date,
            "The day on which the exports were taken. Rows received later do not count, and it is the date of the report: the clock of the machine is never read.",
        ),
    ],
};

static SITE: Object = Object {
    name: "site",
    about: "A place of delivery.",
    keys: &[
        must("name", Shape::Localised, "Its name in reports; also a spelling that exports may use."),
        may("code", Shape::Text, "A public code such as `TH-57`; also a spelling that exports may use."),
        may(
            "role",
            Shape::OneOf(&["origin", "adaptation", "comparison"]),
            "Where the model began, where it was adapted to, or a place outside the programme.",
        ),
        may("since", Shape::Date, "The day on which work began."),
        may(
            "spellings",
            Shape::List(&Shape::Text),
            "Other spellings in exports. Case, blanks, dots, hyphens and underscores do not matter.",
        ),
    ],
};

static EVENT: Object = Object {
    name: "event",
    about: "A stretch of time that charts shade and label.",
    keys: &[
        must("label", Shape::Localised, "What charts call it."),
        must("from", Shape::Date, "Its first day."),
        must("to", Shape::Date, "Its last day."),
    ],
};

static SOURCE: Object = Object {
    name: "source",
    about: "Rows: either the files of an export (`export`) or a summary of another source (`summary`).",
    keys: &[
        may(
            "export",
            Shape::Text,
            "The file, or a glob such as `kobo/workshops*.xlsx`, relative to the pipeline's folder. A repeat on a sheet of its parent's workbook needs none.",
        ),
        may(
            "reader",
            Shape::OneOf(&["kobo", "csv", "xlsx"]),
            "Which tool wrote the files. Found from the file's ending where it is missing: `.xlsx` is `xlsx`, everything else `csv`.",
        ),
        may("sheet", Shape::Text, "The worksheet; the first one where it is missing."),
        may(
            "encoding",
            Shape::Text,
            "The encoding of delimited text, such as `windows-874` for Thai Excel; UTF-8, or what the byte order mark says, where it is missing.",
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
    ],
};

const COLUMN_TYPES: Shape =
    Shape::OneOf(&["text", "integer", "number", "date", "timestamp", "boolean", "site", "category"]);

static COLUMN_SHAPE: Shape = Shape::Either(&COLUMN_TYPES, &Shape::Object(&COLUMN));

static COLUMN: Object = Object {
    name: "column",
    about: "A column: a type alone (`age: integer`), or an object.",
    keys: &[
        may("from", Shape::Text, "The header in the export; the column's own name where it is missing."),
        must(
            "type",
            COLUMN_TYPES,
            "What the column holds. `site` and `category` hold one of the declared words; numbers keep four decimals; dates are understood in the eras and digits that field data mixes.",
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
        ),
        may(
            "missing",
            Shape::List(&Shape::Text),
            "Values that mean that nothing was recorded, beside the empty one.",
        ),
    ],
};

static CHECK: Object = Object {
    name: "check",
    about: "One rule: exactly one of `unique`, `required`, `holds`, `at_least_rows`.",
    keys: &[
        may(
            "unique",
            Shape::List(&Shape::Text),
            "No two rows have the same values in these columns; the first row in reading order stays.",
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

const MEASURE_KEYS: &[Entry] = &[
    may("distinct", Shape::Text, "Counts the different values of this column."),
    may("sum", Shape::Text, "Adds this column up."),
    must("from", Shape::Text, "The source."),
    may("where", Shape::Expression, "Only rows for which this holds."),
    may("period_by", Shape::Text, "The date that decides the period."),
    may(
        "window",
        Shape::OneOf(WINDOWS),
        "`in_period` (the default) takes the rows of the period, `to_date` all rows up to its last day.",
    ),
    may(
        "cluster",
        Shape::Text,
        "The column whose values are the clusters. A value counted by `distinct` belongs to the cluster that it first appears with.",
    ),
];

static MEASURE: Object = Object {
    name: "measure",
    about: "One side of a ratio: a count of rows, or `distinct` or `sum` of a column.",
    keys: MEASURE_KEYS,
};

static PARTS: Object = Object {
    name: "parts",
    about: "What numerator and denominator count, in words for readers, such as `families`.",
    keys: &[
        must("numerator", Shape::Localised, "What is counted above."),
        may("denominator", Shape::Localised, "What is counted below, for kinds that have a denominator."),
    ],
};

const WINDOWS: &[&str] = &["in_period", "to_date"];

pub(crate) static INDICATOR: Kinds = Kinds {
    name: "indicator",
    about: "A measure, computed for every site and all sites together, every period, and every category of its dimensions. Numerator and denominator are kept to the end.",
    tag: "kind",
    shared: &[
        must(
            "kind",
            Shape::OneOf(&[
                "count",
                "distinct_count",
                "sum",
                "mean",
                "proportion",
                "ratio",
                "completion",
                "sustained",
            ]),
            "How it is computed.",
        ),
        must("title", Shape::Localised, "Its title in reports."),
        may(
            "definition",
            Shape::Localised,
            "What it counts, in a sentence for readers; made from the kind where it is missing.",
        ),
        may(
            "parts",
            Shape::Object(&PARTS),
            "What numerator and denominator count, in words for readers; made from the kind where it is missing.",
        ),
        may("where", Shape::Expression, "Only rows for which this holds."),
        may("site_by", Shape::Text, "The column of type site; the only one there is where it is missing."),
        may(
            "period_by",
            Shape::Text,
            "The date that decides the period. Not needed when the calendar has one period only.",
        ),
        may(
            "disaggregate",
            Shape::List(&Shape::Text),
            "Columns whose categories get cells of their own. A value that is missing is the category `unknown`.",
        ),
        may(
            "direction",
            Shape::OneOf(&["increase", "decrease"]),
            "Which way is better; `increase` where it is missing.",
        ),
        may("unit", Shape::Text, "For `sum` and `mean`: the unit of the amount, such as `THB`."),
        may("baseline", Shape::Number, "The value at the start; shares as fractions."),
        may(
            "target",
            Shape::Map(&Shape::Number),
            "What all sites together should reach, by period; shares as fractions.",
        ),
        may("headline", Shape::Boolean, "Whether reports show it first; true where it is missing."),
    ],
    kinds: &[
        Object {
            name: "count",
            about: "Rows. Additive over sites and periods.",
            keys: &[
                must("from", Shape::Text, "The source."),
                may("window", Shape::OneOf(WINDOWS), "`in_period` (the default) or `to_date`."),
            ],
        },
        Object {
            name: "distinct_count",
            about: "Different people or things. Not additive: who attends in two sites or two quarters is one person. The total is counted, never added up.",
            keys: &[
                must("from", Shape::Text, "The source."),
                must("of", Shape::Text, "The column that identifies the person or thing."),
                may("window", Shape::OneOf(WINDOWS), "`in_period` (the default) or `to_date`."),
            ],
        },
        Object {
            name: "sum",
            about: "The sum of a column. Additive over sites and periods. Missing values are left out.",
            keys: &[
                must("from", Shape::Text, "The source."),
                must("of", Shape::Text, "The column that is added up."),
                may("window", Shape::OneOf(WINDOWS), "`in_period` (the default) or `to_date`."),
            ],
        },
        Object {
            name: "mean",
            about: "The mean of a column over the rows that have a value, with a t interval.",
            keys: &[
                must("from", Shape::Text, "The source."),
                must("of", Shape::Text, "The column."),
                may("window", Shape::OneOf(WINDOWS), "`in_period` (the default) or `to_date`."),
            ],
        },
        Object {
            name: "proportion",
            about: "The share of rows, or of people, for which a condition holds. The numerator is a part of the denominator. Rows for which it cannot be decided are left out. Wilson interval.",
            keys: &[
                must("from", Shape::Text, "The source."),
                must("numerator", Shape::Expression, "The condition."),
                may(
                    "of",
                    Shape::Text,
                    "The column that identifies the person or thing; the condition then holds for someone when it holds in one of their rows.",
                ),
                may("window", Shape::OneOf(WINDOWS), "`in_period` (the default) or `to_date`."),
            ],
        },
        Object {
            name: "ratio",
            about: "A ratio of sums: numerator and denominator count different things. With clusters it has a cluster-linearised interval.",
            keys: &[
                must("numerator", Shape::Object(&MEASURE), "What is counted above."),
                must("denominator", Shape::Object(&MEASURE), "What is counted below."),
            ],
        },
        Object {
            name: "completion",
            about: "The share of a cohort that reached the last step within a time span, among those who entered early enough to have had that time. Those who entered later are immature: counted, and shown beside. Wilson interval.",
            keys: &[
                must("from", Shape::Text, "The source, one row for each person or case."),
                must("entered", Shape::Text, "The date on which the person entered."),
                must(
                    "steps",
                    Shape::List(&Shape::Text),
                    "The dates of the steps in order; the last one is completion.",
                ),
                must("within", Shape::Months, "The time span, such as `12 months`."),
                may(
                    "window",
                    Shape::OneOf(WINDOWS),
                    "`to_date` (the default) takes everyone mature by the period's end, `in_period` those who became mature in the period.",
                ),
            ],
        },
        Object {
            name: "sustained",
            about: "The share of people or families for whom a condition held for so many consecutive months, among those in the programme at least that long. A month without a row, or for which the condition cannot be decided, breaks the run. Wilson interval.",
            keys: &[
                must("from", Shape::Text, "The source, one row for each family and month."),
                must("of", Shape::Text, "The column that identifies the family."),
                must("month", Shape::Text, "A date in the month."),
                must("holds", Shape::Expression, "The condition."),
                must("for", Shape::Months, "How many consecutive months."),
            ],
        },
    ],
};

pub(crate) static EVALUATION: Kinds = Kinds {
    name: "evaluation design",
    about: "A question that compares.",
    tag: "design",
    shared: &[
        must("design", Shape::OneOf(&["site_comparison"]), "How the question is answered."),
        must("question", Shape::Localised, "The question, as a reader would ask it."),
        must("indicators", Shape::List(&Shape::Text), "The indicators that are compared."),
    ],
    kinds: &[Object {
        name: "site_comparison",
        about: "Every other site against the reference: the difference of two shares by Miettinen–Nurminen, of two ratios or means by their own contrast.",
        keys: &[
            must("reference", Shape::Text, "The site that the others are compared with."),
            may("period", Shape::Period, "The period; the last one where it is missing."),
        ],
    }],
};

static DISCLOSURE: Object = Object {
    name: "disclosure",
    about: "What protects people beyond the threshold of the audience.",
    keys: &[may(
        "sensitive",
        Shape::List(&Shape::Text),
        "Columns that protect people in a case, such as a legal status: their threshold is always 10.",
    )],
};

static REPORT: Object = Object {
    name: "report",
    about: "A document.",
    keys: &[
        must("template", Shape::OneOf(&["quarterly-funder"]), "The template in `reports/`."),
        may(
            "languages",
            Shape::List(&Shape::OneOf(&["en", "th", "my"])),
            "One document is written for each; `en` where it is missing.",
        ),
        may(
            "period",
            Shape::Period,
            "The period that the report is about; the last one where it is missing.",
        ),
    ],
};
