// The routes of the simulator, read from its source: what it answers is nowhere else to be had whole.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const API = join(import.meta.dirname, "../../../crates/github-sim/src/api");
const NO_ROW = [
  // They have tests of their own.
  "POST /graphql",
  "GET /orgs/{org}/external-groups",
  "GET /orgs/{org}/external-group/{group}",
  "GET /orgs/{org}/team-sync/groups",
  "GET /orgs/{org}/teams/{slug}/external-groups",
  // Other spellings of a path whose row is there.
  "GET /repos/{owner}/{repo}/contents",
  "GET /repos/{owner}/{repo}/contents/",
  // GitHub lets no App ask it, and its description doesn't show the refusal.
  "GET /orgs/{org}/teams/{slug}/team-sync/group-mappings",
  // Always 404, which GitHub's description doesn't show: no user here has an installation.
  "GET /users/{user}/installation",
];

/** As `GET /orgs/{org}`. The names in braces are the simulator's own. */
export function routes() {
  const found = readdirSync(API).flatMap((file) => {
    const source = readFileSync(join(API, file), "utf8");
    return [...source.matchAll(/\.route\(\s*"([^"]+)",([\s\S]*?)\)\s*(?=\.\w+\(|\})/g)].flatMap(([, path, handlers]) =>
      [...handlers.matchAll(/\b(get|post|put|patch|delete)\(/g)].map(([, method]) => `${method.toUpperCase()} ${path}`),
    );
  });
  if (found.length === 0) throw new Error(`no route is found in ${API}: is it written in another way now?`);
  return found.filter((it) => !NO_ROW.includes(it));
}
