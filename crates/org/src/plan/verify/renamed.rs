//! Who has another login than before.

use std::collections::BTreeMap;

use peribolos_vocab::Login;
use serde::{Deserialize, Serialize};

use crate::ConfigFile;
use crate::snapshot::Snapshot;

/// Somebody who has another login now.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Renamed {
    /// The login before.
    pub login: Login,
    /// The login now.
    pub now: Login,
    /// Whether the file names the login before, which is to be changed there.
    pub in_file: bool,
}

impl Renamed {
    /// Finds out whether the file names the login before.
    pub fn look_into(&mut self, file: &ConfigFile) {
        self.in_file = file.logins().contains(&self.login);
    }
}

/// Who has another login, by GitHub's numbers. People whose number is not known in both are not among them.
pub(super) fn renamed(before: &Snapshot, after: &Snapshot) -> Vec<Renamed> {
    let now: BTreeMap<u64, &Login> = after.accounts.iter().map(|(login, number)| (*number, login)).collect();
    let had = before.accounts.iter().filter_map(|(login, number)| Some((login, *now.get(number)?)));
    had.filter(|(login, now)| login != now)
        .map(|(login, now)| Renamed { login: login.clone(), now: now.clone(), in_file: false })
        .collect()
}
