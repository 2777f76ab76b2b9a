//! The invented sample that `groundwork init` writes, inside the program.

/// Each file: where it stands in the project, and its bytes.
pub(super) const SAMPLE: &[(&str, &[u8])] = &[
    ("data/csv/adaptations.csv", include_bytes!("../../../../../data-samples/csv/adaptations.csv")),
    ("data/csv/audience.csv", include_bytes!("../../../../../data-samples/csv/audience.csv")),
    ("data/csv/families.csv", include_bytes!("../../../../../data-samples/csv/families.csv")),
    ("data/csv/family_partners.csv", include_bytes!("../../../../../data-samples/csv/family_partners.csv")),
    ("data/csv/grants.csv", include_bytes!("../../../../../data-samples/csv/grants.csv")),
    ("data/csv/partners.csv", include_bytes!("../../../../../data-samples/csv/partners.csv")),
    ("data/csv/placements.csv", include_bytes!("../../../../../data-samples/csv/placements.csv")),
    ("data/csv/post_log.csv", include_bytes!("../../../../../data-samples/csv/post_log.csv")),
    ("data/csv/registration.csv", include_bytes!("../../../../../data-samples/csv/registration.csv")),
    ("data/csv/rights_cases.csv", include_bytes!("../../../../../data-samples/csv/rights_cases.csv")),
    ("data/csv/school_checks.csv", include_bytes!("../../../../../data-samples/csv/school_checks.csv")),
    ("data/csv/session_plan.csv", include_bytes!("../../../../../data-samples/csv/session_plan.csv")),
    ("data/csv/spending.csv", include_bytes!("../../../../../data-samples/csv/spending.csv")),
    ("data/csv/trainings.csv", include_bytes!("../../../../../data-samples/csv/trainings.csv")),
    ("data/csv/volunteer_exits.csv", include_bytes!("../../../../../data-samples/csv/volunteer_exits.csv")),
    ("data/csv/youth.csv", include_bytes!("../../../../../data-samples/csv/youth.csv")),
    (
        "data/facebook/posts_2019-07-01_2020-12-31.csv",
        include_bytes!("../../../../../data-samples/facebook/posts_2019-07-01_2020-12-31.csv"),
    ),
    (
        "data/facebook/posts_2020-07-01_2021-12-31.csv",
        include_bytes!("../../../../../data-samples/facebook/posts_2020-07-01_2021-12-31.csv"),
    ),
    ("data/kobo/coaching_visits.csv", include_bytes!("../../../../../data-samples/kobo/coaching_visits.csv")),
    ("data/kobo/fidelity.xlsx", include_bytes!("../../../../../data-samples/kobo/fidelity.xlsx")),
    ("data/kobo/knowledge_tests.csv", include_bytes!("../../../../../data-samples/kobo/knowledge_tests.csv")),
    (
        "data/kobo/livelihood_followups.csv",
        include_bytes!("../../../../../data-samples/kobo/livelihood_followups.csv"),
    ),
    ("data/kobo/relief.csv", include_bytes!("../../../../../data-samples/kobo/relief.csv")),
    (
        "data/kobo/risk_assessments.csv",
        include_bytes!("../../../../../data-samples/kobo/risk_assessments.csv"),
    ),
    ("data/kobo/workshops.xlsx", include_bytes!("../../../../../data-samples/kobo/workshops.xlsx")),
    ("data/kobo/youth_sessions.xlsx", include_bytes!("../../../../../data-samples/kobo/youth_sessions.xlsx")),
    (
        "data/line/friend_overview_chiang_rai.csv",
        include_bytes!("../../../../../data-samples/line/friend_overview_chiang_rai.csv"),
    ),
    (
        "data/line/friend_overview_nan.csv",
        include_bytes!("../../../../../data-samples/line/friend_overview_nan.csv"),
    ),
    (
        "data/line/message_broadcast.csv",
        include_bytes!("../../../../../data-samples/line/message_broadcast.csv"),
    ),
    (
        "pipeline.tests/livelihood_self_sufficiency.md",
        include_bytes!("../../../../../pipelines/prevention.tests/livelihood_self_sufficiency.md"),
    ),
    ("pipeline.tests/reach.md", include_bytes!("../../../../../pipelines/prevention.tests/reach.md")),
    (
        "pipeline.tests/registration_completion.md",
        include_bytes!("../../../../../pipelines/prevention.tests/registration_completion.md"),
    ),
    (
        "pipeline.tests/volunteer_multiplier.md",
        include_bytes!("../../../../../pipelines/prevention.tests/volunteer_multiplier.md"),
    ),
];
