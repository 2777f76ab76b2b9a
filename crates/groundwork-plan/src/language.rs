//! The pipeline language, version 1: every object, every key, what it holds and what it is for.

mod indicators;
mod people;
mod sources;

use crate::adaptation::ADAPTATION_LOG;
use crate::engine::ENGINE;
pub(crate) use crate::evaluation::EVALUATION;
use crate::iati::IATI;
use crate::partner::PARTNER;
use crate::voice::VOICES;
pub(crate) use indicators::{INDICATOR, SHEET_KEYS};
use people::PEOPLE;
pub(crate) use sources::SOURCE;

use crate::period::Frequency;
use crate::shape::{Entry, Object, Shape};

pub(crate) const fn must(key: &'static str, shape: Shape, about: &'static str) -> Entry {
    Entry { key, required: true, shape, about, default: None }
}

pub(crate) const fn may(key: &'static str, shape: Shape, about: &'static str) -> Entry {
    Entry { key, required: false, shape, about, default: None }
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
        may(
            "people",
            Shape::Map(&Shape::Object(&PEOPLE)),
            "Who is who in rows that no number identifies, by the name of the column that says it.",
        ),
        may(
            "indicators",
            Shape::Map(&Shape::Kinds(&INDICATOR)),
            "The measures, by identifier. Required, unless `indicators_from` names a sheet with some.",
        ),
        may(
            "indicators_from",
            Shape::Either(&Shape::Text, &Shape::Object(&INDICATORS_FROM)),
            "A spreadsheet that writes one indicator a row, such as `indicators.xlsx`; alone or beside `indicators`.",
        ),
        may(
            "labels",
            Shape::Map(&Shape::Localised),
            "What readers meet in the place of a source, a column, a category or a step, by its word, such as `female: {en: Women and girls, th: หญิง}`; `column.category` where the same word means several things. Reports, charts and workbooks use them; the tables keep the words.",
        ),
        may(
            "evaluations",
            Shape::Map(&Shape::Kinds(&EVALUATION)),
            "The questions that compare, by identifier.",
        ),
        may(
            "partners",
            Shape::Map(&Shape::Object(&PARTNER)),
            "Other programmes that share what they released, and no rows, by name.",
        ),
        may(
            "adaptation_log",
            Shape::Object(&ADAPTATION_LOG),
            "Where what was changed in the model stands, and what each change was meant to move.",
        ),
        may("voices", Shape::Object(&VOICES), "Where what people said stands."),
        must(
            "audience",
            Shape::OneOf(&["internal", "partner", "public"]),
            "Who will read the outputs: counts of people under 1, 5 or 10 are withheld.",
        ),
        may("disclosure", Shape::Object(&DISCLOSURE), "What else protects people."),
        may("reports", Shape::Map(&Shape::Object(&REPORT)), "The documents to write, by identifier."),
        may("iati", Shape::Object(&IATI), "The activity whose results are reported to the IATI registry."),
        may(
            "engine",
            Shape::Object(&ENGINE),
            "What counts the rows, where one machine is too small; this one where it is missing.",
        ),
        may(
            "tests",
            Shape::List(&Shape::Text),
            "Pages of worked examples for `groundwork test`, or folders with some; `prevention.tests` beside `prevention.yaml` where it is missing.",
        ),
    ],
};

static INDICATORS_FROM: Object = Object {
    name: "indicator sheet",
    about: "A workbook or a delimited text with one indicator in each row; see the section on it above.",
    keys: &[
        must("file", Shape::Text, "The file, `.xlsx` or `.csv`, relative to the pipeline's folder."),
        may(
            "sheet",
            Shape::Either(&Shape::Text, &Shape::List(&Shape::Text)),
            "The worksheet, or a list of several; the first one where it is missing.",
        ),
        may("encoding", Shape::Text, "The encoding of delimited text, such as `windows-874` for Thai Excel."),
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
        ).or("october"),
        may(
            "fiscal_year_named_by",
            Shape::OneOf(&["end", "start"]),
            "The calendar year that a fiscal year is named after; `end` where it is missing, as in Thailand.",
        ).or("end"),
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

static DISCLOSURE: Object = Object {
    name: "disclosure",
    about: "What protects people beyond the threshold of the audience.",
    keys: &[
        may(
            "sensitive",
            Shape::List(&Shape::Text),
            "Columns that protect people in a case, such as a legal status: their threshold is always at least 10, and a group in which everybody or nobody has one category is withheld.",
        ),
        may("threshold", Shape::Integer, "A threshold above that of the audience."),
        may(
            "households",
            Shape::Object(&HOUSEHOLDS),
            "A number of people is withheld where they are of fewer households than this, whatever the threshold: six brothers and sisters are known together.",
        ),
        may(
            "ladders",
            Shape::List(&Shape::List(&Shape::Text)),
            "Columns that stand in for each other, each list from the finest to the coarsest, such as `[district, province]`. Where an indicator that has several of them would be withheld in parts for a period, the finer ones step back and the next coarser one is published.",
        ),
        may(
            "exceptions",
            Shape::Map(&Shape::Object(&EXCEPTION)),
            "Lower thresholds by name, each with a reason and an approver. They are recorded in the manifest.",
        ),
        may(
            "ledger",
            Shape::Text,
            "A file beside the pipeline, such as `releases.csv`, in which every release for partners or the public is recorded. A run from which somebody could be found by comparing it with an earlier release for the same readers is refused with exit code 4.",
        ),
    ],
};

static HOUSEHOLDS: Object = Object {
    name: "households",
    about: "How many households have to stand behind a number of people. They are counted for `count`, `distinct_count`, `proportion`, `completion`, `sum`, `mean`, `change`, `index`, `median` and `quantile` whose source has the column; people of whom no household is known count as one household.",
    keys: &[
        must(
            "column",
            Shape::Text,
            "The column that says which household, family or group a person belongs to.",
        ),
        may("at_least", Shape::Integer, "At least so many households; 3 where it is missing."),
    ],
};

static EXCEPTION: Object = Object {
    name: "exception",
    about: "A lower threshold for some indicators that somebody answers for. It never holds for sensitive columns.",
    keys: &[
        must("indicators", Shape::List(&Shape::Text), "The indicators."),
        must("threshold", Shape::Integer, "The smallest count that may be published."),
        must("reason", Shape::Text, "Why."),
        must("approver", Shape::Text, "Who allowed it."),
    ],
};

static REPORT: Object = Object {
    name: "report",
    about: "A document.",
    keys: &[
        must(
            "template",
            Shape::Text,
            "`quarterly-funder` (three pages), `quarterly-page` (one page), `lessons-learned`, `site-comparison`, or the name of a `.typ` file in `templates`.",
        ),
        may(
            "templates",
            Shape::Text,
            "A folder beside the pipeline with templates, words and fonts of your own; a file there replaces the one of the same path. `reports/README.md` says how to write one.",
        ),
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
            "indicators",
            Shape::List(&Shape::Text),
            "The indicators that the report shows; all of them where it is missing. `indicators.csv` always holds all.",
        ),
        may(
            "limit_to",
            Shape::Map(&Shape::Text),
            "One dimension with one category, such as `{grant: thb_2021}`: the report then shows only the cells of that category, and only indicators that have the dimension.",
        ),
        may(
            "since",
            Shape::Text,
            "The folder of an earlier run beside the pipeline, for the same or a wider audience: what it said otherwise of earlier periods is printed as restated.",
        ),
        may(
            "charts",
            Shape::Map(&Shape::List(&Shape::OneOf(&crate::report::CHARTS))),
            "Sections (`front`, `indicators`, `change`, `people`, `comparison`, `place`, `evaluations`) with the charts that stand in them, in order. Where it is missing, every chart that the results can fill stands where it belongs.",
        ),
        may("lessons", Shape::List(&Shape::Object(&LESSON)), "What was learned, for `lessons-learned`."),
        may(
            "asks",
            Shape::List(&Shape::Localised),
            "What readers are asked for, or what is to be decided: a sentence each, printed on the first page.",
        ),
    ],
};

static LESSON: Object = Object {
    name: "lesson",
    about: "A lesson with what it rests on and what follows. The numbers of its evaluations are printed with it.",
    keys: &[
        must("lesson", Shape::Localised, "The lesson, one sentence."),
        may("id", Shape::Text, "A name for it, which voices can speak to."),
        may(
            "adaptations",
            Shape::List(&Shape::Text),
            "The adaptations that it rests on, as the log names them.",
        ),
        may("evaluations", Shape::List(&Shape::Text), "The evaluations that it rests on."),
        may("condition", Shape::Localised, "Where and for whom it holds."),
        may("mechanism", Shape::Localised, "Why it should be so."),
        may("counter_evidence", Shape::Localised, "What speaks against it."),
        may("would_change", Shape::Localised, "What would change it."),
        may("recommendation", Shape::Localised, "What should be done."),
        may("owner", Shape::Localised, "Who should do it."),
        may("by", Shape::Localised, "Until when, in words."),
        may("cost", Shape::OneOf(&["low", "medium", "high"]), "What it costs."),
    ],
};
