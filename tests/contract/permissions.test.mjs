// The simulator wants the permissions that GitHub wants: each endpoint refuses a token that lacks them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import permissions from "@octokit/app-permissions";

import * as conversation from "./endpoints/conversation.mjs";
import * as organization from "./endpoints/organization.mjs";
import * as repositories from "./endpoints/repositories.mjs";
import * as teams from "./endpoints/teams.mjs";
import { appFor, installationToken } from "./lib/client.mjs";
import { fixture, INSTALLATION, ORG } from "./lib/fixture.mjs";
import { startSim } from "./lib/sim.mjs";

const MANIFEST = JSON.parse(readFileSync(join(import.meta.dirname, "../../docs/app-manifest.json"), "utf8"));
const GITHUB = permissions["api.github.com"].permissions;
const ROWS = [organization, teams, repositories, conversation].flatMap((it) => it.rows);
const SHA = "0".repeat(40);
const ANYTHING = new Proxy({}, { get: (_, key) => (key.endsWith("_id") ? 1 : SHA) });

/** Each operation with a body it takes and what GitHub wants for it, one of these being enough, where that is more than
 * what every token has. */
const WANTED = [...new Map(ROWS.toReversed().map(([name, , given]) => [name, bodyOf(given)]))]
  .map(([name, body]) => [name, body, githubWants(name)])
  .filter(([, , wants]) => wants.length > 0 && !wants.some(([permission]) => permission === "metadata"));

describe("endpoints refuse a token without the permission that GitHub wants", () => {
  let app;
  let sim;
  let audit;
  let comment;
  let untouched;

  before(async () => {
    sim = await startSim({ fixture: fixture() });
    app = appFor(sim);
    // An issue and a comment: whether one is a pull request's decides what GitHub wants.
    const octokit = await app.getInstallationOctokit(INSTALLATION);
    const { data: issue } = await octokit.rest.issues.create({ owner: ORG, repo: ".github", title: "One" });
    const asked = { owner: ORG, repo: ".github", issue_number: issue.number, body: "Hello" };
    comment = (await octokit.rest.issues.createComment(asked)).data.id;
    untouched = await sim.control("GET", `/orgs/${ORG}`);
    audit = await sim.control("GET", "/audit");
  });
  after(() => sim?.stop());

  for (const [name, body, wants] of WANTED) {
    it(`${name}: ${wants.map((it) => it.join("=")).join(" or ")}`, async () => {
      const token = await installationToken(app, INSTALLATION, { permissions: without(wants) });
      const [method, template] = name.split(" ");
      const response = await fetch(sim.url + filled(template, comment), {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: body && JSON.stringify(body),
      });
      const answer = await response.json();
      assert.deepEqual([response.status, answer.message], [403, "Resource not accessible by integration"]);
      assert.ok(response.headers.get("x-accepted-github-permissions"), "GitHub says what would have been enough");
    });
  }

  it("and nothing has changed", async () => {
    assert.deepEqual(await sim.control("GET", `/orgs/${ORG}`), untouched);
    assert.deepEqual(await sim.control("GET", "/audit"), audit);
  });
});

/** The permissions that GitHub's page lists an operation under, as [permission, level]. */
function githubWants(operation) {
  // The page still has the teams' endpoints by id, and a file's permission under the older name.
  const shape = (name) => name.replace("/orgs/{org}/teams/{team_slug}", "/teams/{team_id}").replaceAll(/\{\w+\}/g, "{}");
  const found = Object.entries(GITHUB).flatMap(([permission, levels]) =>
    ["read", "write"]
      .filter((level) => (levels[level] ?? []).some((it) => shape(it) === shape(operation)))
      .map((level) => [permission === "single_file" ? "contents" : permission, level]),
  );
  return [...new Map(found.map((it) => [it.join(), it])).values()];
}

/** All that the App has, but for those: lowered to read where write is wanted. */
function without(wants) {
  const rest = { ...MANIFEST.default_permissions };
  for (const [permission, level] of wants) {
    if (level === "write") rest[permission] = "read";
    else delete rest[permission];
  }
  return rest;
}

/** The body of a row; what earlier rows would have given it is anything of its kind. */
function bodyOf(given) {
  return (typeof given === "function" ? given(ANYTHING) : given)?.body;
}

/** A path in the private repository, with any value where the permission is judged before. */
function filled(template, comment) {
  const ref = template.includes("/git/") ? "heads/main" : "main";
  const names = { org: ORG, owner: ORG, repo: ".github", username: "carol", team_slug: "core" };
  const values = { ...names, ref, basehead: "main...main", path: "README.md", branch: "main", comment_id: comment };
  return template.replaceAll(/\{(\w+)\}/g, (_, key) => values[key] ?? (key.endsWith("sha") ? SHA : "1"));
}
