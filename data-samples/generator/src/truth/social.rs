//! Social media: posts, what they reached, and the people behind it.

use crate::calendar::{QUARTERS, quarter_end, quarter_of};
use crate::design::SITES;
use crate::strands::social::{CHANNELS, LANGUAGES, Social};
use crate::truth::cells::{ALL_PLACES, Cell, Dimension, Tally, covers};

/// Months a number of followers is carried on where nobody read a new one.
const CARRY_MONTHS: i32 = 3;

pub(super) fn count(social: &Social, cells: &mut Vec<Cell>) {
    posts(social, cells);
    followers(social, cells);
    audience(social, cells);
    friends(social, cells);
}

fn posts(social: &Social, cells: &mut Vec<Cell>) {
    let channels = Dimension::new("channel", CHANNELS);
    let languages = Dimension::of_words("language", &LANGUAGES);
    let both = channels.cross(&languages);
    let dimensions = || vec![channels.clone(), languages.clone(), both.clone()];
    let mut posts = Tally::count("posts", dimensions());
    let mut reach = Tally::count("post_reach", dimensions());
    let mut views = Tally::count("post_views", dimensions());
    let mut engagement = Tally::ratio("engagement_rate", Vec::new());
    let mut engagement_of = ["engagement_rate_facebook", "engagement_rate_line"]
        .map(|indicator| Tally::ratio(indicator, Vec::new()));
    for post in &social.posts {
        let Some(quarter) = quarter_of(post.day) else {
            continue;
        };
        let (channel, language) = (post.channel().into(), post.language.into());
        let at = [channel, language, channels.crossed(channel, &languages, language)];
        posts.one(post.site(), quarter, &at);
        // What was taken down has no totals.
        if !post.deleted {
            reach.add(post.site(), quarter, &at, post.reach.into(), 0);
            views.add(post.site(), quarter, &at, post.views.into(), 0);
            for tally in [&mut engagement, &mut engagement_of[channel]] {
                tally.add(post.site(), quarter, &[], post.engagements().into(), post.reach.into());
            }
        }
    }
    for tally in [posts, reach, views, engagement].into_iter().chain(engagement_of) {
        tally.finish(cells);
    }
}

/// The last reading of each account up to the quarter's end, not older than
/// three months, added up.
fn followers(social: &Social, cells: &mut Vec<Cell>) {
    let mut tally = Tally::count("followers", vec![Dimension::new("channel", CHANNELS)]);
    for quarter in 0..QUARTERS {
        let end = quarter_end(quarter);
        for account in 0..4 {
            let known = social.readings.iter().filter(|reading| reading.account == account);
            let last = known.filter(|reading| reading.day <= end).max_by_key(|reading| reading.day);
            if let Some(reading) = last.filter(|reading| reading.day > end.plus_months(-CARRY_MONTHS)) {
                let channel = reading.channel().into();
                tally.add(reading.site(), quarter, &[channel], reading.followers.into(), 0);
            }
        }
    }
    tally.finish(cells);
}

/// The largest and the sum of the audiences of accounts and months.
fn audience(social: &Social, cells: &mut Vec<Cell>) {
    for quarter in 0..QUARTERS {
        for place in ALL_PLACES {
            let reached: Vec<i64> = social
                .readings
                .iter()
                .filter(|reading| quarter_of(reading.day) == Some(quarter) && covers(place, reading.site()))
                .filter_map(|reading| reading.reach.map(i64::from))
                .collect();
            if let Some(largest) = reached.iter().max() {
                cells.push(Cell {
                    lower: Some(*largest),
                    upper: Some(reached.iter().sum()),
                    ..Cell::total("audience", place, quarter)
                });
            }
        }
    }
}

/// Friends of the LINE account of each site at the quarter's end; the export
/// does not say whose account it is, so there is no site.
fn friends(social: &Social, cells: &mut Vec<Cell>) {
    for site in SITES {
        let indicator = ["line_friends_chiang_rai", "line_friends_nan"][site.index()];
        for quarter in 0..QUARTERS {
            let days = &social.friends[site.index()];
            if let Some(friends) = days.iter().rfind(|friends| friends.day <= quarter_end(quarter)) {
                cells.push(Cell {
                    numerator: Some((friends.contacts - friends.blocks).into()),
                    ..Cell::total(indicator, 2, quarter)
                });
            }
        }
    }
}
