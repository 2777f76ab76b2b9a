//! What a pipeline may say of who is who.

use super::{may, must};
use crate::shape::{Object, Shape};

static COLUMNS: Shape = Shape::Either(&Shape::Text, &Shape::List(&Shape::Text));

pub(crate) static PEOPLE: Object = Object {
    name: "people",
    about: "Who is who in rows that no number identifies: names, birthdays, telephones and places of several sources are compared, and each row gets the person that it is of, in a column with the name of the step. Indicators, summaries and evaluations use it like any column. Names, telephones, addresses and numbers that are compared here are gone afterwards: nothing else in the pipeline can use them. See \"Who is who\" above.",
    keys: &[
        must(
            "sources",
            Shape::Map(&Shape::Object(&REGISTER)),
            "The sources, with the columns that hold what is compared.",
        ),
        may(
            "compare",
            Shape::Map(&Shape::OneOf(&["name", "text", "exact", "identifier"])),
            "Further fields by names of your own, and how they are compared: `name` like the name of a person, such as that of the mother; `text` with slips of the pen; `exact` the same or not; `identifier` a number that is hardly ever wrong.",
        ),
        may(
            "threshold",
            Shape::Number,
            "How probable it must be that two rows are of one person for them to count as one, between 0.5 and 1; 0.5 where it is missing.",
        ),
        may(
            "decisions",
            Shape::Text,
            "A CSV file with what somebody decided on doubtful pairs, such as `groundwork review` writes: the columns `record`, `other` and `decision` (`same`, `different`). It is an input with a hash, and the weights learn from it.",
        ),
        may(
            "wide_band",
            Shape::Text,
            "Why one number is published although the band of possible numbers is wider than 15 %. Without it such a number is refused.",
        ),
    ],
};

static REGISTER: Object = Object {
    name: "register",
    about: "The columns of one source, at least one of `name`, `phone` and `identifier`.",
    keys: &[
        may(
            "name",
            COLUMNS_SHAPE,
            "The name, in one column, or a list of columns such as `[given_name, surname]`. Scripts, titles, honorifics, spellings and the order of words are allowed for.",
        ),
        may(
            "also",
            COLUMNS_SHAPE,
            "Columns with other names of the same person: a nickname, an official Thai name, a former name.",
        ),
        may("born", Shape::Text, "The date of birth. A 1 January counts as a year that is known about."),
        may("age", Shape::Text, "The age in years, used where there is no date of birth."),
        may("at", Shape::Text, "For `age`: the day on which it was so many; `as_of` where it is missing."),
        may("sex", Shape::Text, "Female or male."),
        may("phone", Shape::Text, "A telephone."),
        may("address", COLUMNS_SHAPE, "An address or a household, in one column or several."),
        may("place", COLUMNS_SHAPE, "A place, such as a village or the site."),
        may("identifier", Shape::Text, "A number of the person, where some have one."),
        may("other", Shape::Map(&COLUMNS), "The columns of the fields under `compare`."),
    ],
};

const COLUMNS_SHAPE: Shape = Shape::Either(&Shape::Text, &Shape::List(&Shape::Text));
