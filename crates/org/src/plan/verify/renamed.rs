//! Who has another login than before.

use std::collections::BTreeMap;

use peribolos_vocab::Login;
use serde::{Deserialize, Serialize};

use crate::snapshot::Snapshot;

/// Somebody who has another login now.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Renamed {
    /// The login before.
    pub login: Login,
    /// The login now.
    pub now: Login,
}

/// Who has another login, by GitHub's numbers. People whose number is not known in both are not among them.
pub(super) fn renamed(before: &Snapshot, after: &Snapshot) -> Vec<Renamed> {
    let now: BTreeMap<u64, &Login> = after.accounts.iter().map(|(login, number)| (*number, login)).collect();
    let had = before.accounts.iter().filter_map(|(login, number)| Some((login, *now.get(number)?)));
    had.filter(|(login, now)| login != now)
        .map(|(login, now)| Renamed { login: login.clone(), now: now.clone() })
        .collect()
}
