//! What GitHub has, as a file.

use crate::located::Located;
use crate::model::{ConfigFile, OrgSettings};
use crate::snapshot::Snapshot;

/// Something that GitHub has and the file can't say: one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DumpNote(pub String);

/// A dump.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dumped {
    /// The file; [`crate::render`] writes it.
    pub file: ConfigFile,
    /// What it can't say.
    pub notes: Vec<DumpNote>,
}

/// Describes an organization so that an apply of it changes nothing.
pub fn dump(snapshot: &Snapshot) -> Dumped {
    let file = ConfigFile {
        org: Located::from(snapshot.org.clone()),
        settings: OrgSettings::default(),
        admins: Vec::new(),
        members: Vec::new(),
        teams: Vec::new(),
        repos: Vec::new(),
    };
    Dumped { file, notes: Vec::new() }
}
