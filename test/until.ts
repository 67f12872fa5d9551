// Waiting for what happens by itself in another process or on a real clock: looked at again and again, with an end.

const LOOK_EVERY_MS = 10;

/** Resolves once it holds; rejects, saying what never came, when patience is over. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, patienceMs = 30_000): Promise<void> {
  const since = performance.now();
  while (!(await holds())) {
    if (performance.now() - since > patienceMs) throw new Error(`it never came to this: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
