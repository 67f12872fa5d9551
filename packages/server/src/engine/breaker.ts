// The circuit breaker of one connection (or of one lane behind it), as this node sees it. Pure; story time, as all retries of
// sends. Providers that are down are left alone, and asked again by one message at a time.
//
//   closed ──failures in a row, or "come back later"──▶ open ──its time──▶ half open: one probe ──it works──▶ closed
//                                                       ▲──────────────────────┘ it does not: open, for longer
import type { Instant, Outcome } from '@relance/core';

export const FAILURES_MAX = 5;
const OPEN_FIRST_MS = 10_000;
const OPEN_MAX_MS = 300_000;
const ASKED_MAX_MS = 86_400_000;
/** While a probe is under way, the others look again after this. */
const PROBE_MS = 2_000;

export type Health = 'up' | 'failing' | 'down';

export class Breaker {
  #failures = 0;
  #openUntil: Instant | null = null;
  #openings = 0;
  #probing = false;
  detail: string | null = null;

  /** When one may be handed over: null for now, else the time to look again. */
  waitUntil(now: Instant): Instant | null {
    if (this.#openUntil === null) return null;
    if (now < this.#openUntil) return this.#openUntil;
    return this.#probing ? ((now + PROBE_MS) as Instant) : null;
  }

  /** One is handed over. Past its time, an open breaker lets this one through, and waits for what it says. */
  starts(): void {
    if (this.#openUntil !== null) this.#probing = true;
  }

  /** It was not handed over after all. */
  withdraws(): void {
    this.#probing = false;
  }

  ends(outcome: Outcome, now: Instant): void {
    this.#probing = false;
    if (isHealthy(outcome)) {
      this.#failures = 0;
      this.#openings = 0;
      this.#openUntil = null;
      this.detail = null;
      return;
    }
    this.#failures += 1;
    this.detail = outcome.detail ?? null;
    const asked = outcome.kind === 'retry' ? (outcome.retryAfterMs ?? 0) : 0;
    if (this.#openUntil === null && this.#failures < FAILURES_MAX && asked === 0) return;
    // Those that were under way when it opened say nothing new.
    if (this.#openUntil !== null && now < this.#openUntil) return;
    const ownMs = this.#failures < FAILURES_MAX ? 0 : Math.min(OPEN_MAX_MS, OPEN_FIRST_MS * 2 ** this.#openings);
    this.#openings += 1;
    // What it asks for itself it gets, as far as any message would (judge.ts); our own guess has a limit.
    this.#openUntil = (now + Math.max(ownMs, Math.min(ASKED_MAX_MS, asked))) as Instant;
  }

  get health(): Health {
    if (this.#openUntil !== null) return 'down';
    return this.#failures > 0 ? 'failing' : 'up';
  }
}

/** It works: what it says about one message alone is no failure of its own. */
const isHealthy = (outcome: Outcome): boolean =>
  outcome.kind === 'accepted' ||
  outcome.kind === 'rejected' ||
  (outcome.kind === 'retry' && outcome.about === 'message');
