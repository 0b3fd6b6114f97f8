//! The list of installations: unknown ones get their object, changed ones are reconciled, and the objects of vanished ones are
//! removed.

use jiff::Timestamp;
use kube::{ResourceExt, runtime::reflector::ObjectRef};
use peribolos_api::GitHubInstallation;
use peribolos_core::{
    event::{Account, Action, Decider, Decision, Delivery, Event, Subject},
    heal::installations::{Absences, Compared, Comparison, Listed, Missing},
    ownership::made_by_operator,
};
use peribolos_github::{AccountType, Installation, InstallationId, Page};

use super::{HealError, Pace, pace::Rest};
use crate::{controller::context::Context, kubernetes::client::within_deadline};

pub(super) async fn repeat(ctx: &Context, pace: &Pace) {
    let mut absences = Absences::default();
    let mut rest = Rest::new("installations", pace.installations);
    loop {
        let end = pass(ctx, pace, &mut absences).await;
        if ctx.listing.set_ended() {
            // Installations that it does not contain are requested one by one.
            let unknown = ctx.installations.state().into_iter().filter(|object| account(object).is_none());
            unknown.for_each(|object| wake(ctx, &object));
        }
        rest.after(end).await;
    }
}

async fn pass(ctx: &Context, pace: &Pace, absences: &mut Absences) -> Result<(), HealError> {
    // With a wrong key or address the list is empty or another App's; this must not remove any object.
    let app = ctx.app.get_app().await?;
    ctx.tokens.pacing.read();
    if app.id.0 != ctx.app_id {
        return Err(HealError::OtherApp { found: app.id.0, expected: ctx.app_id });
    }
    let mut comparison = Comparison::default();
    // A failure of one installation must not prevent the check of the others.
    let mut end = Ok(());
    let mut at = None;
    loop {
        let read_at = Timestamp::now();
        let Page { items, next } = ctx.app.installations(at.as_ref()).await?;
        ctx.tokens.pacing.read();
        for installation in items {
            end = end.and(listed(ctx, &mut comparison, read_at, installation).await);
        }
        at = next;
        if at.is_none() {
            break;
        }
    }
    let objects = ctx.installations.state();
    match comparison.missing(objects.iter().map(AsRef::as_ref)) {
        Missing::Few(ids) => {
            absences.keep(&ids);
            for id in ids {
                end = end.and(vanished(ctx, pace, absences, id).await);
            }
        }
        Missing::TooMany { missing, known } => {
            tracing::warn!(
                missing,
                known,
                "GitHub lists implausibly few installations: no object is removed"
            );
        }
    }
    ctx.listing.set_ids(comparison.into_ids());
    end
}

/// Compares an installation's entry of the list with its objects.
async fn listed(
    ctx: &Context,
    comparison: &mut Comparison,
    read_at: Timestamp,
    installation: Installation,
) -> Result<(), HealError> {
    let Some(listed) = read(&installation) else { return Ok(()) };
    let objects = ctx.tokens.installations.of_id(listed.id);
    match comparison.take(&listed, objects.iter().map(AsRef::as_ref)) {
        Compared::New => create(ctx, &listed).await,
        Compared::Known(differing) => {
            for object in objects.iter().filter(|object| differing.contains(&object.name_any())) {
                let slot = ctx.tokens.memory.slot(&object.uid().unwrap_or_default());
                slot.memory().listed = Some((read_at, installation.clone()));
                wake(ctx, object);
                if account(object).is_some() {
                    ctx.healed("recheck");
                }
            }
            Ok(())
        }
    }
}

fn account(object: &GitHubInstallation) -> Option<&str> {
    Some(&object.status.as_ref()?.account.as_ref()?.login)
}

fn wake(ctx: &Context, object: &GitHubInstallation) {
    ctx.wake_installation.notify(ObjectRef::from_obj(object));
}

fn read(installation: &Installation) -> Option<Listed> {
    Some(Listed {
        id: i64::try_from(installation.id.0).ok()?,
        login: installation.account.login.to_string(),
        is_organization: installation.account.kind == AccountType::Organization,
        suspended: installation.suspended_at.is_some(),
        permissions: installation.permissions.clone(),
    })
}

/// Does what the delivery `installation.created` would have done.
async fn create(ctx: &Context, new: &Listed) -> Result<(), HealError> {
    let decider = Decider {
        app_id: ctx.app_id,
        accounts: ctx.accounts.clone(),
        defaults: ctx.installation_defaults.clone(),
    };
    let event = Event {
        installation: Some(new.id),
        account: Some(Account { login: new.login.clone(), is_organization: new.is_organization }),
        sender: None,
        subject: Subject::Installation { action: "created".to_owned() },
    };
    let delivery =
        Delivery { id: format!("heal-{}", new.id), event: "heal".to_owned(), at: Timestamp::now() };
    let Decision::Actions(mut actions) = decider.decide(ctx, &delivery, &event) else { return Ok(()) };
    // The object is created last: as long as it does not exist, the next pass repeats all of this.
    actions.reverse();
    let done = within_deadline(ctx.healer().perform(actions, &delivery.id)).await?;
    tracing::info!(installation = new.id, ?done, "found an installation for which no webhook was received");
    ctx.healed("installation");
    Ok(())
}

async fn recheck(ctx: &Context, name: String) -> Result<(), HealError> {
    let cause = format!("heal-{}", Timestamp::now());
    within_deadline(ctx.healer().perform(vec![Action::Recheck { name }], &cause)).await?;
    ctx.healed("recheck");
    Ok(())
}

async fn vanished(ctx: &Context, pace: &Pace, absences: &mut Absences, id: i64) -> Result<(), HealError> {
    if is_gone(ctx, pace, absences, id).await? { remove(ctx, id).await } else { Ok(()) }
}

async fn is_gone(ctx: &Context, pace: &Pace, absences: &mut Absences, id: i64) -> Result<bool, HealError> {
    ctx.tokens.pacing.read();
    match ctx.app.get_installation(InstallationId(id.unsigned_abs())).await {
        Err(error) if error.is_not_found() => Ok(absences.denied(id, Timestamp::now(), pace.apart)),
        Err(error) => Err(error.into()),
        Ok(_) => {
            absences.confirmed(id);
            Ok(false)
        }
    }
}

/// Deletes the operator's objects; those of people are reconciled and report it in their conditions.
async fn remove(ctx: &Context, id: i64) -> Result<(), HealError> {
    for object in ctx.tokens.installations.of_id(id) {
        let name = object.metadata.name.clone().unwrap_or_default();
        match &object.metadata.uid {
            Some(uid) if made_by_operator(&object) => {
                let delete = Action::DeleteInstallation { name: name.clone(), uid: uid.clone() };
                within_deadline(ctx.healer().perform(vec![delete], "")).await?;
                tracing::info!(
                    name,
                    installation = id,
                    "deleted the object: the App is no longer installed there"
                );
                ctx.healed("vanished");
            }
            _ => recheck(ctx, name).await?,
        }
    }
    Ok(())
}
