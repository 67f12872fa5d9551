// One POST to an address that a tenant has named: to the very address that was checked (egress-guard.ts), without redirects,
// reading no more of the answer than is asked for. Webhooks and resolvers go through here.
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { Passage } from './egress-guard.ts';

export interface Posted {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** Where it is kept, as the answer says. */
  readonly location?: string | undefined;
  readonly date: string | undefined;
  readonly body: string;
  /** There was, or should have been, more of it. */
  readonly cut: boolean;
}

export interface Post {
  readonly url: URL;
  readonly passage: Extract<Passage, { kind: 'allowed' }>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  readonly signal: AbortSignal;
  /** In bytes. */
  readonly answerMax: number;
  /** All of it is on its way: from then on it may have arrived. */
  readonly onSent?: () => void;
}

/**
 * The headers of Standard Webhooks 1.0, with a signature for each secret: who verifies them knows that it comes from us, and
 * when it was sent.
 */
export const signedHeaders = (
  secrets: readonly string[],
  id: string,
  at: Date,
  body: string,
): Record<string, string> => ({
  'content-type': 'application/json',
  'content-length': String(Buffer.byteLength(body)),
  'user-agent': 'Relance',
  'webhook-id': id,
  'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
  'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
});

/** The address that was checked, whatever the DNS says now. Node asks with `all` when it races families. */
export const pinnedTo =
  ({ address, family }: Post['passage']): LookupFunction =>
  (_host, choice, done) =>
    choice.all === true ? done(null, [{ address, family }]) : done(null, address, family);

/** Rejects when the endpoint cannot be reached, or the signal says stop. */
export function pinnedPost({ url, passage, headers, body, signal, answerMax, onSent }: Post): Promise<Posted> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(
      url,
      {
        method: 'POST',
        headers,
        signal,
        agent: false,
        lookup: pinnedTo(passage),
      },
      (response) => {
        const parts: Buffer[] = [];
        let seen = 0;
        response.on('data', (chunk: Buffer) => {
          parts.push(chunk);
          seen += chunk.length;
          if (seen > answerMax) response.destroy();
        });
        // What has come of it counts, its status above all.
        response.on('error', () => {});
        response.on('close', () =>
          resolve({
            status: response.statusCode ?? 0,
            retryAfter: response.headers['retry-after'],
            location: response.headers.location,
            date: response.headers.date,
            body: Buffer.concat(parts).subarray(0, answerMax).toString('utf8'),
            cut: seen > answerMax || !response.complete,
          }),
        );
      },
    );
    request.on('error', reject);
    if (onSent !== undefined) request.on('finish', onSent);
    request.end(body);
  });
}

export const unreachable = (error: unknown): string =>
  `the endpoint cannot be reached: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`;
