//! Fetching an installation from GitHub: only when something may have changed, as the status records the last answer.

use std::time::Duration;

use jiff::Timestamp;
use peribolos_api::{GitHubInstallation, Reason, installation::Account, names};
use peribolos_core::{
    installation_status::{Finding, View},
    token::{self, Absence, Hint},
};
use peribolos_github::{AccountType, Error, Installation, InstallationId, RepositorySelection};

use crate::{
    controller::context::Context,
    services::tokens::failed,
    state::tokens::{Failed, Slot},
};

/// The number of failures after which the pause between checks of an unusable installation no longer grows.
const LONGEST_PAUSE: u32 = 16;

/// The value of the recheck annotation.
pub(super) fn recheck(installation: &GitHubInstallation) -> Option<String> {
    installation.metadata.annotations.as_ref()?.get(names::ANNOTATION_RECHECK).cloned()
}

/// Fetches the installation from GitHub if necessary, and updates `view`. Failures are recorded in
/// the slot. Returns false if the state of the installation is still unknown.
pub(super) async fn observe(
    ctx: &Context,
    installation: &GitHubInstallation,
    slot: &Slot,
    uid: &str,
    view: &mut View,
) -> bool {
    let now = Timestamp::now();
    let recheck = recheck(installation);
    if let Some(listed) = listed(slot, view, recheck.as_ref()) {
        let remembered = view.recheck.clone();
        take_in(slot, uid, view, &listed, remembered, now);
        slot.memory().end_pause(now);
        return true;
    }
    {
        let memory = slot.memory();
        let it_is_time = memory.next_look.is_none_or(|at| now >= at);
        let wanted = view.account.is_none()
            || view.recheck != recheck
            || memory.look
            || (view.waits_for_github() && it_is_time);
        if !wanted {
            return true;
        }
        // The list has what observing needs, and wakes this installation.
        let list_comes = view.account.is_none() && recheck.is_none() && ctx.listing.is_awaited();
        if memory.pausing(now).is_some() || list_comes {
            return false;
        }
    }
    let id = InstallationId(installation.spec.installation_id.unsigned_abs());
    ctx.tokens.pacing.read();
    match ctx.app.get_installation(id).await {
        Ok(seen) => {
            take_in(slot, uid, view, &seen, recheck, now);
            true
        }
        Err(error) if error.is_not_found() => absent(ctx, slot, uid, view, recheck).await,
        Err(error) => {
            fail(slot, uid, failed(&error));
            false
        }
    }
}

/// The entry of GitHub's list, if the installation itself was not fetched since then and nothing requires that.
fn listed(slot: &Slot, view: &View, recheck: Option<&String>) -> Option<Installation> {
    let mut memory = slot.memory();
    let (read_at, listed) = memory.listed.take()?;
    let is_newest = memory.observed_at.is_none_or(|observed| observed < read_at);
    (is_newest && view.recheck.as_ref() == recheck).then_some(listed)
}

/// Updates `view` from GitHub's answer to a request that was sent at `requested_at`.
fn take_in(
    slot: &Slot,
    uid: &str,
    view: &mut View,
    seen: &Installation,
    recheck: Option<String>,
    requested_at: Timestamp,
) {
    let mut memory = slot.memory();
    memory.absent_since = None;
    memory.look = false;
    memory.observed_at = Some(requested_at);
    memory.next_look = Some(requested_at + token::backoff(LONGEST_PAUSE, uid));
    if let Some(account) = &view.account {
        memory.permissions_changed |= view.permissions != seen.permissions;
        memory.reread |= account.login != seen.account.login.as_str();
    }
    *view = seen_now(seen, recheck);
}

/// What is known about an installation once GitHub has answered.
fn seen_now(seen: &Installation, recheck: Option<String>) -> View {
    View {
        account: Some(Account {
            login: seen.account.login.to_string(),
            id: i64::try_from(seen.account.id).unwrap_or(i64::MAX),
            kind: kind(seen.account.kind).to_owned(),
        }),
        permissions: seen.permissions.clone(),
        repository_selection: Some(
            match seen.repository_selection {
                RepositorySelection::All => "all",
                RepositorySelection::Selected => "selected",
            }
            .to_owned(),
        ),
        suspended_at: seen.suspended_at.map(|at| at.to_string()),
        gone: false,
        recheck,
    }
}

fn kind(kind: AccountType) -> &'static str {
    match kind {
        AccountType::Organization => "Organization",
        AccountType::User => "User",
        AccountType::Enterprise => "Enterprise",
        AccountType::Bot => "Bot",
        AccountType::Other => "Other",
    }
}

/// Handles a 404. It is accepted if GitHub repeats it and knows the App itself: with a wrong URL every answer is a 404.
async fn absent(ctx: &Context, slot: &Slot, uid: &str, view: &mut View, recheck: Option<String>) -> bool {
    let now = Timestamp::now();
    let first = if view.gone { Some(Timestamp::MIN) } else { slot.memory().absent_since };
    if let Absence::Unconfirmed { since, again_at } = token::absence(first, now) {
        slot.memory().absent_since = Some(since);
        let pause = Duration::try_from(again_at.duration_since(now)).unwrap_or_default();
        let finding = Finding::new(
            Reason::Progressing,
            "GitHub does not know this installation; checking once more before it is treated as deleted",
        );
        fail(slot, uid, Failed { finding, hint: Hint::After(pause), look: true });
        return false;
    }
    if !view.gone
        && let Err(failed) = is_our_app(ctx).await
    {
        fail(slot, uid, failed);
        return false;
    }
    view.gone = true;
    view.recheck = recheck;
    slot.memory().look = false;
    // It is checked again with growing pauses: even a repeated answer may be wrong.
    let finding = Finding::new(Reason::InstallationNotFound, "GitHub does not know this installation");
    fail(slot, uid, Failed { finding, hint: Hint::Nothing, look: false });
    true
}

async fn is_our_app(ctx: &Context) -> Result<(), Failed> {
    match ctx.app.get_app().await {
        Ok(app) if app.id.0 == ctx.app_id => Ok(()),
        Ok(app) => Err(Failed {
            finding: Finding::new(
                Reason::CredentialsInvalid,
                format!("the key belongs to App {}, not to {}; check app-id and key", app.id, ctx.app_id),
            ),
            hint: Hint::Nothing,
            look: true,
        }),
        Err(error @ Error::Status(_)) if error.is_not_found() => {
            let message = format!("GitHub does not know the App either; check --github-api-url: {error}");
            let finding = Finding::new(Reason::GitHubUnavailable, message);
            Err(Failed { finding, hint: Hint::Nothing, look: true })
        }
        Err(error) => Err(Failed { look: true, ..failed(&error) }),
    }
}

fn fail(slot: &Slot, uid: &str, failed: Failed) {
    tracing::warn!(
        uid,
        reason = failed.finding.reason.as_str(),
        message = failed.finding.message,
        "GitHub could not be queried about the installation"
    );
    slot.memory().fail(failed, uid, Timestamp::now());
}
