//! Other objects of the same installation or account, as the API server has them: their runs apply to the same organization.

use peribolos_core::{ownership, run::facts::Rival};

use super::RunContext;
use crate::{controller::run::error::Error, kubernetes::client::call};

/// The other object that has an unfinished run.
pub(super) async fn look(at: RunContext<'_>) -> Result<Option<Rival>, Error> {
    for name in at.ctx.tokens.installations.rivals(at.installation) {
        // The watch may not show yet that it has just taken its slot.
        let Some(there) = call(at.installations().get_opt(&name)).await? else { continue };
        if there.status.as_ref().is_some_and(|status| status.active_run.is_some()) {
            let gives_way = ownership::precedes(at.installation, &there);
            return Ok(Some(Rival { name, gives_way }));
        }
    }
    Ok(None)
}
