//! The contents of a Secret according to the watch, which has only its metadata, so that a start reads no Secret.

use jiff::Timestamp;
use peribolos_core::{names::RunToken, token::Found};

use super::{TokenOwner, TokenService, secret, store::version_of};
use crate::state::tokens::{Known, Slot};

/// What the Secret contains according to its metadata. `None`: it has to be read, because the annotations are missing or
/// contradict the status, or because it is not as this process has last seen it.
pub(super) fn found(
    tokens: &TokenService,
    owner: &TokenOwner<'_>,
    slot: &Slot,
    kind: Option<RunToken>,
    now: Timestamp,
) -> Option<Found> {
    let mut memory = slot.memory();
    if memory.reread {
        return None;
    }
    let known = memory.known(kind).cloned();
    let Some(shown) = tokens.secrets.get(&owner.uid, &owner.secret(kind)) else {
        // The watch may be outdated: the Secret that was just written exists, or was deleted.
        let is_expected = known.is_some_and(|known| known.issued.is_valid(now));
        return (!is_expected).then_some(Found::Missing);
    };
    if !secret::is_labelled(shown.as_ref(), owner) {
        return None;
    }
    if let Some(known) = known {
        return (known.version == version_of(shown.as_ref())).then_some(Found::Token(known.issued));
    }
    let issued = secret::annotated(shown.as_ref())?;
    // An expired token needs no further confirmation.
    let is_certain = kind.is_none() && (owner.published == Some(issued) || !issued.is_valid(now));
    if is_certain {
        memory.know(kind, Some(Known { version: version_of(shown.as_ref()), issued }));
    }
    is_certain.then_some(Found::Token(issued))
}
