// Recipients: who can be told. Creating one that follow-ups wait for lets them go on at once. Many together: recipient-bulk.ts.
import {
  CHANNELS,
  canonicalTag,
  DEFAULT_ZONE,
  fromRfc3339,
  isDate,
  isLanguageTag,
  isZone,
  LANGUAGE_TAG,
  PHONE_TEXT_MAX,
  parseDuration,
  phoneOf,
  readAway,
} from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Tx } from '../../store/database.ts';
import { readClock } from '../../store/sql/clock.ts';
import { listMessages, toWireMessage } from '../../store/sql/message-list.ts';
import {
  deleteRecipient,
  getRecipient,
  listRecipients,
  putRecipients,
  type WireRecipient,
  wakeWaiting,
} from '../../store/sql/recipient.ts';
import { refuseUnreached } from '../policy-use.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { refusedEndpoints } from '../refused-endpoint.ts';
import {
  afterOf,
  beforeMessage,
  callerOf,
  checkSameId,
  idSchema,
  messageCursor,
  pageOf,
  pageSchema,
  read,
  readQuery,
  scopeOf,
} from '../route.ts';

const channel = z.enum(CHANNELS);
const EMAIL = /^[^\s@<>"(),:;\\\p{Cc}]{1,64}@[^\s@<>"(),:;\\\p{Cc}]{1,255}$/u;
const email = z.string().max(320).regex(EMAIL, 'must be an email address, such as ana@example.com');
/** Read as people write it, in their own country, and stored as E.164: core/phone.ts. */
const phone = z.string().max(PHONE_TEXT_MAX);
export const localeSchema = z.string().max(35).refine(isLanguageTag, `must be ${LANGUAGE_TAG}`);
export const zoneSchema = z.string().max(64).refine(isZone, 'must be an IANA time zone, such as Europe/Paris');
const text = z.string().max(500);
const duration = z
  .string()
  .max(60)
  .refine((written) => parseDuration(written).ok, 'must be a duration, such as 10 minutes');
const endpoint = z
  .strictObject({ channel, address: z.string().min(1).max(2_000), copy: z.enum(['cc', 'bcc']).optional() })
  .refine(({ channel: kind, copy }) => copy === undefined || kind === 'email', {
    path: ['copy'],
    message: 'only an email has copies',
  })
  .refine(({ channel: kind, address }) => kind !== 'email' || EMAIL.test(address), {
    path: ['address'],
    message: 'must be an email address, such as ana@example.com',
  })
  .refine(({ channel: kind, address }) => kind !== 'webhook' || isWebAddress(address), {
    path: ['address'],
    message: 'must be an https:// or http:// address',
  });
const planEntry = z.union([
  channel,
  z.strictObject({ channel, after: duration.optional(), else: z.boolean().optional() }),
]);
const contactPlan = z.array(planEntry).min(1).max(10);
const isWebAddress = (address: string): boolean => URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
const bytes =
  (max: number) =>
  (value: unknown): boolean =>
    JSON.stringify(value).length <= max;

const AWAY_MAX = 50;
const isMoment = (written: string): boolean => isDate(written) || fromRfc3339(written) !== null;
const moment = z
  .string()
  .max(40)
  .refine(isMoment, 'must be a date, such as 2026-12-24, or RFC 3339, such as 2026-12-24T09:00:00Z');
/** Dates are those of the recipient's zone, the last one included. */
const away = z
  .strictObject({ from: moment, to: moment, delegate: idSchema.nullish() })
  .refine(({ from, to }) => !isMoment(from) || !isMoment(to) || readAway({ from, to }, DEFAULT_ZONE) !== null, {
    path: ['to'],
    message: 'must not be before `from`',
  });

/** What the numbers of somebody are read with: the country they are dialled from. */
const countryOf = (body: { readonly location?: { readonly country?: string | undefined } | null | undefined }) =>
  body.location?.country ?? null;

/** The shape of DESIGN §5; every field but `id` may be absent or null. */
const fields = z.strictObject({
  id: idSchema.optional(),
  name: text.nullish(),
  email: email.nullish(),
  phone: phone.nullish(),
  locale: localeSchema.nullish(),
  timeZone: zoneSchema.nullish(),
  location: z.strictObject({ country: text.optional(), region: text.optional(), city: text.optional() }).nullish(),
  manager: idSchema.nullish(),
  traits: z.record(z.string().max(200), z.unknown()).refine(bytes(16_384), 'may hold 16 KiB').nullish(),
  endpoints: z.array(endpoint).max(20).nullish(),
  plan: z.strictObject({ normal: contactPlan.nullish(), urgent: contactPlan.nullish() }).nullish(),
  away: z.array(away).max(AWAY_MAX).nullish(),
});

export const recipientSchema = fields.superRefine((body, context) => {
  const numbers = [
    { path: ['phone'], written: body.phone ?? null },
    ...(body.endpoints ?? []).map(({ channel: kind, address }, index) => ({
      path: ['endpoints', index, 'address'],
      written: kind === 'sms' ? address : null,
    })),
  ];
  for (const { path, written } of numbers) {
    const reading = written === null ? null : phoneOf(written, countryOf(body));
    if (reading !== null && !reading.ok) context.addIssue({ code: 'custom', path, message: reading.problem });
  }
});

export function toRecipient(id: string, body: z.infer<typeof recipientSchema>): WireRecipient {
  /** Checked by the schema, so it can be read. */
  const e164 = (written: string): string => {
    const reading = phoneOf(written, countryOf(body));
    return reading.ok ? reading.e164 : written;
  };
  return {
    id,
    name: body.name ?? null,
    email: body.email ?? null,
    phone: body.phone == null ? null : e164(body.phone),
    locale: body.locale == null ? null : canonicalTag(body.locale),
    timeZone: body.timeZone ?? null,
    location: body.location ?? null,
    manager: body.manager ?? null,
    traits: body.traits ?? {},
    endpoints: (body.endpoints ?? []).map((one) =>
      one.channel === 'sms' ? { ...one, address: e164(one.address) } : one,
    ),
    plan: body.plan ?? null,
    away: (body.away ?? []).map((period) => ({ ...period, delegate: period.delegate ?? null })),
  };
}

/** Writes and wakes: used by PUT, bulk, and project folders. */
export async function storeRecipients(tx: Tx, tenant: string, recipients: readonly WireRecipient[]): Promise<number> {
  await putRecipients(tx, tenant, recipients);
  const { now } = await readClock(tx);
  return wakeWaiting(
    tx,
    tenant,
    recipients.map((one) => one.id),
    now,
  );
}

type ById = { Params: { id: string } };

export function recipientRoutes(app: FastifyInstance, ports: HttpPorts): void {
  readRoutes(app, ports);
  app.put<ById>('/v1/recipients/:id', async (request) => {
    const caller = callerOf(request);
    const id = read(idSchema, request.params.id);
    const body = read(recipientSchema, request.body);
    checkSameId(body.id, id);
    const recipient = toRecipient(id, body);
    const [refused] = refusedEndpoints(recipient, ports.providers);
    if (refused !== undefined) {
      const path = refused.path.join('.');
      throw new Problem('invalid', `"${path}": ${refused.message}.`, { errors: [{ path, message: refused.message }] });
    }
    const woken = await ports.database.transaction(scopeOf(caller), (tx) =>
      storeRecipients(tx, caller.tenant, [recipient]),
    );
    if (woken > 0) ports.nudge.wake();
    return recipient;
  });
  app.delete<ById>('/v1/recipients/:id', async (request, reply) => {
    const caller = callerOf(request);
    const { id } = request.params;
    await ports.database.transaction(scopeOf(caller), (tx) =>
      refuseUnreached(tx, caller.tenant, id, async () => {
        if (!(await deleteRecipient(tx, caller.tenant, id)))
          throw new Problem('not_found', `There is no recipient "${id}".`);
      }),
    );
    return reply.code(204).send();
  });
}

const IDS_MAX = 200;
export const recipientListSchema = pageSchema.extend({
  ids: z
    .string()
    .max(IDS_MAX * 100)
    .transform((text) => text.split('/'))
    .refine((ids) => ids.length <= IDS_MAX, `names ${IDS_MAX} at most`)
    .optional()
    .describe('only these, separated by "/", which no id has'),
  q: z.string().min(1).max(200).optional().describe('part of the id, name or email address'),
});

function readRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.get('/v1/recipients', async (request) => {
    const caller = callerOf(request);
    const { ids = null, q = null, cursor, limit } = readQuery(recipientListSchema, request.query);
    const rows = await ports.database.transaction(scopeOf(caller), (tx) =>
      listRecipients(tx, caller.tenant, { ids, q }, afterOf(cursor), limit + 1),
    );
    return pageOf(rows, limit, (row) => row.id);
  });
  app.get<ById>('/v1/recipients/:id', async (request) => {
    const caller = callerOf(request);
    const recipient = await ports.database.transaction(scopeOf(caller), (tx) =>
      getRecipient(tx, caller.tenant, request.params.id),
    );
    if (recipient === null) throw new Problem('not_found', `There is no recipient "${request.params.id}".`);
    return recipient;
  });
  app.get<ById>('/v1/recipients/:id/messages', async (request) => {
    const caller = callerOf(request);
    const query = readQuery(pageSchema, request.query);
    const filter = { followUp: null, recipient: request.params.id, channel: null, status: null };
    const rows = await ports.database.transaction(scopeOf(caller), (tx) =>
      listMessages(tx, caller.tenant, filter, beforeMessage(query.cursor), query.limit + 1),
    );
    return pageOf(rows.map(toWireMessage), query.limit, messageCursor);
  });
}
