// Server-sent events for whoever looks at follow-ups: which ones something happened to, so that a page reads just those again. It
// tells of no past: whoever connects again reads everything again. Ends with the key or the session that opened it. One look a second
// serves all who listen on this node, of whichever tenant; while nobody does there is none.
//
//   event: changed    {followUps: [id, …]}, or {followUps: null}: more than can be named; of none, to say that it is still there
import type { Instant } from '@relance/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ENGINE } from '../store/database.ts';
import { type Changed, changedFollowUps } from '../store/sql/changed.ts';
import { readClock } from '../store/sql/clock.ts';
import type { HttpPorts } from './ports.ts';
import { Problem } from './problem.ts';
import { callerOf } from './route.ts';
import { openStream } from './stream.ts';

const LOOK_EVERY_MS = 1_000;
/** Of one tenant, in one event. */
const NAMED_MAX = 100;
/** Of one tenant, in one look: beyond that it is told that there is more than can be named. */
const SEEN_MAX = 1_000;
/** What commits late is still seen by so many looks. */
const LOOKS_BACK = 5;
/** A key that is taken back opens nothing after five seconds; what is known of it is kept for two. */
const ASKED_AGAIN_EVERY = 2; // looks

/** An event, as browsers show no comment of a stream to the page: by its silence the page knows that the line is dead. */
const STILL_HERE = `event: changed\ndata: ${JSON.stringify({ followUps: [] })}\n\n`;

/** What was not told yet; null: more than can be named. */
type Untold = Set<string> | null;

interface Listener {
  readonly tenant: string;
  untold: Untold;
}

/** Looks while somebody listens. */
export class LiveNews {
  readonly #ports: Pick<HttpPorts, 'database' | 'stopping'>;
  readonly #listeners = new Set<Listener>();
  /** When the last looks were, by the clock of the follow-ups, which is moved by hand in tests and runs fast in the demo. */
  #looks: Instant[] = [];
  /** By tenant and follow-up: the line of its timeline that was told last. */
  #told = new Map<string, number>();
  /** The first look of those that go on while anybody listens; null: nobody does. */
  #begun: Promise<void> | null = null;

  constructor(ports: Pick<HttpPorts, 'database' | 'stopping'>) {
    this.#ports = ports;
  }

  /** Fails where the first look does, for everybody who waits for it. */
  async listen(tenant: string): Promise<Listener> {
    const listener: Listener = { tenant, untold: new Set() };
    this.#listeners.add(listener);
    this.#begun ??= this.#begin();
    try {
      await this.#begun;
    } catch (error) {
      this.#listeners.delete(listener);
      throw error;
    }
    return listener;
  }

  leave(listener: Listener): void {
    this.#listeners.delete(listener);
  }

  async #begin(): Promise<void> {
    this.#looks = [];
    try {
      this.#remember(await this.#look()); // what was before is no news
    } catch (error) {
      this.#begun = null;
      throw error;
    }
    void this.#goOn();
  }

  async #goOn(): Promise<void> {
    while (this.#listeners.size > 0 && !this.#ports.stopping()) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      try {
        const seen = await this.#look();
        this.#tell(seen);
        this.#remember(seen);
      } catch {
        // The database is away: the next look begins where the last one ended.
      }
    }
    this.#begun = null;
  }

  async #look(): Promise<readonly Changed[]> {
    return this.#ports.database.transaction(ENGINE, async (tx) => {
      const { now } = await readClock(tx);
      const tenants = [...new Set([...this.#listeners].map(({ tenant }) => tenant))];
      const seen = await changedFollowUps(tx, tenants, this.#looks[0] ?? now, SEEN_MAX + 1);
      this.#looks.push(now);
      if (this.#looks.length > LOOKS_BACK) this.#looks.shift();
      return seen;
    });
  }

  #tell(seen: readonly Changed[]): void {
    const byTenant = Map.groupBy(seen, ({ tenant }) => tenant);
    for (const listener of this.#listeners) {
      const own = byTenant.get(listener.tenant) ?? [];
      for (const one of own) if (this.#told.get(nameOf(one)) !== one.line) listener.untold?.add(one.id);
      if (own.length > SEEN_MAX || (listener.untold?.size ?? 0) > NAMED_MAX) listener.untold = null;
    }
  }

  #remember(seen: readonly Changed[]): void {
    this.#told = new Map(seen.map((one) => [nameOf(one), one.line]));
  }
}

const nameOf = ({ tenant, id }: Changed): string => `${tenant}\n${id}`;

export function openLiveStream(
  ports: HttpPorts,
  news: LiveNews,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { tenant, keyId } = callerOf(request);
  let listener: Listener | null = null;
  let looks = 0;
  return openStream(ports, request, reply, {
    owner: { kind: 'key', tenant, id: keyId },
    async begin() {
      listener = await news.listen(tenant);
    },
    async goesOn() {
      if (looks++ % ASKED_AGAIN_EVERY > 0) return true;
      try {
        return (await ports.auth.caller(request)).tenant === tenant;
      } catch (error) {
        if (error instanceof Problem) return false;
        throw error;
      }
    },
    async look(raw, heartbeat) {
      const untold = listener?.untold ?? null;
      if (listener !== null) listener.untold = new Set();
      if (untold === null || untold.size > 0)
        raw.write(`event: changed\ndata: ${JSON.stringify({ followUps: untold === null ? null : [...untold] })}\n\n`);
      else if (heartbeat) raw.write(STILL_HERE);
      return true;
    },
    end() {
      if (listener !== null) news.leave(listener);
    },
  });
}
