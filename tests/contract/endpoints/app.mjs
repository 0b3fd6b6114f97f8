// Rows: [operation, status, options]. Options: `as` ("app" or "installation", the default, or "nobody"), `path` (values
// for the path's parameters beside the usual ones), `query`, `body`, `headers`, `keep` (takes the answer and what is
// known so far, and adds to it). Rows of one file run in order and build on each other.

export const reading = [
  ["GET /app", 200, { as: "app" }],
  ["POST /app/installations/{installation_id}/access_tokens", 401, { as: "nobody" }],
  ["GET /app/installations", 200, { as: "app" }],
  ["GET /app/installations/{installation_id}", 200, { as: "app" }],
  ["GET /app/installations/{installation_id}", 404, { as: "app", path: { installation_id: 77 } }],
  ["GET /apps/{app_slug}", 200],
  ["GET /orgs/{org}/installation", 200, { as: "app" }],
  ["GET /repos/{owner}/{repo}/installation", 200, { as: "app" }],
  ["POST /app/installations/{installation_id}/access_tokens", 201, { as: "app" }],
  [
    "POST /app/installations/{installation_id}/access_tokens",
    201,
    { as: "app", body: { repositories: ["site"], permissions: { contents: "read", metadata: "read" } } },
  ],
  ["POST /app/installations/{installation_id}/access_tokens", 422, { as: "app", body: { permissions: { pages: "write" } } }],
  ["GET /app/hook/config", 200, { as: "app" }],
  ["GET /app/hook/deliveries", 200, { as: "app", keep: ([first], known) => (known.delivery_id = first.id) }],
  ["GET /app/hook/deliveries/{delivery_id}", 200, { as: "app" }],
  ["POST /app/hook/deliveries/{delivery_id}/attempts", 202, { as: "app" }],
  ["GET /installation/repositories", 200],
  ["GET /rate_limit", 200],
  ["GET /meta", 200],
  ["GET /users/{username}", 200, { path: { username: "frank" }, keep: (user, known) => (known.account_id = user.id) }],
  ["GET /user/{account_id}", 200],
  ["GET /users/{username}/orgs", 200],
  ["GET /users/{username}", 404, { path: { username: "nobody-of-that-name" } }],
  ["GET /user", 403],
];

/** These end the installation's token or the installation itself, so they come last. */
export const ending = [
  ["DELETE /installation/token", 204, { token: "throwaway" }],
  ["PUT /app/installations/{installation_id}/suspended", 204, { as: "app" }],
  ["DELETE /app/installations/{installation_id}/suspended", 204, { as: "app" }],
  ["DELETE /app/installations/{installation_id}", 204, { as: "app" }],
];
