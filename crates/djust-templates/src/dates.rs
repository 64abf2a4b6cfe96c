//! Dates and times by Django's format letters.

/// The names that a language has for dates and times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// January first.
    pub months: Vec<String>,
    /// Three letters, lower case in English.
    pub months_short: Vec<String>,
    /// The same, in title case.
    pub months_short_title: Vec<String>,
    /// The style of the Associated Press.
    pub months_ap: Vec<String>,
    /// The form for use in a date.
    pub months_alt: Vec<String>,
    /// Monday first.
    pub weekdays: Vec<String>,
    /// Three letters, Monday first.
    pub weekdays_short: Vec<String>,
    /// `a.m.`, `p.m.`, `AM`, `PM`, `midnight`, `noon`
    pub times: Vec<String>,
}

/// A point of the calendar, of the clock, or of both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moment {
    /// Year, month from 1 and day from 1.
    pub date: Option<(u16, u8, u8)>,
    /// Hour, minute, second and microsecond.
    pub time: Option<(u8, u8, u8, u32)>,
}

const LETTERS: &str = "aAbcdDeEfFgGhHiIjlLmMnNoOPrsStTUuwWyYzZ"; // pragma: allowlist secret

fn is_leap(year: u16) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn day_of_year(year: u16, month: u8, day: u8) -> u16 {
    (1..month).map(|m| u16::from(days_in_month(year, m))).sum::<u16>() + u16::from(day)
}

/// Monday is 0.
fn weekday(year: u16, month: u8, day: u8) -> usize {
    let past = u32::from(year).saturating_sub(1);
    let leaps = past / 4 - past / 100 + past / 400;
    let days = past * 365 + leaps + u32::from(day_of_year(year, month, day));
    // The first of January of the year 1 was a Monday.
    ((days + 6) % 7) as usize
}

/// `\x` to `x` in literal text, but for an escaped line end, as `re.sub(r"\\(.)", r"\1")` does.
fn push_literal(text: &str, out: &mut String) {
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some(&next)) if next != '\n' => {
                out.push(next);
                chars.next();
            }
            _ => out.push(c),
        }
    }
}

impl Moment {
    /// The moment in `format`; `None` when a letter needs more than a moment and names, or does
    /// not apply to this kind of value.
    #[must_use]
    pub fn format(&self, format: &str, names: &Names) -> Option<String> {
        let mut out = String::with_capacity(format.len() * 4);
        let mut literal = String::new();
        let mut previous = None;
        for c in format.chars() {
            if previous != Some('\\') && LETTERS.contains(c) {
                push_literal(&literal, &mut out);
                literal.clear();
                self.letter(c, names, &mut out)?;
            } else {
                literal.push(c);
            }
            previous = Some(c);
        }
        push_literal(&literal, &mut out);
        Some(out)
    }

    fn letter(&self, letter: char, names: &Names, out: &mut String) -> Option<()> {
        match letter {
            'a' | 'A' | 'f' | 'g' | 'G' | 'h' | 'H' | 'i' | 'P' | 's' | 'u' => {
                self.clock(letter, names, out)
            }
            _ => self.calendar(letter, names, out),
        }
    }

    fn clock(&self, letter: char, names: &Names, out: &mut String) -> Option<()> {
        let (hour, minute, second, micro) = self.time?;
        let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
        let text = match letter {
            'a' => names.times.get(usize::from(hour > 11))?.clone(),
            'A' => names.times.get(2 + usize::from(hour > 11))?.clone(),
            'f' if minute == 0 => twelve.to_string(),
            'f' => format!("{twelve}:{minute:02}"),
            'g' => twelve.to_string(),
            'G' => hour.to_string(),
            'h' => format!("{twelve:02}"),
            'H' => format!("{hour:02}"),
            'i' => format!("{minute:02}"),
            's' => format!("{second:02}"),
            'u' => format!("{micro:06}"),
            'P' if (hour, minute) == (0, 0) => names.times.get(4)?.clone(),
            'P' if (hour, minute) == (12, 0) => names.times.get(5)?.clone(),
            'P' => {
                self.clock('f', names, out)?;
                out.push(' ');
                return self.clock('a', names, out);
            }
            _ => return None,
        };
        out.push_str(&text);
        Some(())
    }

    fn calendar(&self, letter: char, names: &Names, out: &mut String) -> Option<()> {
        let (year, month, day) = self.date?;
        let month_of = |names: &[String]| names.get(usize::from(month).checked_sub(1)?).cloned();
        let weekday = weekday(year, month, day);
        let text = match letter {
            'b' => month_of(&names.months_short)?,
            'd' => format!("{day:02}"),
            'D' => names.weekdays_short.get(weekday)?.clone(),
            'E' => month_of(&names.months_alt)?,
            'F' => month_of(&names.months)?,
            'j' => day.to_string(),
            'l' => names.weekdays.get(weekday)?.clone(),
            'L' => (if is_leap(year) { "True" } else { "False" }).to_owned(),
            'm' => format!("{month:02}"),
            'M' => month_of(&names.months_short_title)?,
            'n' => month.to_string(),
            'N' => month_of(&names.months_ap)?,
            'S' => match (day, day % 10) {
                (11..=13, _) => "th",
                (_, 1) => "st",
                (_, 2) => "nd",
                (_, 3) => "rd",
                _ => "th",
            }
            .to_owned(),
            't' => days_in_month(year, month).to_string(),
            'w' => ((weekday + 1) % 7).to_string(),
            'y' => format!("{:02}", year % 100),
            'Y' => format!("{year:04}"),
            'z' => day_of_year(year, month, day).to_string(),
            _ => return None,
        };
        out.push_str(&text);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let list = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        Names {
            months: list(
                "January February March April May June July August September October November December",
            ),
            months_short: list("jan feb mar apr may jun jul aug sep oct nov dec"),
            months_short_title: list("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
            months_ap: list("Jan. Feb. March April May June July Aug. Sept. Oct. Nov. Dec."),
            months_alt: list(
                "January February March April May June July August September October November December",
            ),
            weekdays: list("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
            weekdays_short: list("Mon Tue Wed Thu Fri Sat Sun"),
            times: list("a.m. p.m. AM PM midnight noon"),
        }
    }

    fn show(format: &str) -> Option<String> {
        let moment = Moment { date: Some((2024, 2, 29)), time: Some((13, 5, 9, 42)) };
        moment.format(format, &names())
    }

    #[test]
    fn letters_become_parts_of_the_moment() {
        assert_eq!(show("Y-m-d H:i:s.u").as_deref(), Some("2024-02-29 13:05:09.000042"));
        assert_eq!(show("D, jS N y, P").as_deref(), Some("Thu, 29th Feb. 24, 1:05 p.m."));
        assert_eq!(
            show("l F E b M n t L w z").as_deref(),
            Some("Thursday February February feb Feb 2 29 True 4 60")
        );
    }

    #[test]
    fn escaped_letters_are_text() {
        assert_eq!(show(r"\Y \d Y x\\").as_deref(), Some(r"Y d 2024 x\"));
    }

    #[test]
    fn letters_that_do_not_apply_are_refused() {
        let date = Moment { date: Some((2024, 1, 1)), time: None };
        let time = Moment { date: None, time: Some((0, 0, 0, 0)) };
        assert_eq!(date.format("H", &names()), None);
        assert_eq!(time.format("Y", &names()), None);
        assert_eq!(time.format("P", &names()).as_deref(), Some("midnight"));
        for letter in ["c", "e", "I", "o", "O", "r", "T", "U", "W", "Z"] {
            assert_eq!(show(letter), None, "{letter}");
        }
    }

    #[test]
    fn weekdays_are_those_of_the_calendar() {
        assert_eq!(weekday(1, 1, 1), 0);
        assert_eq!(weekday(2000, 1, 1), 5);
        assert_eq!(weekday(2026, 11, 23), 0);
    }
}
