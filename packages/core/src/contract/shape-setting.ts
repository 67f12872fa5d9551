// The shapes of what a tenant is set up with: categories, connections and what serves each channel, keys, and what relance.yaml says
// of it. Part of shape.ts.
import { z } from 'zod';
import { categoryDefaultsSchema } from '../category.ts';
import { CHANNELS } from '../policy/policy.ts';

const time = z.iso.datetime().describe('RFC 3339, UTC');
const id = z.string().min(1);
const channel = z.enum(CHANNELS);
const anything = z.record(z.string(), z.unknown());
const scopes = z.array(z.enum(['admin', 'api']));

const health = z.strictObject({
  state: z.enum(['up', 'failing', 'down']),
  detail: z.string().nullable(),
  since: time.nullable(),
});

export const SETTING_SHAPES = {
  Category: z.strictObject({
    id,
    title: z.string(),
    essential: z.boolean(),
    why: z.string().nullable().describe('why it cannot be switched off'),
    defaults: categoryDefaultsSchema.describe('what holds for whoever has not chosen'),
  }),
  Provider: z.strictObject({
    id,
    channel,
    title: z.string(),
    settings: anything.describe('JSON Schema of the settings of a connection'),
    secrets: anything.describe('JSON Schema of its secrets'),
    receipts: z.boolean().describe('whether it tells what became of messages, at `receiptsUrl` of a connection'),
  }),
  Connection: z.strictObject({
    id,
    channel,
    provider: z.string(),
    settings: anything,
    secretsSet: z.array(z.string()).describe('their names; they are never answered'),
    position: z.int(),
    concurrencyMax: z.int().nullable(),
    perSecondMax: z.number().nullable(),
    disabled: z.boolean(),
    receiptsUrl: z.string().describe('where the provider tells what became of messages'),
    lastReceiptAt: time
      .nullable()
      .describe('when it last told there what became of a message, to within a minute; null: never yet'),
    health,
  }),
  ServedChannel: z.strictObject({
    channel,
    by: z
      .enum(['tenant', 'server', 'mailbox', 'nothing'])
      .describe('whose connections: the tenant’s own, the server’s, or its mailbox, which keeps what nobody sends'),
    connections: z
      .array(z.strictObject({ id, provider: z.string(), health }))
      .describe('in the order in which they are tried'),
    now: id
      .nullable()
      .describe(
        'by which of them messages left when they were tried last: the first that was not down; null where there is none',
      ),
  }),
  Settings: z.strictObject({ tenant: id, settings: anything.describe('as relance.yaml was applied last') }),
  Key: z.strictObject({ id, tenant: id, name: z.string().nullable(), scopes, createdAt: time }),
  MadeKey: z.strictObject({
    id,
    tenant: id,
    name: z.string().nullable(),
    scopes,
    key: z.string().describe('shown this once'),
  }),
};
