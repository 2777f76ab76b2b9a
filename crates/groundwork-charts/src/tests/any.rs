//! Every chart with any labels, any values and any gaps: texts stand inside and apart, nothing
//! withheld is anywhere, and no rule refuses.

use super::every::{any_cell, any_label, next};
use super::*;
use crate::testing::{KEPT, check, compared, difference, texts};
use groundwork_disclosure::{CellKey, Contrast, Released};

/// What one round draws from: rows by columns of cells, and the same of counts.
struct Round<'s> {
    state: &'s mut u64,
    about: About,
    unit: Unit,
    sites: Vec<ChartSite>,
    rows: usize,
    columns: usize,
}

fn id(i: usize) -> String {
    format!("i{i}")
}

fn site_id(j: usize) -> String {
    format!("s{j}")
}

impl Round<'_> {
    fn label(&mut self) -> String {
        any_label(self.state)
    }

    fn labels(&mut self, count: usize) -> Vec<String> {
        (0..count).map(|_| self.label()).collect()
    }

    fn site(&mut self) -> ChartSite {
        let at = next(self.state, self.sites.len() as u64) as usize;
        self.sites[at].clone()
    }

    fn keys(&self, row: usize) -> Vec<CellKey> {
        (0..self.columns).map(|j| key(&id(row), &site_id(j), Q4)).collect()
    }

    fn key(&mut self) -> CellKey {
        let (row, column) = (next(self.state, self.rows as u64), next(self.state, self.columns as u64));
        key(&id(row as usize), &site_id(column as usize), Q4)
    }

    fn forest(&mut self) -> Forest {
        let row = |round: &mut Self, i: usize| {
            let keys = round.keys(i);
            let cell = keys[0].clone();
            let number = match keys.get(1) {
                Some(reference) => (cell, reference.clone()).into(),
                None => cell.into(),
            };
            ForestRow { label: round.label(), role: round.site().role, number, weight: None }
        };
        Forest {
            about: self.about.clone(),
            unit: self.unit.clone(),
            value_title: self.label(),
            directions: Some((self.label(), self.label())),
            rows: (0..self.rows).map(|i| row(self, i)).collect(),
            pooled: Some(self.key().into()),
            prediction: Some(self.key().into()),
        }
    }

    fn dumbbell(&mut self) -> Dumbbell {
        let row = |round: &mut Self| DumbbellRow { label: round.label(), cells: [round.key(), round.key()] };
        Dumbbell {
            about: self.about.clone(),
            unit: self.unit.clone(),
            value_title: self.label(),
            sites: [self.site(), self.site()],
            rows: (0..self.rows).map(|_| row(self)).collect(),
        }
    }

    fn slope(&mut self) -> Slope {
        let line = |round: &mut Self, i: usize| SlopeLine {
            site: round.site(),
            cells: round.keys(i),
            emphasised: next(round.state, 3) == 0,
        };
        Slope {
            about: self.about.clone(),
            unit: self.unit.clone(),
            moments: self.labels(2),
            lines: (0..self.rows).map(|i| line(self, i)).collect(),
        }
    }

    fn cascade(&mut self) -> Cascade {
        let generation = |round: &mut Self| Generation {
            label: round.label(),
            people: round.key(),
            multiplier: Some(round.key()),
        };
        Cascade {
            about: self.about.clone(),
            value_title: self.label(),
            site: self.site(),
            generations: (0..self.rows).map(|_| generation(self)).collect(),
        }
    }

    fn steps(&mut self) -> Steps {
        let step = |round: &mut Self| Step { label: round.label(), number: round.key().into() };
        Steps {
            about: self.about.clone(),
            value_title: self.label(),
            site: self.site(),
            steps: (0..self.rows).map(|_| step(self)).collect(),
        }
    }

    fn waterfall(&mut self) -> Waterfall {
        let end = |round: &mut Self| WaterfallEnd { site: round.site(), cell: round.key() };
        let part = |round: &mut Self| WaterfallPart { label: round.label(), number: round.key().into() };
        Waterfall {
            about: self.about.clone(),
            unit: self.unit.clone(),
            value_title: self.label(),
            start: end(self),
            parts: (0..self.rows).map(|_| part(self)).collect(),
            end: end(self),
        }
    }

    fn likert(&mut self) -> Likert {
        let row = |round: &mut Self, i: usize| LikertRow { label: round.label(), cells: round.keys(i) };
        Likert {
            about: self.about.clone(),
            value_title: self.label(),
            answers: self.labels(self.columns),
            neutral: Some(next(self.state, 6) as usize),
            rows: (0..self.rows).map(|i| row(self, i)).collect(),
        }
    }

    fn strips(&mut self) -> Strips {
        let row = |round: &mut Self, i: usize| Strip {
            site: round.site(),
            cells: round.keys(i).into_iter().map(|key| (String::new(), key)).collect(),
        };
        Strips {
            about: self.about.clone(),
            unit: self.unit.clone(),
            value_title: self.label(),
            rows: (0..self.rows).map(|i| row(self, i)).collect(),
        }
    }

    fn overlap(&mut self) -> Overlap {
        let channels = (0..self.rows.min(4)).map(|_| (self.label(), self.key())).collect();
        let combination = |round: &mut Self| Combination {
            channels: (0..next(round.state, 4) as usize).collect(),
            cell: round.key(),
        };
        Overlap {
            about: self.about.clone(),
            value_title: self.label(),
            channels,
            combinations: (0..3 * self.columns).map(|_| combination(self)).collect(),
            union: Some(self.key()),
        }
    }

    fn heat_map(&mut self) -> HeatMap {
        let labels = self.labels(self.rows);
        HeatMap {
            about: self.about.clone(),
            unit: self.unit.clone(),
            columns: self.labels(self.columns),
            rows: labels.into_iter().enumerate().map(|(i, label)| (label, self.keys(i))).collect(),
        }
    }

    fn tile_map(&mut self) -> TileMap {
        let province = |round: &mut Self, i: usize| Province {
            code: format!("TH-{}", 50 + i),
            site: ChartSite { name: round.label(), ..round.site() },
            cell: round.key(),
        };
        TileMap {
            about: self.about.clone(),
            unit: self.unit.clone(),
            provinces: (0..self.rows).map(|i| province(self, i)).collect(),
        }
    }

    fn completion(&mut self) -> Completion {
        let risk = |round: &mut Self, i: usize| RiskColumn {
            time: 3.0 * i as f64,
            at_risk: round.key().into(),
            censored: round.key().into(),
            completed: round.key().into(),
        };
        let line = |round: &mut Self| CompletionLine {
            site: ChartSite { name: round.label(), ..round.site() },
            shares: (1..8).map(|i| (2.0 * f64::from(i), round.key().into())).collect(),
            risks: (0..next(round.state, 6) as usize).map(|i| risk(round, i)).collect(),
            median: Some(round.key().into()),
        };
        Completion {
            about: self.about.clone(),
            value_title: self.label(),
            time_unit: "months".into(),
            lines: (0..self.rows.min(3)).map(|_| line(self)).collect(),
        }
    }

    fn event_study(&mut self) -> EventStudy {
        let period = |round: &mut Self, time: i32| EventPeriod {
            time,
            effect: (time != -1).then(|| round.key().into()),
            band: Some(round.key().into()),
        };
        EventStudy {
            about: self.about.clone(),
            unit: self.unit.clone(),
            value_title: self.label(),
            time_title: self.label(),
            event: self.label(),
            periods: (-3..self.columns as i32).map(|time| period(self, time)).collect(),
            binned: (true, true),
        }
    }

    fn sparklines(&mut self) -> Sparklines {
        let line = |round: &mut Self, i: usize| Sparkline {
            label: round.label(),
            site: round.site(),
            cells: round.keys(i),
        };
        Sparklines {
            about: self.about.clone(),
            unit: self.unit.clone(),
            cell_width_pt: 30.0 * next(self.state, 5) as f64,
            with_value: true,
            periods: vec![],
            lines: (0..self.rows).map(|i| line(self, i)).collect(),
        }
    }

    fn all(&mut self, released: &Released) -> Vec<(&'static str, Figure)> {
        let mut all = vec![
            ("forest", self.forest().draw(released)),
            ("dumbbell", self.dumbbell().draw(released)),
            ("slope", self.slope().draw(released)),
            ("cascade", self.cascade().draw(released)),
            ("steps", self.steps().draw(released)),
            ("waterfall", self.waterfall().draw(released)),
            ("likert", self.likert().draw(released)),
            ("strips", self.strips().draw(released)),
            ("overlap", self.overlap().draw(released)),
            ("heat map", self.heat_map().draw(released)),
            ("tile map", self.tile_map().draw(released)),
            ("completion", self.completion().draw(released)),
            ("event study", self.event_study().draw(released)),
        ];
        all.extend(self.sparklines().draw(released).into_iter().map(|figure| ("sparkline", figure)));
        all
    }
}

#[test]
fn any_chart_can_be_read_and_gives_nothing_away() {
    let units = [
        (Unit::Share, 1.0),
        (Unit::Share, 0.04),
        (Unit::Count, 12_000.0),
        (Unit::Ratio, 3.0),
        (Unit::Amount("months".into()), 30.0),
    ];
    let roles = [Some(SiteRole::Origin), Some(SiteRole::Adaptation), Some(SiteRole::Comparison), None];
    let mut state = 11;
    let mut problems = Vec::new();
    for i in 0..120 {
        let (unit, size) = units[i % units.len()].clone();
        let mut about = about(Language::ALL[i % 3]);
        about.width_pt = [180.0, 260.0, 330.0, 470.0, 700.0][next(&mut state, 5) as usize];
        about.captioned = next(&mut state, 2) == 0;
        let rows = 1 + next(&mut state, 6) as usize;
        let columns = 1 + next(&mut state, 7) as usize;
        let sites = roles.map(|role| ChartSite::new(any_label(&mut state), role)).to_vec();
        let mut cells = Vec::new();
        for row in 0..rows {
            for column in 0..columns {
                cells.extend(any_cell(&mut state, [&id(row), &site_id(column), Q4], &unit, size));
            }
        }
        let contrast = |row: usize| Contrast {
            unit: unit.clone(),
            ..difference(&id(row), ("s0", "s1"), (-0.1 * size, 0.02 * size, 0.3 * size))
        };
        let contrasts: Vec<Contrast> = (0..rows).map(contrast).collect();
        let others = cells.iter().cloned().map(|cell| KEPT.exchanged(cell)).collect();
        let exchanged = compared(others, contrasts.clone());
        let released = compared(cells, contrasts);
        let mut round = Round { state: &mut state, about, unit, sites, rows, columns };
        let before = *round.state;
        let all = round.all(&released);
        for (name, figure) in &all {
            let refuses = |lint: &&Lint| lint.severity == Severity::Refuse && lint.rule != "map-of-rates";
            for lint in figure.lint.iter().filter(refuses) {
                problems.push(format!("round {i}, {name}: {}: {}", lint.rule, lint.message));
            }
            if !figure.lint.iter().any(|lint| refuses(&lint)) {
                check(figure);
            }
            KEPT.is_absent_from(figure);
            // Codes of provinces are no numbers.
            let burmese = Language::ALL[i % 3] == Language::My && *name != "tile map";
            let common = |text: &&str| text.contains(|c: char| c.is_ascii_digit());
            if let Some(text) = texts(figure).into_iter().find(|text| burmese && common(text)) {
                problems.push(format!("round {i}, {name}: common digits in `{text}`"));
            }
        }
        // The same input gives the same bytes.
        *round.state = before;
        assert_eq!(all, round.all(&released));
        // What is withheld may be anything: no mark, no scale and no order depends on it.
        *round.state = before;
        assert_eq!(all, round.all(&exchanged));
    }
    assert!(problems.is_empty(), "{} problems\n{}", problems.len(), problems.join("\n"));
}
