// Waits for a condition, never for a time.

const PATIENCE_SECONDS = 20;
const PAUSE_MILLISECONDS = 20;

/** What `ask()` gives as soon as `holds` of it; fails if that does not come. */
export async function until(ask, holds) {
  const giveUp = Date.now() + PATIENCE_SECONDS * 1000;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (Date.now() > giveUp) {
      throw new Error(`it did not come within ${PATIENCE_SECONDS} s; the last answer was ${JSON.stringify(answer)}`);
    }
    await new Promise((done) => setTimeout(done, PAUSE_MILLISECONDS));
  }
}
