// Shows the words of a template for a recipient, a language and a channel: stored or not saved yet, of a real follow-up or of an
// invented one, with the names it reads that have no value. Or sends them to oneself, through the tenant's own connection.
import {
  addressOf,
  buttonsOf,
  CHANNELS,
  type Content,
  fromRfc3339,
  isLanguageTag,
  LANGUAGE_TAG,
  missingIn,
  NO_NEEDS,
  type Outcome,
  render,
  segmentsOf,
  type Template,
  templateBodySchema,
  type WrittenParts,
} from '@relance/core';
import { z } from 'zod';
import type { Previewed } from '../engine/ports.ts';
import { readWritten } from '../store/sql/template.ts';
import { readTemplates } from '../store/sql/template-read.ts';
import type { Caller } from './auth.ts';
import type { Compiling } from './compiling.ts';
import type { HttpPorts } from './ports.ts';
import { Problem } from './problem.ts';
import { idSchema, scopeOf } from './route.ts';
import { compileTemplate, withMadeOf } from './template-compile.ts';
import { keptOf } from './template-kept.ts';

const time = z.string().refine((text) => fromRfc3339(text) !== null, 'must be RFC 3339, as in 2026-11-02T09:00:00Z');

export const previewSchema = z.strictObject({
  channel: z.enum(CHANNELS).default('email'),
  recipient: idSchema.optional(),
  locale: z.string().max(35).refine(isLanguageTag, `must be ${LANGUAGE_TAG}`).optional(),
  /** A real one: its data, its people and their activity. */
  followUp: z.string().max(64).optional(),
  role: z.enum(['notice', 'reminder', 'final', 'escalation', 'update', 'confirmation']).optional(),
  data: z.record(z.string(), z.unknown()).default({}),
  subject: z.record(z.string(), z.unknown()).default({}),
  at: time.optional(),
  /** One that is not saved, in the place of the stored one. */
  template: templateBodySchema.optional(),
});
type PreviewBody = z.infer<typeof previewSchema>;

export const previewColorsSchema = z.object({
  colors: z.enum(['light', 'dark']).optional().describe('as on a device that asks for these'),
});

export const testSchema = previewSchema.extend({
  /** Where it goes; the recipient's own address when it is left out. */
  address: z.string().min(1).max(2_000).optional().describe('of an inbox: the id of its recipient'),
});

interface Shown {
  readonly template: Template;
  readonly previewed: Extract<Previewed, { kind: 'seen' }>;
  readonly content: Content;
  readonly locale: string;
}

/** With where words that are not saved yet are compiled. */
export type PreviewPorts = HttpPorts & { readonly compiling: Compiling };

export async function previewTemplate(ports: PreviewPorts, id: string, caller: Caller, body: PreviewBody) {
  const { template, previewed, content, locale } = await show(ports, id, caller, body);
  const missing = missingIn({ ...previewed.seeing, template, channel: body.channel });
  const segments = body.channel === 'sms' ? { segments: segmentsOf(content.text) } : {};
  return { channel: body.channel, locale, content, missing, ...segments };
}

const TEST_MARK = '[Test] ';

export async function testTemplate(
  ports: PreviewPorts,
  id: string,
  caller: Caller,
  { address: to, ...body }: z.infer<typeof testSchema>,
): Promise<{ readonly channel: string; readonly outcome: Outcome }> {
  if (ports.testSend === undefined)
    throw new Problem('unprocessable', 'This server has no connections to send a test by.');
  if (to === undefined && body.recipient === undefined)
    throw new Problem('invalid', 'Say where the test goes: `address`, or `recipient`.');
  const { previewed, content, locale } = await show(ports, id, caller, body);
  const marked: Content = {
    ...content,
    ...(content.subject === undefined ? {} : { subject: `${TEST_MARK}${content.subject}` }),
    ...(content.subject === undefined ? { text: `${TEST_MARK}${content.text}` } : {}),
  };
  const { recipient } = previewed.envelope({ content: marked, address: null, locale });
  const address = to ?? addressOf(recipient, body.channel);
  if (address === null)
    throw new Problem('unprocessable', `The recipient "${body.recipient}" has no address for ${body.channel}.`);
  const outcome = await ports.testSend(
    caller.tenant,
    body.channel,
    previewed.envelope({ content: marked, address, locale }),
    await ports.clock.now(),
  );
  return { channel: body.channel, outcome };
}

async function show(ports: PreviewPorts, id: string, caller: Caller, body: PreviewBody): Promise<Shown> {
  const template = await templateOf(ports, id, caller, body.template as WrittenParts | undefined);
  const previewed = await ports.previews.of(caller.tenant, {
    template,
    channel: body.channel,
    followUp: body.followUp ?? null,
    recipient: body.recipient ?? null,
    locale: body.locale ?? null,
    role: body.role ?? null,
    data: body.data,
    subject: body.subject,
    needs: template.needs ?? NO_NEEDS,
    now: fromRfc3339(body.at ?? '') ?? (await ports.clock.now()),
  });
  if (previewed.kind === 'missing') throw new Problem('unprocessable', previewed.detail);
  const rendered = render({ ...previewed.seeing, template, channel: body.channel });
  if (!rendered.ok) throw new Problem('template_invalid', rendered.detail);
  const { offers = previewed.seeing.context.actions } = previewed.seeing;
  const actions = buttonsOf(offers).map(({ name, url, label }) => ({ name, url, label }));
  return { template, previewed, content: { ...rendered.content, actions }, locale: rendered.locale };
}

async function templateOf(
  ports: PreviewPorts,
  id: string,
  caller: Caller,
  unsaved: WrittenParts | undefined,
): Promise<Template> {
  const { tenant } = caller;
  if (unsaved === undefined) {
    const stored = await ports.database.transaction(scopeOf(caller), (tx) => readTemplates(tx, [{ tenant, id }]));
    const template = stored.get(`${tenant}\n${id}`);
    if (template === undefined) throw new Problem('not_found', `There is no template "${id}".`);
    return template;
  }
  const { all, isKept } = await ports.database.transaction(scopeOf(caller), async (tx) => {
    const written = (ids: readonly string[]) => readWritten(tx, tenant, ids);
    // What was taken before may be looked at, as it may be saved again.
    const isKept = keptOf(unsaved, (await written([id])).get(id));
    return { all: await withMadeOf(new Map([[id, unsaved]]), written), isKept };
  });
  // No connection to the database waits for a mail that is long to compile.
  const { compiled } = await ports.compiling.of(caller, (compile) =>
    compileTemplate(id, unsaved, (other) => all.get(other), isKept, compile),
  );
  return { ...compiled, id };
}
