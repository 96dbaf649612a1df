//! Charts as inline SVG.

use std::fmt::Write;

use super::axis::Axis;
use super::page::escaped;

const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 290.0;
const LEFT: f64 = 54.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 26.0;
const BOTTOM: f64 = 46.0;

/// A chart with two axes. Colours come from the page's style sheet, by class.
pub(super) struct Plot {
    x: Axis,
    y: Axis,
    name: String,
    marks: String,
}

impl Plot {
    /// An empty chart; `name` says in words what it shows, for those who cannot see it.
    pub(super) fn new(name: &str, x: Axis, y: Axis) -> Self {
        Self { x, y, name: name.into(), marks: String::new() }
    }

    /// A line through `points`.
    pub(super) fn line(mut self, class: &str, points: &[(f64, f64)]) -> Self {
        if let [only] = points {
            self.dot(class, *only);
            return self;
        }
        let path = self.path(points.iter().copied());
        self.mark(format_args!(r#"<path class="line {class}" d="{path}"/>"#));
        self
    }

    /// A dashed line across the chart, with a label, which may be empty, at its right end.
    pub(super) fn level(mut self, class: &str, y: f64, label: &str) -> Self {
        let (from, to, y) = (LEFT, WIDTH - RIGHT, self.y_at(y));
        self.mark(format_args!(
            r#"<path class="level {class}" d="M{from:.1} {y:.1}H{to:.1}"/><text class="{class}" x="{to:.1}" y="{:.1}" text-anchor="end">{}</text>"#,
            y - 5.0,
            escaped(label),
        ));
        self
    }

    /// The area between two curves over the same x values.
    pub(super) fn area(mut self, class: &str, lower: &[(f64, f64)], upper: &[(f64, f64)]) -> Self {
        let outline = upper.iter().copied().chain(lower.iter().rev().copied());
        let path = self.path(outline);
        self.mark(format_args!(r#"<path class="area {class}" d="{path}Z"/>"#));
        self
    }

    /// A bar from the x axis up, with words that appear under the pointer.
    pub(super) fn bar(mut self, class: &str, (from, to): (f64, f64), y: f64, words: &str) -> Self {
        let (left, right) = (self.x_at(from), self.x_at(to));
        let (top, bottom) = (self.y_at(y), HEIGHT - BOTTOM);
        self.mark(format_args!(
            r#"<rect class="bar {class}" x="{left:.1}" y="{top:.1}" width="{:.1}" height="{:.1}"><title>{}</title></rect>"#,
            (right - left - 1.0).max(0.5),
            bottom - top,
            escaped(words),
        ));
        self
    }

    /// A line straight up at `x`, labelled at its top unless the label is empty; `row` moves labels
    /// apart.
    pub(super) fn upright(mut self, x: f64, row: u8, label: &str) -> Self {
        let (x, bottom) = (self.x_at(x), HEIGHT - BOTTOM);
        let y = TOP + 4.0 + f64::from(row) * 15.0;
        // In the last third there is more room on the left.
        let (anchor, at) =
            if x > WIDTH * 2.0 / 3.0 { ("end", x - 4.0) } else { ("start", x + 4.0) };
        self.mark(format_args!(
            r#"<path class="upright" d="M{x:.1} {TOP:.1}V{bottom:.1}"/><text x="{at:.1}" y="{:.1}" text-anchor="{anchor}">{}</text>"#,
            y + 6.0,
            escaped(label),
        ));
        self
    }

    /// The chart as an SVG element.
    pub(super) fn svg(self) -> String {
        let mut svg = String::new();
        // Writing to a string cannot fail.
        let _ = write!(
            svg,
            r#"<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{}">{}{}</svg>"#,
            escaped(&self.name),
            self.grid(),
            self.marks,
        );
        svg
    }

    fn grid(&self) -> String {
        let mut svg = String::new();
        let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
        for (value, label) in &self.y.ticks {
            let y = self.y_at(*value);
            let _ = write!(
                svg,
                r#"<path class="grid" d="M{LEFT} {y:.1}H{right}"/><text x="{:.1}" y="{:.1}" text-anchor="end">{label}</text>"#,
                LEFT - 8.0,
                y + 4.5,
            );
        }
        for (value, label) in &self.x.ticks {
            let x = self.x_at(*value);
            let anchor = if x > right - 12.0 { "end" } else { "middle" };
            let _ = write!(
                svg,
                r#"<path class="tick" d="M{x:.1} {bottom}v5"/><text x="{:.1}" y="{:.1}" text-anchor="{anchor}">{label}</text>"#,
                if anchor == "end" { right + 4.0 } else { x },
                bottom + 19.0,
            );
        }
        let _ = write!(
            svg,
            r#"<path class="axis" d="M{LEFT} {bottom}H{right}"/><text class="title" x="2" y="13">{}</text><text class="title" x="{right}" y="{:.1}" text-anchor="end">{}</text>"#,
            escaped(&self.y.title),
            HEIGHT - 6.0,
            escaped(&self.x.title),
        );
        svg
    }

    fn dot(&mut self, class: &str, (x, y): (f64, f64)) {
        let (x, y) = (self.x_at(x), self.y_at(y));
        self.mark(format_args!(r#"<circle class="dot {class}" cx="{x:.1}" cy="{y:.1}" r="3"/>"#));
    }

    fn path(&self, points: impl Iterator<Item = (f64, f64)>) -> String {
        let mut path = String::new();
        for (nth, (x, y)) in points.enumerate() {
            let letter = if nth == 0 { 'M' } else { 'L' };
            let _ = write!(path, "{letter}{:.1} {:.1}", self.x_at(x), self.y_at(y));
        }
        path
    }

    fn mark(&mut self, mark: std::fmt::Arguments<'_>) {
        let _ = self.marks.write_fmt(mark);
    }

    fn x_at(&self, value: f64) -> f64 {
        LEFT + self.x.share(value) * (WIDTH - LEFT - RIGHT)
    }

    fn y_at(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - self.y.share(value) * (HEIGHT - TOP - BOTTOM)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot() -> Plot {
        Plot::new("a < b", Axis::exact(0.0, 10.0, "x"), Axis::exact(0.0, 1.0, "y"))
    }

    #[test]
    fn a_line_runs_from_corner_to_corner() {
        let svg = plot().line("brain", &[(0.0, 0.0), (10.0, 1.0)]).svg();
        assert!(svg.contains(r#"d="M54.0 244.0L464.0 26.0""#), "{svg}");
        assert!(svg.contains("a &lt; b"));
    }

    #[test]
    fn values_that_are_no_numbers_stay_on_the_chart() {
        let svg = plot().line("brain", &[(f64::NAN, f64::INFINITY), (5.0, f64::NAN)]).svg();
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }
}
