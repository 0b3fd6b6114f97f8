//! Other objects of the same installation or account, as the API server has them: their runs apply to the same organization.

use kube::ResourceExt;
use peribolos_core::{ownership, run::facts::Rival};

use super::RunContext;
use crate::{controller::run::error::Error, kubernetes::client::call};

/// The other object that has an unfinished run.
pub(super) async fn look(at: RunContext<'_>) -> Result<Option<Rival>, Error> {
    let all = &at.ctx.tokens.installations;
    let account = at.installation.status.as_ref().and_then(|status| status.account.as_ref());
    let of_account = account.map(|account| all.of_account(account.id)).unwrap_or_default();
    let mut names: Vec<String> = all
        .of_id(at.installation.spec.installation_id)
        .iter()
        .chain(&of_account)
        .map(|it| it.name_any())
        .collect();
    names.retain(|name| *name != at.installation.name_any());
    names.sort_unstable();
    names.dedup();
    for name in names {
        // The watch may not have yet that it has just taken its slot.
        let Some(there) = call(at.installations().get_opt(&name)).await? else { continue };
        if there.status.as_ref().is_some_and(|status| status.active_run.is_some()) {
            let gives_way = ownership::precedes(at.installation, &there);
            return Ok(Some(Rival { name, gives_way }));
        }
    }
    Ok(None)
}
