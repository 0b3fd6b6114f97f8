//! A duration as Kubernetes writes it (`30m`), which keeps the text its user wrote.

use std::{fmt, str::FromStr, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A non-negative duration of hours, minutes and seconds in Go's notation: `90s`, `30m`, `1h30m`.
///
/// `kube::core::Duration` would print `30m` back as `1800s`; this keeps what was written, so a spec
/// that is read and written again is the same spec.
#[derive(Clone, Debug)]
pub struct GoDuration {
    text: String,
    value: Duration,
}

/// The text is no duration of hours, minutes and seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseDurationError(String);

impl fmt::Display for ParseDurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a duration: write hours, minutes and seconds, like 90s, 30m or 1h30m", self.0)
    }
}

impl std::error::Error for ParseDurationError {}

impl GoDuration {
    /// The length of time.
    pub const fn get(&self) -> Duration {
        self.value
    }
}

impl FromStr for GoDuration {
    type Err = ParseDurationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseDurationError(text.chars().take(40).collect());
        let mut seconds: u64 = 0;
        let mut digits = String::new();
        for c in text.chars() {
            let unit = match c {
                '0'..='9' if digits.len() < 5 => {
                    digits.push(c);
                    continue;
                }
                's' => 1,
                'm' => 60,
                'h' => 3600,
                _ => return Err(error()),
            };
            let amount: u64 = digits.parse().map_err(|_| error())?;
            seconds = seconds.saturating_add(amount * unit);
            digits.clear();
        }
        if text.is_empty() || !digits.is_empty() {
            return Err(error());
        }
        Ok(Self { text: text.to_owned(), value: Duration::from_secs(seconds) })
    }
}

impl PartialEq for GoDuration {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for GoDuration {}

impl fmt::Display for GoDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for GoDuration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for GoDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for GoDuration {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "GoDuration".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "maxLength": 8 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("90s", 90)]
    #[case("30m", 1800)]
    #[case("1h30m", 5400)]
    #[case("0s", 0)]
    fn reads_go_durations_and_keeps_their_text(#[case] text: &str, #[case] seconds: u64) {
        let duration: GoDuration = text.parse().unwrap();
        assert_eq!(duration.get(), Duration::from_secs(seconds));
        assert_eq!(serde_json::to_value(&duration).unwrap(), text);
    }

    #[rstest::rstest]
    #[case("")]
    #[case("30")]
    #[case("1d")]
    #[case("-5m")]
    #[case("m")]
    #[case("1.5h")]
    #[case("999999s")]
    fn refuses_the_rest(#[case] text: &str) {
        assert!(text.parse::<GoDuration>().is_err());
    }
}
