//! The figures beside the stage.

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Sparkline;

use super::frame::{Frame, Remembered};
use super::theme::Theme;
use crate::wording::{count, figure, micros};

/// Widest bar of the contest.
const BAR_WIDTH: usize = 30;
/// Scale of the sparkline, which takes whole numbers.
const FINE: f64 = 1_000.0;

/// Draws the panels from the most to the least important, as many as fit.
pub(super) fn draw(screen: &mut ratatui::Frame<'_>, area: Rect, frame: &Frame<'_>, theme: &Theme) {
    let roomy = area.height >= 20;
    let gap = u16::from(roomy);
    let contest = frame.contest.figures.len() as u16 + 1;
    let curve = if area.height >= 30 { 7 } else { 4 };
    let story = if frame.trials.is_none() { 0 } else { curve - 1 };
    let heights = [contest, story, story, curve, 1, 2, 2, frame.working.len() as u16 + 1];
    let draws: [fn(&mut ratatui::Frame<'_>, Rect, &Frame<'_>, &Theme); 8] = [
        draw_contest,
        draw_alone,
        draw_asked,
        draw_surprise,
        draw_latency,
        draw_experiences,
        draw_decision,
        draw_working,
    ];
    let mut left = area;
    for (height, draw) in heights.into_iter().zip(draws).filter(|(height, _)| *height > 0) {
        if left.height == 0 {
            return;
        }
        let [panel, _, rest] = Layout::vertical([
            Constraint::Length(height.min(left.height)),
            Constraint::Length(gap.min(left.height.saturating_sub(height))),
            Constraint::Min(0),
        ])
        .areas(left);
        draw(screen, panel, frame, theme);
        left = rest;
    }
}

fn rows(area: Rect) -> Vec<Rect> {
    Layout::vertical(vec![Constraint::Length(1); usize::from(area.height)]).split(area).to_vec()
}

fn draw_contest(screen: &mut ratatui::Frame<'_>, area: Rect, frame: &Frame<'_>, theme: &Theme) {
    let figures = &frame.contest.figures;
    let most = figures.iter().filter_map(|f| f.1).fold(0.0_f64, |most, v| most.max(v.abs()));
    let room = usize::from(area.width).saturating_sub(26).min(BAR_WIDTH);
    let mut lines = vec![Line::styled(frame.contest.title, theme.strong)];
    for (nth, (who, value)) in figures.iter().enumerate() {
        let style = theme.players[nth.min(theme.players.len() - 1)];
        let share = value.map_or(0.0, |v| (v.abs() / most).min(1.0));
        let bar = "\u{2588}".repeat((share * room as f64).round() as usize);
        lines.push(Line::from(vec![
            Span::styled(format!("{who:<16}"), style),
            Span::styled(format!("{:>7}  ", figure(value.unwrap_or(f64::NAN))), theme.strong),
            Span::styled(bar, style),
        ]));
    }
    for (line, row) in lines.into_iter().zip(rows(area)) {
        screen.render_widget(line, row);
    }
}

/// The score alone, over the run so far.
fn draw_alone(screen: &mut ratatui::Frame<'_>, area: Rect, frame: &Frame<'_>, theme: &Theme) {
    let Some(trials) = frame.trials else { return };
    let last = figure(trials.last().unwrap_or(f64::NAN));
    let title = Line::from(vec![
        Span::styled("alone     ", theme.strong),
        Span::styled(last, theme.players[0]),
        Span::raw(format!(" {}, scripted {}", trials.unit, figure(trials.scripted))),
    ]);
    let lowest = trials.scores.iter().map(|s| s.1).fold(trials.random.min(0.0), f64::min);
    let above: Vec<(f64, f64)> = trials.scores.iter().map(|s| (s.0, s.1 - lowest)).collect();
    let most = above.iter().map(|s| s.1).fold(trials.scripted - lowest, f64::max);
    draw_curve(screen, area, (title, &above, most), theme);
}

/// In which share of the cycles the teacher acted, over the run so far.
fn draw_asked(screen: &mut ratatui::Frame<'_>, area: Rect, frame: &Frame<'_>, theme: &Theme) {
    let asked = frame.record.asked.means();
    if frame.record.asked_ends.len() == 0 {
        return;
    }
    let share = figure(frame.record.asked_ends.last() * 100.0);
    let now = if frame.is_taught {
        format!("acted in {share} % of the last cycles")
    } else {
        "has left".to_owned()
    };
    let title = Line::from(vec![Span::styled("teacher   ", theme.strong), Span::raw(now)]);
    draw_curve(screen, area, (title, &asked, 100.0), theme);
}

/// A title and a curve up to `most` below it.
fn draw_curve(
    screen: &mut ratatui::Frame<'_>,
    area: Rect,
    (title, means, most): (Line<'_>, &[(f64, f64)], f64),
    theme: &Theme,
) {
    let [head, body] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(area);
    screen.render_widget(title, head);
    let curve = Sparkline::default().data(stretched(means, usize::from(body.width)));
    let most = (most.max(0.0) * FINE) as u64;
    screen.render_widget(curve.max(most.max(1)).style(theme.players[0]), body);
}

fn draw_surprise(screen: &mut ratatui::Frame<'_>, area: Rect, frame: &Frame<'_>, theme: &Theme) {
    let ends = &frame.record.surprise_ends;
    let title = Line::from(vec![
        Span::styled("surprise  ", theme.strong),
        Span::raw(format!("{} at first, {} now", figure(ends.first()), figure(ends.last()))),
    ]);
    let [head, body] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(area);
    screen.render_widget(title, head);
    let values = stretched(&frame.record.surprise.means(), usize::from(body.width));
    screen.render_widget(Sparkline::default().data(values).style(theme.players[0]), body);
}

/// The curve so far over the whole width.
fn stretched(means: &[(f64, f64)], width: usize) -> Vec<u64> {
    if means.is_empty() {
        return Vec::new();
    }
    let value = |column: usize| means[column * means.len() / width.max(1)].1;
    (0..width).map(|column| (value(column).max(0.0) * FINE) as u64).collect()
}

fn draw_latency(screen: &mut ratatui::Frame<'_>, area: Rect, frame: &Frame<'_>, theme: &Theme) {
    let latency = &frame.record.latency;
    let line = Line::from(vec![
        Span::styled("cycle     ", theme.strong),
        Span::raw(format!("p50 {}", micros(latency.quantile_us(0.5)))),
        Span::raw(format!("  p99 {}", micros(latency.quantile_us(0.99)))),
    ]);
    screen.render_widget(line, area);
}

fn draw_experiences(screen: &mut ratatui::Frame<'_>, area: Rect, frame: &Frame<'_>, theme: &Theme) {
    let stats = &frame.stats;
    let lines = rows(area);
    let text = Line::from(vec![
        Span::styled("kept      ", theme.strong),
        Span::raw(count(stats.experiences as u64)),
        Span::styled(format!("  forgotten {}", count(stats.forgotten)), theme.dim),
    ]);
    if let Some(row) = lines.first() {
        screen.render_widget(text, *row);
    }
    if let Some(row) = lines.get(1) {
        let share = stats.experiences as f64 / stats.capacity.max(1) as f64;
        let label = format!("of {}", count(stats.capacity as u64));
        let room = usize::from(row.width).saturating_sub(label.len() + 1);
        let filled = (share.clamp(0.0, 1.0) * room as f64).ceil() as usize;
        let bar = Line::from(vec![
            Span::raw(label),
            Span::styled(format!(" {}", "\u{2501}".repeat(filled)), theme.players[0]),
            Span::styled("\u{2508}".repeat(room - filled), theme.dim),
        ]);
        screen.render_widget(bar, *row);
    }
}

fn draw_decision(screen: &mut ratatui::Frame<'_>, area: Rect, frame: &Frame<'_>, theme: &Theme) {
    let last = &frame.record.last;
    let Some(method) = last.method else { return };
    let first = Line::from(vec![
        Span::styled("decision  ", theme.strong),
        Span::styled(frame.action.clone(), theme.players[0]),
    ]);
    let second = Line::from(vec![
        Span::raw("          "),
        Span::raw(format!("{}, confidence {:.2}", method.name(), last.confidence)),
    ]);
    for (line, row) in [first, second].into_iter().zip(rows(area)) {
        screen.render_widget(line, row);
    }
}

fn draw_working(screen: &mut ratatui::Frame<'_>, area: Rect, frame: &Frame<'_>, theme: &Theme) {
    let rows = rows(area);
    if rows.len() < 2 {
        return;
    }
    let title = Line::from(vec![
        Span::styled("working memory", theme.strong),
        Span::styled("  active    age surprise", theme.dim),
    ]);
    screen.render_widget(title, rows[0]);
    for (remembered, row) in frame.working.iter().zip(&rows[1..]) {
        screen.render_widget(working_line(remembered, theme), *row);
    }
}

fn working_line<'a>(remembered: &Remembered, theme: &Theme) -> Line<'a> {
    let bar = "\u{25AE}".repeat((remembered.activation.clamp(0.0, 1.0) * 5.0).ceil() as usize);
    Line::from(vec![
        Span::raw(format!("{:<10}", remembered.name)),
        Span::styled(format!("{bar:<5} "), theme.players[0]),
        Span::raw(format!("{:>6.2}", remembered.activation)),
        Span::styled(format!("{:>7}", count(remembered.age_cycles)), theme.dim),
        Span::raw(format!("{:>9.2}", remembered.surprise)),
    ])
}
