// Takes the simulator's deliveries the way a user of GitHub would: octokit's own verifier decides.

import { createServer } from "node:http";

/** Seconds until a delivery that does not come is a failure. */
const PATIENCE = 20;

/**
 * A listener for deliveries. `verify(body, signature)` is set once the App exists. `next(event, action)` gives the
 * oldest unread delivery of that kind, waiting for it; `all` are the deliveries in the order they came.
 */
export async function startReceiver() {
  const all = [];
  const unread = [];
  const waiting = [];
  const receiver = { all, verify: undefined, next, stop };

  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const signature = request.headers["x-hub-signature-256"] ?? "";
    const verified = await receiver.verify(body, signature).catch(() => false);
    response.writeHead(verified ? 202 : 401).end();
    const delivery = {
      event: request.headers["x-github-event"],
      headers: request.headers,
      verified,
      payload: JSON.parse(body),
    };
    all.push(delivery);
    const taker = waiting.findIndex((wait) => wait.wants(delivery));
    if (taker >= 0) waiting.splice(taker, 1)[0].take(delivery);
    else unread.push(delivery);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  receiver.url = `http://127.0.0.1:${server.address().port}/webhook`;
  return receiver;

  function next(event, action) {
    const wants = (it) => it.event === event && (action === undefined || it.payload.action === action);
    const ready = unread.findIndex(wants);
    if (ready >= 0) return Promise.resolve(unread.splice(ready, 1)[0]);
    return new Promise((take, fail) => {
      const name = [event, action].filter(Boolean).join(".");
      const seen = () => all.map((it) => [it.event, it.payload.action].filter(Boolean).join(".")).join(", ");
      const timer = setTimeout(
        () => fail(new Error(`no ${name} came within ${PATIENCE} s; what came: ${seen()}`)),
        PATIENCE * 1000,
      );
      waiting.push({ wants, take: (it) => (clearTimeout(timer), take(it)) });
    });
  }

  async function stop() {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}
