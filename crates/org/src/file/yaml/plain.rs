//! What a scalar without quotes means.
//!
//! Upstream peribolos reads YAML 1.1, where `on` is a boolean and `0777` is octal; YAML 1.2 and
//! most editors read these as text and as a decimal. A word on which they differ is never taken.

/// What a scalar without quotes means to some reader of YAML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plain {
    /// Nothing: empty, `~` or `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// `yes`, `off` and the like: a boolean to upstream, text to others.
    OldBool(bool),
    /// A number to some reader.
    Number,
    /// A date or a time to some reader.
    Date,
    /// Text.
    Text,
}

impl Plain {
    /// Decides by the letters alone.
    pub(crate) fn of(text: &str) -> Self {
        match text {
            "" | "~" | "null" | "Null" | "NULL" => Self::Null,
            "true" | "True" | "TRUE" => Self::Bool(true),
            "false" | "False" | "FALSE" => Self::Bool(false),
            "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Self::OldBool(true),
            "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Self::OldBool(false),
            _ if is_date(text) => Self::Date,
            _ if is_number(text) => Self::Number,
            _ => Self::Text,
        }
    }

    /// What a reader may take it for, with its article.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) | Self::OldBool(_) => "a boolean",
            Self::Number => "a number",
            Self::Date => "a date",
            Self::Text => "a text",
        }
    }
}

/// `2001-12-14`, with or without a time.
fn is_date(text: &str) -> bool {
    let date = text.split(['T', 't', ' ']).next().unwrap_or_default();
    let parts: Vec<&str> = date.split('-').collect();
    matches!(parts.as_slice(), [year, month, day]
    if year.len() == 4 && [year, month, day].iter().all(|part| {
        (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
    }))
}

fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned.to_ascii_lowercase().as_str(), ".inf" | ".nan") {
        return true;
    }
    let digits = unsigned.replace('_', "");
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return false;
    }
    let radix = [("0x", 16), ("0o", 8), ("0b", 2)]
        .iter()
        .find_map(|(prefix, radix)| Some((digits.strip_prefix(prefix)?, *radix)));
    if let Some((digits, radix)) = radix {
        return !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    }
    // A count of minutes and seconds, such as 190:20:30, is a number of base 60 in YAML 1.1.
    digits.split(':').all(|part| part.parse::<f64>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_readers_differ_on_are_not_text() {
        for text in [
            "1",
            "0777",
            "0x1F",
            "0o17",
            "0b11",
            "1_000",
            "-3",
            "+3",
            "1.5",
            ".5",
            "1e5",
            "1E-5",
            ".inf",
            "-.INF",
            ".NaN",
            "190:20:30",
        ] {
            assert_eq!(Plain::of(text), Plain::Number, "{text}");
        }
        for text in ["2001-12-14", "2001-1-2", "2001-12-14T21:59:43Z"] {
            assert_eq!(Plain::of(text), Plain::Date, "{text}");
        }
        assert_eq!(Plain::of("on"), Plain::OldBool(true));
        assert_eq!(Plain::of("N"), Plain::OldBool(false));
        assert_eq!(Plain::of("~"), Plain::Null);
    }

    #[test]
    fn names_that_only_look_alike_are_text() {
        for text in [
            "4ndr3",
            "1-2",
            ".github",
            "...",
            "-",
            "0x",
            "0xg",
            "nope",
            "oN",
            "inf",
            "nan",
            "e5",
            "1.2.3",
            "v1",
            "tRue",
            "12-2001-14",
        ] {
            assert_eq!(Plain::of(text), Plain::Text, "{text}");
        }
    }
}
