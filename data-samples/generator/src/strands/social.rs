//! Social media: posts on Facebook and messages on LINE with the log that says
//! what they were about, and how many people follow the accounts.

use crate::calendar::{Day, EXTRACT, MONTHS, PERIOD_END, QUARTERS, month_start, quarter_end, quarter_start};
use crate::design::{SITES, Site};
use crate::rng::{Rng, Stream};
use crate::sheet::{Sheet, Tool};
use crate::text::Word;

/// The channels, by position.
pub(crate) const CHANNELS: [&str; 2] = ["facebook", "line"];
/// Languages of the posts.
pub(crate) const LANGUAGES: [Word; 3] = [("thai", "ไทย"), ("burmese", "พม่า"), ("english", "อังกฤษ")];
const TOPICS: [&str; 5] = ["job_scams", "safe_migration", "helpline", "covid_rules", "back_to_school"];
const KINDS: [&str; 4] = ["Photos", "Links", "Videos", "Reels"];

/// The accounts: name, site, channel, and its number on the platform.
const ACCOUNTS: [(&str, Site, u8, &str); 4] = [
    ("fb_chiang_rai", Site::ChiangRai, 0, "100093300570011"),
    ("line_chiang_rai", Site::ChiangRai, 1, "@prevention-cr"),
    ("fb_nan", Site::Nan, 0, "100093300550022"),
    ("line_nan", Site::Nan, 1, "@prevention-nan"),
];

/// Posts by account and quarter.
const POSTS: [[u32; QUARTERS]; 4] = [
    [16, 16, 18, 34, 30, 28, 26, 24, 24, 22],
    [0, 0, 0, 10, 9, 8, 8, 8, 8, 8],
    [3, 5, 7, 12, 12, 11, 11, 11, 11, 11],
    [0, 0, 0, 0, 5, 6, 6, 6, 6, 6],
];

/// The day each account was opened, and its followers then and per month.
const OPENED: [(Day, u32, i32); 4] = [
    (Day::of(2014, 3, 3), 2_140, 46),
    (Day::of(2020, 3, 30), 0, 21),
    (Day::of(2019, 7, 15), 35, 32),
    (Day::of(2020, 7, 6), 0, 14),
];

/// The first export of Facebook ends here and was made ten days later; the
/// second begins half a year before, with the totals of its own day.
const FIRST_EXPORT_END: Day = Day::of(2020, 12, 31);
const SECOND_EXPORT_START: Day = Day::of(2020, 7, 1);

/// One post or message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Post {
    account: u8,
    pub(crate) day: Day,
    minute: u16,
    pub(crate) language: u8,
    topic: u8,
    kind: u8,
    number: u64,
    /// Taken down before the first export, which does not have it.
    pub(crate) deleted: bool,
    /// People who saw it.
    pub(crate) reach: u32,
    /// How often it was seen.
    pub(crate) views: u32,
    /// Reactions, comments and shares on Facebook; on LINE the people who
    /// clicked, and two zeros.
    responses: [u32; 3],
    /// Clicks on Facebook, messages delivered on LINE.
    other: u32,
}

impl Post {
    pub(crate) fn site(&self) -> Site {
        ACCOUNTS[usize::from(self.account)].1
    }

    pub(crate) fn channel(&self) -> u8 {
        ACCOUNTS[usize::from(self.account)].2
    }

    pub(crate) fn engagements(&self) -> u32 {
        self.responses.iter().sum()
    }
}

/// What somebody read off an account in a month.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    pub(crate) account: u8,
    pub(crate) day: Day,
    pub(crate) followers: u32,
    /// People the account reached in the month, each once.
    pub(crate) reach: Option<u32>,
}

impl Reading {
    pub(crate) fn site(&self) -> Site {
        ACCOUNTS[usize::from(self.account)].1
    }

    pub(crate) fn channel(&self) -> u8 {
        ACCOUNTS[usize::from(self.account)].2
    }
}

/// One day of a LINE account.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Friends {
    pub(crate) day: Day,
    pub(crate) contacts: u32,
    pub(crate) blocks: u32,
}

pub(crate) struct Social {
    /// Posts of both channels, by day.
    pub(crate) posts: Vec<Post>,
    pub(crate) readings: Vec<Reading>,
    /// Daily friends of the LINE accounts of the two sites.
    pub(crate) friends: [Vec<Friends>; 2],
    first_export: Vec<u32>,
    second_export: Vec<u32>,
    messages: Vec<u32>,
}

impl Social {
    pub(crate) fn draw(seed: u64) -> Social {
        let mut rng = Rng::stream(seed, Stream::Social);
        let posts = draw_posts(&mut rng);
        let friends = SITES.map(|site| draw_friends(&mut rng, site));
        let readings = draw_readings(&mut rng, &posts, &friends);
        let chosen = |is: &dyn Fn(&Post) -> bool| -> Vec<u32> {
            let numbered = posts.iter().zip(0u32..);
            numbered.filter(|(post, _)| is(post) && !post.deleted).map(|(_, number)| number).collect()
        };
        Social {
            first_export: chosen(&|post| post.channel() == 0 && post.day <= FIRST_EXPORT_END),
            second_export: chosen(&|post| post.channel() == 0 && post.day >= SECOND_EXPORT_START),
            messages: chosen(&|post| post.channel() == 1),
            posts,
            readings,
            friends,
        }
    }

    pub(crate) fn sheets(&self) -> [Sheet<'_>; 7] {
        let [chiang_rai, nan] = ["friend_overview_chiang_rai", "friend_overview_nan"];
        [
            self.log(),
            self.facebook("posts_2019-07-01_2020-12-31", &self.first_export, true),
            self.facebook("posts_2020-07-01_2021-12-31", &self.second_export, false),
            self.broadcasts(),
            self.friend_overview(chiang_rai, Site::ChiangRai),
            self.friend_overview(nan, Site::Nan),
            self.audience(),
        ]
    }

    /// The log of what was posted where, kept by hand.
    fn log(&self) -> Sheet<'_> {
        Sheet {
            folder: "csv",
            stem: "post_log",
            row_is: "a post or message",
            tool: Tool::Register,
            columns: vec!["post_id", "channel", "site", "language", "topic", "posted_on"],
            rows: self.posts.len(),
            about: Box::new(|row| (self.posts[row].day, self.posts[row].site())),
            cells: Box::new(|row, text| {
                let post = &self.posts[row];
                vec![
                    post.number.to_string(),
                    CHANNELS[usize::from(post.channel())].to_owned(),
                    text.site(post.site()),
                    text.word(&LANGUAGES, Some(post.language)),
                    TOPICS[usize::from(post.topic)].to_owned(),
                    text.day(post.day),
                ]
            }),
            repeat: None,
        }
    }

    /// An export of posts; an earlier one has smaller totals of the posts that
    /// were still being seen.
    fn facebook<'a>(&'a self, stem: &'static str, posts: &'a [u32], early: bool) -> Sheet<'a> {
        let post = move |row: usize| &self.posts[posts[row] as usize];
        Sheet {
            folder: "facebook",
            stem,
            row_is: "a Facebook post with its totals",
            tool: Tool::Platform,
            columns: vec![
                "Post ID",
                "Page ID",
                "Page name",
                "Title",
                "Description",
                "Duration (sec)",
                "Publish time",
                "Permalink",
                "Post type",
                "Views",
                "Reach",
                "Reactions, Comments and Shares",
                "Reactions",
                "Comments",
                "Shares",
                "Total clicks",
            ],
            rows: posts.len(),
            about: Box::new(move |row| (post(row).day, post(row).site())),
            cells: Box::new(move |row, _| {
                let post = post(row);
                let (_, site, _, page) = ACCOUNTS[usize::from(post.account)];
                let now = |total: u32| {
                    if early && post.day >= SECOND_EXPORT_START { total - total / 8 } else { total }
                };
                let responses = post.responses.map(now);
                let date = post.day.civil();
                let name = match site {
                    Site::ChiangRai => "Prevention Chiang Rai",
                    Site::Nan => "ป้องกันภัย น่าน",
                };
                let seconds = if post.kind >= 2 { 20 + u32::from(post.minute) % 160 } else { 0 };
                vec![
                    post.number.to_string(),
                    page.to_owned(),
                    name.to_owned(),
                    TOPICS[usize::from(post.topic)].replace('_', " "),
                    String::new(),
                    seconds.to_string(),
                    format!(
                        "{:02}/{:02}/{:04} {:02}:{:02}",
                        date.month,
                        date.day,
                        date.year,
                        post.minute / 60,
                        post.minute % 60
                    ),
                    format!("https://www.facebook.com/{page}/posts/{}", post.number),
                    KINDS[usize::from(post.kind)].to_owned(),
                    now(post.views).to_string(),
                    now(post.reach).to_string(),
                    responses.iter().sum::<u32>().to_string(),
                    responses[0].to_string(),
                    responses[1].to_string(),
                    responses[2].to_string(),
                    now(post.other).to_string(),
                ]
            }),
            repeat: None,
        }
    }

    fn broadcasts(&self) -> Sheet<'_> {
        let post = |row: usize| &self.posts[self.messages[row] as usize];
        Sheet {
            folder: "line",
            stem: "message_broadcast",
            row_is: "a LINE message with its totals",
            tool: Tool::Platform,
            columns: vec!["broadcastId", "sentDate", "cmsUrl", "deliveredCount", "open", "clickUU", "1_imp"],
            rows: self.messages.len(),
            about: Box::new(move |row| (post(row).day, post(row).site())),
            cells: Box::new(move |row, _| {
                let post = post(row);
                let account = ACCOUNTS[usize::from(post.account)].3;
                vec![
                    post.number.to_string(),
                    compact(post.day),
                    format!("https://manager.line.biz/account/{account}/broadcast/{}", post.number),
                    post.other.to_string(),
                    post.reach.to_string(),
                    post.responses[0].to_string(),
                    post.views.to_string(),
                ]
            }),
            repeat: None,
        }
    }

    fn friend_overview(&self, stem: &'static str, site: Site) -> Sheet<'_> {
        let friends = &self.friends[site.index()];
        Sheet {
            folder: "line",
            stem,
            row_is: "a day of a LINE account",
            tool: Tool::Platform,
            columns: vec!["date", "contacts", "targetReaches", "blocks"],
            rows: friends.len(),
            about: Box::new(move |row| (friends[row].day, site)),
            cells: Box::new(move |row, _| {
                let Friends { day, contacts, blocks } = friends[row];
                // Those who can be targeted are fewer than those who could be written to.
                let targets = (contacts - blocks) * 9 / 10;
                [compact(day), contacts.to_string(), targets.to_string(), blocks.to_string()].to_vec()
            }),
            repeat: None,
        }
    }

    /// The list of monthly readings, kept by hand.
    fn audience(&self) -> Sheet<'_> {
        Sheet {
            folder: "csv",
            stem: "audience",
            row_is: "an account and month",
            tool: Tool::Register,
            columns: vec!["account", "site", "channel", "read_on", "followers", "reach"],
            rows: self.readings.len(),
            about: Box::new(|row| (self.readings[row].day, self.readings[row].site())),
            cells: Box::new(|row, text| {
                let reading = &self.readings[row];
                vec![
                    ACCOUNTS[usize::from(reading.account)].0.to_owned(),
                    text.site(reading.site()),
                    CHANNELS[usize::from(reading.channel())].to_owned(),
                    text.day(reading.day),
                    text.amount(reading.followers.into()),
                    reading.reach.map_or_else(String::new, |reach| text.amount(reach.into())),
                ]
            }),
            repeat: None,
        }
    }
}

/// A day as LINE writes it.
fn compact(day: Day) -> String {
    let date = day.civil();
    format!("{:04}{:02}{:02}", date.year, date.month, date.day)
}

fn draw_posts(rng: &mut Rng) -> Vec<Post> {
    let mut posts = Vec::new();
    for (account, quarters) in POSTS.iter().enumerate() {
        let (_, site, channel, _) = ACCOUNTS[account];
        let opened = OPENED[account].0;
        for (quarter, &count) in quarters.iter().enumerate() {
            for _ in 0..count {
                let from = quarter_start(quarter).max(opened);
                let day = Day(rng.between(from.0, quarter_end(quarter).0));
                posts.push(draw_post(rng, account as u8, site, channel, day));
            }
        }
    }
    posts.sort_by_key(|post| (post.day, post.account, post.minute));
    for (post, number) in posts.iter_mut().zip(0u64..) {
        // Facebook numbers its posts with sixteen digits, LINE with nine.
        post.number += number * if post.channel() == 0 { 10_007 } else { 101 };
    }
    posts
}

fn draw_post(rng: &mut Rng, account: u8, site: Site, channel: u8, day: Day) -> Post {
    let language = match (site, rng.below(20)) {
        (Site::ChiangRai, 0..=11) | (Site::Nan, 0..=16) => 0,
        (Site::ChiangRai, 12..=17) | (Site::Nan, 17) => 1,
        _ => 2,
    };
    let (minute, topic) = (rng.between(7 * 60, 21 * 60) as u16, rng.below(5) as u8);
    let share = |rng: &mut Rng, of: u32, most: u64| of * rng.below(most) as u32 / 1000;
    let mut post = Post {
        account,
        day,
        minute,
        language,
        topic,
        kind: rng.below(4) as u8,
        number: if channel == 0 { 1_222_000_000_000_000 } else { 410_000_000 },
        deleted: rng.chance(1, 50),
        reach: 0,
        views: 0,
        responses: [0; 3],
        other: 0,
    };
    if channel == 0 {
        let typical = if site == Site::ChiangRai { 180 } else { 70 };
        post.reach = 40 + rng.geometric(typical) + rng.geometric(typical);
        post.views = post.reach + share(rng, post.reach, 800);
        post.responses = [90, 15, 30].map(|most| share(rng, post.reach, most));
        post.other = share(rng, post.reach, 120);
    } else {
        let months = (day.0 - OPENED[usize::from(account)].0.0) as u32 / 30;
        post.other = 30 + months * OPENED[usize::from(account)].2 as u32;
        post.reach = post.other * (400 + rng.below(400) as u32) / 1000;
        post.views = post.reach + share(rng, post.reach, 500);
        post.responses = [share(rng, post.reach, 200), 0, 0];
    }
    post
}

/// Contacts never fall; those who block the account stay contacts.
fn draw_friends(rng: &mut Rng, site: Site) -> Vec<Friends> {
    let (opened, _, monthly) = OPENED[2 * site.index() + 1];
    let (mut contacts, mut blocks) = (8, 0);
    let mut days = Vec::new();
    for day in opened.0..=PERIOD_END.0 {
        contacts += rng.below(monthly as u64 / 12 + 1) as u32;
        blocks += u32::from(rng.chance(monthly as u64, 400));
        days.push(Friends { day: Day(day), contacts, blocks: blocks.min(contacts / 3) });
    }
    days
}

/// Somebody reads the numbers off every account towards the end of each month.
/// Nobody did for LINE in Chiang Rai from December 2020 to March 2021.
fn draw_readings(rng: &mut Rng, posts: &[Post], friends: &[Vec<Friends>; 2]) -> Vec<Reading> {
    let mut readings = Vec::new();
    let mut pages = [OPENED[0].1, 0, OPENED[2].1, 0];
    for month in 0..MONTHS {
        let (from, next) = (month_start(month), month_start(month + 1));
        for (account, (_, site, channel, _)) in ACCOUNTS.into_iter().enumerate() {
            let day = from.plus(rng.between(23, 26));
            let (opened, _, monthly) = OPENED[account];
            if channel == 0 {
                pages[account] += rng.between(monthly / 2, monthly * 3 / 2) as u32;
            }
            let forgotten = account == 1 && (17..=20).contains(&month);
            let left_blank = rng.chance(1, 20);
            if opened > day || day > EXTRACT || forgotten {
                continue;
            }
            let seen = |of: &&Post| usize::from(of.account) == account && of.day >= from && of.day < next;
            let own: Vec<u32> = posts.iter().filter(seen).map(|post| post.reach).collect();
            let largest = own.iter().copied().max().unwrap_or(0);
            let reach = largest + (own.iter().sum::<u32>() - largest) * (30 + rng.below(40) as u32) / 100;
            let followers = match friends[site.index()].iter().find(|friends| friends.day == day) {
                Some(friends) if channel == 1 => friends.contacts - friends.blocks,
                _ => pages[account],
            };
            readings.push(Reading {
                account: account as u8,
                day,
                followers,
                reach: (!left_blank).then_some(reach),
            });
        }
    }
    readings
}
