//! Decimal numbers as text: the arithmetic of `floatformat`.

/// A decimal number taken apart.
struct Decimal<'t> {
    negative: bool,
    whole: &'t str,
    fraction: &'t str,
}

/// Longer numbers have rules of their own in Django.
const MAX_DIGITS: usize = 100;

fn parse(text: &str) -> Option<Decimal<'_>> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let is_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let plain = !whole.is_empty() && is_digits(whole) && is_digits(fraction);
    (plain && text.len() <= MAX_DIGITS).then_some(Decimal { negative, whole, fraction })
}

/// Adds one to the last digit of `digits`.
fn increment(digits: &mut Vec<u8>) {
    for digit in digits.iter_mut().rev() {
        if *digit == b'9' {
            *digit = b'0';
        } else {
            *digit += 1;
            return;
        }
    }
    digits.insert(0, b'1');
}

/// The number written with `places` digits after the point, rounded half up; with a negative
/// number of places only where there is a fraction at all. The point is a `.`.
///
/// Returns `None` for what is not a plain decimal number of moderate length.
#[must_use]
pub fn float_format(text: &str, places: i64) -> Option<String> {
    let number = parse(text)?;
    let has_fraction = number.fraction.bytes().any(|b| b != b'0');
    let wanted = usize::try_from(places.unsigned_abs()).ok().filter(|&n| n <= MAX_DIGITS)?;
    let wanted = if !has_fraction && places <= 0 { 0 } else { wanted };
    let mut digits: Vec<u8> = number.whole.bytes().collect();
    let kept = number.fraction.bytes().chain(std::iter::repeat(b'0')).take(wanted);
    digits.extend(kept);
    if number.fraction.as_bytes().get(wanted).is_some_and(|&next| next >= b'5') {
        increment(&mut digits);
    }
    let point = digits.len() - wanted;
    let zeros = digits.iter().take(point.saturating_sub(1)).take_while(|&&d| d == b'0').count();
    let mut out = String::with_capacity(digits.len() + 2);
    if number.negative && digits.iter().any(|&d| d != b'0') {
        out.push('-');
    }
    for (at, digit) in digits.iter().enumerate().skip(zeros) {
        if at == point {
            out.push('.');
        }
        out.push(char::from(*digit));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::float_format;

    #[test]
    fn numbers_are_rounded_half_up() {
        for (text, places, expected) in [
            ("34.23234", -1, "34.2"),
            ("34.00000", -1, "34"),
            ("34.26000", -1, "34.3"),
            ("34.23234", 3, "34.232"),
            ("34.00000", 3, "34.000"),
            ("34.5", 0, "35"),
            ("39.56", 0, "40"),
            ("34.23234", -3, "34.232"),
            ("34", -3, "34"),
            ("0.05", 1, "0.1"),
            ("-0.01", 1, "0.0"),
            ("-0.0", -1, "0"),
            ("9.99", 1, "10.0"),
            ("007.5", 1, "7.5"),
            ("0.5", 2, "0.50"),
        ] {
            assert_eq!(float_format(text, places).as_deref(), Some(expected), "{text} {places}");
        }
    }

    #[test]
    fn anything_else_is_left_alone() {
        for text in ["", "1e5", "nan", "inf", "+1", ".5", "1_0", "1.2.3", "-"] {
            assert_eq!(float_format(text, 2), None, "{text}");
        }
    }
}
