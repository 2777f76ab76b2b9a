//! Rows by cluster.

/// The clusters of the rows, numbered from zero in the order of their labels.
#[derive(Clone, Debug)]
pub(crate) struct Groups {
    /// The number of the cluster of every row.
    pub(crate) of_row: Vec<u32>,
    /// The number of rows of every cluster.
    pub(crate) sizes: Vec<u32>,
}

impl Groups {
    /// Numbers the clusters; labels may be any numbers in any order.
    pub(crate) fn new(labels: &[u32]) -> Self {
        let most = labels.iter().copied().max().unwrap_or(0) as usize;
        let mut sizes = Vec::new();
        let mut of_row = Vec::with_capacity(labels.len());
        if most <= 8 * labels.len() + 1024 {
            // Labels dense enough to count in a table.
            let mut counts = vec![0_u32; most + 1];
            for &label in labels {
                counts[label as usize] += 1;
            }
            let mut numbers = vec![0_u32; most + 1];
            for (label, &count) in counts.iter().enumerate() {
                if count > 0 {
                    numbers[label] = sizes.len() as u32;
                    sizes.push(count);
                }
            }
            of_row.extend(labels.iter().map(|&label| numbers[label as usize]));
        } else {
            let mut distinct = labels.to_vec();
            distinct.sort_unstable();
            distinct.dedup();
            sizes = vec![0; distinct.len()];
            for label in labels {
                let number = distinct.partition_point(|other| other < label);
                of_row.push(number as u32);
                sizes[number] += 1;
            }
        }
        Self { of_row, sizes }
    }

    /// The number of clusters.
    pub(crate) fn count(&self) -> usize {
        self.sizes.len()
    }

    /// The largest cluster's share of the rows.
    pub(crate) fn largest_share(&self) -> f64 {
        let most = self.sizes.iter().copied().max().unwrap_or(0);
        f64::from(most) / (self.of_row.len().max(1)) as f64
    }

    /// The rows cluster by cluster, and where each cluster starts (one more
    /// entry than clusters).
    pub(crate) fn rows(&self) -> (Vec<u32>, Vec<usize>) {
        let mut starts = Vec::with_capacity(self.sizes.len() + 1);
        let mut next = 0;
        starts.push(0);
        for &size in &self.sizes {
            next += size as usize;
            starts.push(next);
        }
        let mut places = starts.clone();
        let mut rows = vec![0_u32; self.of_row.len()];
        for (row, &group) in self.of_row.iter().enumerate() {
            let place = &mut places[group as usize];
            rows[*place] = row as u32;
            *place += 1;
        }
        (rows, starts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_by_hand() {
        for offset in [0, 4_000_000_000] {
            let labels = [7, 2, 7, 9, 2, 7].map(|label| label + offset);
            let groups = Groups::new(&labels);
            assert_eq!(groups.of_row, vec![1, 0, 1, 2, 0, 1]);
            assert_eq!(groups.sizes, vec![2, 3, 1]);
            assert_eq!((groups.count(), groups.largest_share()), (3, 0.5));
            assert_eq!(groups.rows(), (vec![1, 4, 0, 2, 5, 3], vec![0, 2, 5, 6]));
        }
        let none = Groups::new(&[]);
        assert_eq!((none.count(), none.largest_share()), (0, 0.0));
    }
}
