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
const OPERATIONS = [organization, teams, repositories, conversation].flatMap((it) => it.rows.map(([name]) => name));

/** Each operation with what GitHub wants for it, one of these being enough, where that is more than what every token has. */
const WANTED = [...new Set(OPERATIONS)]
  .map((name) => [name, githubWants(name)])
  .filter(([, wants]) => wants.length > 0 && !wants.some(([permission]) => permission === "metadata"));

describe("endpoints refuse a token without the permission that GitHub wants", () => {
  let app;
  let sim;
  let untouched;

  before(async () => {
    sim = await startSim({ fixture: fixture() });
    app = appFor(sim);
    untouched = await sim.control("GET", `/orgs/${ORG}`);
  });
  after(() => sim?.stop());

  for (const [name, wants] of WANTED) {
    it(`${name}: ${wants.map((it) => it.join("=")).join(" or ")}`, async () => {
      const token = await installationToken(app, INSTALLATION, { permissions: without(wants) });
      const [method, template] = name.split(" ");
      const response = await fetch(sim.url + filled(template), {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: method === "GET" ? undefined : "{}",
      });
      const answer = await response.json();
      assert.deepEqual([response.status, answer.message], [403, "Resource not accessible by integration"]);
      assert.ok(response.headers.get("x-accepted-github-permissions"), "GitHub says what would have been enough");
    });
  }

  it("and nothing has changed", async () => {
    assert.deepEqual(await sim.control("GET", `/orgs/${ORG}`), untouched);
    assert.deepEqual(await sim.control("GET", "/audit"), []);
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

/** A path in the private repository, with any value where the permission is judged before. */
function filled(template) {
  const values = { org: ORG, owner: ORG, repo: ".github", username: "carol", team_slug: "core", path: "README.md", branch: "main" };
  const refs = { ref: template.includes("/git/") ? "heads/main" : "main", basehead: "main...main" };
  return template.replace(/\{(\w+)\}/g, (_, key) => ({ ...values, ...refs })[key] ?? (key.endsWith("sha") ? "0".repeat(40) : "1"));
}
