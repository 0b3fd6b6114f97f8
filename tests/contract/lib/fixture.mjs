// One organization with everything the simulator models: what the tests begin with.

import { readFileSync } from "node:fs";
import { join } from "node:path";

const MANIFEST = JSON.parse(readFileSync(join(import.meta.dirname, "../../../docs/app-manifest.json"), "utf8"));

export const ORG = "acme";
export const INSTALLATION = 1234567;
/** What the App has there: what its manifest asks for, and what is not required. */
export const PERMISSIONS = {
  ...MANIFEST.default_permissions,
  organization_custom_org_roles: "read",
  organization_custom_roles: "read",
  organization_plan: "read",
};

/** The fixture; a test takes a fresh one, so that it may change it. */
export function fixture() {
  return {
    users: ["alice", "bob", "carol", "dave", "eve", "frank", "mallory"],
    orgs: { [ORG]: acme() },
  };
}

function acme() {
  return {
    id: 9001,
    settings: {
      name: "Acme",
      description: "Things",
      company: "Acme Ltd",
      email: "hello@acme.example",
      billing_email: "billing@acme.example",
      location: "Berlin",
      blog: "https://acme.example/blog",
      twitter_username: "acme",
      default_repository_permission: "read",
      members_can_create_repositories: true,
      has_organization_projects: true,
      has_repository_projects: true,
    },
    members: { alice: "admin", bob: "admin", carol: "member" },
    concealed: ["carol"],
    invitations: [
      { login: "dave", role: "member", failed: false },
      { login: "mallory", role: "member", failed: true },
    ],
    teams: [
      { name: "Core", slug: "core", description: "The core", privacy: "closed", members: { alice: "maintainer", carol: "member" }, repos: { site: "admin" } },
      { name: "Core Docs", slug: "core-docs", privacy: "closed", parent: "core", members: { carol: "member" } },
      { name: "Hidden", slug: "hidden", privacy: "secret", members: { bob: "member" } },
      { name: "Security", roles: ["security_manager"], members: { alice: "maintainer" } },
    ],
    custom_repository_roles: [{ name: "captain", base_role: "maintain" }],
    repos: {
      ".github": { visibility: "private", default_branch: "main", description: "Settings", files: { "README.md": "hello\n", "profile/README.md": "Acme\n" } },
      site: { visibility: "public", homepage: "https://acme.example", collaborators: { eve: "push" }, topics: ["web"], files: { "index.html": "<h1>Acme</h1>\n" } },
      empty: { visibility: "private", files: {} },
    },
    installation: { id: INSTALLATION, repository_selection: "all", permissions: PERMISSIONS },
  };
}
