//! Sensors as bars, each with a mark where the brain expected it.

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

use super::frame::Sensor;
use super::theme::Theme;
use crate::wording::figure;

/// Columns for a sensor's name and for its value.
const NAME_WIDTH: usize = 14;
const VALUE_WIDTH: usize = 8;
const MARK: &str = "|";

/// Draws one row per sensor; if there are more than rows, the last row counts the others.
pub(super) fn draw(screen: &mut ratatui::Frame<'_>, area: Rect, sensors: &[Sensor], theme: &Theme) {
    let rows = usize::from(area.height);
    let shown = if sensors.len() > rows { rows.saturating_sub(1) } else { sensors.len() };
    let areas = Layout::vertical(vec![Constraint::Length(1); rows]).split(area);
    let width = usize::from(area.width).saturating_sub(NAME_WIDTH + VALUE_WIDTH + 2);
    for (sensor, row) in sensors[..shown].iter().zip(areas.iter()) {
        screen.render_widget(line(sensor, width, theme), *row);
    }
    if let (true, Some(row)) = (shown < sensors.len(), areas.last()) {
        let more = format!("and {} more", sensors.len() - shown);
        screen.render_widget(Line::styled(more, theme.dim), *row);
    }
}

fn line<'a>(sensor: &Sensor, width: usize, theme: &Theme) -> Line<'a> {
    let name: String = sensor.name.chars().take(NAME_WIDTH).collect();
    let at = |share: f32| (share * width.saturating_sub(1) as f32).round() as usize;
    let filled = at(sensor.share) + 1;
    let mut spans = vec![
        Span::raw(format!("{name:<NAME_WIDTH$}")),
        Span::raw(format!("{:>VALUE_WIDTH$}  ", figure(f64::from(sensor.value)))),
    ];
    let mark = sensor.expected.map(at);
    for column in 0..width {
        spans.push(match column {
            _ if mark == Some(column) => Span::styled(MARK, theme.players[2]),
            _ if column < filled => Span::styled("\u{2501}", theme.players[0]),
            _ => Span::styled("\u{2500}", theme.dim),
        });
    }
    Line::from(spans)
}
