// The GraphQL documents that the project sends, or that the upstream program it runs sends.

import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

const ROOT = join(import.meta.dirname, "../../..");

/** Upstream peribolos, for `--fix-collaborators` and for a dump. */
const UPSTREAM = {
  name: "upstream peribolos, collaborators of a repository",
  text: `query ($owner: String!, $name: String!, $cursor: String) {
    repository(owner: $owner, name: $name) {
      collaborators(affiliation: DIRECT, first: 100, after: $cursor) {
        edges { permission node { login } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }`,
};

/** All of them: those above and every `.graphql` file of the project's crates. */
export function documents() {
  const files = readdirSync(join(ROOT, "crates"), { recursive: true, withFileTypes: true })
    .filter((it) => it.isFile() && it.name.endsWith(".graphql"))
    .map((it) => join(it.parentPath ?? it.path, it.name))
    .map((path) => ({ name: relative(ROOT, path), text: readFileSync(path, "utf8") }));
  return [UPSTREAM, ...files];
}
