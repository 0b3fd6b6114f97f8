// Pull requests, issues, comments and checks; app.mjs says what a row is. They build on `made` and its branch `topic`,
// which repositories.mjs leaves behind.

const made = { repo: "made" };
const check = {
  name: "peribolos",
  status: "in_progress",
  external_id: "0b8e",
  details_url: "https://example.com/run",
  output: { title: "Running", summary: "One moment" },
};

export const rows = [
  ["POST /repos/{owner}/{repo}/pulls", 201, {
    path: made,
    body: { title: "Topic", head: "topic", base: "main", body: "Why" },
    keep: (pull, known) => Object.assign(known, { pull_number: pull.number, head_sha: pull.head.sha }),
  }],
  ["POST /repos/{owner}/{repo}/pulls", 422, { path: made, body: { title: "Topic", head: "topic", base: "main" } }],
  ["GET /repos/{owner}/{repo}/pulls", 200, { path: made, query: { state: "all", head: "acme:topic" } }],
  ["GET /repos/{owner}/{repo}/pulls/{pull_number}", 200, { path: made }],
  ["GET /repos/{owner}/{repo}/pulls/{pull_number}", 404, { path: { ...made, pull_number: 999 } }],
  ["PATCH /repos/{owner}/{repo}/pulls/{pull_number}", 200, { path: made, body: { title: "Topic, better" } }],
  ["GET /repos/{owner}/{repo}/pulls/{pull_number}/files", 200, { path: made }],
  ["GET /repos/{owner}/{repo}/pulls/{pull_number}/commits", 200, { path: made }],
  ["GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls", 200, (known) => ({ path: { ...made, commit_sha: known.head_sha } })],

  ["POST /repos/{owner}/{repo}/issues", 201, {
    path: made,
    body: { title: "Please", body: "Do" },
    keep: (issue, known) => (known.issue_number = issue.number),
  }],
  ["GET /repos/{owner}/{repo}/issues", 200, { path: made, query: { state: "all" } }],
  ["GET /repos/{owner}/{repo}/issues/{issue_number}", 200, { path: made }],
  ["PATCH /repos/{owner}/{repo}/issues/{issue_number}", 200, { path: made, body: { state: "closed" } }],
  ["POST /repos/{owner}/{repo}/issues/{issue_number}/comments", 201, {
    path: made,
    body: { body: "Done" },
    keep: (comment, known) => (known.comment_id = comment.id),
  }],
  ["GET /repos/{owner}/{repo}/issues/{issue_number}/comments", 200, { path: made }],
  ["GET /repos/{owner}/{repo}/issues/comments/{comment_id}", 200, { path: made }],
  ["PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", 200, { path: made, body: { body: "All done" } }],
  ["POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions", 201, { path: made, body: { content: "eyes" } }],
  ["GET /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions", 200, {
    path: made,
    keep: ([first], known) => (known.reaction_id = first.id),
  }],
  ["DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions/{reaction_id}", 204, { path: made }],
  ["POST /repos/{owner}/{repo}/issues/{issue_number}/reactions", 201, { path: made, body: { content: "+1" } }],
  ["GET /repos/{owner}/{repo}/issues/{issue_number}/reactions", 200, { path: made }],
  ["DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", 204, { path: made }],

  ["POST /repos/{owner}/{repo}/check-runs", 201, (known) => ({
    path: made,
    body: { ...check, head_sha: known.head_sha },
    keep: (run, known) => Object.assign(known, { check_run_id: run.id, check_suite_id: run.check_suite?.id }),
  })],
  ["PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}", 200, {
    path: made,
    body: {
      status: "completed",
      conclusion: "failure",
      output: {
        title: "Line 1 is wrong",
        summary: "Not good",
        annotations: [{ path: "new.txt", start_line: 1, end_line: 1, annotation_level: "failure", message: "No" }],
      },
    },
  }],
  ["GET /repos/{owner}/{repo}/check-runs/{check_run_id}", 200, { path: made }],
  ["GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations", 200, { path: made }],
  ["GET /repos/{owner}/{repo}/commits/{ref}/check-runs", 200, (known) => ({
    path: { ...made, ref: known.head_sha },
    query: { filter: "all", check_name: "peribolos", app_id: known.app_id },
  })],
  ["GET /repos/{owner}/{repo}/commits/{ref}/check-suites", 200, (known) => ({ path: { ...made, ref: known.head_sha } })],
  ["GET /repos/{owner}/{repo}/check-suites/{check_suite_id}", 200, { path: made }],
  ["GET /repos/{owner}/{repo}/check-suites/{check_suite_id}/check-runs", 200, { path: made }],

  ["POST /repos/{owner}/{repo}/check-runs/{check_run_id}/rerequest", 201, { path: made }],
  ["POST /repos/{owner}/{repo}/check-suites/{check_suite_id}/rerequest", 201, { path: made }],
  ["POST /repos/{owner}/{repo}/check-suites", 200, (known) => ({ path: made, body: { head_sha: known.head_sha } })],

  ["PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge", 200, { path: made, body: { merge_method: "merge" } }],
  ["GET /repos/{owner}/{repo}/pulls/{pull_number}/merge", 204, { path: made }],
  ["DELETE /repos/{owner}/{repo}/git/refs/{ref}", 204, { path: { ...made, ref: "heads/topic" } }],
  ["DELETE /repos/{owner}/{repo}", 204, { path: made }],
];
