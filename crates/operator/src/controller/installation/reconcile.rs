//! One reconcile of an installation, step by step.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use kube::{ResourceExt, runtime::controller::Action};
use peribolos_api::{
    GitHubInstallation, GitHubInstallationStatus, PeribolosRun, Reason, installation::TokenStatus,
};
use peribolos_core::{
    drift::{Drift, drift},
    installation_status::{
        Facts, Finding, Missing, Synced, TokenFacts, View, conditions, config_problem, config_public,
        entitlement, missing, pending_runs, synced,
    },
    run::state::{State, phase},
    token::{self, Hint, Issued, Urgency},
};

use super::{deletion, error::Error, events, observe, status};
use crate::{
    controller::context::Context,
    services::{
        github::REQUIRED,
        tokens::{self, TokenError, TokenInfo, TokenOwner},
    },
    state::tokens::{Failed, Slot, Trigger},
};

/// How often an installation is reconciled without a trigger. This sends no request to GitHub.
const AT_LEAST_EVERY: SignedDuration = SignedDuration::from_mins(10);
/// The shortest pause, so that small clock differences do not cause a busy loop.
const SOON: SignedDuration = SignedDuration::from_millis(500);

/// The inputs of a reconcile.
struct Work<'a> {
    ctx: &'a Context,
    installation: &'a GitHubInstallation,
    uid: String,
    slot: Arc<Slot>,
    runs: Vec<Arc<PeribolosRun>>,
}

/// The result of ensuring the token.
#[derive(Default)]
struct Outcome {
    blocked: Option<Finding>,
    info: Option<TokenInfo>,
    /// No token is needed.
    on_demand: bool,
    /// When something is due.
    next: Option<Timestamp>,
}

/// Brings the token and the status of an installation into their desired state, and returns when to reconcile again.
pub(super) async fn reconcile(installation: &GitHubInstallation, ctx: &Context) -> Result<Action, Error> {
    // Without all runs in the store, the Secret of a live run would look unused.
    ctx.tokens.memory.filled().await;
    if installation.metadata.deletion_timestamp.is_some() {
        return deletion::reconcile(installation, ctx).await;
    }
    let installation = &deletion::keep(installation, ctx).await?;
    let work = Work::dereference(ctx, installation);
    let mut view = View::remembered(installation);
    let outcome = work.token(&mut view).await?;
    let status = work.status(&view, &outcome);
    if status::write(ctx, installation, &status).await? {
        events::publish(ctx, installation, &status.conditions).await;
    }
    Ok(work.requeue(&outcome))
}

impl<'a> Work<'a> {
    fn dereference(ctx: &'a Context, installation: &'a GitHubInstallation) -> Self {
        let uid = installation.uid().unwrap_or_default();
        let name = installation.name_any();
        let slot = ctx.tokens.memory.slot(&uid);
        let trigger =
            Trigger { generation: installation.metadata.generation, recheck: observe::recheck(installation) };
        slot.memory().notice(trigger, Timestamp::now());
        let runs = ctx.runs_by_installation.of(&name);
        Self { ctx, installation, uid, slot, runs }
    }

    /// Determines the owner of the installation and its state on GitHub, and then ensures its Secrets.
    async fn token(&self, view: &mut View) -> Result<Outcome, Error> {
        if let Some(duplicate) = self.ctx.tokens.duplicate(self.installation) {
            return self.withdraw(duplicate).await;
        }
        let open = !observe::observe(self.ctx, self.installation, &self.slot, &self.uid, view).await;
        if let Some(refusal) = entitlement::refusal(view, &self.ctx.accounts) {
            return self.withdraw(refusal).await;
        }
        let Some(account) = view.account.as_ref() else { return Ok(Outcome::default()) };
        match TokenOwner::new(self.installation, &account.login, &view.permissions) {
            Ok(owner) => self.secure(&owner, open).await,
            Err(TokenError::NotEntitled(finding)) => self.withdraw(finding).await,
            Err(error) => Err(error.into()),
        }
    }

    async fn withdraw(&self, blocked: Finding) -> Result<Outcome, Error> {
        tokens::withdraw(&self.ctx.tokens, self.installation, &self.slot).await?;
        let look = matches!(blocked.reason, Reason::InstallationNotFound | Reason::InstallationSuspended);
        let next = self.slot.memory().next_look.filter(|_| look);
        Ok(Outcome { blocked: Some(blocked), next, ..Outcome::default() })
    }

    /// The installation's own Secret, then those of its runs.
    async fn secure(&self, owner: &TokenOwner<'_>, open: bool) -> Result<Outcome, Error> {
        let _turn = self.slot.turn().await;
        let secured = tokens::refresh(&self.ctx.tokens, owner, &self.slot, None, self.urgency()).await?;
        // An installation that waits for its turn gets it at once when something needs the token.
        let on_demand = matches!(secured.error, Some(TokenError::OnDemand | TokenError::Paced { .. }));
        let mut next = secured.info.as_ref().map(|info| info.next_refresh_at);
        match secured.error {
            None => {
                let mut memory = self.slot.memory();
                if !open && memory.pausing(Timestamp::now()).is_none() {
                    memory.succeed();
                }
            }
            Some(TokenError::TooSoon { until } | TokenError::Paced { until }) => next = Some(until),
            Some(error @ TokenError::SecretConflict(_)) => {
                next = None;
                self.conflict(&error);
            }
            // The slot records the failure and when to retry.
            Some(_) => next = None,
        }
        let moved = secured.info.is_some();
        let extra = tokens::extras(&self.ctx.tokens, owner, &self.slot, &self.runs, moved).await?;
        let next = next.into_iter().chain(extra).min();
        Ok(Outcome { blocked: None, info: secured.info, on_demand, next })
    }

    fn urgency(&self) -> Urgency {
        if self.runs.iter().all(|run| phase(run).is_final()) { Urgency::Idle } else { Urgency::Run }
    }

    /// The Secret of another owner is not watched, so it is checked again periodically.
    fn conflict(&self, error: &TokenError) {
        let mut memory = self.slot.memory();
        let now = Timestamp::now();
        if memory.pausing(now).is_none() {
            let finding = Finding::new(Reason::SecretConflict, error.to_string());
            memory.fail(Failed { finding, hint: Hint::Nothing, look: false }, &self.uid, now);
        }
    }

    fn status(&self, view: &View, outcome: &Outcome) -> GitHubInstallationStatus {
        let now = Timestamp::now();
        let generation = self.installation.metadata.generation;
        let missing: Vec<Missing> =
            if view.account.is_some() { missing(&REQUIRED, &view.permissions) } else { vec![] };
        let token = outcome.info.as_ref();
        let schedule = token::Schedule::from(&self.installation.spec.token);
        let account = view.account.as_ref().map_or(0, |account| account.id);
        let installations = self.ctx.tokens.installations.of_account(account);
        let facts = Facts {
            generation,
            blocked: outcome.blocked.clone(),
            token: token.map(|info| TokenFacts {
                secret: &info.secret_name,
                issued: info.issued,
                margin: schedule.margin(info.issued),
            }),
            on_demand: outcome.on_demand,
            failure: self.slot.memory().failure().map(|lasting| lasting.failure.clone()),
            missing: &missing,
            held: entitlement::suspension(installations.iter().map(AsRef::as_ref), self.installation, view),
            tekton: self.tekton(now),
            config: self.installation.status.as_ref().and_then(config_problem),
            public: config_public(self.installation),
            synced: self.installation.status.as_ref().map_or(Synced::Never, synced),
            drift: self.installation.status.as_ref().map_or(Drift::Unknown, drift),
        };
        let previous = self.installation.status.as_ref().map(|s| s.conditions.as_slice()).unwrap_or_default();
        GitHubInstallationStatus {
            observed_generation: generation,
            conditions: conditions(&facts, previous, now),
            account: view.account.clone(),
            app_permissions: view.permissions.clone(),
            repository_selection: view.repository_selection.clone(),
            suspended_at: view.suspended_at.clone(),
            observed_recheck: view.recheck.clone(),
            token: token.map(token_status),
            pending_runs: Some(pending_runs(self.runs.iter().map(AsRef::as_ref))),
            ..GitHubInstallationStatus::default()
        }
    }

    /// What of Tekton is missing, where a run waits.
    fn tekton(&self, now: Timestamp) -> Option<Finding> {
        let missing = self.ctx.tekton.lasting(self.ctx.settings.time_scale, now)?;
        let own = &self.installation.spec.run.task_ref;
        let waits = |run: &PeribolosRun| {
            matches!(State::of(run), State::New | State::Admitted) && missing.concerns(run.spec.mode, own)
        };
        self.runs.iter().any(|run| waits(run)).then(|| missing.finding())
    }

    fn requeue(&self, outcome: &Outcome) -> Action {
        let now = Timestamp::now();
        let memory = self.slot.memory();
        let failing = memory.failure().map(|lasting| lasting.not_before);
        // A mint showed permissions that differ from the recorded ones.
        let look = (memory.look && failing.is_none()).then_some(now);
        let next = [outcome.next, failing, look].into_iter().flatten().min();
        let pause = next.map_or(AT_LEAST_EVERY, |at| at.duration_since(now).min(AT_LEAST_EVERY));
        Action::requeue(pause.max(SOON).unsigned_abs())
    }
}

fn token_status(info: &TokenInfo) -> TokenStatus {
    let Issued { at, expires } = info.issued;
    TokenStatus {
        secret_name: info.secret_name.clone(),
        issued_at: Some(at.to_string()),
        expires_at: Some(expires.to_string()),
        next_refresh_at: Some(seconds(info.next_refresh_at)),
    }
}

/// A time in the precision of the status: whole seconds.
fn seconds(time: Timestamp) -> String {
    Timestamp::from_second(time.as_second()).unwrap_or(time).to_string()
}
