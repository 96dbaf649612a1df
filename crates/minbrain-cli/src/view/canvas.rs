//! The arena seen from above.

use minbrain_sim::World;
use minbrain_sim::arena::{ARENA_SIDE_M, Arena, Obstacle, ROBOT_RADIUS_M};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;
use ratatui::symbols::Marker;
use ratatui::widgets::Widget;
use ratatui::widgets::canvas::{Canvas, Circle, Context, Line, Points, Rectangle};

use super::layout::framed;
use super::theme::Theme;

/// The robot looks this far around.
const RANGE_M: f64 = 3.0;
const RAYS: usize = 8;

/// Draws an arena.
pub(super) struct Above<'a> {
    pub(super) arena: &'a Arena,
    pub(super) theme: &'a Theme,
}

impl Widget for Above<'_> {
    fn render(self, area: Rect, screen: &mut Buffer) {
        let side = f64::from(ARENA_SIDE_M);
        Canvas::default()
            .block(framed(" arena ", self.theme))
            .marker(Marker::Braille)
            .x_bounds([0.0, side])
            .y_bounds([0.0, side])
            .paint(|paper| self.paint(paper))
            .render(area, screen);
    }
}

impl Above<'_> {
    fn paint(&self, paper: &mut Context<'_>) {
        self.rays(paper);
        self.trail(paper);
        paper.layer();
        self.obstacles(paper);
        paper.layer();
        self.beacons(paper);
        paper.layer();
        self.robot(paper);
    }

    fn rays(&self, paper: &mut Context<'_>) {
        let pose = self.arena.pose();
        let (x, y, radius) = (f64::from(pose.x_m), f64::from(pose.y_m), f64::from(ROBOT_RADIUS_M));
        let ranges = &self.arena.observation()[..RAYS];
        for (nth, &range) in ranges.iter().enumerate() {
            let turn = nth as f64 / RAYS as f64 * std::f64::consts::TAU;
            let (sin, cos) = (f64::from(pose.heading_rad) + turn).sin_cos();
            let reach = radius + f64::from(range.clamp(0.0, 1.0)) * RANGE_M;
            paper.draw(&Line {
                x1: x + radius * cos,
                y1: y + radius * sin,
                x2: x + reach * cos,
                y2: y + reach * sin,
                color: self.theme.ray,
            });
        }
    }

    fn trail(&self, paper: &mut Context<'_>) {
        let points: Vec<(f64, f64)> =
            self.arena.trail().map(|[x, y]| (f64::from(x), f64::from(y))).collect();
        paper.draw(&Points { coords: &points, color: self.theme.trail });
    }

    fn obstacles(&self, paper: &mut Context<'_>) {
        for obstacle in self.arena.obstacles() {
            match *obstacle {
                Obstacle::Disc { x_m, y_m, radius_m } => {
                    disc(paper, (x_m, y_m), radius_m, self.theme.wall);
                }
                Obstacle::Block { x_m, y_m, half_width_m, half_height_m } => {
                    paper.draw(&Rectangle {
                        x: f64::from(x_m - half_width_m),
                        y: f64::from(y_m - half_height_m),
                        width: 2.0 * f64::from(half_width_m),
                        height: 2.0 * f64::from(half_height_m),
                        color: self.theme.wall,
                    })
                }
            }
        }
    }

    fn beacons(&self, paper: &mut Context<'_>) {
        for beacon in self.arena.beacons() {
            let (sizes, color): (&[f32], _) = if beacon.lit {
                (&[0.08, 0.16, 0.24, 0.32, 0.4], self.theme.lit)
            } else {
                (&[0.3], self.theme.dark)
            };
            for &radius in sizes {
                disc(paper, (beacon.x_m, beacon.y_m), radius, color);
            }
        }
    }

    fn robot(&self, paper: &mut Context<'_>) {
        let pose = self.arena.pose();
        for share in [0.4, 1.0] {
            disc(paper, (pose.x_m, pose.y_m), ROBOT_RADIUS_M * share, self.theme.robot);
        }
        let (sin, cos) = f64::from(pose.heading_rad).sin_cos();
        let (x, y) = (f64::from(pose.x_m), f64::from(pose.y_m));
        let nose = 3.0 * f64::from(ROBOT_RADIUS_M);
        paper.draw(&Line {
            x1: x,
            y1: y,
            x2: x + nose * cos,
            y2: y + nose * sin,
            color: self.theme.robot,
        });
    }
}

fn disc(paper: &mut Context<'_>, (x, y): (f32, f32), radius: f32, color: Color) {
    paper.draw(&Circle { x: f64::from(x), y: f64::from(y), radius: f64::from(radius), color });
}
