//! Numbers in words that people read.

/// A count with a comma between thousands: `20,000`.
pub(crate) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A figure with three digits that count: `0.123`, `12.3`, `1,234`; whole numbers as they are.
pub(crate) fn figure(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() {
        return "-".into();
    }
    match size {
        _ if size >= 999.5 || value.fract() == 0.0 => {
            let sign = if value < 0.0 { "-" } else { "" };
            format!("{sign}{}", count(size.round() as u64))
        }
        _ if size >= 99.95 => format!("{value:.0}"),
        _ if size >= 9.995 => format!("{value:.1}"),
        _ if size >= 0.9995 => format!("{value:.2}"),
        _ if size >= 0.000_5 => format!("{value:.3}"),
        _ => format!("{value:.1e}"),
    }
}

/// A time in microseconds with its unit: `850 ns`, `12.3 us`, `4.56 ms`.
pub(crate) fn micros(us: f64) -> String {
    match us {
        _ if us < 1.0 => format!("{:.0} ns", us * 1e3),
        _ if us < 1e3 => format!("{} us", figure(us)),
        _ if us < 1e6 => format!("{} ms", figure(us / 1e3)),
        _ => format!("{} s", figure(us / 1e6)),
    }
}

/// A stretch of time, given in seconds: `45 s`, `33.3 min`, `2.5 h`.
pub(crate) fn stretch(seconds: f64) -> String {
    match seconds {
        _ if seconds < 100.0 => format!("{} s", figure(seconds)),
        _ if seconds < 6_000.0 => format!("{} min", figure(seconds / 60.0)),
        _ => format!("{} h", figure(seconds / 3_600.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_commas_between_thousands() {
        let words = [0, 12, 999, 1_000, 20_000, 1_234_567].map(count);
        assert_eq!(words, ["0", "12", "999", "1,000", "20,000", "1,234,567"]);
    }

    #[test]
    fn figures_keep_three_digits() {
        let words = [0.0, 0.1234, -1.236, 12.34, 123.4, -1_234.5, -7.0].map(figure);
        assert_eq!(words, ["0", "0.123", "-1.24", "12.3", "123", "-1,235", "-7"]);
        assert_eq!(figure(f64::NAN), "-");
        assert_eq!(figure(0.000_012), "1.2e-5");
    }

    #[test]
    fn times_choose_their_unit() {
        let words = [0.85, 12.34, 4_560.0, 2_500_000.0].map(micros);
        assert_eq!(words, ["850 ns", "12.3 us", "4.56 ms", "2.50 s"]);
    }
}
