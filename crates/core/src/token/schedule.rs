//! Whether a token is good enough, has to be replaced, or must wait to be.

use jiff::{SignedDuration, Timestamp};
use peribolos_api::installation::TokenSpec;

use super::jitter;

/// When a token was issued and when it expires, both by GitHub's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Issued {
    /// The `Date` of GitHub's answer.
    pub at: Timestamp,
    /// GitHub's `expires_at`.
    pub expires: Timestamp,
}

impl Issued {
    /// How long the token lives in all; never negative.
    pub fn lifetime(self) -> SignedDuration {
        self.expires.duration_since(self.at).max(SignedDuration::ZERO)
    }

    /// Whether it can still be used.
    pub fn is_valid(self, now: Timestamp) -> bool {
        now < self.expires
    }

    fn left(self, now: Timestamp) -> SignedDuration {
        self.expires.duration_since(now)
    }
}

/// What `spec.token` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// How long after it was issued a token is replaced.
    pub refresh_interval: SignedDuration,
    /// How long before it expires it is replaced at the latest.
    pub expiry_margin: SignedDuration,
}

impl From<&TokenSpec> for Schedule {
    fn from(spec: &TokenSpec) -> Self {
        // The schema bounds both to 55 minutes.
        let signed = |d: std::time::Duration| SignedDuration::try_from(d).unwrap_or(SignedDuration::MAX);
        Self {
            refresh_interval: signed(spec.refresh_interval.get()),
            expiry_margin: signed(spec.expiry_margin.get()),
        }
    }
}

impl Schedule {
    /// The margin for a token: the requested one, but no more than a quarter of its lifetime.
    pub fn margin(self, issued: Issued) -> SignedDuration {
        self.expiry_margin.min(issued.lifetime() / 4)
    }

    /// When a token is replaced: spread by up to a tenth of the interval, earlier only, always the same for a token.
    pub fn due(self, issued: Issued, uid: &str) -> Timestamp {
        self.due_at(Refresh::AtInterval, issued, uid)
    }

    /// The same where an idle installation's token is replaced later, or not before it is needed: then it is due at its end.
    pub fn due_at(self, refresh: Refresh, issued: Issued, uid: &str) -> Timestamp {
        let spread = |whole| jitter::part(whole, 100, &[uid, &issued.at.to_string()]);
        let last = issued.expires - self.margin(issued);
        match refresh {
            Refresh::AtInterval => {
                (issued.at + (self.refresh_interval - spread(self.refresh_interval))).min(last)
            }
            Refresh::AtMargin => last - spread(issued.lifetime() - self.margin(issued)),
            Refresh::OnDemand => issued.expires,
        }
    }
}

/// When the tokens of idle installations are replaced. Those for which something runs have theirs replaced at the interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Refresh {
    /// At `spec.token.refreshInterval`.
    #[default]
    AtInterval,
    /// `spec.token.expiryMargin` before the token ends: there are so many installations that GitHub would not give more.
    AtMargin,
    /// When it is needed: there are more installations than GitHub gives tokens to.
    OnDemand,
}

/// The last mint that this process made, by its own clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastMint {
    /// When, by the clock that `now` comes from.
    pub at: Timestamp,
    /// How long that token lives.
    pub lifetime: SignedDuration,
}

/// What the Secret holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// There is no Secret.
    Missing,
    /// There is one whose content is not what it should be.
    WrongContent,
    /// A token.
    Token(Issued),
}

/// What the token is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// To be fresh, by the schedule.
    Fresh,
    /// To be valid; the schedule is somebody else's business.
    Valid,
    /// A run starts with it.
    RunStart,
}

/// Why a token is minted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// There is no Secret.
    Missing,
    /// The Secret's content is wrong.
    WrongContent,
    /// The schedule says so.
    Due,
    /// The organization granted other permissions since.
    PermissionsChanged,
    /// GitHub answered 401 to it.
    Refused,
    /// A run starts and too little of it is left.
    RunStart,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The token is good until then.
    Keep {
        /// When it is due.
        until: Timestamp,
    },
    /// Mint a new one.
    Mint(Cause),
    /// A new one is needed, but the last mint is too recent.
    Wait {
        /// From when on one may be minted.
        until: Timestamp,
        /// Why it is needed.
        cause: Cause,
    },
    /// There is no valid token, and none is minted before it is needed.
    Rest,
}

/// All that the decision depends on.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// The installation object's uid, which spreads due times.
    pub uid: &'a str,
    /// What its spec says.
    pub schedule: Schedule,
    /// What its Secret holds.
    pub found: Found,
    /// What the token is needed for.
    pub need: Need,
    /// Whether the permissions changed since the token was minted.
    pub permissions_changed: bool,
    /// When the token that GitHub refused with 401 was issued, if it did.
    pub refused: Option<Timestamp>,
    /// The last mint of this process.
    pub last_mint: Option<LastMint>,
    /// When a token is replaced that only has to be fresh.
    pub refresh: Refresh,
}

/// Decides whether to mint.
pub fn decide(situation: &Situation<'_>, now: Timestamp) -> Decision {
    let cause = match cause(situation, now) {
        Ok(until) => return Decision::Keep { until },
        Err(cause) => cause,
    };
    if situation.need == Need::Fresh && situation.refresh == Refresh::OnDemand {
        return match situation.found {
            // A better one is minted when it is needed.
            Found::Token(issued) if issued.is_valid(now) => Decision::Keep { until: issued.expires },
            _ => Decision::Rest,
        };
    }
    match floor(situation, now) {
        Some(until) if now < until => Decision::Wait { until, cause },
        _ => Decision::Mint(cause),
    }
}

/// Why a token is needed, or until when none is.
fn cause(situation: &Situation<'_>, now: Timestamp) -> Result<Timestamp, Cause> {
    let issued = match situation.found {
        Found::Missing => return Err(Cause::Missing),
        Found::WrongContent => return Err(Cause::WrongContent),
        Found::Token(issued) => issued,
    };
    if situation.refused == Some(issued.at) {
        return Err(Cause::Refused);
    }
    if situation.permissions_changed {
        return Err(Cause::PermissionsChanged);
    }
    let due = situation.schedule.due_at(situation.refresh, issued, situation.uid);
    match situation.need {
        Need::Valid if issued.is_valid(now) => Ok(due),
        Need::RunStart if issued.left(now) >= enough_for_a_run(issued) => Ok(due),
        Need::RunStart => Err(Cause::RunStart),
        Need::Fresh if now < due => Ok(due),
        Need::Fresh | Need::Valid => Err(Cause::Due),
    }
}

/// What must be left of a token when a run starts with it.
fn enough_for_a_run(issued: Issued) -> SignedDuration {
    SignedDuration::from_mins(30).min(issued.lifetime() / 2)
}

/// From when on a token may be minted again: the later of what this process remembers and what the Secret says.
/// A Secret's time that lies ahead is GitHub's clock being ahead of ours, and says nothing.
fn floor(situation: &Situation<'_>, now: Timestamp) -> Option<Timestamp> {
    let pause = |lifetime: SignedDuration| SignedDuration::from_mins(1).min(lifetime / 10);
    let remembered = situation.last_mint.map(|mint| mint.at + pause(mint.lifetime));
    let written = match situation.found {
        Found::Token(issued) if issued.at <= now => Some(issued.at + pause(issued.lifetime())),
        _ => None,
    };
    remembered.max(written)
}

#[cfg(test)]
#[path = "schedule_tests.rs"]
mod tests;
