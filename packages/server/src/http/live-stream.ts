// Server-sent events for whoever looks at follow-ups: which ones something happened to, so that a page reads just those again. It
// tells of no past: whoever connects again reads everything again. Ends with the key or the session that opened it.
//
//   event: changed    {followUps: [id, …]}, or {followUps: null}: more than can be named
import type { Instant } from '@relance/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { changedFollowUps } from '../store/sql/changed.ts';
import { readClock } from '../store/sql/clock.ts';
import type { HttpPorts } from './ports.ts';
import { Problem } from './problem.ts';
import { callerOf, scopeOf } from './route.ts';
import { openStream } from './stream.ts';

const NAMED_MAX = 100;
/** What commits late is still seen by so many looks. */
const LOOKS_BACK = 5;

export function openLiveStream(ports: HttpPorts, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const caller = callerOf(request);
  const scope = scopeOf(caller);
  /** When the last looks were, by the clock of the follow-ups, which is moved by hand in tests and runs fast in the demo. */
  const looks: Instant[] = [];
  /** By follow-up: the line of its timeline that was told last. */
  let told = new Map<string, number>();
  const read = () =>
    ports.database.transaction(scope, async (tx) => {
      const { now } = await readClock(tx);
      const since = looks[0] ?? now;
      const rows = await changedFollowUps(tx, caller.tenant, since, NAMED_MAX + 1);
      looks.push(now);
      if (looks.length > LOOKS_BACK) looks.shift();
      return rows;
    });
  return openStream(ports, reply, {
    async begin() {
      told = new Map((await read()).map(({ id, line }) => [id, line]));
    },
    async goesOn() {
      try {
        return (await ports.auth.caller(request)).tenant === caller.tenant;
      } catch (error) {
        if (error instanceof Problem) return false;
        throw error;
      }
    },
    async look(raw, heartbeat) {
      const rows = await read();
      const news = rows.filter(({ id, line }) => told.get(id) !== line);
      told = new Map(rows.map(({ id, line }) => [id, line]));
      if (news.length > 0) {
        const followUps = rows.length > NAMED_MAX ? null : news.map(({ id }) => id);
        raw.write(`event: changed\ndata: ${JSON.stringify({ followUps })}\n\n`);
      } else if (heartbeat) raw.write(': still here\n\n');
      return true;
    },
  });
}
