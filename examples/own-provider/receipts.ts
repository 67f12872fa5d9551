// How the news of a provider is read: first proven, then understood. This one signs the body of its webhook with a secret that the
// connection has (`x-acme-signature`, HMAC-SHA256 in hexadecimal), and hands our message id back as `reference`.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ReceiptAnswer, ReceiptCall, ReceiptNews } from 'relance';
import { z } from 'zod';

const webhook = z.object({
  reference: z.uuid(),
  status: z.enum(['delivered', 'undeliverable', 'unsubscribed']),
  time: z.iso.datetime(),
  reason: z.string().optional(),
});
const KIND = { delivered: 'delivered', undeliverable: 'failed', unsubscribed: 'unsubscribed' } as const;

interface Secrets {
  readonly webhookSecret: string;
}

export async function acmeReceipts({ secrets, headers, body }: ReceiptCall<unknown, Secrets>): Promise<ReceiptAnswer> {
  const wanted = createHmac('sha256', secrets.webhookSecret).update(body).digest();
  const given = Buffer.from(headers['x-acme-signature'] ?? '', 'hex');
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
    return { kind: 'refused', status: 401, detail: 'its signature is not right' };
  const read = webhook.safeParse(parsed(body));
  if (!read.success) return { kind: 'refused', status: 400, detail: 'it is no webhook of Acme' };
  const { reference, status, time, reason } = read.data;
  const news: ReceiptNews = {
    message: { id: reference },
    kind: KIND[status],
    at: Date.parse(time) as ReceiptNews['at'],
    detail: reason ?? null,
    ...(status === 'undeliverable' ? { permanent: reason === 'no such address' } : {}),
  };
  return { kind: 'news', items: [news] };
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}
