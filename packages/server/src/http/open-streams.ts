// How many streams are open on this node, and whose: no key, no person and no tenant takes the places of all others. Each owner has a
// limit of their own; a person who opens one more ends their oldest, which is that of a page forgotten or of a line that died unseen. A
// tenant has at most half of what the others leave, so that there is always room for one that comes. Opened and told: stream.ts.
import { Problem } from './problem.ts';

/** Of one node. A stream costs a socket and a timer, and shares its looks with the others. */
const STREAMS_MAX = 10_000;
/** A whole office may have signed in with one key. */
const STREAMS_OF_KEY_MAX = 300;
/** More pages than a person looks at; a browser that speaks HTTP/1.1 has six connections for all of them. */
const STREAMS_OF_PERSON_MAX = 10;
export const TRY_AGAIN_S = 15;

export interface StreamOwner {
  readonly kind: 'key' | 'person';
  readonly tenant: string;
  readonly id: string;
}

interface Place {
  readonly owner: StreamOwner;
  /** Ends the stream for another one of the same owner. */
  readonly end: () => void;
}

const MAX_OF: Readonly<Record<StreamOwner['kind'], number>> = {
  key: STREAMS_OF_KEY_MAX,
  person: STREAMS_OF_PERSON_MAX,
};

export class OpenStreams {
  readonly #max: number;
  /** The oldest first. */
  readonly #byOwner = new Map<string, Set<Place>>();
  readonly #byTenant = new Map<string, number>();
  #open = 0;

  constructor(max = STREAMS_MAX) {
    this.#max = max;
  }

  /** Takes a place, and answers what gives it back; throws 429 where there is none. `end` is called when a newer one takes it. */
  take(owner: StreamOwner, end: () => void): () => void {
    const own = this.#byOwner.get(nameOf(owner)) ?? new Set();
    const [oldest] = own;
    if (oldest === undefined || own.size < MAX_OF[owner.kind]) this.#checkTenant(owner.tenant);
    else if (owner.kind === 'key')
      throw refused(
        `This key has ${own.size} streams open on this node, as many as one may have.`,
        `End some of them, or open them with another key; then try again after as many seconds as Retry-After says.`,
      );
    else {
      this.#leave(oldest);
      oldest.end();
    }
    const place = { owner, end };
    this.#byOwner.set(nameOf(owner), own.add(place));
    this.#byTenant.set(owner.tenant, (this.#byTenant.get(owner.tenant) ?? 0) + 1);
    this.#open += 1;
    return () => this.#leave(place);
  }

  #checkTenant(tenant: string): void {
    const own = this.#byTenant.get(tenant) ?? 0;
    const free = this.#max - this.#open;
    if (own < free) return;
    throw refused(
      free === 0
        ? 'Too many streams are open on this node.'
        : `This tenant has ${own} streams open on this node, as many as are left for others.`,
      'Try again after as many seconds as Retry-After says; more nodes have room for more streams.',
    );
  }

  /** Once: whoever was ended for a newer one leaves again when its stream is over. */
  #leave(place: Place): void {
    const { owner } = place;
    const own = this.#byOwner.get(nameOf(owner));
    if (own?.delete(place) !== true) return;
    if (own.size === 0) this.#byOwner.delete(nameOf(owner));
    const left = (this.#byTenant.get(owner.tenant) ?? 0) - 1;
    if (left > 0) this.#byTenant.set(owner.tenant, left);
    else this.#byTenant.delete(owner.tenant);
    this.#open -= 1;
  }
}

const nameOf = ({ kind, tenant, id }: StreamOwner): string => `${kind}\n${tenant}\n${id}`;
const refused = (detail: string, next: string): Problem => new Problem('rate_limited', detail, { next });
