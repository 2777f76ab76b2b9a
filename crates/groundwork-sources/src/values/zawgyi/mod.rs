//! Burmese text that was typed in Zawgyi, which has the code points of Unicode and other meanings.

mod convert;
mod detect;

use detect::probability;

/// Above this probability a text is Zawgyi, below the other it is not.
const CERTAIN: f64 = 0.95;
const NOT: f64 = 0.05;

/// What became of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Burmese {
    /// It is Unicode, or holds no Burmese at all.
    Unicode,
    /// It was Zawgyi without doubt; this is the text in Unicode.
    Converted(String),
    /// It may be either; it stays as it is.
    Uncertain,
}

/// The text in Unicode where it is Zawgyi without doubt. Shan, Mon and Karen, which rules of thumb
/// take for Zawgyi, are Unicode here and are never converted.
pub(crate) fn unicode(text: &str) -> Burmese {
    let myanmar = text.chars().filter(|c| ('\u{1000}'..='\u{109f}').contains(c)).count();
    if myanmar == 0 {
        return Burmese::Unicode;
    }
    match probability(text) {
        p if p >= CERTAIN => match convert::unicode(text) {
            converted if converted == text => Burmese::Unicode,
            converted if probability(&converted) <= NOT => Burmese::Converted(converted),
            // One or two letters are no evidence, and what stays doubtful is not altered.
            _ => Burmese::Uncertain,
        },
        // A short word has few pairs of characters to judge by.
        p if p <= NOT || myanmar < 4 => Burmese::Unicode,
        _ if convert::unicode(text) == text => Burmese::Unicode,
        _ => Burmese::Uncertain,
    }
}

/// How likely it is that a text is Zawgyi, 0 to 1; minus infinity where it holds no Burmese.
#[cfg(test)]
pub(crate) fn zawgyi_probability(text: &str) -> f64 {
    probability(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zawgyi_is_converted_and_other_languages_are_not() {
        for (zawgyi, expected) in [
            ("လူ႔အခြင့္ေရး", "လူ့အခွင့်ရေး"),
            ("ခဲ့ေသာေၾကာင့္", "ခဲ့သောကြောင့်"),
            ("မ်ားကို", "များကို"),
            ("လည္းေကာင္း၊", "လည်းကောင်း၊"),
        ] {
            assert_eq!(unicode(zawgyi), Burmese::Converted(expected.into()), "{zawgyi}");
        }
        for text in ["all ascii", "အခွင့်အရေးများကို", "ၶူးႁိုၼ်", "ထၢမ်တွပ်ႇ", "တၢ်ကစီၣ်", "ဝိနယပိဋကေ", "မျှတမှု၊", ""]
        {
            assert_eq!(unicode(text), Burmese::Unicode, "{text}");
        }
    }
}
