//! One Secret: read, judged, and minted anew where it has to be.

use jiff::Timestamp;
use peribolos_api::{PeribolosRun, run::Mode};
use peribolos_core::{
    names::RunToken,
    run::state::phase,
    token::{self, Decision, Found, Issued, Situation},
};
use secrecy::SecretString;

use super::{
    TokenError, TokenOwner, TokenService, mint,
    secret::Held,
    store::{self, Stored},
};
use crate::state::tokens::Slot;

/// What a token is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The installation's own, fresh by its schedule.
    Fresh,
    /// The installation's own, valid.
    Valid,
    /// The installation's own, with enough left for a run to start with.
    RunStart,
    /// A run's additional one, with enough left for the run to start with.
    Extra(RunToken),
    /// A run's additional one, fresh by the schedule while the run lives.
    FreshExtra(RunToken),
}

impl Need {
    const fn kind(self) -> Option<RunToken> {
        match self {
            Self::Fresh | Self::Valid | Self::RunStart => None,
            Self::Extra(kind) | Self::FreshExtra(kind) => Some(kind),
        }
    }

    const fn of_the_schedule(self) -> token::Need {
        match self {
            Self::Fresh | Self::FreshExtra(_) => token::Need::Fresh,
            Self::Valid => token::Need::Valid,
            Self::RunStart | Self::Extra(_) => token::Need::RunStart,
        }
    }
}

/// A token and the Secret it is in. Debug does not print the token.
#[derive(Clone, Debug)]
pub struct TokenInfo {
    /// The Secret's name.
    pub secret_name: String,
    /// When the token was issued and when it expires, by GitHub's clock.
    pub issued: Issued,
    /// When it will be replaced.
    pub next_refresh_at: Timestamp,
    /// The token.
    pub token: SecretString,
}

/// What came of looking after a Secret: a token may be there although a new one could not be had.
#[derive(Debug)]
pub(crate) struct Secured {
    /// The valid token, if there is one.
    pub(crate) info: Option<TokenInfo>,
    /// Why there is none that is good enough.
    pub(crate) error: Option<TokenError>,
}

impl Secured {
    /// The token, if it is good enough for what was asked.
    pub(crate) fn good_enough(self) -> Result<TokenInfo, TokenError> {
        match self {
            Self { error: Some(error), .. } => Err(error),
            Self { info: Some(info), .. } => Ok(info),
            // Without an error there is a token.
            Self { .. } => Err(TokenError::TooSoon { until: Timestamp::now() }),
        }
    }
}

/// The installation's own token, if that of its Secret is good enough for `need`. It only reads, so it waits for nobody.
///
/// # Errors
/// When the Secret could not be read, or is somebody else's.
pub(super) async fn ready(
    tokens: &TokenService,
    owner: &TokenOwner<'_>,
    slot: &Slot,
    need: Need,
) -> Result<Option<TokenInfo>, TokenError> {
    if need.kind().is_some() {
        // A run's additional one may be about to be removed by who has the turn.
        return Ok(None);
    }
    let now = Timestamp::now();
    let stored = store::read(tokens, &owner.secret_name, owner).await?;
    let keep = matches!(token::decide(&situation(owner, slot, need, &stored), now), Decision::Keep { .. });
    Ok(match stored {
        Stored::Ours { held: Some(held), .. } if keep && held.issued.is_valid(now) => {
            Some(info(owner, &owner.secret_name, held))
        }
        _ => None,
    })
}

fn info(owner: &TokenOwner<'_>, secret_name: &str, held: Held) -> TokenInfo {
    TokenInfo {
        secret_name: secret_name.to_owned(),
        issued: held.issued,
        next_refresh_at: owner.schedule.due(held.issued, &owner.uid),
        token: held.token,
    }
}

/// Looks after one Secret of `owner`. To be called with the slot's turn.
///
/// # Errors
/// When the Secret could not be read; what GitHub says is in the result.
pub(crate) async fn secure(
    tokens: &TokenService,
    owner: &TokenOwner<'_>,
    slot: &Slot,
    need: Need,
) -> Result<Secured, TokenError> {
    let now = Timestamp::now();
    let kind = need.kind();
    let name = owner.secret(kind);
    let stored = match store::read(tokens, &name, owner).await {
        Ok(stored) => stored,
        Err(error @ TokenError::SecretConflict(_)) => return Ok(Secured { info: None, error: Some(error) }),
        Err(error) => return Err(error),
    };
    if let (Need::FreshExtra(_), Stored::Absent) = (need, &stored) {
        // The watch still shows it: its last run has ended just now.
        return Ok(Secured { info: None, error: None });
    }
    let decision = token::decide(&situation(owner, slot, need, &stored), now);
    let old = match &stored {
        Stored::Ours { held: Some(held), .. } if held.issued.is_valid(now) => Some(held.clone()),
        _ => None,
    };
    let info = |held: Held| info(owner, &name, held);
    if !matches!(decision, Decision::Keep { .. })
        && let Some(held) = mint::unwritten(owner, slot, kind)
        && held.issued.is_valid(now)
    {
        let kept = Situation { found: Found::Token(held.issued), ..situation(owner, slot, need, &stored) };
        if matches!(token::decide(&kept, now), Decision::Keep { .. }) {
            mint::write(tokens, owner, slot, kind, &stored, &held).await?;
            return Ok(Secured { info: Some(info(held)), error: None });
        }
    }
    let cause = match decision {
        Decision::Keep { .. } => return Ok(Secured { info: old.map(info), error: None }),
        Decision::Wait { until, .. } => {
            return Ok(Secured { info: old.map(info), error: Some(TokenError::TooSoon { until }) });
        }
        Decision::Mint(cause) => cause,
    };
    let pausing = slot.memory().pausing(now).cloned();
    if let Some(lasting) = pausing {
        let error = TokenError::Refused { finding: lasting.failure.finding, until: lasting.not_before };
        return Ok(Secured { info: old.map(info), error: Some(error) });
    }
    match mint::mint(tokens, owner, slot, kind, cause, &stored).await {
        Ok(held) => Ok(Secured { info: Some(info(held)), error: None }),
        Err(error @ TokenError::Kubernetes(_)) => Err(error),
        Err(error) => Ok(Secured { info: old.map(info), error: Some(error) }),
    }
}

fn situation<'a>(owner: &'a TokenOwner<'_>, slot: &Slot, need: Need, stored: &Stored) -> Situation<'a> {
    let memory = slot.memory();
    let kind = need.kind();
    // An additional Secret went with its last run. The next run does not wait for the distance between mints: runs are
    // what bounds these, not a schedule that could go wild.
    let begins = matches!((need, stored), (Need::Extra(_), Stored::Absent));
    Situation {
        uid: &owner.uid,
        schedule: owner.schedule,
        found: match stored {
            Stored::Absent => Found::Missing,
            Stored::Ours { held: None, .. } => Found::WrongContent,
            Stored::Ours { held: Some(held), .. } => Found::Token(held.issued),
        },
        need: need.of_the_schedule(),
        permissions_changed: kind.is_none() && memory.permissions_changed,
        refused: memory.refused.filter(|_| kind.is_none()),
        last_mint: memory.last_mint(kind).filter(|_| !begins),
    }
}

/// Looks after the additional Secrets there are: fresh while a run may use them, removed when none does.
/// Those under a name that the spec no longer has go, too, but not before the new name has its token (`moved`).
/// Gives the time of the next refresh. To be called with the slot's turn.
///
/// # Errors
/// When the API server does not do its part. What GitHub refuses is tried again with the next reconcile.
pub(crate) async fn extras(
    tokens: &TokenService,
    owner: &TokenOwner<'_>,
    slot: &Slot,
    runs: &[std::sync::Arc<PeribolosRun>],
    moved: bool,
) -> Result<Option<Timestamp>, TokenError> {
    let mut next: Option<Timestamp> = None;
    let there = store::shown(tokens, &owner.name, &owner.uid);
    for kind in RunToken::ALL.into_iter().filter(|kind| there.contains(&kind.secret(&owner.name))) {
        if !runs.iter().any(|run| may_use(run, kind)) {
            store::remove_owned(tokens, &kind.secret(&owner.name), &owner.uid).await?;
            continue;
        }
        let secured = secure(tokens, owner, slot, Need::FreshExtra(kind)).await?;
        let due = match secured.error {
            None => secured.info.map(|info| info.next_refresh_at),
            Some(TokenError::TooSoon { until }) => Some(until),
            // Tried again when the slot's pause ends, or with the next reconcile.
            Some(_) => None,
        };
        next = due.into_iter().chain(next).min();
    }
    for name in there.into_iter().filter(|_| moved) {
        if name != owner.secret_name && RunToken::ALL.iter().all(|kind| kind.secret(&owner.name) != name) {
            store::remove_owned(tokens, &name, &owner.uid).await?;
        }
    }
    Ok(next)
}

/// Whether a run that has not ended may use that token.
fn may_use(run: &PeribolosRun, kind: RunToken) -> bool {
    let uses = match run.spec.mode {
        Mode::Apply => false,
        Mode::DryRun => kind != RunToken::Dump,
        Mode::Dump => kind != RunToken::File,
    };
    uses && !phase(run).is_final()
}
