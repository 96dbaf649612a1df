//! Where things stand on the screen.

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Gauge, Padding};

use super::frame::{Frame, Stage};
use super::panels;
use super::theme::Theme;
use super::{canvas, gauges};
use crate::wording::{count, stretch};

/// The width that the panels need.
const PANELS_WIDTH: u16 = 37;
/// Below this the stage is left out.
const LEAST_STAGE: (u16, u16) = (24, 12);

/// Draws one frame; whatever does not fit is left out, least important first.
pub(super) fn draw(screen: &mut ratatui::Frame<'_>, frame: &Frame<'_>, theme: &Theme) {
    let area = screen.area();
    if area.height < 3 || area.width < 10 {
        screen.render_widget(bar(frame, theme), area);
        return;
    }
    let [top, middle, bottom] =
        Layout::vertical([Constraint::Length(1), Constraint::Min(1), Constraint::Length(1)])
            .areas(area);
    header(screen, top, frame, theme);
    let room = middle.width.saturating_sub(PANELS_WIDTH + 1);
    if room >= LEAST_STAGE.0 && middle.height >= LEAST_STAGE.1 {
        // A cell is about twice as high as wide: the arena is square in this many columns.
        let square = middle.height.saturating_sub(2) * 2 + 2;
        let width =
            if matches!(frame.stage, Stage::Arena(_)) { square.min(room) } else { room.min(70) };
        let [left, _, right] = Layout::horizontal([
            Constraint::Length(width),
            Constraint::Length(1),
            Constraint::Min(PANELS_WIDTH),
        ])
        .areas(middle);
        stage(screen, left, frame, theme);
        panels::draw(screen, right, frame, theme);
    } else {
        panels::draw(screen, middle, frame, theme);
    }
    footer(screen, bottom, frame, theme);
}

fn header(screen: &mut ratatui::Frame<'_>, area: Rect, frame: &Frame<'_>, theme: &Theme) {
    let record = frame.record;
    let left = Line::from(vec![
        Span::styled(" minbrain ", theme.title),
        Span::styled(frame.subject.to_owned(), theme.strong),
    ]);
    let mut right = format!("cycle {} of {}", count(record.done), count(record.total));
    if frame.lived_s > 0.0 {
        right.push_str(&format!("   {} lived", stretch(frame.lived_s)));
    }
    right.push(' ');
    let fits = left.width() + right.chars().count() < usize::from(area.width);
    screen.render_widget(left, area);
    if fits {
        screen.render_widget(Line::from(right).right_aligned(), area);
    }
}

fn stage(screen: &mut ratatui::Frame<'_>, area: Rect, frame: &Frame<'_>, theme: &Theme) {
    match &frame.stage {
        Stage::Arena(arena) => screen.render_widget(canvas::Above { arena, theme }, area),
        Stage::Sensors(sensors) => {
            let block = framed(" sensors ", theme).padding(Padding::horizontal(1));
            let inner = block.inner(area);
            screen.render_widget(block, area);
            gauges::draw(screen, inner, sensors, theme);
        }
    }
}

/// A box with a title.
pub(super) fn framed<'a>(title: &'a str, theme: &Theme) -> Block<'a> {
    Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.dim)
        .title(Span::styled(title, theme.dim))
}

fn footer(screen: &mut ratatui::Frame<'_>, area: Rect, frame: &Frame<'_>, theme: &Theme) {
    let [gauge, hint] = Layout::horizontal([Constraint::Min(1), Constraint::Length(9)]).areas(area);
    screen.render_widget(bar(frame, theme), gauge);
    screen.render_widget(Line::styled("  q ends ", theme.dim), hint);
}

fn bar<'a>(frame: &Frame<'_>, theme: &Theme) -> Gauge<'a> {
    let share = frame.record.share().clamp(0.0, 1.0);
    Gauge::default()
        .ratio(share)
        .label(format!("{:.0} %", share * 100.0))
        .gauge_style(theme.players[0])
        .use_unicode(true)
}
