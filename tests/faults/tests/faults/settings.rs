//! Which cases are run: by the environment.
//!
//! `FAULTS_SEED` chooses them and all that is random in them; `FAULTS_CASES` says how many, or `all`; `FAULTS_ONLY` takes only
//! those whose words contain a text, as `pushes: the controller is killed before`; `FAULTS_PART`, as `2/8`, only the second of
//! eight parts of all; `FAULTS_JOBS` says how many at once.
//! `FAULTS_STORM` says to how many organizations is pushed at once.

use std::{env, fmt, str::FromStr};

use crate::lots::Lots;

/// The settings of a run.
pub struct Settings {
    pub seed: u64,
    /// `None`: all.
    pub cases: Option<usize>,
    pub only: String,
    /// The part, and how many parts there are.
    pub part: (u64, u64),
    pub jobs: usize,
}

impl Settings {
    /// From the variables; the seed is 1 and the cases are 6 if they say nothing.
    pub fn from_environment() -> Self {
        let cases = variable("FAULTS_CASES").unwrap_or_else(|| "6".to_owned());
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            seed: number("FAULTS_SEED").unwrap_or(1),
            cases: (cases != "all").then(|| cases.parse().expect("FAULTS_CASES is a number or `all`")),
            only: variable("FAULTS_ONLY").unwrap_or_default(),
            part: variable("FAULTS_PART").map_or((1, 1), |part| parts(&part).expect("FAULTS_PART is as 2/8")),
            // Most of a story is waiting.
            jobs: number("FAULTS_JOBS").unwrap_or(2 * cores),
        }
    }

    /// Whether a case with these words is among those that are run, if there are not too many of them.
    pub fn chooses(&self, case: &str) -> bool {
        let (part, parts) = self.part;
        // A seed of its own: what is in a part does not depend on what is chosen of it.
        case.contains(&self.only) && Lots(0).of(&case) % parts == part - 1
    }

    /// Whether all cases are run.
    pub fn is_whole(&self) -> bool {
        self.cases.is_none() && self.only.is_empty() && self.part.1 == 1
    }
}

/// As `2/8`.
fn parts(text: &str) -> Option<(u64, u64)> {
    let (part, parts) = text.split_once('/')?;
    let (part, parts) = (part.parse().ok()?, parts.parse().ok()?);
    (1..=parts).contains(&part).then_some((part, parts))
}

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cases = self.cases.map_or_else(|| "all".to_owned(), |cases| cases.to_string());
        write!(f, "FAULTS_SEED={} FAULTS_CASES={cases}", self.seed)?;
        if self.part.1 > 1 {
            write!(f, " FAULTS_PART={}/{}", self.part.0, self.part.1)?;
        }
        if self.only.is_empty() { Ok(()) } else { write!(f, " FAULTS_ONLY='{}'", self.only) }
    }
}

/// To how many organizations is pushed at once; 12 if the variable says nothing.
pub fn storm() -> usize {
    number("FAULTS_STORM").unwrap_or(12)
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn number<T: FromStr>(name: &str) -> Option<T> {
    variable(name).map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}
