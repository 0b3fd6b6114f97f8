// Repositories, their collaborators, contents and git objects; app.mjs says what a row is.

const made = { repo: "made" };
const text = Buffer.from("one: 1\n").toString("base64");
const eve = { username: "eve" };

export const rows = [
  ["GET /orgs/{org}/repos", 200],
  ["POST /orgs/{org}/repos", 201, { body: { name: "made", private: true, auto_init: true, description: "New" } }],
  ["POST /orgs/{org}/repos", 422, { body: { name: "made" } }],
  ["GET /repos/{owner}/{repo}", 200],
  ["GET /repos/{owner}/{repo}", 404, { path: { repo: "no-such-repository" } }],
  ["PATCH /repos/{owner}/{repo}", 200, { path: made, body: { description: "Newer", has_wiki: false, allow_squash_merge: false } }],

  ["PATCH /repos/{owner}/{repo}", 422, { path: made, body: { merge_commit_message: "BLANK" } }],
  ["GET /repos/{owner}/{repo}/topics", 200],
  ["PUT /repos/{owner}/{repo}/topics", 200, { path: made, body: { names: ["made", "web"] } }],
  ["PUT /repos/{owner}/{repo}/topics", 422, { path: made, body: { names: ["-"] } }],

  ["GET /repos/{owner}/{repo}/teams", 200],
  ["GET /repos/{owner}/{repo}/collaborators", 200, { query: { affiliation: "direct" } }],
  ["GET /repos/{owner}/{repo}/collaborators/{username}", 204, { path: eve }],
  ["GET /repos/{owner}/{repo}/collaborators/{username}/permission", 200, { path: eve }],
  ["PUT /repos/{owner}/{repo}/collaborators/{username}", 201, { path: { username: "frank" }, body: { permission: "push" } }],
  ["PUT /repos/{owner}/{repo}/collaborators/{username}", 204, { path: eve, body: { permission: "admin" } }],
  ["GET /repos/{owner}/{repo}/invitations", 200, { keep: ([first], known) => (known.invitation_id = first.id) }],
  ["PATCH /repos/{owner}/{repo}/invitations/{invitation_id}", 200, { body: { permissions: "maintain" } }],
  ["DELETE /repos/{owner}/{repo}/invitations/{invitation_id}", 204],
  ["DELETE /repos/{owner}/{repo}/collaborators/{username}", 204, { path: eve }],

  ["PUT /repos/{owner}/{repo}/contents/{path}", 201, {
    path: { ...made, path: "peribolos.yaml" },
    body: { message: "Add it", content: text },
    keep: (answer, known) => Object.assign(known, { file: answer.content.sha, commit: answer.commit.sha }),
  }],
  ["PUT /repos/{owner}/{repo}/contents/{path}", 409, {
    path: { ...made, path: "peribolos.yaml" },
    body: { message: "Over it", content: text, sha: "0".repeat(40) },
  }],
  ["GET /repos/{owner}/{repo}/contents/{path}", 200, { path: { ...made, path: "peribolos.yaml" } }],
  ["GET /repos/{owner}/{repo}/contents/{path}", 200, { path: { ...made, path: "" } }],
  ["GET /repos/{owner}/{repo}/contents/{path}", 404, { path: { ...made, path: "no-such-file" } }],
  ["PUT /repos/{owner}/{repo}/contents/{path}", 200, (known) => ({
    path: { ...made, path: "peribolos.yaml" },
    body: { message: "Change it", content: Buffer.from("two: 2\n").toString("base64"), sha: known.file },
    keep: (answer, known) => Object.assign(known, { file: answer.content.sha, commit_sha: answer.commit.sha }),
  })],

  ["GET /repos/{owner}/{repo}/branches", 200, { path: made }],
  ["GET /repos/{owner}/{repo}/branches/{branch}", 200, { path: { ...made, branch: "main" } }],
  ["GET /repos/{owner}/{repo}/commits", 200, { path: made }],
  ["GET /repos/{owner}/{repo}/commits", 200, { path: made, query: { path: "peribolos.yaml", per_page: 1 } }],
  ["GET /repos/{owner}/{repo}/commits/{ref}", 200, { path: { ...made, ref: "main" } }],
  ["GET /repos/{owner}/{repo}/commits/{ref}", 422, { path: { ...made, ref: "0".repeat(40) } }],
  ["GET /repos/{owner}/{repo}/activity", 200, { path: made }],
  ["GET /repos/{owner}/{repo}/activity", 200, { path: made, query: { ref: "main", per_page: 1 } }],
  ["GET /repos/{owner}/{repo}/compare/{basehead}", 200, (known) => ({
    path: { ...made, basehead: `${known.commit}...main` },
  })],

  ["GET /repos/{owner}/{repo}/git/ref/{ref}", 200, { path: { ...made, ref: "heads/main" } }],
  ["GET /repos/{owner}/{repo}/git/ref/{ref}", 404, { path: { ...made, ref: "heads/no-such-branch" } }],
  ["GET /repos/{owner}/{repo}/git/matching-refs/{ref}", 200, { path: { ...made, ref: "heads/" } }],
  ["GET /repos/{owner}/{repo}/git/commits/{commit_sha}", 200, {
    path: made,
    keep: (commit, known) => (known.tree_sha = commit.tree.sha),
  }],
  ["GET /repos/{owner}/{repo}/git/trees/{tree_sha}", 200, { path: made }],
  ["POST /repos/{owner}/{repo}/git/blobs", 201, { path: made, body: { content: "new\n", encoding: "utf-8" }, keep: (blob, known) => (known.file_sha = blob.sha) }],
  ["GET /repos/{owner}/{repo}/git/blobs/{file_sha}", 200, { path: made }],
  ["POST /repos/{owner}/{repo}/git/trees", 201, (known) => ({
    path: made,
    body: { base_tree: known.tree_sha, tree: [{ path: "new.txt", mode: "100644", type: "blob", sha: known.file_sha }] },
    keep: (tree, known) => (known.tree_sha = tree.sha),
  })],
  ["POST /repos/{owner}/{repo}/git/commits", 201, (known) => ({
    path: made,
    body: { message: "By hand", tree: known.tree_sha, parents: [known.commit_sha] },
    keep: (commit, known) => (known.by_hand = commit.sha),
  })],
  ["POST /repos/{owner}/{repo}/git/refs", 201, (known) => ({
    path: made,
    body: { ref: "refs/heads/topic", sha: known.commit_sha },
  })],
  ["POST /repos/{owner}/{repo}/git/refs", 422, (known) => ({
    path: made,
    body: { ref: "refs/heads/topic", sha: known.commit_sha },
  })],
  ["PATCH /repos/{owner}/{repo}/git/refs/{ref}", 200, (known) => ({
    path: { ...made, ref: "heads/topic" },
    body: { sha: known.by_hand },
  })],
  ["DELETE /repos/{owner}/{repo}/contents/{path}", 200, (known) => ({
    path: { ...made, path: "peribolos.yaml" },
    body: { message: "Drop it", sha: known.file },
  })],
];
