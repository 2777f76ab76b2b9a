//! The invented data of the benchmark, the same bytes on every machine.

use groundwork_stats::random::Stream;
use groundwork_stats::special::normal_quantile;
use std::io;
use std::path::Path;

/// Everything that both sides compute from; one vector a column.
pub(crate) struct Data {
    /// Sums of a thousand clusters.
    pub(crate) clusters: [Vec<f64>; 2],
    /// 2,000 rows in 16 clusters: outcome, treatment of whole clusters, covariate.
    pub(crate) rows: [Vec<f64>; 3],
    pub(crate) rows_cluster: Vec<u32>,
    /// A million times, in whole days and in fractions of days, and whether the event came.
    pub(crate) days: Vec<f64>,
    pub(crate) fractions: Vec<f64>,
    pub(crate) event: Vec<u8>,
    /// A million rows: outcome, nineteen columns, a thousand clusters.
    pub(crate) target: Vec<f64>,
    pub(crate) design: Vec<Vec<f64>>,
    pub(crate) target_cluster: Vec<u32>,
    /// A thousand studies.
    pub(crate) values: Vec<f64>,
    pub(crate) variances: Vec<f64>,
}

const SEED: [u8; 32] = *b"groundwork benchmark, first edit";
const MANY: usize = 1_000_000;

impl Data {
    pub(crate) fn draw() -> Self {
        let normal = |stream: &mut Stream| normal_quantile(stream.uniform().max(1e-12));

        let mut stream = Stream::new(&SEED, 0);
        let months: Vec<f64> = (0..1000).map(|_| 1.0 + stream.index(36) as f64).collect();
        let people = months.iter().map(|months| (months * (0.4 + stream.uniform())).round()).collect();

        let mut stream = Stream::new(&SEED, 1);
        let rows_cluster: Vec<u32> = (0..2000).map(|_| stream.index(16) as u32).collect();
        let shock: Vec<f64> = (0..16).map(|_| 0.5 * normal(&mut stream)).collect();
        let treated: Vec<f64> = rows_cluster.iter().map(|c| f64::from(c % 2)).collect();
        let covariate: Vec<f64> = (0..2000).map(|_| normal(&mut stream)).collect();
        let outcome = (0..2000)
            .map(|i| {
                0.6 * treated[i] + 0.3 * covariate[i] + shock[rows_cluster[i] as usize] + normal(&mut stream)
            })
            .collect();

        let mut stream = Stream::new(&SEED, 2);
        let waited: Vec<f64> = (0..MANY).map(|_| -1200.0 * libm::log(stream.uniform().max(1e-12))).collect();
        let ended: Vec<f64> = (0..MANY).map(|_| 3650.0 * stream.uniform()).collect();
        let fractions: Vec<f64> = waited.iter().zip(&ended).map(|(&a, &b)| a.min(b)).collect();
        let event = waited.iter().zip(&ended).map(|(a, b)| u8::from(a <= b)).collect();
        let days = fractions.iter().map(|time| time.floor()).collect();

        let mut stream = Stream::new(&SEED, 3);
        let target_cluster: Vec<u32> = (0..MANY).map(|_| stream.index(1000) as u32).collect();
        let shock: Vec<f64> = (0..1000).map(|_| normal(&mut stream)).collect();
        let design: Vec<Vec<f64>> = (0..19)
            .map(|j| {
                // Some columns are yes or no, and some vary between clusters alone.
                let by_cluster: Vec<f64> = (0..1000).map(|_| normal(&mut stream)).collect();
                let value = |row: usize, stream: &mut Stream| match j % 4 {
                    0 => by_cluster[target_cluster[row] as usize],
                    1 => f64::from(u8::from(stream.uniform() < 0.3)),
                    _ => normal(stream),
                };
                (0..MANY).map(|row| value(row, &mut stream)).collect()
            })
            .collect();
        let target = (0..MANY)
            .map(|row| {
                let line: f64 = design.iter().enumerate().map(|(j, x)| 0.02 * j as f64 * x[row]).sum();
                line + 0.5 * shock[target_cluster[row] as usize] + normal(&mut stream)
            })
            .collect();

        let mut stream = Stream::new(&SEED, 4);
        let variances: Vec<f64> = (0..1000).map(|_| 0.01 + 0.2 * stream.uniform()).collect();
        let values = variances.iter().map(|v| 0.3 + (v + 0.05).sqrt() * normal(&mut stream)).collect();

        Self {
            clusters: [people, months],
            rows: [outcome, treated, covariate],
            rows_cluster,
            days,
            fractions,
            event,
            target,
            design,
            target_cluster,
            values,
            variances,
        }
    }

    /// Writes every column as 64-bit numbers, little-endian, one file a column.
    pub(crate) fn write(&self, folder: &Path) -> io::Result<()> {
        let whole = |labels: &[u32]| labels.iter().map(|&label| f64::from(label)).collect::<Vec<_>>();
        let event: Vec<f64> = self.event.iter().map(|&event| f64::from(event)).collect();
        for (name, column) in [
            ("clusters-y", &self.clusters[0]),
            ("clusters-x", &self.clusters[1]),
            ("rows-y", &self.rows[0]),
            ("rows-treated", &self.rows[1]),
            ("rows-covariate", &self.rows[2]),
            ("rows-cluster", &whole(&self.rows_cluster)),
            ("times-days", &self.days),
            ("times-fractions", &self.fractions),
            ("times-event", &event),
            ("regression-y", &self.target),
            ("regression-x", &self.design.concat()),
            ("regression-cluster", &whole(&self.target_cluster)),
            ("studies-values", &self.values),
            ("studies-variances", &self.variances),
        ] {
            write(&folder.join(name), column)?;
        }
        Ok(())
    }
}

/// Writes one column.
pub(crate) fn write(path: &Path, column: &[f64]) -> io::Result<()> {
    let bytes: Vec<u8> = column.iter().flat_map(|value| value.to_le_bytes()).collect();
    std::fs::write(path, bytes)
}
