// One GET of something a tenant or a provider has named: the twin of pinned-post.ts, to the very address that was checked, without
// redirects, within its time, and no more than so many bytes. Attachments and the certificates of receipts come through here.
import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { checkEgress, type EgressRules } from './egress-guard.ts';
import { pinnedTo, unreachable } from './pinned-post.ts';

export interface Get {
  readonly url: string;
  readonly egress: EgressRules;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** In bytes; one more is too many. */
  readonly bytesMax: number;
}

export type Got =
  | { readonly kind: 'got'; readonly contentType: string; readonly body: Buffer }
  | { readonly kind: 'refused'; readonly detail: string } // never worth another try
  | { readonly kind: 'failed'; readonly detail: string };

/** Over https only, unless an operator allows the host by name. */
export async function pinnedGet({ url: text, egress, signal, timeoutMs, bytesMax }: Get): Promise<Got> {
  if (!URL.canParse(text)) return { kind: 'refused', detail: 'it is not a URL' };
  const url = new URL(text);
  if (url.protocol !== 'https:' && !egress.allowHosts.includes(url.hostname))
    return { kind: 'refused', detail: 'only https:// is fetched' };
  const within = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const passage = await checkEgress(url, egress, within);
  if (passage.kind === 'refused') return { kind: 'refused', detail: passage.detail };
  if (passage.kind === 'unresolved') return { kind: 'failed', detail: passage.detail };
  const headers = { 'user-agent': 'Relance', 'accept-encoding': 'identity' };
  try {
    return await got(url, { headers, signal: within, agent: false, lookup: pinnedTo(passage) }, bytesMax);
  } catch (error) {
    return { kind: 'failed', detail: within.aborted ? 'it did not come in time' : unreachable(error) };
  }
}

const got = (url: URL, options: RequestOptions, bytesMax: number): Promise<Got> =>
  new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options, (response) => {
      const parts: Buffer[] = [];
      let seen = 0;
      const end = (answer: Got): void => {
        resolve(answer);
        response.destroy();
      };
      const tooMuch: Got = { kind: 'refused', detail: `it is larger than ${bytesMax} bytes` };
      const { statusCode: status = 0, headers } = response;
      response.on('error', reject);
      if (status !== 200) return end({ kind: 'failed', detail: `HTTP ${status}` });
      if ((headers['content-encoding'] ?? 'identity') !== 'identity')
        return end({ kind: 'failed', detail: 'it came compressed, which was not asked for' });
      if (Number(headers['content-length'] ?? 0) > bytesMax) return end(tooMuch);
      response.on('data', (chunk: Buffer) => {
        parts.push(chunk);
        seen += chunk.length;
        if (seen > bytesMax) end(tooMuch);
      });
      response.on('close', () =>
        resolve(
          response.complete
            ? { kind: 'got', contentType: headers['content-type'] ?? '', body: Buffer.concat(parts) }
            : { kind: 'failed', detail: 'it was cut off' },
        ),
      );
    });
    request.on('error', reject);
    request.end();
  });
