//! One of the plan's sites.

use super::Parsed;
use super::text::{ascii_digits, trim};
use super::{province, thai};
use groundwork_plan::site::Site;

/// The place in the list of the site that a text means: by any spelling that the pipeline declares,
/// or, for a site whose code is that of a Thai province, by any name and code of the province and
/// by the codes of its districts. The province Nan is a site like any other: no spelling of it is
/// ever taken for a missing number.
///
/// Fails `site.unknown` for a text that is no spelling of any.
pub(crate) fn parse(text: &str, sites: &[Site]) -> Parsed<u32> {
    let text = trim(text);
    if text.is_empty() {
        return Parsed::missing();
    }
    let digits = ascii_digits(text);
    let normal = thai::key(text);
    let spelt = |site: &Site| site.is_spelt(&normal) || site.is_spelt(&digits);
    let find = |is_meant: &dyn Fn(&Site) -> bool| {
        (0u32..).zip(sites).find(|(_, site)| is_meant(site)).map(|(place, _)| place)
    };
    let by_code = || {
        let iso = province::find(text)?.iso();
        find(&|site| site.code.as_deref() == Some(iso.as_str()))
    };
    match find(&spelt).or_else(by_code) {
        Some(place) => Parsed::value(place),
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
            spellings: Vec::new(),
        }];
        for text in ["Nan", "NaN", "nan", "NAN\u{200b}", "55", "๕๕", "น่าน", "จ.น่าน", "5501", "550101", "TH55"]
        {
            assert_eq!(parse(text, &sites), Parsed::value(0), "{text}");
        }
        assert_eq!(parse(" ", &sites), Parsed::missing());
        assert_eq!(parse("5701", &sites), Parsed::failed("site.unknown"));
        assert_eq!(parse("Phayao", &sites), Parsed::failed("site.unknown"));
    }
}
