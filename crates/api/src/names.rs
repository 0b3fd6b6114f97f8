//! Labels, annotations, finalizers and field managers that the operator writes.

/// On every object made for an installation: the name of its `GitHubInstallation`.
pub const LABEL_INSTALLATION: &str = "peribolos.dev/installation";
/// On a run: the commit it is about.
pub const LABEL_SHA: &str = "peribolos.dev/sha";
/// On a run made for a pull request: its number.
pub const LABEL_PULL_REQUEST: &str = "peribolos.dev/pull-request";
/// On objects that the operator made by itself, with the value [`CREATED_BY_OPERATOR`].
pub const LABEL_CREATED_BY: &str = "peribolos.dev/created-by";
/// The value of [`LABEL_CREATED_BY`].
pub const CREATED_BY_OPERATOR: &str = "operator";
/// On a run: its mode in lower case (`apply`, `dryrun`, `dump`), so that the receiver finds the runs of a check.
pub const LABEL_MODE: &str = "peribolos.dev/mode";
/// On a run that has ended and of which nothing is left to be done: no watch has it any more.
pub const LABEL_ENDED: &str = "peribolos.dev/ended";
/// On such a run that has recorded the removals which it showed: [`TRUE`]; on a preview whose plan has none: [`FALSE`].
pub const LABEL_REMOVALS: &str = "peribolos.dev/removals";
/// The value of labels that are there or not.
pub const TRUE: &str = "true";
/// See [`LABEL_REMOVALS`].
pub const FALSE: &str = "false";
/// The recommended label that names the managing program.
pub const LABEL_MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// The value of [`LABEL_MANAGED_BY`] and the name Events are reported under.
pub const MANAGER: &str = "peribolos-operator";

/// On a `GitHubInstallation`: changed to make the controller ask GitHub about it again.
pub const ANNOTATION_RECHECK: &str = "peribolos.dev/recheck";
/// On a run started by a comment: the comment's id, for what reads nothing but metadata. Decisions take it from the spec, which
/// can't be changed.
pub const ANNOTATION_COMMENT: &str = "peribolos.dev/comment-id";
/// On a run started by a re-request of a check: a commit that is no longer the head is then not replaced.
pub const ANNOTATION_REREQUEST: &str = "peribolos.dev/rerequest";

/// On the Secret of a token: when GitHub issued it (RFC 3339). With [`ANNOTATION_EXPIRES_AT`] the metadata shows when it is
/// replaced.
pub const ANNOTATION_ISSUED_AT: &str = "peribolos.dev/issued-at";
/// On the Secret of a token: when the token expires (RFC 3339).
pub const ANNOTATION_EXPIRES_AT: &str = "peribolos.dev/expires-at";
/// On a TaskRun that was made cancelled, so that no other one can be made under the name of an attempt that was given up.
pub const ANNOTATION_CLOSED: &str = "peribolos.dev/closed";

/// Keeps a run until its check on GitHub is completed.
pub const FINALIZER_CHECK: &str = "peribolos.dev/check";
/// Keeps a `GitHubInstallation` until its runs are ended and their checks completed.
pub const FINALIZER_RUNS: &str = "peribolos.dev/runs";
