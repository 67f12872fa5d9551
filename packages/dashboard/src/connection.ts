// Whether the page is live: how long the server's stream (stream.ts) has been away. Of a moment, as of a server that begins anew, nothing
// is said.

export const SAID_AFTER_MS = 5_000;

let away = false;
let timer: ReturnType<typeof setTimeout> | null = null;
const listeners = new Set<() => void>();

function set(now: boolean): void {
  streamLeft();
  if (away === now) return;
  away = now;
  for (const listener of listeners) listener();
}

/** As useSyncExternalStore takes it. */
export const subscribeToConnection = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
export const isAway = (): boolean => away;

/** It is asked for, or has broken off. Said again while it lasts, it counts from the first time. */
export function streamSought(): void {
  if (!away && timer === null) timer = setTimeout(() => set(true), SAID_AFTER_MS);
}

/** Nobody looks: no stream is asked for. Where there was none, what is shown stays old until there is one again. */
export function streamLeft(): void {
  if (timer !== null) clearTimeout(timer);
  timer = null;
}

/** It is there, or nobody listens any more. */
export const streamSettled = (): void => set(false);
