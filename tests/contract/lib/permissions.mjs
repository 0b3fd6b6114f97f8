// What GitHub wants of an App for each endpoint of the tables: facts of its page "Permissions required for GitHub Apps"
// (the data behind it, `server-to-server-permissions` of November 2026), written down here because no package has all.

const one = (permission, level) => [{ [permission]: level }];
const reading = (permission) => one(permission, "read");
const writing = (permission) => one(permission, "write");
/** An issue's endpoints are a pull request's as well: either permission is enough. */
const conversation = (level) => [{ issues: level }, { pull_requests: level }];
/** Listed under a permission, but answered to everybody as far as it is public. */
const PUBLIC = [{}];

const ORG = "/orgs/{org}";
const TEAM = `${ORG}/teams/{team_slug}`;
const REPO = "/repos/{owner}/{repo}";

/**
 * By operation: sets of permissions, each of which is enough; a set is wanted whole.
 * @type {Record<string, Record<string, "read" | "write">[]>}
 */
export const WANTED = {
  [`GET ${ORG}`]: PUBLIC,
  [`PATCH ${ORG}`]: writing("organization_administration"),
  [`GET ${ORG}/members`]: PUBLIC,
  [`GET ${ORG}/members/{username}`]: PUBLIC,
  [`DELETE ${ORG}/members/{username}`]: writing("members"),
  [`GET ${ORG}/public_members`]: PUBLIC,
  [`GET ${ORG}/public_members/{username}`]: PUBLIC,
  [`GET ${ORG}/memberships/{username}`]: reading("members"),
  [`PUT ${ORG}/memberships/{username}`]: writing("members"),
  [`DELETE ${ORG}/memberships/{username}`]: writing("members"),
  [`GET ${ORG}/invitations`]: reading("members"),
  [`POST ${ORG}/invitations`]: writing("members"),
  [`DELETE ${ORG}/invitations/{invitation_id}`]: writing("members"),
  [`GET ${ORG}/invitations/{invitation_id}/teams`]: reading("members"),
  [`GET ${ORG}/failed_invitations`]: reading("members"),
  [`GET ${ORG}/organization-roles`]: reading("organization_custom_org_roles"),
  [`GET ${ORG}/organization-roles/{role_id}/teams`]: reading("members"),
  [`GET ${ORG}/custom-repository-roles`]: [
    { organization_custom_roles: "read" },
    { organization_administration: "read" },
  ],

  [`GET ${ORG}/teams`]: reading("members"),
  [`POST ${ORG}/teams`]: writing("members"),
  [`GET ${TEAM}`]: reading("members"),
  [`PATCH ${TEAM}`]: writing("members"),
  [`DELETE ${TEAM}`]: writing("members"),
  [`GET ${TEAM}/teams`]: reading("members"),
  [`GET ${TEAM}/members`]: reading("members"),
  [`GET ${TEAM}/memberships/{username}`]: reading("members"),
  [`PUT ${TEAM}/memberships/{username}`]: writing("members"),
  [`DELETE ${TEAM}/memberships/{username}`]: writing("members"),
  [`GET ${TEAM}/invitations`]: reading("members"),
  [`GET ${TEAM}/repos`]: reading("members"),
  [`GET ${TEAM}/repos/{owner}/{repo}`]: [{ members: "read", metadata: "read" }],
  [`PUT ${TEAM}/repos/{owner}/{repo}`]: [{ members: "read", administration: "write" }],
  [`DELETE ${TEAM}/repos/{owner}/{repo}`]: [{ members: "read", administration: "write" }],

  [`GET ${ORG}/repos`]: reading("metadata"),
  [`POST ${ORG}/repos`]: writing("administration"),
  [`GET ${REPO}`]: reading("metadata"),
  [`PATCH ${REPO}`]: writing("administration"),
  [`DELETE ${REPO}`]: writing("administration"),
  [`GET ${REPO}/topics`]: reading("metadata"),
  [`PUT ${REPO}/topics`]: writing("administration"),
  [`GET ${REPO}/teams`]: reading("administration"),
  [`GET ${REPO}/collaborators`]: reading("metadata"),
  [`GET ${REPO}/collaborators/{username}`]: reading("metadata"),
  [`GET ${REPO}/collaborators/{username}/permission`]: reading("metadata"),
  [`PUT ${REPO}/collaborators/{username}`]: writing("administration"),
  [`DELETE ${REPO}/collaborators/{username}`]: writing("administration"),
  [`GET ${REPO}/invitations`]: reading("administration"),
  [`PATCH ${REPO}/invitations/{invitation_id}`]: writing("administration"),
  [`DELETE ${REPO}/invitations/{invitation_id}`]: writing("administration"),

  [`GET ${REPO}/contents/{path}`]: reading("contents"),
  [`PUT ${REPO}/contents/{path}`]: writing("contents"),
  [`DELETE ${REPO}/contents/{path}`]: writing("contents"),
  [`GET ${REPO}/branches`]: reading("contents"),
  [`GET ${REPO}/branches/{branch}`]: reading("contents"),
  [`GET ${REPO}/activity`]: reading("contents"),
  [`GET ${REPO}/commits`]: reading("contents"),
  [`GET ${REPO}/commits/{ref}`]: reading("contents"),
  [`GET ${REPO}/compare/{basehead}`]: reading("contents"),
  [`GET ${REPO}/git/ref/{ref}`]: reading("contents"),
  [`GET ${REPO}/git/matching-refs/{ref}`]: reading("contents"),
  [`GET ${REPO}/git/commits/{commit_sha}`]: reading("contents"),
  [`GET ${REPO}/git/trees/{tree_sha}`]: reading("contents"),
  [`GET ${REPO}/git/blobs/{file_sha}`]: reading("contents"),
  [`POST ${REPO}/git/blobs`]: writing("contents"),
  [`POST ${REPO}/git/trees`]: writing("contents"),
  [`POST ${REPO}/git/commits`]: writing("contents"),
  [`POST ${REPO}/git/refs`]: writing("contents"),
  [`PATCH ${REPO}/git/refs/{ref}`]: writing("contents"),
  [`DELETE ${REPO}/git/refs/{ref}`]: writing("contents"),

  [`GET ${REPO}/pulls`]: reading("pull_requests"),
  [`POST ${REPO}/pulls`]: writing("pull_requests"),
  [`GET ${REPO}/pulls/{pull_number}`]: [{ pull_requests: "read" }, { contents: "read" }],
  [`PATCH ${REPO}/pulls/{pull_number}`]: writing("pull_requests"),
  [`GET ${REPO}/pulls/{pull_number}/files`]: reading("pull_requests"),
  [`GET ${REPO}/pulls/{pull_number}/commits`]: reading("pull_requests"),
  [`GET ${REPO}/pulls/{pull_number}/merge`]: reading("pull_requests"),
  [`PUT ${REPO}/pulls/{pull_number}/merge`]: writing("contents"),
  [`GET ${REPO}/commits/{commit_sha}/pulls`]: reading("pull_requests"),

  [`GET ${REPO}/issues`]: reading("issues"),
  [`POST ${REPO}/issues`]: writing("issues"),
  [`GET ${REPO}/issues/{issue_number}`]: reading("issues"),
  [`PATCH ${REPO}/issues/{issue_number}`]: conversation("write"),
  [`GET ${REPO}/issues/{issue_number}/comments`]: conversation("read"),
  [`POST ${REPO}/issues/{issue_number}/comments`]: conversation("write"),
  [`GET ${REPO}/issues/{issue_number}/reactions`]: reading("issues"),
  [`POST ${REPO}/issues/{issue_number}/reactions`]: writing("issues"),
  [`GET ${REPO}/issues/comments/{comment_id}`]: conversation("read"),
  [`PATCH ${REPO}/issues/comments/{comment_id}`]: conversation("write"),
  [`DELETE ${REPO}/issues/comments/{comment_id}`]: conversation("write"),
  [`GET ${REPO}/issues/comments/{comment_id}/reactions`]: reading("issues"),
  [`POST ${REPO}/issues/comments/{comment_id}/reactions`]: writing("issues"),
  [`DELETE ${REPO}/issues/comments/{comment_id}/reactions/{reaction_id}`]: writing("issues"),

  [`POST ${REPO}/check-runs`]: writing("checks"),
  [`GET ${REPO}/check-runs/{check_run_id}`]: reading("checks"),
  [`PATCH ${REPO}/check-runs/{check_run_id}`]: writing("checks"),
  [`GET ${REPO}/check-runs/{check_run_id}/annotations`]: reading("checks"),
  [`POST ${REPO}/check-runs/{check_run_id}/rerequest`]: writing("checks"),
  [`POST ${REPO}/check-suites`]: writing("checks"),
  [`GET ${REPO}/check-suites/{check_suite_id}`]: reading("checks"),
  [`GET ${REPO}/check-suites/{check_suite_id}/check-runs`]: reading("checks"),
  [`POST ${REPO}/check-suites/{check_suite_id}/rerequest`]: writing("checks"),
  [`GET ${REPO}/commits/{ref}/check-runs`]: reading("checks"),
  [`GET ${REPO}/commits/{ref}/check-suites`]: reading("checks"),
};

/** What the simulator wants beyond that, an assumption of docs/github-sim.md: merge settings are for who may write contents. */
export const ASSUMED = { [`PATCH ${REPO}`]: { contents: "write" } };
