// How many hand-overs a channel does, as lately measured: what is worth having ready before there is a place for it. A place
// that becomes free then finds a message that is rendered, and what is claimed is not held for long.
import type { Channel } from '@relance/core';

const AHEAD_MS = 500;
/** The pace is that of the last while. */
const SPAN_MS = 1_000;

interface Count {
  /** Those of this span and of the one before, and when this one began. */
  now: number;
  before: number;
  since: number;
}

export class Pace {
  readonly #monotonic: () => number;
  readonly #counts = new Map<Channel, Count>();

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** One has been handed over. */
  told(channel: Channel): void {
    this.#turn(channel).now += 1;
  }

  /** Something has been handed over lately: a place will be free in a moment. */
  moves(channel: Channel): boolean {
    const { now, before } = this.#turn(channel);
    return now + before > 0;
  }

  /** As many as leave within half a second. */
  ahead(channel: Channel): number {
    const { now, before, since } = this.#turn(channel);
    return Math.floor(((now + before) / (SPAN_MS + this.#monotonic() - since)) * AHEAD_MS);
  }

  #turn(channel: Channel): Count {
    const at = this.#monotonic();
    const known = this.#counts.get(channel) ?? { now: 0, before: 0, since: at };
    this.#counts.set(channel, known);
    const spans = (at - known.since) / SPAN_MS;
    if (spans >= 1) Object.assign(known, { before: spans >= 2 ? 0 : known.now, now: 0, since: at });
    return known;
  }
}
