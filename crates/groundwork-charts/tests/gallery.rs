//! Every chart of the gallery, in every variant, is one that the rules accept.

#[path = "../examples/gallery/comparison.rs"]
mod comparison;
#[path = "../examples/gallery/invented.rs"]
mod invented;
#[path = "../examples/gallery/people.rs"]
mod people;
#[path = "../examples/gallery/place.rs"]
mod place;
#[path = "../examples/gallery/time.rs"]
mod time;

use invented::Variant;

#[test]
fn every_chart_of_the_gallery_is_accepted() {
    for variant in Variant::all() {
        let charts = [
            comparison::charts(&variant),
            time::charts(&variant),
            people::charts(&variant),
            place::charts(&variant),
        ];
        let charts = charts.concat();
        assert_eq!(charts.len(), 18, "{}", variant.name);
        for (name, figure) in charts {
            assert!(figure.csv.lines().count() > 1, "{name}-{} has no data", variant.name);
            if let Err(found) = figure.accepted() {
                panic!("{name}-{}: {found:?}", variant.name);
            }
        }
    }
}
