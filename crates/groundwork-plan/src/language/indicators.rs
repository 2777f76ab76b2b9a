//! What a pipeline may say of its indicators.

use super::{may, must};
use crate::period::Frequency;
use crate::shape::{Entry, Kinds, Object, Shape};

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
        "The column whose values are the clusters. A value counted by `distinct` belongs to the cluster that it first appears with. Rows without a cluster do not count. Both sides of a ratio name theirs, or neither.",
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
        may(
            "leaves",
            Shape::Text,
            "The day of leaving, which no longer counts; where it is missing the exposure goes on.",
        ),
    ],
};

static TREE: Object = Object {
    name: "tree",
    about: "Who trained whom.",
    keys: &[
        must("from", Shape::Text, "The source, one row or several for each volunteer."),
        must("person", Shape::Text, "The column that identifies the volunteer."),
        must(
            "trained_by",
            Shape::Text,
            "The column that says who trained them; missing for the first generation.",
        ),
    ],
};

static ITEM: Object = Object {
    name: "item",
    about: "One item of an index.",
    keys: &[
        must("from", Shape::Number, "The value that counts as 0."),
        must("to", Shape::Number, "The value that counts as 1; below `from` to count the other way."),
        may("weight", Shape::Number, "Its weight; 1 where it is missing.").or("1"),
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

static SCALE: Object = Object {
    name: "scale",
    about: "Answers from the strongest disagreement to the strongest agreement, in the order in which the column declares its categories.",
    keys: &[
        must("by", Shape::Text, "The column, which also stands under `disaggregate`."),
        may("neutral", Shape::Text, "The answer that is neither."),
    ],
};

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
            "scale",
            Shape::Object(&SCALE),
            "Where the categories of one column are answers of agreement: reports draw their shares to both sides of zero.",
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
        ).or("increase"),
        may(
            "unit",
            Shape::Text,
            "For sums, means, quantiles, ratios, rates and formulas: the unit of the amount, such as `THB`.",
        ),
        may(
            "people",
            Shape::Boolean,
            "Whether the numbers are about people, so that small ones are withheld; true where it is missing. False for posts, money, sessions.",
        ).or("true"),
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
        may(
            "method",
            Shape::Text,
            "How the value gets its interval, by the id that `indicators.csv` prints, such as `clopper_pearson`. The method an expert would choose where it is missing; `full_count` where everybody was counted and there is no sampling error.",
        ),
        may("level", Shape::Number, "The level of the interval; 0.95 where it is missing.").or("0.95"),
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
            keys: &[must("from", Shape::Text, "The source."), may("window", Shape::OneOf(WINDOWS), WINDOW)],
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
            about: "The value below which a stated share of the rows lies, between the two nearest ranks in proportion, as R and spreadsheets have it; with the interval between two ranks. Not additive.",
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
            about: "Events for each person-time. The exposure of a row is the days of the period from the day of entering to the day before leaving. Exact Poisson interval (Garwood).",
            keys: &[
                must("events", Shape::Object(&MEASURE), "What happens."),
                must("exposure", Shape::Object(&EXPOSURE), "Those to whom it can happen."),
                must(
                    "per",
                    Shape::Months,
                    "The person-time that the rate is given for, such as `12 months`.",
                ),
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
                must(
                    "key",
                    Shape::Text,
                    "The column that identifies what has the number, such as a channel.",
                ),
                must(
                    "carry",
                    Shape::Months,
                    "How long a number is carried forward; one from so many months ago or older does not count.",
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
            about: "How many different people stand behind audience figures that overlap by an unknown amount: at least the largest figure, at most the sum. It has bounds and no value. Not additive. Where somebody knows how many people two channels share, an evaluation of the [design `overlap`](#design-overlap) narrows them.",
            keys: &[
                must("from", Shape::Text, "The source, one row for each figure."),
                must("of", Shape::Expression, "The figure: different people of one channel and time."),
                may("window", Shape::OneOf(WINDOWS), WINDOW),
            ],
        },
        Object {
            name: "concentration",
            about: "The share of people that the most active leaders brought. Each person counts for the leader they first appear with; rows without a leader do not count. Not additive.",
            keys: &[
                must("from", Shape::Text, "The source."),
                must("of", Shape::Text, "The column that identifies the person."),
                must("by", Shape::Text, "The column that identifies the leader."),
                must(
                    "top",
                    Shape::Number,
                    "The share of the leaders who brought anybody, such as 0.2; rounded up to a whole leader.",
                ),
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
