//! Colours of the live view, or none where `NO_COLOR` asks for none.

use ratatui::style::{Color, Modifier, Style};

/// The styles of everything that is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Theme {
    pub(super) title: Style,
    pub(super) dim: Style,
    pub(super) strong: Style,
    /// The brain, and after it the players it is compared with.
    pub(super) players: [Style; 4],
    pub(super) robot: Color,
    pub(super) trail: Color,
    pub(super) ray: Color,
    pub(super) wall: Color,
    pub(super) lit: Color,
    pub(super) dark: Color,
}

impl Theme {
    /// The theme that the environment asks for: <https://no-color.org>.
    pub(super) fn of_environment() -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        if plain { Self::plain() } else { Self::coloured() }
    }

    fn coloured() -> Self {
        let style = Style::new();
        Self {
            title: style.fg(Color::Cyan).add_modifier(Modifier::BOLD),
            dim: style.fg(Color::DarkGray),
            strong: style.add_modifier(Modifier::BOLD),
            players: [
                style.fg(Color::Cyan),
                style.fg(Color::Gray),
                style.fg(Color::Yellow),
                style.fg(Color::Green),
            ],
            robot: Color::Cyan,
            trail: Color::Blue,
            ray: Color::DarkGray,
            wall: Color::Gray,
            lit: Color::Yellow,
            dark: Color::DarkGray,
        }
    }

    fn plain() -> Self {
        let style = Style::new();
        let bold = style.add_modifier(Modifier::BOLD);
        let none = Color::Reset;
        Self {
            title: bold,
            dim: style,
            strong: bold,
            players: [bold, style, style, style],
            robot: none,
            trail: none,
            ray: none,
            wall: none,
            lit: none,
            dark: none,
        }
    }
}
