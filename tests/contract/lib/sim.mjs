// Starts the real github-sim on a free port with a fresh App key, and stops it again.

import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const BINARY = resolve(
  process.env.GITHUB_SIM_BIN ?? join(import.meta.dirname, "../../../target/debug/github-sim"),
);
const START_SECONDS = 30;

export const APP = { id: 4242, slug: "peribolos", webhookSecret: "a secret only for tests" };

/**
 * A running simulator. `webhookUrl` is where it delivers to; `fixture` is what `--fixture` takes.
 * It ends with the test or suite `t`.
 */
export async function startSim({ fixture, webhookUrl = "http://127.0.0.1:9/", args = [] }) {
  if (!existsSync(BINARY)) {
    throw new Error(
      `The simulator is not at ${BINARY}: run \`cargo build -p github-sim\` first, or name the binary in GITHUB_SIM_BIN.`,
    );
  }
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const dir = mkdtempSync(join(tmpdir(), "contract-"));
  const file = (name, text) => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(
    BINARY,
    [
      ...["--listen", `127.0.0.1:${port}`],
      ...["--fixture", file("fixture.yaml", JSON.stringify(fixture))],
      ...["--app-id", String(APP.id), "--app-slug", APP.slug],
      ...["--app-public-key", file("app.pem", publicKey)],
      ...["--webhook-url", webhookUrl],
      ...["--webhook-secret-file", file("webhook-secret", APP.webhookSecret)],
      ...args,
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let log = "";
  child.stdout.on("data", (text) => (log += text));
  child.stderr.on("data", (text) => (log += text));
  const ended = new Promise((done) => child.once("exit", done));

  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    await untilItAnswers(`${url}/_sim/unknown`, child);
  } catch (error) {
    await stop();
    throw new Error(`${error.message} Its log:\n${log}`);
  }
  return { url, privateKey, stop, control: (method, path, body) => control(url, method, path, body) };
}

/** A call of the simulator's own interface (`/_sim/…`); fails with the answer unless it is a 2xx. */
async function control(url, method, path, body) {
  const answer = await fetch(`${url}/_sim${path}`, {
    method,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) {
    throw new Error(`${method} /_sim${path} answered ${answer.status}: ${text}`);
  }
  return text === "" ? undefined : JSON.parse(text);
}

async function untilItAnswers(url, child) {
  const giveUp = Date.now() + START_SECONDS * 1000;
  while (Date.now() < giveUp) {
    if (child.exitCode !== null) {
      throw new Error(`github-sim ended with code ${child.exitCode} instead of serving.`);
    }
    try {
      if ((await fetch(url)).ok) return;
    } catch {
      // Not listening yet.
    }
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error(`github-sim did not answer at ${url} within ${START_SECONDS} s.`);
}

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}
