//! What was known on an earlier day: counts of the submissions that the server had received by then.

use std::collections::BTreeMap;

use crate::calendar::{Day, quarter_label};
use crate::kobo_xlsx::records;
use crate::programme::Programme;
use crate::submissions::{Form, Kind, plan};

/// Workshops by the key of their site and the quarter in which they were held, as far as their
/// correct submission was received by the end of a day (UTC).
pub fn workshops_known(programme: &Programme, day: Day) -> BTreeMap<(&'static str, &'static str), u64> {
    let end = (i64::from(day.0) + 1) * 86_400;
    let mut out = BTreeMap::new();
    for submission in plan(programme.seed, Form::Workshops, records(programme)).submissions {
        let session = programme.sessions.get(submission.record as usize);
        let known = submission.kind == Kind::Correct && submission.received < end;
        if let Some(session) = session.filter(|_| known) {
            *out.entry((session.site.key(), quarter_label(session.quarter.into()))).or_default() += 1;
        }
    }
    out
}
