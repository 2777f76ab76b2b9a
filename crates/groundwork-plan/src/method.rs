//! Methods that a pipeline can name: how a value gets its interval, and how two values are
//! compared. The ids carry the convention and are those of the estimates.

use crate::indicator::Summary;

/// How the value of a cell gets its interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellMethod {
    /// No sampling: a full count, or a census of those concerned.
    FullCount,
    /// A formula over other cells.
    Formula,
    /// The score interval of a share.
    Wilson,
    /// The same with a continuity correction.
    WilsonCorrected,
    /// The exact interval of a share.
    ClopperPearson,
    /// The interval of Jeffreys' prior, with the rule for none and all.
    Jeffreys,
    /// The same, equal-tailed everywhere.
    JeffreysEqualTail,
    /// The exact interval of a share by the mid-p value.
    MidP,
    /// The interval of Agresti and Coull.
    AgrestiCoull,
    /// A ratio of sums over clusters, on the plain scale; of rows, a mean.
    Linearised,
    /// A ratio of sums over clusters, on the log scale.
    LinearisedLog,
    /// The set of Fieller, for a denominator that is uncertain itself.
    Fieller,
    /// A ratio of sums with the standard error of the jackknife.
    Jackknife,
    /// Resampled clusters, percentiles.
    BootstrapPercentile,
    /// Resampled clusters, the basic interval.
    BootstrapBasic,
    /// Resampled clusters, corrected for bias and acceleration.
    BootstrapBca,
    /// Every resample of up to ten clusters, percentiles.
    IdealPercentile,
    /// Every resample of up to ten clusters, corrected for bias and acceleration.
    IdealBca,
    /// Between two ranks.
    Ranks,
    /// The exact interval of a rate.
    Garwood,
    /// The exact interval of a rate by the mid-p value.
    PoissonMidP,
    /// Byar's approximation for a rate.
    Byar,
    /// The bounds of a union.
    Frechet,
    /// The people found by comparing records, from likely to sure links.
    ReachBand,
}

impl CellMethod {
    /// The id that results print.
    pub fn id(self) -> &'static str {
        match self {
            CellMethod::FullCount => "full_count",
            CellMethod::Formula => "formula",
            CellMethod::Wilson => "wilson",
            CellMethod::WilsonCorrected => "wilson.cc",
            CellMethod::ClopperPearson => "clopper_pearson",
            CellMethod::Jeffreys => "jeffreys.boundary",
            CellMethod::JeffreysEqualTail => "jeffreys.equal_tail",
            CellMethod::MidP => "mid_p",
            CellMethod::AgrestiCoull => "agresti_coull",
            CellMethod::Linearised => "ratio.linearised",
            CellMethod::LinearisedLog => "ratio.linearised.log",
            CellMethod::Fieller => "ratio.fieller",
            CellMethod::Jackknife => "ratio.jackknife",
            CellMethod::BootstrapPercentile => "bootstrap.percentile",
            CellMethod::BootstrapBasic => "bootstrap.basic",
            CellMethod::BootstrapBca => "bootstrap.bca",
            CellMethod::IdealPercentile => "bootstrap.ideal.percentile",
            CellMethod::IdealBca => "bootstrap.ideal.bca",
            CellMethod::Ranks => "quantile.ranks",
            CellMethod::Garwood => "poisson.garwood",
            CellMethod::PoissonMidP => "poisson.mid_p",
            CellMethod::Byar => "poisson.byar",
            CellMethod::Frechet => "frechet",
            CellMethod::ReachBand => "reach.band",
        }
    }

    /// The methods for values of a kind; the first is the default.
    pub fn of(summary: Summary) -> &'static [CellMethod] {
        use CellMethod as M;
        match summary {
            Summary::FullCount | Summary::Total | Summary::Quotient | Summary::TopShare { .. } => {
                &[M::FullCount]
            }
            Summary::Share => &[
                M::Wilson,
                M::WilsonCorrected,
                M::ClopperPearson,
                M::Jeffreys,
                M::JeffreysEqualTail,
                M::MidP,
                M::AgrestiCoull,
                M::FullCount,
            ],
            Summary::RowMean => &[M::Linearised, M::FullCount],
            Summary::ClusteredRatio => &[
                M::LinearisedLog,
                M::Linearised,
                M::Fieller,
                M::Jackknife,
                M::BootstrapPercentile,
                M::BootstrapBasic,
                M::BootstrapBca,
                M::IdealPercentile,
                M::IdealBca,
                M::FullCount,
            ],
            Summary::Quantile(_) => &[M::Ranks, M::FullCount],
            Summary::Rate { .. } => &[M::Garwood, M::PoissonMidP, M::Byar, M::FullCount],
            Summary::Bounds => &[M::Frechet],
            Summary::Derived => &[M::Formula],
        }
    }

    /// The default for values of a kind.
    pub fn default_of(summary: Summary) -> Self {
        Self::of(summary).first().copied().unwrap_or(CellMethod::FullCount)
    }
}

/// How the values of two sites are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContrastMethod {
    /// The difference of two shares, score.
    MnScore,
    /// The same without the factor for small numbers.
    MeeScore,
    /// The difference of two shares from their Wilson intervals.
    Newcombe,
    /// The same with a continuity correction.
    NewcombeCorrected,
    /// The difference of two shares with one success and one failure added to each.
    AgrestiCaffo,
    /// The ratio of two shares, score.
    RatioMnScore,
    /// The same without the factor for small numbers.
    RatioKoopman,
    /// The ratio of two shares on the log scale.
    RatioKatz,
    /// The odds ratio, score.
    OddsMnScore,
    /// The odds ratio on the log scale.
    OddsWoolf,
    /// The odds ratio given the margins, exact.
    OddsExact,
    /// The ratio of two ratios or means, on the log scale.
    RatioLog,
    /// The difference of two ratios or means.
    RatioDifference,
    /// The ratio of two rates, exact.
    RateRatio,
    /// The ratio of two rates, score.
    RateRatioScore,
    /// The difference of two rates, score.
    RateDifference,
}

impl ContrastMethod {
    /// The id that results print.
    pub fn id(self) -> &'static str {
        match self {
            ContrastMethod::MnScore => "mn.score",
            ContrastMethod::MeeScore => "mee.score",
            ContrastMethod::Newcombe => "newcombe.wilson",
            ContrastMethod::NewcombeCorrected => "newcombe.wilson_cc",
            ContrastMethod::AgrestiCaffo => "agresti_caffo",
            ContrastMethod::RatioMnScore => "rr.mn.score",
            ContrastMethod::RatioKoopman => "rr.koopman.score",
            ContrastMethod::RatioKatz => "rr.katz.log",
            ContrastMethod::OddsMnScore => "or.mn.score",
            ContrastMethod::OddsWoolf => "or.woolf.log",
            ContrastMethod::OddsExact => "or.conditional.exact",
            ContrastMethod::RatioLog => "ratio.contrast.log",
            ContrastMethod::RatioDifference => "ratio.contrast.difference",
            ContrastMethod::RateRatio => "poisson.ratio.exact_central",
            ContrastMethod::RateRatioScore => "poisson.ratio.score",
            ContrastMethod::RateDifference => "poisson.difference.score",
        }
    }

    /// What the estimate is: `difference`, `ratio` or `odds ratio`.
    pub fn summary(self) -> &'static str {
        match self {
            ContrastMethod::MnScore
            | ContrastMethod::MeeScore
            | ContrastMethod::Newcombe
            | ContrastMethod::NewcombeCorrected
            | ContrastMethod::AgrestiCaffo
            | ContrastMethod::RatioDifference
            | ContrastMethod::RateDifference => "difference",
            ContrastMethod::RatioMnScore
            | ContrastMethod::RatioKoopman
            | ContrastMethod::RatioKatz
            | ContrastMethod::RatioLog
            | ContrastMethod::RateRatio
            | ContrastMethod::RateRatioScore => "ratio",
            ContrastMethod::OddsMnScore | ContrastMethod::OddsWoolf | ContrastMethod::OddsExact => {
                "odds ratio"
            }
        }
    }

    /// The methods for two values of a kind; the first is the default. None where two values are
    /// shown side by side and not compared.
    pub fn of(summary: Summary) -> &'static [ContrastMethod] {
        use ContrastMethod as M;
        match summary {
            Summary::Share => &[
                M::MnScore,
                M::MeeScore,
                M::Newcombe,
                M::NewcombeCorrected,
                M::AgrestiCaffo,
                M::RatioMnScore,
                M::RatioKoopman,
                M::RatioKatz,
                M::OddsMnScore,
                M::OddsWoolf,
                M::OddsExact,
            ],
            Summary::RowMean => &[M::RatioDifference, M::RatioLog],
            Summary::ClusteredRatio | Summary::Quotient => &[M::RatioLog, M::RatioDifference],
            Summary::Rate { .. } => &[M::RateRatio, M::RateRatioScore, M::RateDifference],
            Summary::FullCount
            | Summary::Total
            | Summary::Quantile(_)
            | Summary::Bounds
            | Summary::TopShare { .. }
            | Summary::Derived => &[],
        }
    }
}
