//! Where the crate refuses and where it warns: every limit in one table, each
//! with its reason. No estimator has a limit of its own but those of arithmetic
//! (what counts as a tie, how many steps, which numbers can be squared).

/// Fewest clusters for any clustered standard error at the level of the
/// comparison: with two, the scores of the clusters sum to nothing, and the
/// error is zero whatever the data (Cameron and Miller 2015, section VI).
pub const CLUSTERS_LEAST: usize = 3;

/// Degrees of freedom below which a clustered t interval is flagged: the
/// Satterthwaite approximation is poor there (Pustejovsky and Tipton 2018).
pub const DF_FEW: f64 = 4.0;

/// Clusters below which the wild cluster bootstrap is offered beside the
/// sandwich (Cameron, Gelbach and Miller 2008).
pub const CLUSTERS_FOR_SANDWICH: usize = 15;

/// Most sign vectors that are enumerated; beyond it they are drawn.
pub const SIGN_VECTORS_MOST: u64 = 1 << 16;

/// The smallest p-value that the clusters allow, as a share of the level of
/// the test, above which p-values are flagged as coarse: fewer than ten of
/// them lie below the level.
pub const COARSE_P: f64 = 0.1;

/// Most clusters whose bootstrap is enumerated: C(2G − 1, G) compositions are
/// 92,378 at ten.
pub const IDEAL_BOOTSTRAP_CLUSTERS_MOST: usize = 10;

/// Fewest resamples, and most: below the first the limits change noticeably
/// from seed to seed (Davison and Hinkley 1997, section 5.2.3); nothing is
/// gained above the second.
pub const BOOTSTRAP_RESAMPLES_LEAST: usize = 999;
/// See [`BOOTSTRAP_RESAMPLES_LEAST`].
pub const BOOTSTRAP_RESAMPLES_MOST: usize = 1_000_000;

/// Share of the resamples that may lack a denominator: they are left out up to
/// it, which moves no limit at 99%, and the bootstrap is refused beyond it.
pub const UNDEFINED_RESAMPLES_MOST: f64 = 0.001;

/// Most pairs for exact tests of a paired change by enumeration.
pub const SIGN_FLIP_PAIRS_MOST: usize = 16;

/// Most pairs for the exact distribution of rank sums, which is built up in
/// steps that grow with the cube of their number.
pub const SIGNED_RANK_PAIRS_MOST: usize = 100;

/// Discordant pairs below which McNemar's chi-square is not given: its p-value
/// is less than half of the exact one at five.
pub const DISCORDANT_LEAST: u64 = 10;

/// Persons seen twice below which a capture-recapture estimate is flagged
/// (Robson and Regier 1964).
pub const RECAPTURES_FEW: u64 = 7;

/// Most lists of people that are combined: the ways to be on some of eight are
/// 255.
pub const LISTS_MOST: usize = 8;

/// Persons at risk below which a survival curve is not read: one event moves
/// it by a fifth or more.
pub const AT_RISK_FEW: u64 = 5;

/// Events for each parameter of a logistic model: refused below the first,
/// flagged below the second (Peduzzi et al. 1996).
pub const EVENTS_PER_PARAMETER_LEAST: f64 = 5.0;
/// See [`EVENTS_PER_PARAMETER_LEAST`].
pub const EVENTS_PER_PARAMETER_FEW: f64 = 10.0;

/// The standard deviation of the fitted log odds (or log rates) over the rows
/// beyond which the fit is taken to diverge because the outcome is separated:
/// odds of three million to one between ordinary people.
pub const SEPARATION: f64 = 15.0;

/// Points before an interruption: refused for a change of slope below the
/// first, flagged below the second, and below the third where seasons are
/// modelled (Bernal, Cummins and Gasparrini 2017).
pub const POINTS_BEFORE_LEAST: usize = 8;
/// Fewest points for any line: through two it always fits.
pub const POINTS_FOR_LINE: usize = 3;
/// See [`POINTS_BEFORE_LEAST`].
pub const POINTS_A_SIDE_FEW: usize = 12;
/// See [`POINTS_BEFORE_LEAST`].
pub const POINTS_FOR_SEASONS: usize = 24;

/// Pearson's dispersion above which a Poisson rate is flagged.
pub const OVERDISPERSION: f64 = 1.5;

/// Sites below which there is no prediction interval with t(k − 2).
pub const SITES_FOR_PREDICTION: usize = 3;

/// Units in a treated cohort below which its standard error, divided by n and
/// read with normal limits, is flagged (the rule of the authors' software for
/// effects without covariates).
pub const COHORT_UNITS_FEW: usize = 5;

/// The power of a test of trends before the start, against a trend that would
/// explain the effect away, below which the test is flagged: it misses more
/// than it sees (Roth 2022).
pub const PRE_TREND_POWER_LEAST: f64 = 0.5;

/// Sites below which anything pooled over them is flagged: the variance
/// between four sites is known to within a factor of ten or so.
pub const SITES_FEW: usize = 5;

/// Sites below which results of maximum likelihood are flagged: its variance
/// between sites is too small and its normal intervals are too narrow.
pub const LIKELIHOOD_SITES_FEW: usize = 10;

/// The spread 1/(α + β) of the shares of sites beyond which they count as all or
/// nothing: a Beta distribution with nine tenths of each half within e^-1000 of
/// its end.
pub const SPREAD_OF_SHARES_MOST: f64 = 1e4;

/// Sites for each covariate below which a line through sites is flagged
/// (Thompson and Higgins 2002).
pub const SITES_PER_COVARIATE_FEW: usize = 10;

/// Standardised mean difference that is flagged, and that a transported
/// estimate may not exceed after weighting (Stuart, Lee and Leacy 2013).
pub const SMD_WARN: f64 = 0.1;
/// See [`SMD_WARN`].
pub const SMD_MOST: f64 = 0.25;

/// Propensity scores outside these limits are flagged.
pub const PROPENSITY_LEAST: f64 = 0.01;
/// See [`PROPENSITY_LEAST`].
pub const PROPENSITY_MOST: f64 = 0.99;

/// Log odds beyond which a propensity score is 0 or 1 to within rounding: its
/// complement is below 2^-52.
pub const LOGIT_MOST: f64 = 36.0;

/// Share of the sample that the effective sample size must reach without a
/// flag.
pub const ESS_SHARE_FEW: f64 = 0.5;

/// A transported estimate is refused when its effective sample size is below
/// the larger of this number and of [`TRANSPORT_ESS_SHARE_LEAST`] of the
/// sample.
pub const TRANSPORT_ESS_LEAST: f64 = 30.0;
/// See [`TRANSPORT_ESS_LEAST`].
pub const TRANSPORT_ESS_SHARE_LEAST: f64 = 0.1;

/// Tipton's index: refused below the first, flagged below the second (Tipton
/// 2014).
pub const GENERALIZABILITY_LEAST: f64 = 0.5;
/// See [`GENERALIZABILITY_LEAST`].
pub const GENERALIZABILITY_FEW: f64 = 0.8;

/// Missing outcomes above which imputation is refused, and the fewest units it
/// takes.
pub const IMPUTED_SHARE_MOST: f64 = 0.4;
/// See [`IMPUTED_SHARE_MOST`].
pub const IMPUTATION_UNITS_LEAST: usize = 30;

/// Imputations for each unit of the share of the variance that comes from
/// missing values, below which pooled results are flagged (White, Royston and
/// Wood 2011).
pub const IMPUTATIONS_PER_MISSING_INFORMATION: f64 = 100.0;

/// People below which a reliability coefficient is flagged, and fewest items.
pub const RELIABILITY_PEOPLE_FEW: usize = 30;
/// See [`RELIABILITY_PEOPLE_FEW`].
pub const RELIABILITY_ITEMS_LEAST: usize = 3;

/// People in a language group: item bias is refused below the first, flagged
/// below the second (Zwick 2012).
pub const LANGUAGE_GROUP_LEAST: usize = 20;
/// See [`LANGUAGE_GROUP_LEAST`].
pub const LANGUAGE_GROUP_FEW: usize = 100;

/// Share of trainees whose trainer is unknown above which a cascade is
/// flagged: they count as seeds and pull the first multiplier down.
pub const TRAINER_UNKNOWN_MOST: f64 = 0.2;

/// Expected events of a group below which a chi-square test of times is
/// flagged (Cochran 1954).
pub const EXPECTED_EVENTS_FEW: f64 = 5.0;

/// Steps that adding up the exact distributions of strata may take: a quarter
/// of a second.
pub const EXACT_STRATA_WORK_MOST: u64 = 1 << 26;

/// Pairs up to which the signed-rank bounds add up all cases by default, a
/// millisecond's work; the normal approximation is on the safe side of them.
pub const SIGNED_RANK_EXACT_PAIRS_MOST: usize = 50;
/// Most units for intervals and tests with exact binomial or hypergeometric
/// tails: their cost grows with the square root, and score methods agree with
/// them at this size.
pub const EXACT_UNITS_MOST: u64 = 1_000_000_000;

/// Most units whose coverage is enumerated.
pub const COVERAGE_UNITS_MOST: u64 = 10_000;

/// Most tables of two groups that unconditional exact tests go through: 499 in
/// each group.
pub const UNCONDITIONAL_TABLES_MOST: u64 = 250_000;

/// Expected count below which a chi-square test of proportions is flagged
/// (Cochran 1954).
pub const EXPECTED_COUNT_FEW: f64 = 5.0;

/// Most p-values that Hommel's adjustment takes: its work grows with their
/// square.
pub const HOMMEL_MOST: usize = 10_000;

/// Most further units that a predictive distribution is given for.
pub const PREDICTIVE_UNITS_MOST: u64 = 10_000;

/// Most units in a group for posterior distributions by quadrature: their cost
/// grows with the square root.
pub const POSTERIOR_UNITS_MOST: u64 = 10_000_000;

/// Most units for each group that a sample size is searched up to.
pub const SAMPLE_SIZE_MOST: f64 = 1e9;

/// The probabilities at which different people are counted: below the first a link is more likely wrong than right, above
/// the last most of those left out are right.
pub const REACH_THRESHOLDS: [f64; 10] = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95];

/// How far the upper end of that band may lie above the lower for the number
/// to be given as one: beyond it the threshold says more than the programme.
pub const REACH_WIDTH_MOST: f64 = 0.15;
