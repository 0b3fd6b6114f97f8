//! A generated organization with a file for it.

use std::fmt;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use sha2::{Digest, Sha256};

use super::edit::{self, Edit};
use super::organization::snapshot;
use super::valid::make_valid;
use crate::dump::dump;
use crate::file::writing::render;
use crate::snapshot::Snapshot;

/// An organization and a file for it.
#[derive(Clone)]
pub struct Case {
    /// What GitHub has.
    pub snapshot: Snapshot,
    /// A file that can be read: what GitHub has, with some changes.
    pub yaml: String,
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{:#?}", self.yaml, self.snapshot)
    }
}

/// An organization and what people may make of its file.
///
/// The two owners that it surely has stay owners, so that most files can be applied.
pub fn case() -> impl Strategy<Value = Case> {
    (snapshot(), vec(edit::edit(), 0..12)).prop_map(|(snapshot, edits)| build(snapshot, &edits))
}

fn build(snapshot: Snapshot, edits: &[Edit]) -> Case {
    let mut file = dump(&snapshot).file;
    for edit in edits {
        edit.apply(&mut file);
    }
    make_valid(&mut file);
    Case { yaml: render(&file), snapshot }
}

/// More bytes than a case takes.
const ENOUGH: usize = 8 * 1024;

/// The case that these bytes choose: how a fuzzer makes cases. None if they choose nothing.
pub fn case_from_bytes(bytes: &[u8]) -> Option<Case> {
    // proptest goes on with zeros where bytes end, and draws again and again what those do not fit.
    let mut data = bytes.to_vec();
    for count in 0_u64.. {
        if data.len() >= ENOUGH {
            break;
        }
        let more = Sha256::new().chain_update(bytes).chain_update(count.to_le_bytes()).finalize();
        data.extend_from_slice(&more);
    }
    let rng = TestRng::from_seed(RngAlgorithm::PassThrough, &data);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    case().new_tree(&mut runner).ok().map(|tree| tree.current())
}
