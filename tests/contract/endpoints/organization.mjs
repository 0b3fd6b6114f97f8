// The organization, its members and invitations; app.mjs says what a row is.

export const rows = [
  ["GET /orgs/{org}", 200],
  ["GET /orgs/{org}", 404, { path: { org: "no-such-organization" } }],
  ["PATCH /orgs/{org}", 200, { body: { description: "New things", default_repository_permission: "none" } }],
  ["GET /orgs/{org}/members", 200],
  ["GET /orgs/{org}/members", 200, { query: { role: "admin", per_page: 1 } }],
  ["GET /orgs/{org}/members/{username}", 204],
  ["GET /orgs/{org}/members/{username}", 404, { path: { username: "frank" } }],
  ["GET /orgs/{org}/public_members", 200],
  ["GET /orgs/{org}/public_members/{username}", 204],
  ["GET /orgs/{org}/public_members/{username}", 404, { path: { username: "carol" } }],
  ["GET /orgs/{org}/memberships/{username}", 200],
  ["GET /orgs/{org}/memberships/{username}", 404, { path: { username: "frank" } }],
  ["PUT /orgs/{org}/memberships/{username}", 200, { path: { username: "frank" }, body: { role: "member" } }],
  ["PUT /orgs/{org}/memberships/{username}", 200, { path: { username: "carol" }, body: { role: "admin" } }],
  [
    "GET /orgs/{org}/invitations",
    200,
    { keep: (all, known) => (known.invitation_id = all.find((it) => it.login === "frank").id) },
  ],
  ["GET /orgs/{org}/invitations/{invitation_id}/teams", 200],
  ["DELETE /orgs/{org}/invitations/{invitation_id}", 204],
  ["POST /orgs/{org}/invitations", 201, (known) => ({ body: { invitee_id: known.account_id, role: "direct_member" } })],
  ["GET /orgs/{org}/failed_invitations", 200],
  ["DELETE /orgs/{org}/memberships/{username}", 204, { path: { username: "frank" } }],
  ["DELETE /orgs/{org}/members/{username}", 204, { path: { username: "carol" } }],
];
