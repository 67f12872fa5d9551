// A brand of our own for tests: postcards, kept in memory. It shows what an author writes: settings, a secret, a connection, and
// news that is believed for the stamp it carries.
import type { Outcome } from '@relance/core';
import { z } from 'zod';
import type { Connection, Envelope } from '../packages/server/src/channels/channel.ts';
import type { Provider, ReceiptNews } from '../packages/server/src/channels/provider.ts';

export interface Postcards {
  readonly provider: Provider;
  /** What was sent, by which office, under which stamp. */
  readonly sent: { readonly office: string; readonly stamp: string; readonly envelope: Envelope }[];
  /** How the offices answer; accepted unless told. */
  answer: (office: string, envelope: Envelope) => Outcome;
  readonly open: Set<string>;
}

const settings = z.strictObject({
  office: z.string().min(1).describe('where cards are handed in'),
  endpoint: z.url().optional().describe('where the office is asked'),
});
const secrets = z.strictObject({
  stamp: z.string().min(8).describe('what pays for them'),
  spare: z.string().optional(),
});

export function postcards(): Postcards {
  const cards: Postcards = {
    sent: [],
    open: new Set(),
    answer: (_office, envelope) => ({ kind: 'accepted', providerId: `card-${envelope.id}` }),
    provider: {
      id: 'postcard',
      channel: 'email',
      title: 'Postcards',
      settings,
      secrets,
      destination: ['endpoint'],
      concurrency: 10,
      open(opening): Connection {
        const { office } = settings.parse(opening.settings);
        const { stamp } = secrets.parse(opening.secrets);
        cards.open.add(office);
        return {
          id: opening.id,
          channel: 'email',
          provider: 'postcard',
          honoursIds: false,
          concurrencyMax: opening.concurrencyMax,
          async send(envelope) {
            cards.sent.push({ office, stamp, envelope });
            return cards.answer(office, envelope);
          },
          async close() {
            cards.open.delete(office);
          },
        };
      },
      async receipts({ headers, body, secrets: given }) {
        if (headers['x-stamp'] !== secrets.parse(given).stamp)
          return { kind: 'refused', status: 401, detail: 'The stamp is not ours' };
        return { kind: 'news', items: JSON.parse(body.toString()) as ReceiptNews[] };
      },
    },
  };
  return cards;
}
