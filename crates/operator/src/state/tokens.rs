//! What is remembered about each installation between reconciles. All of it may be lost.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use peribolos_api::Reason;
use peribolos_core::{
    installation_status::{Failure, Finding},
    names::RunToken,
    token::{self, Hint, Issued, LastMint},
};
use peribolos_github::{Client, Installation, TokenScope};
use secrecy::SecretString;
use tokio::sync::SetOnce;

/// A client is no longer used when its token is valid for less than this, because a call takes a while.
const RESERVE: SignedDuration = SignedDuration::from_mins(2);

/// The memory of all installations, by the uid of their objects.
#[derive(Debug, Default)]
pub struct Tokens {
    slots: Mutex<HashMap<String, Arc<Slot>>>,
    filled: SetOnce<()>,
}

impl Tokens {
    /// The memory of one installation.
    pub(crate) fn slot(&self, uid: &str) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(uid.to_owned()).or_default())
    }

    /// Records that the watches are filled.
    pub(crate) fn set_filled(&self) {
        // Setting it again changes nothing.
        self.filled.set(()).ok();
    }

    /// Waits until the watches are filled: a Secret must not look unused because its run is not in the store yet.
    pub(crate) async fn filled(&self) {
        self.filled.wait().await;
    }

    /// Forgets every installation that is not among `alive`.
    pub(crate) fn retain(&self, alive: &HashSet<String>) {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner).retain(|uid, _| alive.contains(uid));
    }
}

/// The memory of one installation.
#[derive(Debug, Default)]
pub(crate) struct Slot {
    turn: tokio::sync::Mutex<()>,
    last_turn: tokio::sync::Mutex<()>,
    memory: Mutex<Memory>,
}

impl Slot {
    /// Waits for the lock under which this installation's Secrets are read, minted and written.
    pub(crate) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// Waits for the lock under which the last token of an installation that is being deleted is minted.
    pub(crate) async fn last_turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.last_turn.lock().await
    }

    /// Locks the facts. The lock must not be held across an await.
    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a person or a webhook can change to retry a failed attempt at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trigger {
    /// The generation of the spec.
    pub(crate) generation: Option<i64>,
    /// The value of the recheck annotation.
    pub(crate) recheck: Option<String>,
}

/// An attempt that failed, as it is reported.
#[derive(Clone, Debug)]
pub(crate) struct Failed {
    /// The failure.
    pub(crate) finding: Finding,
    /// GitHub's hint about retries.
    pub(crate) hint: Hint,
    /// GitHub answered the mint with 403 or 404: the installation itself has to be checked.
    pub(crate) look: bool,
}

/// A failure that lasts.
#[derive(Clone, Debug)]
pub(crate) struct Lasting {
    pub(crate) failure: Failure,
    pub(crate) not_before: Timestamp,
    times: u32,
    /// GitHub itself named the time: it can't be shortened.
    named: bool,
}

/// A token that was minted and is not in its Secret yet. Debug does not print it.
#[derive(Clone, Debug)]
pub(crate) struct Unwritten {
    pub(crate) token: SecretString,
    pub(crate) issued: Issued,
    /// Its scope.
    pub(crate) scope: TokenScope,
}

/// A Secret as this process last read or wrote it, or first saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    /// Its uid and resourceVersion.
    pub(crate) version: (Option<String>, Option<String>),
    /// The times of its token.
    pub(crate) issued: Issued,
}

/// What is remembered of one installation.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    lasting: Option<Lasting>,
    /// When the first of consecutive 404s was received.
    pub(crate) absent_since: Option<Timestamp>,
    /// The installation has to be fetched from GitHub at the next opportunity.
    pub(crate) look: bool,
    /// When an unusable installation is checked again.
    pub(crate) next_look: Option<Timestamp>,
    /// The permissions changed since the token was minted.
    pub(crate) permissions_changed: bool,
    trigger: Option<Trigger>,
    /// When the token that GitHub refused was issued.
    pub(crate) refused: Option<Timestamp>,
    minted: HashMap<Option<RunToken>, LastMint>,
    unwritten: HashMap<Option<RunToken>, Unwritten>,
    known: HashMap<Option<RunToken>, Known>,
    /// The desired contents of the Secrets have changed: they have to be read.
    pub(crate) reread: bool,
    /// The installation's entry in GitHub's list, and when it was read.
    pub(crate) listed: Option<(Timestamp, Installation)>,
    /// When it was last fetched from GitHub.
    pub(crate) observed_at: Option<Timestamp>,
    client: Option<(Client, Issued)>,
    /// The client of an installation that is being deleted, whose token is in no Secret.
    last_client: Option<(Client, Issued)>,
    errors: u32,
}

impl Memory {
    /// The failure that lasts, if one does.
    pub(crate) fn failure(&self) -> Option<&Lasting> {
        self.lasting.as_ref()
    }

    /// The failure because of which no request is sent to GitHub at `now`.
    pub(crate) fn pausing(&self, now: Timestamp) -> Option<&Lasting> {
        self.lasting.as_ref().filter(|lasting| now < lasting.not_before)
    }

    /// Records a failure: it lasts from the first of its kind on, and pauses grow.
    pub(crate) fn fail(&mut self, failed: Failed, uid: &str, now: Timestamp) -> Lasting {
        let before = self.lasting.take();
        let times = before.as_ref().map_or(1, |lasting| lasting.times.saturating_add(1));
        let same = before.filter(|lasting| is_same(&lasting.failure.finding, &failed.finding));
        let lasting = Lasting {
            // Of equal failures the first is reported: their messages differ only in request ids.
            failure: same
                .map_or(Failure { finding: failed.finding, since: whole_seconds(now) }, |l| l.failure),
            not_before: token::retry_at(failed.hint, times, uid, now),
            times,
            named: failed.hint != Hint::Nothing,
        };
        self.look |= failed.look;
        self.lasting = Some(lasting.clone());
        lasting
    }

    /// Records that GitHub's answer was a success.
    pub(crate) fn succeed(&mut self) {
        self.lasting = None;
    }

    /// Ends the pause after a failure, unless GitHub named its end.
    pub(crate) fn end_pause(&mut self, now: Timestamp) {
        if let Some(lasting) = &mut self.lasting
            && !lasting.named
        {
            lasting.not_before = now;
        }
    }

    /// Records the trigger. A new one ends the pause, once, unless GitHub named its end.
    pub(crate) fn notice(&mut self, trigger: Trigger, now: Timestamp) {
        if self.trigger.as_ref() == Some(&trigger) {
            return;
        }
        self.trigger = Some(trigger);
        self.next_look = None;
        self.end_pause(now);
    }

    /// How often the reconcile has failed in a row, including this time.
    pub(crate) fn broke_off(&mut self) -> u32 {
        self.errors = self.errors.saturating_add(1);
        self.errors
    }

    /// Records that a reconcile succeeded.
    pub(crate) fn came_through(&mut self) {
        self.errors = 0;
    }

    /// The last mint for a Secret.
    pub(crate) fn last_mint(&self, kind: Option<RunToken>) -> Option<LastMint> {
        self.minted.get(&kind).copied()
    }

    /// Records a mint for a Secret.
    pub(crate) fn mint(&mut self, kind: Option<RunToken>, mint: LastMint) {
        self.minted.insert(kind, mint);
        if kind.is_none() {
            self.permissions_changed = false;
            self.refused = None;
            self.client = None;
        }
    }

    /// Keeps a minted token until its Secret is written.
    pub(crate) fn keep(&mut self, kind: Option<RunToken>, minted: Unwritten) {
        self.unwritten.insert(kind, minted);
    }

    /// The token that was minted for a Secret and is not in it yet.
    pub(crate) fn unwritten(&self, kind: Option<RunToken>) -> Option<Unwritten> {
        self.unwritten.get(&kind).cloned()
    }

    /// Records that the Secret has the token that was minted for it.
    pub(crate) fn written(&mut self, kind: Option<RunToken>) {
        self.unwritten.remove(&kind);
    }

    /// The Secret as it was read, written or seen first.
    pub(crate) fn known(&self, kind: Option<RunToken>) -> Option<&Known> {
        self.known.get(&kind)
    }

    /// Remembers a Secret; `None`: it holds no token.
    pub(crate) fn know(&mut self, kind: Option<RunToken>, known: Option<Known>) {
        match known {
            Some(known) => self.known.insert(kind, known),
            None => self.known.remove(&kind),
        };
    }

    /// The client, while its token lasts.
    pub(crate) fn client(&self, now: Timestamp) -> Option<Client> {
        usable(self.client.as_ref(), now)
    }

    /// The client of an installation that is being deleted, while its token lasts.
    pub(crate) fn last_client(&self, now: Timestamp) -> Option<Client> {
        usable(self.last_client.as_ref(), now)
    }

    /// Keeps that client for the next check.
    pub(crate) fn remember_last_client(&mut self, client: Client, issued: Issued) {
        self.last_client = Some((client, issued));
    }

    /// Keeps a client for the next request.
    pub(crate) fn remember_client(&mut self, client: Client, issued: Issued) {
        self.client = Some((client, issued));
    }

    /// Records that GitHub refused the client's token.
    pub(crate) fn refuse_client(&mut self) {
        if let Some((_, issued)) = self.client.take() {
            self.refused = Some(issued.at);
        }
    }

    /// Records that all Secrets were removed.
    pub(crate) fn forget_tokens(&mut self) {
        self.unwritten.clear();
        self.known.clear();
        self.client = None;
        self.refused = None;
        self.permissions_changed = false;
    }
}

/// The client, if its token is valid long enough for a call.
fn usable(kept: Option<&(Client, Issued)>, now: Timestamp) -> Option<Client> {
    let (client, issued) = kept?;
    (now + RESERVE < issued.expires).then(|| client.clone())
}

/// Whether two failures are the same lasting one. A conflict is about one Secret, which its message names.
fn is_same(before: &Finding, now: &Finding) -> bool {
    before.reason == now.reason && (now.reason != Reason::SecretConflict || before.message == now.message)
}

/// A time as people read it.
fn whole_seconds(now: Timestamp) -> Timestamp {
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn failed(reason: Reason, hint: Hint) -> Failed {
        Failed { finding: Finding::new(reason, "it broke"), hint, look: false }
    }

    fn trigger(generation: i64) -> Trigger {
        Trigger { generation: Some(generation), recheck: None }
    }

    #[test]
    fn a_failure_lasts_from_its_first_time_with_growing_pauses() {
        let mut memory = Memory::default();
        let mut pauses = vec![];
        for seconds in [0, 100, 200, 300] {
            let lasting = memory.fail(failed(Reason::GitHubUnavailable, Hint::Nothing), "uid", at(seconds));
            assert_eq!(lasting.failure.since, at(0));
            pauses.push(lasting.not_before.duration_since(at(seconds)));
        }
        assert!(pauses.is_sorted() && pauses[3] > pauses[0] * 4, "{pauses:?}");
        let other = memory.fail(failed(Reason::CredentialsInvalid, Hint::Nothing), "uid", at(400));
        assert_eq!(other.failure.since, at(400), "another kind has its own beginning");
        memory.succeed();
        assert!(memory.pausing(at(400)).is_none());
    }

    #[test]
    fn a_conflict_over_another_secret_is_another_one() {
        let mut memory = Memory::default();
        let conflict = |name: &str| Failed {
            finding: Finding::new(Reason::SecretConflict, format!("{name} is somebody else's")),
            hint: Hint::Nothing,
            look: false,
        };
        memory.fail(conflict("a"), "uid", at(0));
        assert_eq!(memory.fail(conflict("a"), "uid", at(100)).failure.since, at(0));
        let other = memory.fail(conflict("b"), "uid", at(200)).failure;
        assert_eq!((&*other.finding.message, other.since), ("b is somebody else's", at(200)));
    }

    #[test]
    fn a_change_ends_a_pause_of_ours_once() {
        let mut memory = Memory::default();
        memory.notice(trigger(1), at(0));
        memory.fail(failed(Reason::GitHubUnavailable, Hint::Nothing), "uid", at(0));
        memory.notice(trigger(1), at(0));
        assert!(memory.pausing(at(0)).is_some(), "nothing changed");
        memory.notice(trigger(2), at(0));
        assert!(memory.pausing(at(0)).is_none(), "the spec changed");
        memory.fail(failed(Reason::GitHubUnavailable, Hint::Nothing), "uid", at(0));
        memory.notice(trigger(2), at(0));
        assert!(memory.pausing(at(0)).is_some(), "that change was tried already");
    }

    #[test]
    fn a_pause_that_github_named_is_kept_whatever_changes() {
        let mut memory = Memory::default();
        memory.fail(failed(Reason::RateLimited, Hint::After(Duration::from_mins(5))), "uid", at(0));
        memory.notice(trigger(1), at(0));
        assert!(memory.pausing(at(299)).is_some());
        assert!(memory.pausing(at(320)).is_none());
    }

    #[test]
    fn the_dead_are_forgotten() {
        let tokens = Tokens::default();
        tokens.slot("dead").memory().look = true;
        tokens.slot("alive").memory().look = true;
        tokens.retain(&HashSet::from(["alive".to_owned()]));
        assert!(tokens.slot("alive").memory().look);
        assert!(!tokens.slot("dead").memory().look);
    }
}
