//! The pipeline language, version 1: every object, every key, what it holds and what it is for.

use crate::period::Frequency;
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
        must("periods", Shape::OneOf(&Frequency::WORDS), "How long one period is."),
        must("from", Shape::Period, "The first period."),
        must("to", Shape::Period, "The last period."),
        must(
            "as_of",
            Shape::Date,
            "The day on which the exports were taken. Rows received later do not count, and it is the date of the report: the clock of the machine is never read.",
        ),
        may(
            "fiscal_year_starts",
            Shape::OneOf(MONTHS),
            "The first month of fiscal years, which are written `FY2022` and `FY2022-Q1`; `october`, as in Thailand, where it is missing.",
        ),
        may(
            "fiscal_year_named_by",
            Shape::OneOf(&["end", "start"]),
            "The calendar year that a fiscal year is named after; `end` where it is missing, as in Thailand.",
        ),
        may(
            "since_opening",
            Shape::Object(&SINCE_OPENING),
            "A second clock: every indicator also by the time since each site opened.",
        ),
    ],
};

pub(crate) const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

static SINCE_OPENING: Object = Object {
    name: "second clock",
    about: "Stretches of months since the calendar month in which a site opened, written `M001-M012`. Those that lie within the calendar get cells.",
    keys: &[
        must("every", Shape::Months, "How long a stretch is."),
        must("up_to", Shape::Months, "Where the last one ends."),
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
    about: "Rows: the files of an export (`export`), or made from another source (`summary`, `spells`).",
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

static SPELLS: Object = Object {
    name: "spells",
    about: "One row for each person or family. Beside the columns taken over it has four dates, each the first day of a month: `first_on` and `last_on`, the first and the last month with a row; `reached_on`, the month in which the condition had held for so many consecutive months; `lost_on`, the first month after that with a row for which it does not hold.",
    keys: &[
        must("of", Shape::Text, "The source, one row for each family and month."),
        must("by", Shape::Text, "The column that identifies the family."),
        must("month", Shape::Text, "A date in the month."),
        must("holds", Shape::Expression, "The condition."),
        must("for", Shape::Months, "How many consecutive months."),
        may("take", Shape::List(&Shape::Text), "Columns taken over; missing where a family has several values."),
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

const MEASURE_KEYS: &[Entry] = &[
    may("distinct", Shape::Text, "Counts the different values of this column."),
    may("sum", Shape::Expression, "Adds this number up: a column, or a value made from several."),
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

static EXPOSURE: Object = Object {
    name: "exposure",
    about: "Those to whom an event can happen, one row each.",
    keys: &[
        must("from", Shape::Text, "The source."),
        may("where", Shape::Expression, "Only rows for which this holds."),
        may("site_by", Shape::Text, "The column of type site."),
        must("enters", Shape::Text, "The first day of the exposure."),
        may("leaves", Shape::Text, "The last day; where it is missing the exposure goes on."),
    ],
};

static TREE: Object = Object {
    name: "tree",
    about: "Who trained whom.",
    keys: &[
        must("from", Shape::Text, "The source, one row or several for each volunteer."),
        must("person", Shape::Text, "The column that identifies the volunteer."),
        must("trained_by", Shape::Text, "The column that says who trained them; missing for the first generation."),
    ],
};

static ITEM: Object = Object {
    name: "item",
    about: "One item of an index.",
    keys: &[
        must("from", Shape::Number, "The value that counts as 0."),
        must("to", Shape::Number, "The value that counts as 1; below `from` to count the other way."),
        may("weight", Shape::Number, "Its weight; 1 where it is missing."),
    ],
};

const BY_SITE: Shape = Shape::Either(&Shape::Number, &Shape::Map(&Shape::Number));

static DIMENSION_SHAPE: Shape = Shape::Either(&Shape::Text, &Shape::List(&Shape::Text));

const MISSING: Shape = Shape::OneOf(&["skip_if_any", "skip_if_all", "zero"]);

const MISSING_ABOUT: &str = "What becomes of a row in which something is missing: `skip_if_any` (the default) leaves it out, `skip_if_all` leaves it out when all is missing and counts the rest as zero or as not holding, `zero` always counts it so.";

const WINDOW: &str = "`in_period` (the default) or `to_date`.";

/// The keys of [`SHEET`].
pub(crate) const SHEET_KEYS: [&str; 8] = [
    "level",
    "contributes_to",
    "rationale",
    "data_source",
    "collection",
    "responsible",
    "limitations",
    "notes",
];

static SHEET: Object = Object {
    name: "sheet",
    about: "What the reference sheet of an indicator says beside what the pipeline itself knows.",
    keys: &[
        may("level", Shape::Localised, "Output, outcome or impact."),
        may("contributes_to", Shape::Localised, "A goal or a standard indicator that it contributes to."),
        may("rationale", Shape::Localised, "Why it is measured."),
        may("data_source", Shape::Localised, "Where the data comes from."),
        may("collection", Shape::Localised, "How and how often it is collected."),
        may("responsible", Shape::Localised, "Who is responsible."),
        may("limitations", Shape::Localised, "Known limits of the data."),
        may("notes", Shape::Localised, "Other notes, such as changes of the definition."),
    ],
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
                "median",
                "quantile",
                "proportion",
                "ratio",
                "rate",
                "index",
                "stock",
                "completion",
                "sustained",
                "cascade",
                "change",
                "union",
                "concentration",
                "derived",
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
            "periods",
            Shape::OneOf(&Frequency::WORDS),
            "Periods of another length than the calendar's, such as `month`.",
        ),
        may(
            "disaggregate",
            Shape::List(&DIMENSION_SHAPE),
            "Columns whose categories get cells of their own; a list inside is a crossing: `[sex, age_band, [sex, age_band]]`. A value that is missing is the category `unknown`, so that the rows of every category together are all rows.",
        ),
        may(
            "adds_up_over",
            Shape::List(&Shape::OneOf(&["sites", "periods"])),
            "Where the author adds parts up to a total; refused where the kind does not add up.",
        ),
        may(
            "direction",
            Shape::OneOf(&["increase", "decrease"]),
            "Which way is better; `increase` where it is missing.",
        ),
        may(
            "unit",
            Shape::Text,
            "For sums, means, quantiles, ratios, rates and formulas: the unit of the amount, such as `THB`.",
        ),
        may(
            "people",
            Shape::Boolean,
            "Whether the numbers are about people, so that small ones are withheld; true where it is missing. False for posts, money, sessions.",
        ),
        may(
            "baseline",
            BY_SITE,
            "The value at the start, for all sites together or by site; shares as fractions.",
        ),
        may(
            "target",
            Shape::Map(&BY_SITE),
            "What should be reached, by period: a number for all sites together, or `{site: number, all: number}`. For kinds that add up over sites the targets of all sites are the target of the whole. Earlier periods are milestones. Shares as fractions.",
        ),
        may("headline", Shape::Boolean, "Whether reports show it first; true where it is missing."),
        may(
            "sheet",
            Shape::Object(&SHEET),
            "What the indicator's reference sheet says beside; see `groundwork dictionary`.",
        ),
    ],
    kinds: &[
        Object {
            name: "count",
            about: "Rows. Additive over sites and periods.",
            keys: &[
                must("from", Shape::Text, "The source."),
                may("window", Shape::OneOf(WINDOWS), WINDOW),
            ],
        },
        Object {
            name: "distinct_count",
            about: "Different people or things. Not additive: who attends in two sites or two quarters is one person. The total is counted, never added up.",
            keys: &[
                must("from", Shape::Text, "The source."),
                must("of", Shape::Text, "The column that identifies the person or thing."),
                may("window", Shape::OneOf(WINDOWS), WINDOW),
            ],
        },
        Object {
            name: "sum",
            about: "A number of each row added up. Additive over sites and periods.",
            keys: &[
                must("from", Shape::Text, "The source."),
                must("of", Shape::Expression, "The number: a column, or a value made from several."),
                may("missing", MISSING, MISSING_ABOUT),
                may("window", Shape::OneOf(WINDOWS), WINDOW),
            ],
        },
        Object {
            name: "mean",
            about: "The mean of a number over rows, with a t interval. Not additive; a mean of percentages is refused as a `derived` and misleads as a `mean`: count numerators and denominators with `proportion` or `ratio`.",
            keys: &[
                must("from", Shape::Text, "The source."),
                must("of", Shape::Expression, "The number: a column, or a value made from several."),
                may("missing", MISSING, MISSING_ABOUT),
                may("window", Shape::OneOf(WINDOWS), WINDOW),
            ],
        },
        Object {
            name: "median",
            about: "The middle of a number over rows, with the interval between two ranks that covers it at least as often as stated. Not additive.",
            keys: &[
                must("from", Shape::Text, "The source."),
                must("of", Shape::Expression, "The number: a column, or a value made from several."),
                may("missing", MISSING, MISSING_ABOUT),
                may("window", Shape::OneOf(WINDOWS), WINDOW),
            ],
        },
        Object {
            name: "quantile",
            about: "The value that a stated share of the rows does not exceed, with the interval between two ranks. Not additive.",
            keys: &[
                must("from", Shape::Text, "The source."),
                must("of", Shape::Expression, "The number: a column, or a value made from several."),
                must("at", Shape::Number, "The share, such as 0.9."),
                may("missing", MISSING, MISSING_ABOUT),
                may("window", Shape::OneOf(WINDOWS), WINDOW),
            ],
        },
        Object {
            name: "proportion",
            about: "The share of rows, or of people, for which a condition holds. The numerator is a part of the denominator. Wilson interval.",
            keys: &[
                must("from", Shape::Text, "The source."),
                must("numerator", Shape::Expression, "The condition."),
                may(
                    "of",
                    Shape::Text,
                    "The column that identifies the person or thing; the condition then holds for someone when it holds in one of their rows.",
                ),
                may("missing", MISSING, MISSING_ABOUT),
                may("window", Shape::OneOf(WINDOWS), WINDOW),
            ],
        },
        Object {
            name: "ratio",
            about: "A ratio of sums: numerator and denominator count different things. The ratio of the whole is the sum of the numerators by the sum of the denominators, never the mean of ratios. With clusters it has a cluster-linearised interval. `disaggregate` needs the column in both sources.",
            keys: &[
                must("numerator", Shape::Object(&MEASURE), "What is counted above."),
                must("denominator", Shape::Object(&MEASURE), "What is counted below."),
            ],
        },
        Object {
            name: "rate",
            about: "Events for each person-time. The exposure of a row is the days of the period between the day of entering and the day of leaving, both included. Exact Poisson interval (Garwood).",
            keys: &[
                must("events", Shape::Object(&MEASURE), "What happens."),
                must("exposure", Shape::Object(&EXPOSURE), "Those to whom it can happen."),
                must("per", Shape::Months, "The person-time that the rate is given for, such as `12 months`."),
            ],
        },
        Object {
            name: "index",
            about: "Several items of a row, each scaled to 0 to 1 between its ends, weighted and averaged; then the mean over rows, with a t interval. Not additive.",
            keys: &[
                must("from", Shape::Text, "The source."),
                must("items", Shape::Map(&Shape::Object(&ITEM)), "The items by column."),
                may("missing", MISSING, MISSING_ABOUT),
                may("window", Shape::OneOf(WINDOWS), WINDOW),
            ],
        },
        Object {
            name: "stock",
            about: "What there is at the end of a period: the last number of each key up to that day, added up over keys. Additive over sites, never over periods.",
            keys: &[
                must("from", Shape::Text, "The source."),
                must("of", Shape::Expression, "The number."),
                must("key", Shape::Text, "The column that identifies what has the number, such as a channel."),
                must(
                    "carry",
                    Shape::Months,
                    "How long a number is carried forward; an older one does not count.",
                ),
            ],
        },
        Object {
            name: "completion",
            about: "The share of a cohort that reached the last step within a time span, among those who entered early enough to have had that time. Those who entered later are immature: counted, and shown beside. Its own dimension `step` shows who reached each step in time, who `exited`, and who is still `waiting`. Wilson interval.",
            keys: &[
                must("from", Shape::Text, "The source, one row for each person or case."),
                must("entered", Shape::Text, "The date on which the person entered."),
                must(
                    "steps",
                    Shape::List(&Shape::Text),
                    "The dates of the steps in order; the last one is completion.",
                ),
                may(
                    "exits",
                    Shape::List(&Shape::Text),
                    "Dates of leaving for another reason, such as moving away. Who left stays in the denominator and is shown as `exited`.",
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
        Object {
            name: "cascade",
            about: "Different people by the generation of who led them: `1` for a volunteer whom no other volunteer trained, `2` for whom they trained, `3+` after that, `unknown` where the trainer is not in the tree, there are two trainers, or the tree runs in a circle. Not additive: someone reached by two generations is in both.",
            keys: &[
                must("from", Shape::Text, "The source."),
                must("of", Shape::Text, "The column that identifies the person."),
                must("led_by", Shape::Text, "The column that says who led them."),
                must("tree", Shape::Object(&TREE), "Who trained whom."),
                may("window", Shape::OneOf(WINDOWS), WINDOW),
            ],
        },
        Object {
            name: "change",
            about: "After less before of the same person, the mean over those with both, with a t interval. Not additive, and not an effect: there is nothing to compare with.",
            keys: &[
                must("from", Shape::Text, "The source, one row for each person."),
                must("before", Shape::Expression, "The number before."),
                must("after", Shape::Expression, "The number after."),
                may("window", Shape::OneOf(WINDOWS), WINDOW),
            ],
        },
        Object {
            name: "union",
            about: "How many different people stand behind audience figures that overlap by an unknown amount: at least the largest figure, at most the sum. It has bounds and no value. Not additive.",
            keys: &[
                must("from", Shape::Text, "The source, one row for each figure."),
                must("of", Shape::Expression, "The figure: different people of one channel and time."),
                may("window", Shape::OneOf(WINDOWS), WINDOW),
            ],
        },
        Object {
            name: "concentration",
            about: "The share of people that the most active leaders brought. Each person counts for the leader they first appear with. Not additive.",
            keys: &[
                must("from", Shape::Text, "The source."),
                must("of", Shape::Text, "The column that identifies the person."),
                must("by", Shape::Text, "The column that identifies the leader."),
                must("top", Shape::Number, "The share of the leaders who brought anybody, such as 0.2; rounded up to a whole leader."),
                may("window", Shape::OneOf(WINDOWS), WINDOW),
            ],
        },
        Object {
            name: "derived",
            about: "A formula over other indicators of the same site and period, such as `spending / reach`. It has no interval. Shares and quotients cannot be added.",
            keys: &[must("formula", Shape::Expression, "The formula; its names are other indicators.")],
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
        may(
            "limit_to",
            Shape::Map(&Shape::Text),
            "One dimension with one category, such as `{grant: thb_2021}`: the report then shows only the cells of that category, and only indicators that have the dimension.",
        ),
    ],
};
