// HTTP for the SDKs of mail brands: connections that are kept, only to addresses that the egress guard lets through, each looked up
// anew when it is made; within their time, and reading only so much of an answer. Each hand-over has a call of its own, that
// knows afterwards what http-judge.ts asks: the status, when to come back, and whether anything may have arrived.
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { checkEgress, checkHost, type EgressRules } from './egress-guard.ts';

const SOCKETS_MAX = 50;
const ANSWER_MAX = 256 * 1024;
const LOOKUP_TIMEOUT_MS = 10_000;

/** What is known of one hand-over when it is over. */
export interface BrandCall {
  /** As `fetch`, for SDKs that take one. */
  fetch(input: string, init: { method?: string; headers?: HeadersInit; body?: unknown }): Promise<Response>;
  /** Something may have reached the brand. */
  sent: boolean;
  status: number;
  retryAfter: string | null;
  date: string | null;
  /** Why there was no answer. */
  error: unknown;
}

export interface BrandHttp {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
  call(signal: AbortSignal): BrandCall;
  /** Null, else why nothing may go there: what is an address already is not looked up by the agents. */
  refusal(url: URL, signal: AbortSignal): Promise<string | null>;
  close(): void;
}

class EgressRefusal extends Error {
  readonly code = 'ENOTFOUND'; // as the judge knows a host that nothing was sent to
}

const guardedLookup =
  (egress: EgressRules): LookupFunction =>
  (host, choice, done) => {
    checkHost(host, egress, AbortSignal.timeout(LOOKUP_TIMEOUT_MS)).then((passage) => {
      if (passage.kind !== 'allowed') return done(new EgressRefusal(passage.detail), '', 4);
      const { address, family } = passage;
      return choice.all === true ? done(null, [{ address, family }]) : done(null, address, family);
    });
  };

export function openBrandHttp(egress: EgressRules): BrandHttp {
  const options = { keepAlive: true, maxSockets: SOCKETS_MAX, lookup: guardedLookup(egress) };
  const httpAgent = new HttpAgent(options);
  const httpsAgent = new HttpsAgent({ ...options, minVersion: 'TLSv1.2' });
  return {
    httpAgent,
    httpsAgent,
    call: (signal) => {
      const call: BrandCall = {
        sent: false,
        status: 0,
        retryAfter: null,
        date: null,
        error: null,
        fetch: async (input, init) => {
          try {
            const url = new URL(input);
            const refused = await refusal(url, egress, signal);
            if (refused !== null) throw new EgressRefusal(refused);
            return await once(url, init, url.protocol === 'https:' ? httpsAgent : httpAgent, signal, call);
          } catch (error) {
            call.error = error;
            throw error;
          }
        },
      };
      return call;
    },
    refusal: (url, signal) => refusal(url, egress, signal),
    close() {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}

async function refusal(url: URL, egress: EgressRules, signal: AbortSignal): Promise<string | null> {
  if (isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0) return null;
  const passage = await checkEgress(url, egress, signal);
  return passage.kind === 'allowed' ? null : passage.detail;
}

type Init = Parameters<BrandCall['fetch']>[1];

const once = (url: URL, init: Init, agent: HttpAgent, signal: AbortSignal, call: BrandCall): Promise<Response> =>
  new Promise((resolve, reject) => {
    const body = typeof init.body === 'string' ? Buffer.from(init.body) : Buffer.alloc(0);
    const headers = { ...Object.fromEntries(new Headers(init.headers)), 'content-length': String(body.length) };
    const method = init.method ?? 'GET';
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, { method, headers, agent, signal });
    request.on('socket', (socket) => {
      const ready = (): void => {
        call.sent = true;
      };
      if (request.reusedSocket || !socket.connecting) ready();
      else socket.once((socket as TLSSocket).encrypted ? 'secureConnect' : 'connect', ready);
    });
    request.on('response', (response) => {
      call.status = response.statusCode ?? 0;
      call.retryAfter = response.headers['retry-after'] ?? null;
      call.date = response.headers.date ?? null;
      read(response).then((text) => resolve(answerOf(response, text)), reject);
    });
    request.on('error', reject);
    request.end(body);
  });

/** The status counts whatever becomes of the rest. */
const read = (response: IncomingMessage): Promise<Buffer> =>
  new Promise((resolve) => {
    const parts: Buffer[] = [];
    let seen = 0;
    response.on('data', (part: Buffer) => {
      parts.push(part);
      seen += part.length;
      if (seen > ANSWER_MAX) response.destroy();
    });
    response.on('error', () => {});
    response.on('close', () => resolve(Buffer.concat(parts)));
  });

const BODILESS = new Set([204, 205, 304]);
function answerOf(response: IncomingMessage, body: Buffer): Response {
  const status = response.statusCode ?? 0;
  const headers = new Headers();
  for (const [name, value] of Object.entries(response.headers)) if (typeof value === 'string') headers.set(name, value);
  // Response takes 200 to 599 only; what is none of these is the judge's to name, from the call.
  const shown = status >= 200 && status < 600 ? status : 500;
  return new Response(BODILESS.has(shown) ? null : new Uint8Array(body), { status: shown, headers });
}
