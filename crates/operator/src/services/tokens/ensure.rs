//! One Secret: it is read, checked, and replaced with a newly minted token if necessary.

use jiff::Timestamp;
use peribolos_api::{PeribolosRun, run::Mode};
use peribolos_core::{
    names::RunToken,
    run::state::phase,
    token::{self, Decision, Found, Issued, Refresh, Situation, Turn, Urgency},
};
use secrecy::SecretString;

use super::{
    TokenError, TokenOwner, TokenService, mint,
    secret::Held,
    shown,
    store::{self, Stored},
};
use crate::state::tokens::{Known, Slot};

/// What a token is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The installation's own token, refreshed by its schedule.
    Fresh,
    /// The installation's own, valid.
    Valid,
    /// The installation's own token, valid long enough for the start of a run.
    RunStart,
    /// An additional token for a run, valid long enough for its start.
    Extra(RunToken),
    /// An additional token for a run, refreshed by the schedule while the run is unfinished.
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

/// The metadata of a Secret's token, without the token itself.
#[derive(Clone, Debug)]
pub struct TokenInfo {
    /// The Secret's name.
    pub secret_name: String,
    /// When the token was issued and when it expires, by GitHub's clock.
    pub issued: Issued,
    /// When it will be replaced.
    pub next_refresh_at: Timestamp,
}

/// A token with its Secret. Debug does not print the token.
#[derive(Clone, Debug)]
pub(super) struct Provided {
    pub(super) info: TokenInfo,
    pub(super) token: SecretString,
}

/// The result of maintaining a Secret: there may be a token although a new one could not be minted.
#[derive(Debug)]
pub(crate) struct Secured<T> {
    /// The valid token, if there is one.
    pub(crate) info: Option<T>,
    /// Why there is no sufficient token.
    pub(crate) error: Option<TokenError>,
}

impl<T> Secured<T> {
    /// The token, if it is sufficient for the request.
    pub(super) fn good_enough(self) -> Result<T, TokenError> {
        match self {
            Self { error: Some(error), .. } => Err(error),
            Self { info: Some(info), .. } => Ok(info),
            // Without an error there is a token.
            Self { .. } => Err(TokenError::TooSoon { until: Timestamp::now() }),
        }
    }
}

/// The installation's own token, if that of its Secret is sufficient for `need`. This only reads, so it takes no lock.
///
/// # Errors
/// When the Secret could not be read, or is somebody else's.
pub(super) async fn ready(
    tokens: &TokenService,
    owner: &TokenOwner<'_>,
    slot: &Slot,
    need: Need,
) -> Result<Option<Provided>, TokenError> {
    if need.kind().is_some() {
        // An additional token may be about to be removed by the task that holds the lock.
        return Ok(None);
    }
    let now = Timestamp::now();
    if need == Need::Valid && shown::found(tokens, owner, slot, None, now) == Some(Found::Missing) {
        return Ok(None);
    }
    let stored = store::read(tokens, &owner.secret_name, owner).await?;
    let situation = situation(owner, slot, need, found(&stored), Refresh::AtInterval);
    let keep = matches!(token::decide(&situation, now), Decision::Keep { .. });
    Ok(match stored {
        Stored::Ours { held: Some(held), .. } if keep && held.issued.is_valid(now) => {
            Some(provided(owner, None, held, Refresh::AtInterval))
        }
        _ => None,
    })
}

fn info(owner: &TokenOwner<'_>, kind: Option<RunToken>, issued: Issued, refresh: Refresh) -> TokenInfo {
    TokenInfo {
        secret_name: owner.secret(kind),
        issued,
        next_refresh_at: owner.schedule.due_at(refresh, issued, &owner.uid),
    }
}

fn provided(owner: &TokenOwner<'_>, kind: Option<RunToken>, held: Held, refresh: Refresh) -> Provided {
    Provided { info: info(owner, kind, held.issued, refresh), token: held.token }
}

/// Keeps one Secret of `owner` fresh: the installation's own, or a run's additional one. It is read only if its metadata is
/// not sufficient, or a new token is due. Must be called with the slot's lock.
///
/// # Errors
/// When the Secret could not be read; what GitHub says is in the result.
pub(crate) async fn refresh(
    tokens: &TokenService,
    owner: &TokenOwner<'_>,
    slot: &Slot,
    kind: Option<RunToken>,
    urgency: Urgency,
) -> Result<Secured<TokenInfo>, TokenError> {
    let need = kind.map_or(Need::Fresh, Need::FreshExtra);
    let now = Timestamp::now();
    if let Some(found) = shown::found(tokens, owner, slot, kind, now) {
        let refresh = when(tokens, slot, urgency);
        match (token::decide(&situation(owner, slot, need, found, refresh), now), found) {
            (Decision::Keep { .. }, Found::Token(issued)) => {
                return Ok(Secured { info: Some(info(owner, kind, issued, refresh)), error: None });
            }
            (Decision::Rest, _) => return Ok(Secured { info: None, error: Some(TokenError::OnDemand) }),
            _ => {}
        }
    }
    let Secured { info, error } = secure(tokens, owner, slot, need, urgency).await?;
    Ok(Secured { info: info.map(|provided| provided.info), error })
}

/// When the token of an installation is replaced. After a failure it is retried, regardless of who needs the token.
fn when(tokens: &TokenService, slot: &Slot, urgency: Urgency) -> Refresh {
    let is_failing = slot.memory().failure().is_some();
    if urgency == Urgency::Idle && !is_failing { tokens.pacing.refresh() } else { Refresh::AtInterval }
}

/// Maintains one Secret of `owner`. Must be called with the slot's lock.
///
/// # Errors
/// When the Secret could not be read; what GitHub says is in the result.
pub(super) async fn secure(
    tokens: &TokenService,
    owner: &TokenOwner<'_>,
    slot: &Slot,
    need: Need,
    urgency: Urgency,
) -> Result<Secured<Provided>, TokenError> {
    let now = Timestamp::now();
    let kind = need.kind();
    let stored = match store::read(tokens, &owner.secret(kind), owner).await {
        Ok(stored) => stored,
        Err(error @ TokenError::SecretConflict(_)) => return Ok(Secured { info: None, error: Some(error) }),
        Err(error) => return Err(error),
    };
    remember(slot, kind, &stored);
    if let (Need::FreshExtra(_), Stored::Absent) = (need, &stored) {
        // The watch still shows it, because its last run has just ended.
        return Ok(Secured { info: None, error: None });
    }
    let refresh = when(tokens, slot, urgency);
    let decision = token::decide(&situation(owner, slot, need, found(&stored), refresh), now);
    let provided = |held: Held| provided(owner, kind, held, refresh);
    let old = match &stored {
        Stored::Ours { held: Some(held), .. } if held.issued.is_valid(now) => Some(provided(held.clone())),
        _ => None,
    };
    let cause = match decision {
        Decision::Keep { .. } => return Ok(Secured { info: old, error: None }),
        Decision::Rest => return Ok(Secured { info: old, error: Some(TokenError::OnDemand) }),
        Decision::Mint(cause) | Decision::Wait { cause, .. } => cause,
    };
    // In the mode in which idle installations hold none, a token that only the controller uses is kept in memory only.
    let is_kept = need == Need::Valid && refresh == Refresh::OnDemand;
    if let Some(held) = mint::unwritten(owner, slot, kind)
        && held.issued.is_valid(now)
    {
        let kept = situation(owner, slot, need, Found::Token(held.issued), refresh);
        if matches!(token::decide(&kept, now), Decision::Keep { .. }) {
            if !is_kept {
                mint::write(tokens, owner, slot, kind, &stored, &held).await?;
            }
            return Ok(Secured { info: Some(provided(held)), error: None });
        }
    }
    if let Decision::Wait { until, .. } = decision {
        return Ok(Secured { info: old, error: Some(TokenError::TooSoon { until }) });
    }
    let pausing = slot.memory().pausing(now).cloned();
    if let Some(lasting) = pausing {
        let error = TokenError::Refused { finding: lasting.failure.finding, until: lasting.not_before };
        return Ok(Secured { info: old, error: Some(error) });
    }
    if let Turn::At(until) = tokens.turn(&owner.uid, urgency) {
        return Ok(Secured { info: old, error: Some(TokenError::Paced { until }) });
    }
    let minted = async {
        let held = mint::mint(tokens, owner, slot, kind, cause).await?;
        if !is_kept {
            mint::write(tokens, owner, slot, kind, &stored, &held).await?;
        }
        Ok(held)
    };
    match minted.await {
        Ok(held) => Ok(Secured { info: Some(provided(held)), error: None }),
        Err(error @ TokenError::Kubernetes(_)) => Err(error),
        Err(error) => Ok(Secured { info: old, error: Some(error) }),
    }
}

/// Remembers the Secret as it was read, so that it is read again only when it changes.
fn remember(slot: &Slot, kind: Option<RunToken>, stored: &Stored) {
    let known = match stored {
        Stored::Ours { uid, version, held: Some(held) } => {
            Some(Known { version: (uid.clone(), version.clone()), issued: held.issued })
        }
        _ => None,
    };
    let mut memory = slot.memory();
    memory.know(kind, known);
    memory.reread &= kind.is_some();
}

const fn found(stored: &Stored) -> Found {
    match stored {
        Stored::Absent => Found::Missing,
        Stored::Ours { held: None, .. } => Found::WrongContent,
        Stored::Ours { held: Some(held), .. } => Found::Token(held.issued),
    }
}

fn situation<'a>(
    owner: &'a TokenOwner<'_>,
    slot: &Slot,
    need: Need,
    found: Found,
    refresh: Refresh,
) -> Situation<'a> {
    let memory = slot.memory();
    let kind = need.kind();
    // An additional Secret is deleted with its last run. The next run does not wait for the minimum time between mints, because
    // these mints are bounded by the number of runs and not by a schedule.
    let begins = matches!((need, found), (Need::Extra(_), Found::Missing));
    Situation {
        uid: &owner.uid,
        schedule: owner.schedule,
        found,
        need: need.of_the_schedule(),
        permissions_changed: kind.is_none() && memory.permissions_changed,
        refused: memory.refused.filter(|_| kind.is_none()),
        last_mint: memory.last_mint(kind).filter(|_| !begins),
        refresh,
    }
}

/// Maintains the existing additional Secrets: they are refreshed while a run may use them, and removed when none does.
/// Those under a name that the spec no longer has are removed too, but not before the new name has its token (`moved`).
/// Returns the time of the next refresh. Must be called with the slot's lock.
///
/// # Errors
/// When a request to the API server fails. What GitHub refuses is retried with the next reconcile.
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
        let secured = refresh(tokens, owner, slot, Some(kind), Urgency::Run).await?;
        let due = match secured.error {
            None => secured.info.map(|info| info.next_refresh_at),
            Some(TokenError::TooSoon { until } | TokenError::Paced { until }) => Some(until),
            // Retried when the slot's pause ends, or with the next reconcile.
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
