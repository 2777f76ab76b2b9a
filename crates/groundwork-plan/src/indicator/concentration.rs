//! Concentration: the share of people that the most active leaders brought, such as the share of
//! reach from the top fifth of volunteers. Each person counts for the leader they first appear
//! with, by day and then in reading order, so that the leaders' people add up to all people. The
//! top are the stated share, rounded up, of the leaders who brought anybody. Never additive.

use super::units::{People, Units, unit_of_d, zero};
use super::{Measured, Summary, Window};
use crate::query::{Query, Value};
use crate::text::Language;

/// The share of people that the most active leaders brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concentration {
    /// The source.
    pub from: String,
    /// The column that identifies the person.
    pub of: String,
    /// The column that identifies the leader.
    pub by: String,
    /// The share of the leaders, in thousandths.
    pub top_thousandths: u32,
    /// Which rows belong to a period.
    pub window: Window,
}

impl Concentration {
    fn top(&self) -> f64 {
        f64::from(self.top_thousandths) / 1000.0
    }
}

impl Measured for Concentration {
    fn word(&self) -> &'static str {
        "concentration"
    }

    fn from(&self) -> &str {
        &self.from
    }

    fn summary(&self) -> Summary {
        Summary::TopShare { thousandths: self.top_thousandths }
    }

    fn units(&self, units: &Units) -> Vec<Query> {
        let indicator = units.indicator;
        let people = units.people(&People {
            from: &self.from,
            of: &self.of,
            cluster: Some(&self.by),
            filter: indicator.filter.as_ref(),
            site_by: indicator.site_by.as_deref(),
            period_by: indicator.period_by.as_deref(),
            window: self.window,
        });
        let select = unit_of_d(people, Value::integer(1), zero());
        vec![units.person_dimensions(select, &self.from, &self.of).query()]
    }

    fn parts(&self, language: Language) -> (String, Option<String>) {
        let top = crate::number::format_exact(self.top() * 100.0);
        match language {
            Language::Th => {
                (format!("{} ของ {} ร้อยละ {top} แรก", self.of, self.by), Some("ทั้งหมด".to_owned()))
            }
            Language::My => (
                format!("ထိပ်ဆုံး {} {}% ၏ {}", self.by, crate::number::digits(&top, language), self.of),
                Some(format!("{} အားလုံး", self.of)),
            ),
            Language::En => {
                (format!("{} of the top {top}% of {}", self.of, self.by), Some(format!("all {}", self.of)))
            }
        }
    }

    fn sentence(&self, language: Language) -> String {
        let top = crate::number::format_exact(self.top() * 100.0);
        match language {
            Language::Th => {
                format!("สัดส่วนของ {} ใน {} ที่มาจาก {} ร้อยละ {top} แรก", self.of, self.from, self.by)
            }
            Language::My => format!(
                "{} ရှိ {} အနက် ထိပ်ဆုံး {} {}% ခေါ်ဆောင်လာသည့် အချိုးအစား။ တစ်ခုစီကို ပထမဆုံးတွေ့သူအတွက် ရေတွက်သည်။",
                self.from,
                self.of,
                self.by,
                crate::number::digits(&top, language)
            ),
            Language::En => format!(
                "The share of {} of {} that the top {top}% of {} brought; each counts for whom they first appear with.",
                self.of, self.from, self.by
            ),
        }
    }
}
