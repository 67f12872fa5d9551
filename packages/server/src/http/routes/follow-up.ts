// Follow-ups: opening, finding, and every command, by id and by key (DESIGN §5). Commands answer with the follow-up, what
// changed, and what was already in flight.
import {
  type Command,
  type FollowUp,
  type Instant,
  isAssignee,
  isDate,
  isLive,
  type Names,
  wireFollowUp,
  wireTimelineEntry,
} from '@relance/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  ChangedMeanwhile,
  type CommandOutcome,
  type FollowUpRef,
  type OpenOutcome,
  type OpenRequest,
} from '../../engine/ports.ts';
import type { Tx } from '../../store/database.ts';
import { readClock } from '../../store/sql/clock.ts';
import {
  ATTENTIONS,
  type FollowUpFilter,
  followUpsOfKey,
  getFollowUp,
  listFollowUps,
} from '../../store/sql/follow-up-list.ts';
import { listHeld, listMessages, toWireMessage } from '../../store/sql/message-list.ts';
import { namedPeople } from '../../store/sql/schedule.ts';
import { readTimeline } from '../../store/sql/timeline.ts';
import { seenOf } from '../expected.ts';
import { explain, momentsIn, peopleIn } from '../explain.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import {
  afterId,
  afterNumber,
  beforeMessage,
  callerOf,
  idSchema,
  messageCursor,
  pageOf,
  pageSchema,
  read,
  readQuery,
  scopeOf,
} from '../route.ts';
import { momentAt, momentOf } from './clock.ts';
import { zoneSchema } from './recipient.ts';

const text = z.string().max(4_000);
const moment = z.string().min(1).max(100);
const base = { actor: idSchema.optional(), comment: text.optional() };
export const COMMAND_SCHEMAS = {
  acknowledge: z.strictObject(base),
  unacknowledge: z.strictObject(base),
  escalate: z.strictObject(base),
  cancel: z.strictObject(base),
  reopen: z.strictObject(base),
  resolve: z.strictObject({ ...base, outcome: z.string().min(1).max(100).optional() }),
  snooze: z.strictObject({ ...base, until: moment }),
  commit: z.strictObject({ ...base, by: moment }),
  delegate: z.strictObject({ ...base, to: idSchema }),
  reassign: z.strictObject({ ...base, to: idSchema }),
  note: z.strictObject({ ...base, comment: text.min(1) }),
  decline: z.strictObject({ ...base, reason: z.enum(['declined', 'wrong_person']).default('declined') }),
  reschedule: z.strictObject({ ...base, dueAt: moment.nullable() }),
  answer: z.strictObject({ ...base, action: idSchema, answer: z.unknown().optional() }),
} as const;
export type CommandName = keyof typeof COMMAND_SCHEMAS;
export const COMMAND_NAMES = Object.keys(COMMAND_SCHEMAS) as readonly CommandName[];
type Body = {
  actor?: string | undefined;
  comment?: string | undefined;
  outcome?: string | undefined;
  until?: string;
  by?: string;
  to?: string;
  reason?: 'declined' | 'wrong_person';
  dueAt?: string | null;
  action?: string;
  answer?: unknown;
};

function commandOf(name: Exclude<CommandName, 'reopen'>, body: Body, now: Instant): Command {
  switch (name) {
    case 'acknowledge':
    case 'unacknowledge':
    case 'escalate':
    case 'cancel':
    case 'note':
      return { kind: name };
    case 'resolve':
      return { kind: name, outcome: body.outcome ?? null };
    case 'snooze':
      return { kind: name, until: momentOf(now, body.until ?? '') };
    case 'commit':
      return { kind: name, by: momentOf(now, body.by ?? '') };
    case 'delegate':
    case 'reassign':
      return { kind: name, to: body.to ?? '' };
    case 'decline':
      return { kind: name, why: body.reason ?? 'declined' };
    case 'reschedule':
      return { kind: name, dueAt: body.dueAt === null ? null : momentAt(body.dueAt ?? '') };
    case 'answer':
      return { kind: name, action: body.action ?? '', answer: body.answer };
  }
}

async function runCommand(
  ports: HttpPorts,
  request: FastifyRequest,
  reply: FastifyReply,
  name: CommandName,
  ref: FollowUpRef,
): Promise<unknown> {
  const caller = callerOf(request);
  const body = read<Body>(COMMAND_SCHEMAS[name] as unknown as z.ZodType<Body>, request.body);
  const actor = { kind: 'api', id: body.actor ?? null } as const;
  const seen = seenOf(request);
  const keep = async (tx: Tx, outcome: CommandOutcome): Promise<void> => {
    if (outcome.kind === 'done') await request.idempotency?.keep(tx, 200, answerOf(outcome));
  };
  const run = async (): Promise<CommandOutcome> => {
    if (name === 'reopen') return ports.commands.reopen(caller.tenant, ref, actor, keep, seen);
    const command = commandOf(name, body, await ports.clock.now());
    const said = { evidence: 'proven', channel: null, comment: body.comment ?? null } as const;
    return ports.commands.run(caller.tenant, ref, { command, actor, ...said, seen }, keep);
  };
  return answer(await run().catch(refuseChanged), reply);
}

function refuseChanged(error: unknown): never {
  if (!(error instanceof ChangedMeanwhile)) throw error;
  throw new Problem('changed_meanwhile', error.message, { followUp: wireFollowUp(error.followUp) });
}

const answerOf = ({ followUp, changed, inFlight }: Extract<CommandOutcome, { kind: 'done' }>) => ({
  ...wireFollowUp(followUp),
  changed,
  inFlight,
});

export function answer(outcome: CommandOutcome, reply: FastifyReply): unknown {
  switch (outcome.kind) {
    case 'done':
      return reply.send(answerOf(outcome));
    case 'closed':
      throw new Problem('follow_up_closed', `The follow-up is ${outcome.followUp.status} already.`, {
        followUp: wireFollowUp(outcome.followUp),
      });
    case 'refused':
      throw new Problem(outcome.refusal === 'time_in_past' ? 'time_in_past' : 'refused', outcome.detail, {
        reason: outcome.refusal,
        ...(outcome.errors === undefined ? {} : { errors: outcome.errors }),
        followUp: wireFollowUp(outcome.followUp),
      });
    case 'unreadable':
      throw new Problem('policy_unreadable', outcome.detail, { followUp: wireFollowUp(outcome.followUp) });
    case 'ambiguous':
      throw new Problem('key_ambiguous', `${outcome.assignees.length} live follow-ups have this key.`, {
        assignees: outcome.assignees,
      });
    case 'missing':
      throw new Problem('not_found', 'There is no such follow-up.');
  }
}

export const openSchema = z.strictObject({
  policy: idSchema,
  key: z.string().min(1).max(512).optional().describe('else the one that the policy makes of `data`, as of an event'),
  data: z.record(z.string(), z.unknown()).optional(),
  assignee: idSchema.optional(),
  requester: idSchema.optional(),
  team: idSchema.optional(),
  watchers: z.array(idSchema).max(100).optional(),
  dueAt: moment
    .nullable()
    .optional()
    .describe('RFC 3339, or a date: until its end, by the calendar of the policy, else by the zone of the tenant'),
  actor: idSchema.optional(),
  subject: z
    .strictObject({
      type: z.string().max(200).optional(),
      id: z.string().max(512).optional(),
      title: z.string().max(500).optional(),
      url: z
        .url({ protocol: /^https?$/ })
        .max(2_048)
        .optional(),
    })
    .optional(),
});

export const openQuerySchema = z.object({
  dryRun: z.enum(['true', 'false']).optional().describe('true: nothing is opened; the answer is what it would be'),
});

function dueGiven(written: string | null | undefined): Pick<OpenRequest, 'dueAt' | 'dueDay'> {
  if (written == null) return written === undefined ? {} : { dueAt: null };
  return isDate(written) ? { dueDay: written } : { dueAt: momentAt(written) };
}

/** Of an opening that is rejected: problems of their own. */
const OPEN_PROBLEMS = ['policy_not_found', 'policy_unreadable', 'conflict'] as const;

async function open(ports: HttpPorts, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const caller = callerOf(request);
  const dryRun = readQuery(openQuerySchema, request.query).dryRun === 'true';
  const { dueAt, ...body } = read(openSchema, request.body);
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as {
    policy: string;
  };
  const asked = { ...given, ...dueGiven(dueAt) };
  const outcome = dryRun
    ? await tried(ports, caller.tenant, asked)
    : await ports.commands.open(caller.tenant, asked, async (tx, made) => {
        if (made.kind !== 'rejected') await request.idempotency?.keep(tx, statusOf(made), openedAnswer(made));
      });
  if (outcome.kind === 'rejected') {
    const code = OPEN_PROBLEMS.find((one) => one === outcome.code) ?? 'unprocessable';
    throw new Problem(code, outcome.detail, { reason: outcome.code });
  }
  return reply.code(dryRun ? 200 : statusOf(outcome)).send(openedAnswer(outcome));
}

type Opened = Exclude<OpenOutcome, { kind: 'rejected' }>;
const statusOf = ({ kind }: Opened): number => (kind === 'opened' ? 201 : 200);
const openedAnswer = ({ kind, followUp }: Opened) => ({
  ...wireFollowUp(followUp),
  changed: true,
  inFlight: [],
  opened: kind === 'opened',
});

/** Takes the transaction back in which everything was written as it would be. */
class TakenBack extends Error {
  readonly made: OpenOutcome;
  constructor(made: OpenOutcome) {
    super('A dry run writes nothing.');
    this.made = made;
  }
}

async function tried({ commands }: HttpPorts, tenant: string, request: OpenRequest): Promise<OpenOutcome> {
  try {
    return await commands.open(tenant, request, async (_tx, made) => {
      throw new TakenBack(made);
    });
  } catch (error) {
    if (error instanceof TakenBack) return error.made;
    throw error;
  }
}

const STATUSES = ['open', 'acknowledged', 'resolved', 'cancelled', 'expired'];
const statusSchema = z
  .string()
  .transform((text) => text.split(','))
  .refine(
    (all) => all.every((one) => STATUSES.includes(one)),
    `must be of ${STATUSES.join(', ')}, separated by commas`,
  );
export const followUpListSchema = pageSchema.extend({
  status: statusSchema.optional(),
  policy: z.string().optional(),
  key: z.string().optional(),
  subject: z.string().optional(),
  assignee: z.string().optional(),
  team: z.string().optional(),
  stage: z.string().optional(),
  dueBefore: z.string().optional(),
  attention: z.enum(['false', ...ATTENTIONS]).optional(),
  q: z.string().max(200).optional(),
});

async function list(ports: HttpPorts, request: FastifyRequest): Promise<unknown> {
  const caller = callerOf(request);
  const query = readQuery(followUpListSchema, request.query);
  const filter: FollowUpFilter = {
    status: query.status ?? null,
    policy: query.policy ?? null,
    key: query.key ?? null,
    subject: query.subject ?? null,
    assignee: query.assignee ?? null,
    team: query.team ?? null,
    stage: query.stage ?? null,
    dueBefore: query.dueBefore === undefined ? null : momentAt(query.dueBefore),
    attention: query.attention === undefined || query.attention === 'false' ? null : query.attention,
    q: query.q ?? null,
  };
  const rows = await ports.database.transaction(scopeOf(caller), (tx) =>
    listFollowUps(tx, caller.tenant, filter, afterId(query.cursor), query.limit + 1),
  );
  return pageOf(rows.map(wireFollowUp), query.limit, (row) => row.id);
}

/** The one an address means, without locking it. */
async function findRef(tx: Tx, tenant: string, ref: FollowUpRef): Promise<FollowUp> {
  if (ref.kind === 'id') {
    const found = await getFollowUp(tx, tenant, ref.id);
    if (found === null) throw new Problem('not_found', `There is no follow-up "${ref.id}".`);
    return found;
  }
  const all = (await followUpsOfKey(tx, tenant, ref.policy, ref.key)).filter(
    (one) => ref.assignee === null || isAssignee(one, ref.assignee),
  );
  const live = all.filter((one) => one.status === 'open' || one.status === 'acknowledged');
  if (live.length > 1)
    throw new Problem('key_ambiguous', `${live.length} live follow-ups have this key.`, {
      assignees: live.map((one) => one.assignee),
    });
  const chosen = live[0] ?? all[0];
  if (chosen === undefined)
    throw new Problem('not_found', `Policy "${ref.policy}" has no follow-up with the key "${ref.key}".`);
  return chosen;
}

type ByKey = { policy: string; key: string };
const refOf = (request: FastifyRequest): FollowUpRef => {
  const params = request.params as { id?: string } & Partial<ByKey>;
  if (params.id !== undefined) return { kind: 'id', id: params.id };
  const { assignee } = read(z.object({ assignee: z.string().optional() }), request.query);
  return { kind: 'key', policy: params.policy ?? '', key: params.key ?? '', assignee: assignee ?? null };
};

/** With a zone, sentences are for people: they name them, and tell times in it. */
export const readingSchema = z.object({ zone: zoneSchema.optional() });

const namesOf = async (tx: Tx, tenant: string, ids: readonly string[]): Promise<Names> => {
  const names = new Map((await namedPeople(tx, tenant, ids)).map(({ id, name }) => [id, name ?? id]));
  return (id) => names.get(id) ?? id;
};

const TIMELINE_MAX = 500;
const MESSAGES_MAX = 200;
const limitOf = (max: number) => z.coerce.number().int().min(1).max(max).default(max);

function readRoutes(app: FastifyInstance, ports: HttpPorts, prefix: string): void {
  const ofKey = prefix.includes('/by-key/') ? { assignee: z.string().optional() } : {};
  const paged = (max: number) => pageSchema.extend({ limit: limitOf(max), ...ofKey });
  const reading =
    (work: (tx: Tx, followUp: FollowUp, request: FastifyRequest) => Promise<unknown>) =>
    async (request: FastifyRequest) => {
      const caller = callerOf(request);
      return ports.database.transaction(scopeOf(caller), async (tx) =>
        work(tx, await findRef(tx, caller.tenant, refOf(request)), request),
      );
    };
  app.get(
    prefix,
    reading(async (_tx, followUp) => wireFollowUp(followUp)),
  );
  app.get(
    `${prefix}/timeline`,
    reading(async (tx, followUp, request) => {
      const query = readQuery(paged(TIMELINE_MAX).extend(readingSchema.shape), request.query);
      const rows = await readTimeline(tx, followUp.id, afterNumber(query.cursor) ?? 0, query.limit + 1);
      const { items, nextCursor } = pageOf(rows, query.limit, (row) => String(row.seq));
      const entries = items.map(({ entry }) => entry);
      if (query.zone === undefined) return { items: entries.map((entry) => wireTimelineEntry(entry)), nextCursor };
      const names = await namesOf(tx, followUp.tenant, peopleIn(followUp, entries, []));
      const moments = momentsIn(query.zone, (await readClock(tx)).now);
      return { items: entries.map((entry) => wireTimelineEntry(entry, names, moments)), nextCursor };
    }),
  );
  app.get(
    `${prefix}/messages`,
    reading(async (tx, followUp, request) => {
      const query = readQuery(paged(MESSAGES_MAX), request.query);
      const filter = { followUp: followUp.id, recipient: null, channel: null, status: null };
      const rows = await listMessages(tx, followUp.tenant, filter, beforeMessage(query.cursor), query.limit + 1);
      return pageOf(rows.map(toWireMessage), query.limit, messageCursor);
    }),
  );
  app.get(
    `${prefix}/explain`,
    reading(async (tx, followUp, request) => {
      const { zone } = readQuery(readingSchema.extend(ofKey), request.query);
      const timeline = (await readTimeline(tx, followUp.id, 0, TIMELINE_MAX)).map(({ entry }) => entry);
      const held = await listHeld(tx, followUp.id);
      const nameOf = await namesOf(tx, followUp.tenant, peopleIn(followUp, timeline, held));
      const acknowledged = isLive(followUp.status)
        ? await ports.commands.tryOut(tx, followUp, { kind: 'acknowledge' })
        : null;
      const { now } = await readClock(tx);
      return explain(followUp, timeline, { nameOf, momentOf: momentsIn(zone, now), held, acknowledged });
    }),
  );
}

export function followUpRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.post('/v1/follow-ups', (request, reply) => open(ports, request, reply));
  app.get('/v1/follow-ups', (request) => list(ports, request));
  for (const prefix of ['/v1/follow-ups/:id', '/v1/follow-ups/by-key/:policy/:key']) {
    readRoutes(app, ports, prefix);
    for (const name of COMMAND_NAMES)
      app.post(`${prefix}/${name}`, (request, reply) => runCommand(ports, request, reply, name, refOf(request)));
  }
}
