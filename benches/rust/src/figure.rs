//! What was measured, as JSON for `benches/run.py` and as a table for a reader.

use std::fmt;

use serde_json::{Value, json};

/// The engine every figure stands beside.
pub(crate) const BASELINE: &str = "BTreeMap of VecDeques";

/// One figure.
pub(crate) struct Row {
    /// What was done.
    pub(crate) name: String,
    /// Ours.
    pub(crate) value: f64,
    /// Of both; a rate ends in `/s`, and everything else is better when smaller.
    pub(crate) unit: &'static str,
    /// The baseline's, of the same run.
    pub(crate) baseline: Option<f64>,
    /// What we set ourselves.
    pub(crate) asked: Option<&'static str>,
}

/// How a cost grows.
pub(crate) struct Curve {
    /// What was done.
    pub(crate) name: &'static str,
    /// What grows.
    pub(crate) along: &'static str,
    /// How far it grew, our nanoseconds, the baseline's.
    pub(crate) points: Vec<(usize, f64, f64)>,
}

/// Everything one run measured.
#[derive(Default)]
pub(crate) struct Figures {
    pub(crate) rows: Vec<Row>,
    pub(crate) curves: Vec<Curve>,
}

impl Row {
    /// How many times better than the baseline.
    fn ratio(&self) -> Option<f64> {
        let baseline = self.baseline?;
        Some(if self.unit.ends_with("/s") {
            self.value / baseline
        } else {
            baseline / self.value
        })
    }
}

impl Figures {
    /// The rows and curves as one object.
    pub(crate) fn json(&self) -> Value {
        let rows: Vec<Value> = self.rows.iter().map(row_json).collect();
        let curves: Vec<Value> = self.curves.iter().map(curve_json).collect();
        json!({"rows": rows, "curves": curves})
    }
}

fn row_json(row: &Row) -> Value {
    json!({
        "name": row.name,
        "value": row.value,
        "unit": row.unit,
        "asked": row.asked,
        "baseline_name": row.baseline.map(|_| BASELINE),
        "baseline_value": row.baseline,
        "ratio": row.ratio(),
    })
}

fn curve_json(curve: &Curve) -> Value {
    let column = |pick: fn(&(usize, f64, f64)) -> f64| -> Vec<f64> {
        curve.points.iter().map(pick).collect()
    };
    json!({
        "name": curve.name,
        "along": curve.along,
        "at": column(|point| point.0 as f64),
        "costs": [
            ["tradecore", column(|point| point.1)],
            [BASELINE, column(|point| point.2)],
        ],
    })
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<52} {:>12} {:<14} {:>16} {:>12} {:>8}",
            "what", "figure", "unit", "asked", "baseline", "ratio"
        )?;
        for row in &self.rows {
            let ratio = row
                .ratio()
                .map_or(String::new(), |ratio| format!("{ratio:.1} x"));
            let baseline = row
                .baseline
                .map_or(String::new(), |value| shown(value, row.unit));
            writeln!(
                f,
                "{:<52} {:>12} {:<14} {:>16} {:>12} {:>8}",
                row.name,
                shown(row.value, row.unit),
                row.unit,
                row.asked.unwrap_or_default(),
                baseline,
                ratio,
            )?;
        }
        for curve in &self.curves {
            writeln!(f, "\n{}, along {}", curve.name, curve.along)?;
            for (at, ours, theirs) in &curve.points {
                writeln!(f, "{at:>12} {ours:>10.1} ns {theirs:>12.1} ns")?;
            }
        }
        Ok(())
    }
}

fn shown(value: f64, unit: &str) -> String {
    if unit.ends_with("/s") && value < 1e6 {
        format!("{:.1} k", value / 1e3)
    } else if unit.ends_with("/s") {
        format!("{:.1} M", value / 1e6)
    } else {
        format!("{value:.1}")
    }
}
