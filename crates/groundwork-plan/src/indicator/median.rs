//! Median: the quantile of a half, under its own word.

use crate::text::Language;

/// The share of rows below it, in thousandths.
pub(crate) const THOUSANDTHS: u32 = 500;

/// The word in the pipeline language.
pub(super) const WORD: &str = "median";

pub(super) fn sentence(of: &str, from: &str, language: Language) -> String {
    match language {
        Language::Th => format!("ค่ามัธยฐานของ {of} ใน {from}"),
        Language::My => format!("{from} တွင် တန်ဖိုးရှိသော အတန်းများ၏ {of} အလယ်တန်ဖိုး။"),
        Language::En => {
            format!("The median of {of} over the rows of {from} that have a value.")
        }
    }
}
