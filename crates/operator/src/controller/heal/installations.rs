//! The list of installations: unknown ones get their object, changed ones are looked at, vanished ones lose theirs.

use jiff::Timestamp;
use peribolos_core::{
    event::{Account, Action, Decider, Decision, Delivery, Event, Subject},
    heal::installations::{Absences, Listed, Missing, compare},
    ownership::made_by_operator,
};
use peribolos_github::{AccountType, Installation, InstallationId};

use super::{HealError, Pace, pace::Rest};
use crate::{controller::context::Context, kubernetes::client::within_deadline};

pub(super) async fn repeat(ctx: &Context, pace: &Pace) {
    let mut absences = Absences::default();
    let mut rest = Rest::new("installations", pace.installations);
    loop {
        let end = pass(ctx, pace, &mut absences).await;
        rest.after(end).await;
    }
}

async fn pass(ctx: &Context, pace: &Pace, absences: &mut Absences) -> Result<(), HealError> {
    // A wrong key or address lists nothing, or somebody else's: that must remove nobody.
    let app = ctx.app.get_app().await?;
    if app.id.0 != ctx.app_id {
        return Err(HealError::OtherApp { found: app.id.0, expected: ctx.app_id });
    }
    let listed: Vec<Listed> = ctx.app.list_installations().await?.into_iter().filter_map(read).collect();
    let objects = ctx.installations.state();
    let objects: Vec<_> = objects.iter().map(AsRef::as_ref).collect();
    let compared = compare(&listed, &objects);
    // One that fails does not keep the others from being looked at.
    let mut end = Ok(());
    for new in compared.new {
        end = end.and(create(ctx, new).await);
    }
    for name in compared.changed {
        end = end.and(recheck(ctx, name).await);
    }
    match compared.missing {
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
                "GitHub lists too few installations to be believed: nobody is removed"
            );
        }
    }
    end
}

fn read(installation: Installation) -> Option<Listed> {
    Some(Listed {
        id: i64::try_from(installation.id.0).ok()?,
        login: installation.account.login.to_string(),
        is_organization: installation.account.kind == AccountType::Organization,
        suspended: installation.suspended_at.is_some(),
        permissions: installation.permissions,
    })
}

/// Does what the delivery of `installation.created` would have done.
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
    // The object last: as long as it is not there, the next pass does all of this again.
    actions.reverse();
    let done = within_deadline(ctx.healer().perform(actions, &delivery.id)).await?;
    tracing::info!(installation = new.id, ?done, "found an installation that no webhook told of");
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
    match ctx.app.get_installation(InstallationId(id.unsigned_abs())).await {
        Err(error) if error.is_not_found() => Ok(absences.denied(id, Timestamp::now(), pace.apart)),
        Err(error) => Err(error.into()),
        Ok(_) => {
            absences.confirmed(id);
            Ok(false)
        }
    }
}

/// The operator's objects go; people's are looked at, and say so by their conditions.
async fn remove(ctx: &Context, id: i64) -> Result<(), HealError> {
    for object in ctx.installations.state().into_iter().filter(|object| object.spec.installation_id == id) {
        let name = object.metadata.name.clone().unwrap_or_default();
        match &object.metadata.uid {
            Some(uid) if made_by_operator(&object) => {
                let delete = Action::DeleteInstallation { name: name.clone(), uid: uid.clone() };
                within_deadline(ctx.healer().perform(vec![delete], "")).await?;
                tracing::info!(name, installation = id, "deleted: the App is no longer installed there");
                ctx.healed("vanished");
            }
            _ => recheck(ctx, name).await?,
        }
    }
    Ok(())
}
