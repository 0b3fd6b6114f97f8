// Teams, their members and repositories; app.mjs says what a row is.

const docs = { team_slug: "core-docs" };
const made = { team_slug: "made" };

export const rows = [
  ["GET /orgs/{org}/teams", 200],
  ["GET /orgs/{org}/teams/{team_slug}", 200],
  ["GET /orgs/{org}/teams/{team_slug}", 200, { path: docs }],
  ["GET /orgs/{org}/teams/{team_slug}", 404, { path: { team_slug: "no-such-team" } }],
  ["POST /orgs/{org}/teams", 201, { body: { name: "Made", description: "New", privacy: "closed" }, keep: (team, known) => (known.made = team.id) }],
  ["POST /orgs/{org}/teams", 422, { body: { name: "Made", privacy: "closed" } }],
  ["PATCH /orgs/{org}/teams/{team_slug}", 200, { path: made, body: { name: "Made", description: "Newer", privacy: "secret" } }],
  ["GET /orgs/{org}/teams/{team_slug}/teams", 200],
  ["GET /orgs/{org}/teams/{team_slug}/members", 200],
  ["GET /orgs/{org}/teams/{team_slug}/members", 200, { query: { role: "maintainer" } }],
  ["GET /orgs/{org}/teams/{team_slug}/memberships/{username}", 200],
  ["GET /orgs/{org}/teams/{team_slug}/memberships/{username}", 404, { path: { username: "eve" } }],
  ["PUT /orgs/{org}/teams/{team_slug}/memberships/{username}", 200, { path: { ...made, username: "bob" }, body: { role: "maintainer" } }],
  ["PUT /orgs/{org}/teams/{team_slug}/memberships/{username}", 200, { path: { ...made, username: "mallory" }, body: { role: "member" } }],
  ["GET /orgs/{org}/teams/{team_slug}/invitations", 200, { path: made }],
  ["DELETE /orgs/{org}/teams/{team_slug}/memberships/{username}", 204, { path: { ...made, username: "bob" } }],
  ["GET /orgs/{org}/teams/{team_slug}/repos", 200],
  ["PUT /orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}", 204, { path: made, body: { permission: "maintain" } }],
  ["GET /orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}", 204, { path: made }],
  [
    "GET /orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}",
    200,
    { path: made, headers: { accept: "application/vnd.github.v3.repository+json" } },
  ],
  ["DELETE /orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}", 204, { path: made }],
  ["DELETE /orgs/{org}/teams/{team_slug}", 204, { path: made }],
];
