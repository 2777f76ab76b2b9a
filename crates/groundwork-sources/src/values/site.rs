//! One of the plan's sites.

use super::Parsed;
use super::text::{ascii_digits, trim};
use groundwork_plan::site::Site;

/// The place in the list of the site that a text means. The province Nan is a site like any other:
/// no spelling of it is ever taken for a missing number.
///
/// Fails `site.unknown` for a text that is no spelling of any.
pub(crate) fn parse(text: &str, sites: &[Site]) -> Parsed<u32> {
    let text = trim(text);
    if text.is_empty() {
        return Parsed::missing();
    }
    let digits = ascii_digits(text);
    let found = (0u32..).zip(sites).find(|(_, site)| site.is_spelt(text) || site.is_spelt(&digits));
    match found {
        Some((place, _)) => Parsed::value(place),
        None => Parsed::failed("site.unknown"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use groundwork_plan::text::Localised;

    #[test]
    fn nan_is_a_site() {
        let sites = [Site {
            id: "nan".into(),
            name: Localised::same("Nan"),
            code: Some("TH-55".into()),
            role: None,
            since: None,
            spellings: vec!["55".into()],
        }];
        for text in ["Nan", "NaN", "nan", "NAN\u{200b}", "55", "๕๕"] {
            assert_eq!(parse(text, &sites), Parsed::value(0), "{text}");
        }
        assert_eq!(parse(" ", &sites), Parsed::missing());
        assert_eq!(parse("Phayao", &sites), Parsed::failed("site.unknown"));
    }
}
