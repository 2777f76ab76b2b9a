//! Clustered errors against the textbook formula and at their limits.

use super::*;
use crate::estimators::least_squares::least_squares;
use crate::estimators::logistic::logistic;
use crate::linalg::symmetric_eigen;
use crate::linalg::testing::{Lcg, shuffle};

fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
    outcome.err().map(|refusal| refusal.code)
}

struct Data {
    y: Vec<f64>,
    x: Vec<f64>,
    treated: Vec<f64>,
    cluster: Vec<u32>,
}

/// `sizes` rows a cluster; the first `treated` clusters are treated.
fn data(sizes: &[usize], treated: usize, seed: u64) -> Data {
    let mut random = Lcg::new(seed);
    let mut data = Data { y: vec![], x: vec![], treated: vec![], cluster: vec![] };
    for (group, &size) in sizes.iter().enumerate() {
        let effect = random.normal();
        for _ in 0..size {
            data.x.push(random.normal() + 0.3 * effect);
            data.y.push(effect + random.normal() + data.x[data.x.len() - 1]);
            data.treated.push(f64::from(group < treated));
            data.cluster.push(group as u32 * 3 + 1);
        }
    }
    data
}

const KINDS: [Clustered; 5] =
    [Clustered::Cr0, Clustered::Cr1, Clustered::Cr1s, Clustered::Cr2, Clustered::Cr3];

/// (I - H_gg)^power row by row, the textbook way.
fn by_hat_matrix(data: &Data, power: f64) -> (Matrix, f64) {
    let rows = data.y.len();
    let x = Matrix::from_fn(rows, 3, |i, j| [1.0, data.x[i], data.treated[i]][j]);
    let inverse = crate::linalg::inverse_positive(&x.transpose_mul(&x)).expect("an inverse");
    let hat = x.mul(&inverse).mul(&x.transpose());
    let b = inverse.mul_vector(&x.transpose_mul_vector(&data.y));
    let fitted = x.mul_vector(&b);
    let mut labels = data.cluster.clone();
    labels.dedup();
    let mut meat = Matrix::zeros(3, 3);
    // Vectors a of every cluster for the last coefficient.
    let mut bent = Matrix::zeros(labels.len(), rows);
    for (group, label) in labels.iter().enumerate() {
        let own: Vec<usize> = (0..rows).filter(|&i| data.cluster[i] == *label).collect();
        let rest = Matrix::from_fn(own.len(), own.len(), |i, j| f64::from(i == j) - hat.get(own[i], own[j]));
        let adjust = symmetric_eigen(&rest).expect("a decomposition").function(|v| libm::pow(v, power));
        let e: Vec<f64> = own.iter().map(|&i| data.y[i] - fitted[i]).collect();
        let e = adjust.mul_vector(&e);
        let score: Vec<f64> =
            (0..3).map(|j| own.iter().zip(&e).map(|(&i, e)| x.get(i, j) * e).sum()).collect();
        for j in 0..3 {
            for k in 0..3 {
                meat.set(j, k, meat.get(j, k) + score[j] * score[k]);
            }
        }
        let along: Vec<f64> =
            own.iter().map(|&i| (0..3).map(|j| x.get(i, j) * inverse.get(j, 2)).sum()).collect();
        for (&i, value) in own.iter().zip(adjust.mul_vector(&along)) {
            bent.set(group, i, value);
        }
    }
    let rest = Matrix::identity(rows).minus(&hat);
    let p = bent.sandwich(&rest);
    let degrees = p.trace() * p.trace() / p.frobenius_squared();
    let covariance = inverse.sandwich(&meat);
    (covariance, degrees)
}

#[test]
fn clusters_agree_with_the_hat_matrix() {
    // Clusters of one row, of few and of many, so that every way is taken.
    for sizes in [vec![1, 1, 2, 3, 30, 40, 12], vec![60, 70, 55, 90, 20], vec![1; 30]] {
        let data = data(&sizes, sizes.len() / 2, 17);
        let design = Design::new(data.y.len(), &[&data.x, &data.treated]).expect("a design");
        let fit = least_squares(&data.y, &design, None).expect("a fit");
        let scores = fit.scores(&design).expect("scores");
        for (kind, power) in [(Clustered::Cr0, 0.0), (Clustered::Cr2, -0.5), (Clustered::Cr3, -1.0)] {
            let found =
                cluster_robust(&scores, &data.cluster, kind, ClusterDf::Satterthwaite, 0.95).expect("errors");
            let (covariance, degrees) = by_hat_matrix(&data, power);
            for (a, b) in found.covariance.data().iter().zip(covariance.data()) {
                assert!((a - b).abs() < 1e-11 * covariance.trace(), "{kind:?} {a} {b}");
            }
            let df = found.coefficients[2].as_ref().expect("an estimate").df.expect("df");
            assert!((df / degrees - 1.0).abs() < 1e-11, "{kind:?} {df} {degrees}");
        }
    }
}

#[test]
fn clusters_of_one_row_are_heteroskedastic_errors() {
    let data = data(&[1; 25], 10, 3);
    let design = Design::new(25, &[&data.x, &data.treated]).expect("a design");
    let weights: Vec<f64> = (0..25).map(|i| 0.5 + f64::from(i % 4)).collect();
    for weights in [None, Some(&weights[..])] {
        let fit = least_squares(&data.y, &design, weights).expect("a fit");
        let scores = fit.scores(&design).expect("scores");
        for (clustered, single) in [
            (Clustered::Cr0, Heteroskedastic::Hc0),
            (Clustered::Cr2, Heteroskedastic::Hc2),
            (Clustered::Cr3, Heteroskedastic::Hc3),
        ] {
            let a = cluster_robust(&scores, &data.cluster, clustered, ClusterDf::Clusters, 0.95)
                .expect("errors")
                .covariance;
            let b = heteroskedastic_robust(&scores, single, 0.95).expect("errors").covariance;
            for (a, b) in a.data().iter().zip(b.data()) {
                assert!((a - b).abs() < 1e-12, "{a} {b}");
            }
        }
    }
}

#[test]
fn repeating_rows_within_clusters_adds_nothing() {
    let one = data(&[8; 12], 6, 9);
    let twice = Data {
        y: [one.y.clone(), one.y.clone()].concat(),
        x: [one.x.clone(), one.x.clone()].concat(),
        treated: [one.treated.clone(), one.treated.clone()].concat(),
        cluster: [one.cluster.clone(), one.cluster.clone()].concat(),
    };
    let errors = |data: &Data| {
        let design = Design::new(data.y.len(), &[&data.x, &data.treated]).expect("a design");
        let fit = least_squares(&data.y, &design, None).expect("a fit");
        let scores = fit.scores(&design).expect("scores");
        let clustered =
            cluster_robust(&scores, &data.cluster, Clustered::Cr2, ClusterDf::Satterthwaite, 0.95)
                .expect("errors");
        (clustered.covariance.get(2, 2), fit.std_errors[2])
    };
    let (first, second) = (errors(&one), errors(&twice));
    assert!((first.0 / second.0 - 1.0).abs() < 1e-10);
    assert!(second.1 < 0.8 * first.1);
}

#[test]
fn rows_in_any_order_give_the_same_bits() {
    let sizes = [1, 2, 5, 40, 17, 3, 9, 130];
    let first = data(&sizes, 4, 5);
    let mut order: Vec<usize> = (0..first.y.len()).collect();
    shuffle(&mut order, &mut Lcg::new(3));
    let second = Data {
        y: order.iter().map(|&i| first.y[i]).collect(),
        x: order.iter().map(|&i| first.x[i]).collect(),
        treated: order.iter().map(|&i| first.treated[i]).collect(),
        cluster: order.iter().map(|&i| first.cluster[i]).collect(),
    };
    let all = |data: &Data| {
        let design = Design::new(data.y.len(), &[&data.x, &data.treated]).expect("a design");
        let fit = least_squares(&data.y, &design, Some(&data.x.iter().map(|x| x.abs()).collect::<Vec<_>>()))
            .expect("a fit");
        let scores = fit.scores(&design).expect("scores");
        let mut found = Vec::new();
        for kind in KINDS {
            found.push(
                cluster_robust(&scores, &data.cluster, kind, ClusterDf::Satterthwaite, 0.95).expect("errors"),
            );
        }
        for kind in [Heteroskedastic::Hc0, Heteroskedastic::Hc3] {
            found.push(heteroskedastic_robust(&scores, kind, 0.95).expect("errors"));
        }
        found
    };
    assert_eq!(all(&first), all(&second));
}

#[test]
fn what_rests_on_one_cluster_is_refused() {
    let one = data(&[10; 8], 1, 2);
    let design = Design::new(80, &[&one.x, &one.treated]).expect("a design");
    let fit = least_squares(&one.y, &design, None).expect("a fit");
    let scores = fit.scores(&design).expect("scores");
    for kind in KINDS {
        let found = cluster_robust(&scores, &one.cluster, kind, ClusterDf::Clusters, 0.95).expect("errors");
        assert_eq!(code(found.coefficients[2].clone()), Some("one_cluster_carries"));
        assert!(found.coefficients[1].is_ok(), "{kind:?}");
    }
    let two = data(&[10; 8], 2, 2);
    let design = Design::new(80, &[&two.x, &two.treated]).expect("a design");
    let fit = least_squares(&two.y, &design, None).expect("a fit");
    let scores = fit.scores(&design).expect("scores");
    let found = cluster_robust(&scores, &two.cluster, Clustered::Cr2, ClusterDf::Satterthwaite, 0.95)
        .expect("errors");
    let estimate = found.coefficients[2].clone().expect("an estimate");
    let codes: Vec<&str> = estimate.warnings.iter().map(|warning| warning.code).collect();
    assert_eq!(codes, ["few_clusters", "few_df"]);
    assert!(estimate.df.expect("df") < 2.0);
    assert_eq!((found.clusters, found.largest_share), (Some(8), Some(0.125)));
}

#[test]
fn contrasts_follow_the_coefficients() {
    let data = data(&[10; 20], 9, 2);
    let design = Design::new(200, &[&data.x, &data.treated]).expect("a design");
    let fit = least_squares(&data.y, &design, None).expect("a fit");
    let scores = fit.scores(&design).expect("scores");
    let (kind, df) = (Clustered::Cr2, ClusterDf::Satterthwaite);
    let all = cluster_robust(&scores, &data.cluster, kind, df, 0.95).expect("errors");
    let contrast = |c: &[f64]| cluster_robust_contrast(&scores, &data.cluster, kind, df, c, 0.95);
    let (a, b) = (contrast(&[0.0, 0.0, -2.0]).expect("a"), all.coefficients[2].clone().expect("b"));
    assert!((a.value + 2.0 * b.value).abs() < 1e-13);
    assert!((a.std_error.expect("se") / b.std_error.expect("se") - 2.0).abs() < 1e-12);
    assert!((a.df.expect("df") / b.df.expect("df") - 1.0).abs() < 1e-12);
    assert_eq!(code(contrast(&[0.0, 1.0])), Some("no_such_term"));
    assert_eq!(code(contrast(&[0.0, f64::NAN, 1.0])), Some("not_finite"));
    assert_eq!(code(contrast(&[0.0, 0.0, 0.0])), Some("no_variation"));
    assert_eq!(code(cluster_robust(&scores, &data.cluster[1..], kind, df, 0.95)), Some("lengths_differ"));
    assert_eq!(code(cluster_robust(&scores, &[1; 200], kind, df, 0.95)), Some("too_few_clusters"));
    assert_eq!(code(cluster_robust(&scores, &data.cluster, kind, df, 1.0)), Some("level_out_of_range"));
}

#[test]
fn perfect_fits_and_lone_rows_are_refused() {
    let x = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
    let design = Design::new(6, &[&x]).expect("a design");
    let fit = least_squares(&[1.0, 3.0, 5.0, 7.0, 9.0, 11.0], &design, None).expect("a fit");
    let scores = fit.scores(&design).expect("scores");
    let found = cluster_robust(&scores, &[1, 1, 2, 2, 3, 3], Clustered::Cr2, ClusterDf::Clusters, 0.95);
    assert_eq!(code(found.expect("errors").coefficients[1].clone()), Some("no_variation"));
    let lone = [0.0, 0.0, 0.0, 0.0, 0.0, 1.0];
    let design = Design::new(6, &[&lone]).expect("a design");
    let fit = least_squares(&[1.0, 3.0, 4.0, 7.0, 9.0, 11.0], &design, None).expect("a fit");
    let scores = fit.scores(&design).expect("scores");
    let single = |kind| heteroskedastic_robust(&scores, kind, 0.95);
    assert_eq!(code(single(Heteroskedastic::Hc3)), Some("one_row_carries"));
    assert!(single(Heteroskedastic::Hc1).is_ok());
}

#[test]
fn logistic_clusters_have_finite_errors() {
    let data = data(&[15; 20], 10, 8);
    let y: Vec<f64> = data.y.iter().map(|&y| f64::from(y > 0.0)).collect();
    let design = Design::new(300, &[&data.x, &data.treated]).expect("a design");
    let fit = logistic(&y, &design, None).expect("a fit");
    let scores = fit.scores(&design).expect("scores");
    let found = cluster_robust(&scores, &data.cluster, Clustered::Cr2, ClusterDf::Satterthwaite, 0.95)
        .expect("errors");
    let wider = found.coefficients[2].clone().expect("an estimate").std_error.expect("se");
    assert!(wider > 1.2 * fit.std_errors[2], "{wider}");
    let single = heteroskedastic_robust(&scores, Heteroskedastic::Hc0, 0.95).expect("errors");
    assert_eq!(single.coefficients[2].clone().expect("an estimate").df, None);
}
