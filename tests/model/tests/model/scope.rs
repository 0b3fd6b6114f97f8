//! What a check of the model goes through: which pushes there are, how many faults of each kind, and what of the operator is
//! broken on purpose.

use crate::check::{ALONE, ENDING, ONCE, ORDER, TOKEN};

/// The bounds of one check. Within them every order of events is gone through.
#[derive(Clone, Debug)]
pub struct Scope {
    /// Its name.
    pub name: &'static str,
    /// The commits that are pushed, one after the other. A number is a commit: a number that comes again is a head that went back.
    pub pushes: &'static [usize],
    /// So many of them are made, and their deliveries are runs, when it begins.
    pub given: usize,
    /// The file of each commit. Two commits may have the same file.
    pub files: &'static [usize],
    /// The faults.
    pub faults: Faults,
    /// Whether each write of a check is an event of its own. If not, it is done together with the write before it.
    pub checks: bool,
    /// Whether each look is an event of its own. If not, it follows at once on the write before it.
    pub looks: bool,
    /// What is broken on purpose.
    pub broken: Option<Broken>,
}

/// How often each fault may happen, in any order and combination.
#[derive(Clone, Copy, Debug, Default, Hash, PartialEq, Eq)]
pub struct Faults {
    /// A delivery is lost.
    pub lost: u8,
    /// A delivery comes once more, at any time.
    pub repeated: u8,
    /// A controller is killed; one goes on whose memory is empty and whose caches are old.
    pub crashes: u8,
    /// A write of a killed controller, or one without an answer, takes effect at any time later.
    pub late: u8,
    /// A write gets no answer; it took effect, or did not.
    pub unanswered: u8,
    /// A reconcile is paused before a write, while other things happen.
    pub pauses: u8,
    /// A reconcile begins with caches as old as the controller's last one.
    pub stale: u8,
    /// A reconcile of the controller that does not lead begins all the same.
    pub second: u8,
    /// A pod is lost while it is running.
    pub pods: u8,
    /// Somebody deletes a TaskRun.
    pub deleted: u8,
    /// Somebody cancels a run.
    pub cancelled: u8,
    /// Twenty minutes pass, whatever is under way.
    pub ticks: u8,
    /// The healer looks at the file.
    pub looks: u8,
}

/// A part of the operator that is broken on purpose, to see that the properties can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// Kubernetes takes writes whatever they were decided on.
    NoVersions,
    /// Each run takes its own commit for the head.
    AnyHead,
    /// A pod counts as ended while it is running.
    NoPodsSeen,
    /// A start does without the token.
    NoToken,
    /// The name of each TaskRun is a new one.
    NewNames,
    /// Nobody looks at the file without a delivery.
    NoHealer,
    /// An attempt that is given up is not closed.
    NoClosing,
    /// A reconcile begins from an old version of its run.
    NoGuard,
    /// Of others' versions only the newest that was read counts as such, as if a watch could not bring one of before.
    NoOthers,
    /// A write to GitHub of unknown outcome counts as done.
    NoDoubt,
}

const NONE: Faults = Faults {
    lost: 0,
    repeated: 0,
    crashes: 0,
    late: 0,
    unanswered: 0,
    pauses: 0,
    stale: 0,
    second: 0,
    pods: 0,
    deleted: 0,
    cancelled: 0,
    ticks: 0,
    looks: 0,
};

/// Two pushes of two files, and no fault.
const TWO_PUSHES: Scope = Scope {
    name: "two pushes",
    pushes: &[1, 2],
    given: 0,
    files: &[0, 1, 2, 3],
    faults: NONE,
    checks: false,
    looks: false,
    broken: None,
};

/// The bounds of each check; `far` of those that take minutes.
pub fn scopes(far: bool) -> Vec<Scope> {
    let pauses = if far { 2 } else { 1 };
    let one = u8::from(far);
    let given = usize::from(!far);
    let few: &[usize] = if far { &[1, 2] } else { &[1] };
    let scope = |name, faults| Scope { name, faults, ..TWO_PUSHES };
    vec![
        scope("two pushes", Faults { pauses, ..NONE }),
        Scope { looks: true, ..scope("looks", Faults { pauses, ..NONE }) },
        Scope { pushes: &[1, 2, 3], given, ..scope("three pushes", Faults { pauses: one, ..NONE }) },
        Scope { pushes: &[1, 2, 1], given, ..scope("a head that goes back", Faults { pauses: one, ..NONE }) },
        Scope {
            files: &[0, 1, 0],
            ..scope("a file that goes back", Faults { pauses: one, looks: 1, ..NONE })
        },
        scope("lost deliveries", Faults { pauses: one, lost: 1 + one, looks: 1, ..NONE }),
        scope("repeated deliveries", Faults { pauses: one, repeated: 1, ..NONE }),
        scope("old caches", Faults { pauses, stale: 1, ..NONE }),
        scope("a kill", Faults { pauses: one, crashes: 1, late: 1, ..NONE }),
        Scope {
            pushes: few,
            ..scope("a kill, and old caches after it", Faults { crashes: 1, late: 1, stale: 1, ..NONE })
        },
        Scope {
            given: 2,
            ..scope("a kill, and a watch that lags", Faults { pauses: one, crashes: 1, stale: 2, ..NONE })
        },
        scope("writes without an answer", Faults { pauses: one, unanswered: 1, late: 1, ..NONE }),
        Scope {
            pushes: few,
            checks: true,
            ..scope("checks", Faults { pauses: one, crashes: 1, late: 1, unanswered: 1, ticks: 1, ..NONE })
        },
        Scope {
            pushes: few,
            ..scope(
                "two controllers at once",
                Faults { pauses: 2 - one, second: 2 - one, stale: one, ..NONE },
            )
        },
        scope("pods", Faults { pauses: one, pods: 1, deleted: 1, cancelled: 1, ticks: one, ..NONE }),
        scope("time", Faults { pauses: 1, ticks: 1 + one, ..NONE }),
        scope("a person who cancels", Faults { pauses: one, cancelled: 1, ..NONE }),
    ]
}

/// What is broken on purpose, with bounds within which that shows, and the property that shows it.
pub fn broken() -> Vec<(Scope, &'static str)> {
    let scope = |broken, faults| Scope { name: "broken", faults, broken: Some(broken), ..TWO_PUSHES };
    vec![
        (scope(Broken::NoVersions, Faults { crashes: 1, late: 1, ..NONE }), ENDING),
        (scope(Broken::AnyHead, NONE), ORDER),
        (scope(Broken::NoPodsSeen, Faults { deleted: 1, ..NONE }), ALONE),
        (scope(Broken::NoToken, NONE), TOKEN),
        (scope(Broken::NewNames, Faults { unanswered: 1, ..NONE }), ONCE),
        (scope(Broken::NoHealer, Faults { lost: 1, ..NONE }), ENDING),
        (scope(Broken::NoClosing, Faults { crashes: 1, late: 1, ..NONE }), ORDER),
        (
            Scope { given: 2, ..scope(Broken::NoGuard, Faults { pauses: 1, second: 1, stale: 1, ..NONE }) },
            ENDING,
        ),
        (
            Scope {
                given: 1,
                ..scope(Broken::NoOthers, Faults { cancelled: 1, crashes: 1, stale: 2, ..NONE })
            },
            ENDING,
        ),
        (Scope { checks: true, ..scope(Broken::NoDoubt, Faults { unanswered: 1, ..NONE }) }, ENDING),
    ]
}

impl Scope {
    /// Whether this is broken.
    pub fn is(&self, broken: Broken) -> bool {
        self.broken == Some(broken)
    }
}
