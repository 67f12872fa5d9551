// Story time: what it is, and moving a virtual clock. Reads the times and durations that commands take, too.
import { Socket } from 'node:net';
import { addDuration, fromRfc3339, type Instant, parseDuration, toRfc3339 } from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { callerOf, read } from '../route.ts';

export const advanceSchema = z
  .strictObject({ by: z.string().optional(), to: z.string().optional() })
  .refine(
    (body) => (body.by === undefined) !== (body.to === undefined),
    'give either `by` (such as "3 days") or `to` (RFC 3339)',
  );

export function clockRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.get('/v1/clock', async () => ({ now: toRfc3339(await ports.clock.now()), mode: await ports.clock.mode() }));
  app.post('/v1/clock/advance', async (request) => {
    callerOf(request);
    // Weeks of story time take a while, and nothing is written to the connection meanwhile.
    const { socket } = request.raw;
    if (socket instanceof Socket) socket.setTimeout(0); // an injected request has no real one
    const body = read(advanceSchema, request.body);
    const now = await ports.clock.now();
    const outcome = await ports.clock.advance(
      body.to === undefined ? momentAfter(now, body.by ?? '') : momentAt(body.to),
    );
    switch (outcome.kind) {
      case 'advanced':
        return { now: toRfc3339(outcome.now), steps: outcome.steps };
      case 'not_virtual':
        throw new Problem('clock_not_virtual', 'This server runs on real or scaled time.');
      case 'in_past':
        throw new Problem('time_in_past', `It is ${toRfc3339(outcome.now)} already; time does not go back.`);
      case 'busy':
        throw new Problem('clock_busy', 'The clock is being advanced by another request.');
    }
  });
}

/** What RFC 3339 can write. */
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** "3 days" from now, in UTC days. */
export function momentAfter(now: Instant, text: string, zone = 'UTC'): Instant {
  const parsed = parseDuration(text);
  if (!parsed.ok)
    throw new Problem(
      'invalid',
      `"${text.slice(0, 60)}" is not a duration: ${parsed.message} (character ${parsed.at + 1}).`,
    );
  if (parsed.value.kind === 'businessDays' || parsed.value.kind === 'businessHours')
    throw new Problem('not_built', 'Business durations are not built yet; write hours or days.');
  const at = addDuration(now, 1, parsed.value, zone);
  if (!(at <= LATEST)) throw new Problem('invalid', `"${text.slice(0, 60)}" from now is after the year 9999.`);
  return at;
}

export function momentAt(text: string): Instant {
  const at = fromRfc3339(text);
  if (at === null)
    throw new Problem(
      'invalid',
      `"${text.slice(0, 60)}" is not a time; send RFC 3339, such as "2026-12-01T09:00:00Z".`,
    );
  return at;
}

/** Either of the two, as people write it. */
export const momentOf = (now: Instant, text: string, zone = 'UTC'): Instant =>
  /^\d{4}-/.test(text) ? momentAt(text) : momentAfter(now, text, zone);
