// What a recipient has chosen, over HTTP: read with what holds where they have not chosen, changed in part or as a whole, and the
// record of every change; by API key, and by their own recipient token from a page of the application. The page behind a link on
// which people choose for themselves is preference-page.ts.
import {
  canonicalTag,
  FREQUENCIES,
  fromRfc3339,
  newIn,
  orMean,
  type PersonKnown,
  type PreferenceWish,
  PUSHED_CHANNELS,
  parseDailySpan,
  preferencesSeen,
  type WishProblem,
} from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { CATEGORIES_MAX, listChanges, readPerson, toWireChange } from '../../store/sql/preference.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { recipientOf } from '../recipient-token.ts';
import {
  afterNumber,
  callerOf,
  checkSameId,
  cursorOf,
  idSchema,
  pageSchema,
  read,
  readQuery,
  scopeOf,
} from '../route.ts';
import { localeSchema, zoneSchema } from './recipient.ts';
import { USER_AGENT_MAX } from './unsubscribe.ts';

const TEXT_MAX = 1_000;
const categoryWishSchema = z.strictObject({
  id: idSchema,
  subscribed: z.boolean().optional(),
  channels: z.strictObject(Object.fromEntries(PUSHED_CHANNELS.map((one) => [one, z.boolean().optional()]))).optional(),
  frequency: z.enum(FREQUENCIES).nullable().optional().describe('null: as is usual for the category'),
});

/** What is left out stays as it is; null is what holds for whoever has not chosen. */
export const preferencesSchema = z.strictObject({
  recipient: idSchema.optional(),
  pausedUntil: z
    .string()
    .refine((text) => fromRfc3339(text) !== null, 'must be an RFC 3339 time, such as 2026-12-24T08:00:00Z')
    .nullish(),
  quietHours: z
    .string()
    .max(20)
    .refine((text) => parseDailySpan(text).ok, 'must be a daily span, such as 22:00-07:00')
    .nullish(),
  timeZone: zoneSchema.nullish(),
  locale: localeSchema.transform(canonicalTag).nullish(),
  tracking: z.boolean().optional().describe('false: nothing tells whether they open a message or follow its links'),
  categories: z
    .array(categoryWishSchema)
    .max(CATEGORIES_MAX)
    .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'names a category twice')
    .optional(),
  evidence: z
    .strictObject({
      how: z.enum(['api', 'import']).default('api'),
      text: z.string().min(1).max(TEXT_MAX).optional().describe('what shows that the person chose it'),
    })
    .optional(),
});

/** Of themselves: whose they are is said by the token, and that they chose it themselves needs no other evidence. */
export const ownPreferencesSchema = preferencesSchema.omit({ recipient: true, evidence: true });

type ById = { Params: { id: string } };

export function preferenceRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.get<ById>('/v1/recipients/:id/preferences', async (request) => {
    const { tenant } = callerOf(request);
    return preferencesOf(ports, tenant, request.params.id);
  });
  app.put<ById>('/v1/recipients/:id/preferences', async (request) => {
    const { tenant, keyId } = callerOf(request);
    const id = read(idSchema, request.params.id);
    const { recipient, evidence, ...wish } = read(preferencesSchema, request.body);
    checkSameId(recipient, id);
    return change(ports, { tenant, recipient: id }, wish, {
      how: evidence?.how ?? 'api',
      by: keyId,
      ...(evidence?.text === undefined ? {} : { text: evidence.text }),
    });
  });
  app.get<ById>('/v1/recipients/:id/preferences/changes', async (request) => {
    const caller = callerOf(request);
    const query = readQuery(pageSchema, request.query);
    const before = afterNumber(query.cursor, Number.MAX_SAFE_INTEGER);
    const person = { tenant: caller.tenant, recipient: request.params.id };
    const rows = await ports.database.transaction(scopeOf(caller), (tx) =>
      listChanges(tx, person, before, query.limit + 1),
    );
    const last = rows[query.limit - 1];
    return {
      items: rows.slice(0, query.limit).map(toWireChange),
      nextCursor: rows.length > query.limit && last !== undefined ? cursorOf(String(last.id)) : null,
    };
  });
}

/** By recipient token: what they see is their own, and what they change they have chosen themselves, on a page. */
export function ownPreferenceRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.get('/v1/inbox/preferences', async (request) => {
    const { tenant, recipient } = await recipientOf(request, ports);
    return preferencesOf(ports, tenant, recipient);
  });
  app.put('/v1/inbox/preferences', async (request) => {
    const { tenant, recipient } = await recipientOf(request, ports);
    const wish = read(ownPreferencesSchema, request.body);
    const userAgent = request.headers['user-agent']?.slice(0, USER_AGENT_MAX).toWellFormed();
    const evidence = { how: 'page', ...(userAgent === undefined ? {} : { userAgent }) } as const;
    return change(ports, { tenant, recipient }, wish, evidence);
  });
}

async function change(
  ports: HttpPorts,
  who: { readonly tenant: string; readonly recipient: string },
  wish: z.infer<typeof ownPreferencesSchema>,
  evidence: Parameters<HttpPorts['consents']['change']>[2],
) {
  const now = await ports.clock.now();
  const outcome = await ports.consents.change(
    who,
    (person) => {
      refuseUnknown(person, wish);
      return newIn(preferencesSeen(person, now), wish as PreferenceWish);
    },
    evidence,
  );
  if (outcome.kind === 'refused') throw refusal(outcome.problem);
  return preferencesOf(ports, who.tenant, who.recipient);
}

async function preferencesOf(ports: HttpPorts, tenant: string, id: string) {
  const now = await ports.clock.now();
  const person = await ports.database.transaction({ kind: 'tenant', tenant }, (tx) =>
    readPerson(tx, { tenant, recipient: id }),
  );
  if (person.recipient === null) throw new Problem('not_found', `There is no recipient "${id}".`);
  return { recipient: id, ...preferencesSeen(person, now) };
}

/** A mistyped category would be a choice about nothing. */
function refuseUnknown({ categories }: PersonKnown, wish: Pick<z.infer<typeof preferencesSchema>, 'categories'>): void {
  const known = categories.map(({ id }) => id);
  const errors = (wish.categories ?? []).flatMap(({ id }, index) =>
    known.includes(id)
      ? []
      : [{ path: `categories.${index}.id`, message: `there is no category "${id}"${orMean(id, known)}` }],
  );
  const [first] = errors;
  if (first !== undefined) throw new Problem('invalid', `"${first.path}": ${first.message}.`, { errors });
}

function refusal(problem: WishProblem): Problem {
  switch (problem.kind) {
    case 'essential':
      return new Problem(
        'unprocessable',
        `"${problem.category}" is essential: it cannot be switched off, on any channel, or gathered into digests.`,
        { next: `Leave it out, or make the category not essential by PUT /v1/categories/${problem.category}.` },
      );
    case 'pause_over':
      return new Problem('unprocessable', '"pausedUntil" is over already.', {
        next: 'Send a time that is still to come, or null to end the pause.',
      });
    case 'pause_too_long':
      return new Problem('unprocessable', '"pausedUntil" is more than a year ahead.', {
        next: 'Send a time within a year, or switch off the categories that are not wanted.',
      });
  }
}
