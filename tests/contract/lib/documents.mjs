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

/** What a snapshot of an organization needs, in the largest pages that GitHub gives. */
const SNAPSHOT = {
  name: "a snapshot of an organization",
  text: `query ($org: String!) {
    rateLimit { cost limit remaining used resetAt nodeCount }
    organization(login: $org) {
      id databaseId login name description email location
      membersWithRole(first: 100) { totalCount pageInfo { hasNextPage endCursor } edges { cursor role node { id login databaseId } } }
      teams(first: 100) {
        pageInfo { hasNextPage endCursor }
        nodes {
          id databaseId name slug description privacy parentTeam { slug }
          members(first: 10, membership: IMMEDIATE) { pageInfo { hasNextPage endCursor } edges { role node { login } } }
          repositories(first: 10) { pageInfo { hasNextPage endCursor } edges { permission node { name } } }
          childTeams(first: 10) { nodes { slug } }
        }
      }
      repositories(first: 100) {
        pageInfo { hasNextPage endCursor }
        nodes {
          id databaseId name nameWithOwner owner { login } description homepageUrl visibility isPrivate isArchived isEmpty isFork
          hasIssuesEnabled hasProjectsEnabled hasWikiEnabled
          mergeCommitAllowed squashMergeAllowed rebaseMergeAllowed squashMergeCommitTitle squashMergeCommitMessage
          defaultBranchRef { name prefix target { oid } }
          collaborators(affiliation: DIRECT, first: 10) { pageInfo { hasNextPage endCursor } edges { permission node { login } } }
          createdAt updatedAt pushedAt
        }
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
  return [UPSTREAM, SNAPSHOT, ...files];
}
