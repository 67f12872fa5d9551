// Templates: stored checked, MJML compiled when stored so that sending only renders, answered as they were written, previewed
// for any recipient.
import { checkTemplate, render, type Template, toRfc3339 } from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { getRecipient } from '../../store/sql/recipient.ts';
import { deleteTemplate, getTemplate, listTemplates, putTemplate } from '../../store/sql/template.ts';
import { compileMjml, withoutMade } from '../mjml.ts';
import { refuseUsed } from '../policy-use.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import {
  afterOf,
  callerOf,
  checkSameId,
  idSchema,
  notBuilt,
  pageOf,
  pageSchema,
  read,
  readQuery,
  scopeOf,
} from '../route.ts';

const text = z.string().max(100_000);
const parts = {
  email: z
    .strictObject({ subject: text.optional(), mjml: text.optional(), html: text.optional(), text: text.optional() })
    .refine(({ mjml, html }) => mjml === undefined || html === undefined, {
      path: ['html'],
      message: 'is made from `mjml`; give one of the two',
    })
    .optional(),
  sms: z.strictObject({ text }).optional(),
  push: z.strictObject({ title: text.optional(), body: text.optional() }).optional(),
  inbox: z
    .strictObject({
      title: text.optional(),
      body: text.optional(),
      as: z
        .enum(['feed', 'banner', 'toast', 'modal'])
        .refine((as) => as === 'feed', notBuilt('showing an item other than in the feed', 'write `as: feed`'))
        .optional(),
      until: text.refine(() => false, notBuilt('ending the display of an item', 'leave `until` out')).optional(),
    })
    .optional(),
  chat: z.strictObject({ text }).optional(),
  webhook: z.strictObject({ text }).optional(),
};
export const templateSchema = z.strictObject({
  id: idSchema.optional(),
  ...parts,
  locales: z.record(z.string().max(35), z.strictObject(parts)).optional(),
});
export type WrittenTemplate = z.infer<typeof templateSchema>;

/** MJML to HTML, then every text parsed: a template that would fail at sending is refused at storing. */
export async function compileTemplate(written: WrittenTemplate): Promise<Omit<Template, 'id'>> {
  const { id: _id, ...body } = written;
  const compiled = (await compileMjml(body)) as Omit<Template, 'id'>;
  const errors = checkTemplate(compiled);
  if (errors.length > 0) throw new Problem('template_invalid', `${errors[0]?.path}: ${errors[0]?.message}`, { errors });
  return compiled;
}

const toWire = ({ id, version, body }: { id: string; version: number; body: object }) => ({
  id,
  version,
  ...(withoutMade(body) as object),
});
type ById = { Params: { id: string } };

export function templateRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.put<ById>('/v1/templates/:id', async (request) => {
    const caller = callerOf(request);
    const id = read(idSchema, request.params.id);
    const written = read(templateSchema, request.body);
    checkSameId(written.id, id);
    const body = await compileTemplate(written);
    const version = await ports.database.transaction(scopeOf(caller), (tx) => putTemplate(tx, caller.tenant, id, body));
    return toWire({ id, version, body });
  });
  app.get('/v1/templates', async (request) => {
    const caller = callerOf(request);
    const query = readQuery(pageSchema, request.query);
    const rows = await ports.database.transaction(scopeOf(caller), (tx) =>
      listTemplates(tx, caller.tenant, afterOf(query.cursor), query.limit + 1),
    );
    return pageOf(rows.map(toWire), query.limit, (row) => row.id);
  });
  app.get<ById>('/v1/templates/:id', async (request) => {
    const caller = callerOf(request);
    const row = await ports.database.transaction(scopeOf(caller), (tx) =>
      getTemplate(tx, caller.tenant, request.params.id),
    );
    if (row === null) throw new Problem('not_found', `There is no template "${request.params.id}".`);
    return toWire(row);
  });
  app.delete<ById>('/v1/templates/:id', async (request, reply) => {
    const caller = callerOf(request);
    const { id } = request.params;
    await ports.database.transaction(scopeOf(caller), async (tx) => {
      await refuseUsed(tx, caller.tenant, 'template', id);
      if (!(await deleteTemplate(tx, caller.tenant, id)))
        throw new Problem('not_found', `There is no template "${id}".`);
    });
    return reply.code(204).send();
  });
  app.post<ById>('/v1/templates/:id/preview', async (request) =>
    preview(ports, request.params.id, callerOf(request), read(previewSchema, request.body)),
  );
}

export const previewSchema = z.strictObject({
  channel: z.enum(['email', 'sms', 'push', 'inbox', 'chat', 'webhook']).default('email'),
  recipient: idSchema.optional(),
  locale: z.string().max(35).optional(),
  role: z.enum(['notice', 'reminder', 'final', 'escalation', 'update', 'confirmation']).default('notice'),
  data: z.record(z.string(), z.unknown()).default({}),
  subject: z.record(z.string(), z.unknown()).default({}),
});

async function preview(
  ports: HttpPorts,
  id: string,
  caller: ReturnType<typeof callerOf>,
  body: z.infer<typeof previewSchema>,
): Promise<unknown> {
  const { row, person } = await ports.database.transaction(scopeOf(caller), async (tx) => ({
    row: await getTemplate(tx, caller.tenant, id),
    person: body.recipient === undefined ? null : await getRecipient(tx, caller.tenant, body.recipient),
  }));
  if (row === null) throw new Problem('not_found', `There is no template "${id}".`);
  const now = toRfc3339(await ports.clock.now());
  const rendered = render({
    template: { ...row.body, id },
    role: body.role,
    channel: body.channel,
    locale: body.locale ?? person?.locale ?? 'en',
    zone: person?.timeZone ?? 'UTC',
    consequence: null,
    urgency: 'normal',
    context: {
      recipient: { ...(person ?? { id: 'preview', name: 'Preview' }) },
      subject: { type: 'preview', id: 'preview', title: 'Preview', url: null, ...body.subject },
      data: body.data,
      followUp: {
        status: 'open',
        openedAt: now,
        dueAt: null,
        forAssignee: true,
        lastReminder: body.role === 'final',
        policyTitle: 'Preview',
      },
      activity: {},
      pending: [],
      actions: Object.fromEntries(
        ['acknowledge', 'resolve', 'snooze'].map((name) => [
          name,
          { url: `${ports.publicUrl}/a/preview`, label: name },
        ]),
      ),
      tenant: { name: null },
      now,
    },
  });
  if (!rendered.ok) throw new Problem('template_invalid', rendered.detail);
  return { channel: body.channel, content: rendered.content };
}
