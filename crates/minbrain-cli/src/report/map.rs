//! The arena from above, with where the robot went.

use std::fmt::Write;

use minbrain_sim::arena::{Arena, Obstacle, ROBOT_RADIUS_M};

use super::page::Legend;
use crate::run::heat::{FIELDS, Heat};

/// What the drawing's colours mean.
pub(super) const LEGEND: Legend<'static> = &[
    ("heat", "time spent"),
    ("way", "the last minute"),
    ("lit", "beacons (lit: filled)"),
    ("obstacle", "obstacles"),
];

/// How opaque a field with the least and the most time is.
const FAINT: f64 = 0.06;
const FULL: f64 = 0.9;

/// Draws the arena in metres, with y upward.
pub(super) fn svg(arena: &Arena, heat: &Heat) -> String {
    let side = heat.side_m();
    let mut svg = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        svg,
        r#"<svg class="map" viewBox="-0.5 -0.1 {:.2} {:.2}" role="img" aria-label="Where the robot went">"#,
        side + 0.6,
        side + 0.7,
    );
    let _ = write!(svg, r#"<g transform="translate(0 {side}) scale(1 -1)">"#);
    fields(&mut svg, heat);
    obstacles(&mut svg, arena);
    beacons(&mut svg, arena);
    way(&mut svg, arena);
    robot(&mut svg, arena);
    let _ = write!(svg, r#"<rect class="wall" width="{side}" height="{side}"/></g>"#);
    for metres in [0.0, side / 2.0, side] {
        let _ = write!(
            svg,
            r#"<text x="{metres}" y="{:.2}" text-anchor="{}">{metres}</text>"#,
            side + 0.42,
            if metres == side { "end" } else { "middle" },
        );
        let up = if metres == side { 0.3 } else { 0.12 };
        let _ = write!(
            svg,
            r#"<text x="-0.12" y="{:.2}" text-anchor="end">{metres}</text>"#,
            side - metres + up,
        );
    }
    svg.push_str("</svg>");
    svg
}

fn fields(svg: &mut String, heat: &Heat) {
    let size = heat.side_m() / FIELDS as f32;
    svg.push_str(r#"<g class="heat">"#);
    for (column, row, share) in heat.fields() {
        let opacity = FAINT + (FULL - FAINT) * share.sqrt();
        let _ = write!(
            svg,
            r#"<rect x="{:.2}" y="{:.2}" width="{size:.3}" height="{size:.3}" opacity="{opacity:.2}"/>"#,
            column as f32 * size,
            row as f32 * size,
        );
    }
    svg.push_str("</g>");
}

fn obstacles(svg: &mut String, arena: &Arena) {
    for obstacle in arena.obstacles() {
        let _ = match *obstacle {
            Obstacle::Disc { x_m, y_m, radius_m } => {
                write!(svg, r#"<circle class="obstacle" cx="{x_m}" cy="{y_m}" r="{radius_m}"/>"#)
            }
            Obstacle::Block { x_m, y_m, half_width_m, half_height_m } => write!(
                svg,
                r#"<rect class="obstacle" x="{:.2}" y="{:.2}" width="{:.2}" height="{:.2}"/>"#,
                x_m - half_width_m,
                y_m - half_height_m,
                2.0 * half_width_m,
                2.0 * half_height_m,
            ),
        };
    }
}

fn beacons(svg: &mut String, arena: &Arena) {
    for beacon in arena.beacons() {
        let class = if beacon.lit { "lit" } else { "dark" };
        let (x, y) = (beacon.x_m, beacon.y_m);
        let _ = write!(svg, r#"<circle class="{class}" cx="{x}" cy="{y}" r="0.25"/>"#);
    }
}

fn way(svg: &mut String, arena: &Arena) {
    svg.push_str(r#"<polyline class="way" points=""#);
    for [x, y] in arena.trail() {
        let _ = write!(svg, "{x:.2},{y:.2} ");
    }
    svg.push_str(r#""/>"#);
}

/// A disc with a nose.
fn robot(svg: &mut String, arena: &Arena) {
    let pose = arena.pose();
    let _ = write!(
        svg,
        r#"<g class="robot" transform="translate({:.3} {:.3}) rotate({:.1})"><path d="M.55 0L0 .18V-.18Z"/><circle r="{ROBOT_RADIUS_M}"/></g>"#,
        pose.x_m,
        pose.y_m,
        pose.heading_rad.to_degrees(),
    );
}
