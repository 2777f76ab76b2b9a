//! What people said, as the organisation wrote it down. The sentences are always the same ones;
//! nobody said them.

use crate::calendar::quarter_start;
use crate::design::Site;
use crate::sheet::{Sheet, Tool};

/// Something said: in which quarter and on which day of it, where, what it is, what kind of source
/// it comes from, what it speaks to, the words, whether the person agreed to be quoted, and whether
/// it was redacted.
type Voice = (usize, i32, Site, &'static str, &'static str, &'static str, &'static str, bool, bool);

const VOICES: [Voice; 9] = [
    (
        3,
        20,
        Site::Nan,
        "quote",
        "volunteer",
        "villages_carry_on",
        "We met under the big tree when nobody could come from town.",
        true,
        true,
    ),
    (
        4,
        11,
        Site::ChiangRai,
        "complaint",
        "parent",
        "villages_carry_on",
        "ช่วงปิดพื้นที่ ไม่มีใครมาเยี่ยมเลยสามเดือน",
        true,
        true,
    ),
    (
        5,
        33,
        Site::Nan,
        "unintended_effect",
        "volunteer",
        "volunteer_multiplier",
        "People came for the rice and stayed for the talk; now they ask for rice first.",
        true,
        true,
    ),
    (
        6,
        8,
        Site::ChiangRai,
        "quote",
        "parent",
        "together",
        "When the debt was smaller I could say no to the man who offered work for my daughter.",
        true,
        true,
    ),
    (6, 40, Site::Nan, "quote", "participant", "manuals", "မြန်မာလို ရေးထားတော့ အိမ်မှာ ပြန်ဖတ်လို့ရတယ်။", true, true),
    (
        7,
        15,
        Site::ChiangRai,
        "quote",
        "parent",
        "registration_completion",
        "The office asked for a paper that nobody in the village has.",
        true,
        true,
    ),
    (
        7,
        51,
        Site::Nan,
        "quote",
        "participant",
        "registration_completion",
        "This one did not agree to be quoted.",
        false,
        true,
    ),
    (8, 5, Site::ChiangRai, "complaint", "staff", "fidelity", "This one still names a village.", true, false),
    (
        9,
        22,
        Site::Nan,
        "unintended_effect",
        "leader",
        "fidelity",
        "ผู้นำบางคนเข้าใจว่าโครงการนี้รับขึ้นทะเบียนแทนอำเภอ",
        true,
        true,
    ),
];

pub(crate) fn sheet() -> Sheet<'static> {
    Sheet {
        folder: "csv",
        stem: "voices",
        row_is: "what somebody said",
        tool: Tool::Register,
        columns: vec!["voice", "site", "said_on", "kind", "speaker", "about", "text", "consent", "redacted"],
        rows: VOICES.len(),
        about: Box::new(|row| {
            let (quarter, day, site, ..) = VOICES[row];
            (quarter_start(quarter).plus(day), site)
        }),
        cells: Box::new(|row, text| {
            let (quarter, day, site, kind, speaker, about, words, consent, redacted) = VOICES[row];
            vec![
                format!("V{:02}", row + 1),
                text.site(site),
                text.day(quarter_start(quarter).plus(day)),
                kind.to_owned(),
                speaker.to_owned(),
                about.to_owned(),
                words.to_owned(),
                text.yes(Some(consent)),
                text.yes(Some(redacted)),
            ]
        }),
        repeat: None,
    }
}
