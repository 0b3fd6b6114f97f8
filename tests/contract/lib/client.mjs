// The GitHub client of these tests: octokit's App, pointed at the simulator.

import { App, Octokit } from "octokit";

export { Octokit };

import { APP } from "./sim.mjs";

/** Refusals are what tests ask for: only warnings are printed. */
export const QUIET = { debug() {}, info() {}, warn: console.warn, error() {} };

/** octokit's App for the simulator `sim`; no retries and no throttling, so that every answer is seen as it is. */
export function appFor(sim) {
  return new App({
    appId: APP.id,
    privateKey: sim.privateKey,
    webhooks: { secret: APP.webhookSecret },
    Octokit: Octokit.defaults({
      baseUrl: sim.url,
      retry: { enabled: false },
      throttle: { enabled: false },
      log: QUIET,
    }),
  });
}

/** A JSON Web Token of the App, as octokit signs it. */
export async function appToken(app) {
  return (await app.octokit.auth({ type: "app" })).token;
}

/** A token of one installation; `scope` takes `permissions` and `repositoryNames` to narrow it. */
export async function installationToken(app, installationId, scope = {}) {
  const auth = await app.octokit.auth({ type: "installation", installationId, refresh: true, ...scope });
  return auth.token;
}
