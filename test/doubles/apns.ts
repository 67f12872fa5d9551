// A double of Apple's push service over real HTTP/2, written from its published documents: "Sending notification requests to
// APNs", "Handling notification responses from APNs" and "Establishing a token-based connection to APNs". It verifies the
// token, holds headers and payload against those documents, and can do what a connection must survive: GOAWAY, refused
// streams, breaking off, silence.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  constants,
  createServer,
  type Http2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { jwtVerify } from 'jose';

export interface ApnsDouble {
  readonly origin: string;
  /** The .p8 file. */
  readonly key: string;
  readonly taken: {
    readonly headers: IncomingHttpHeaders;
    readonly payload: Record<string, unknown>;
    readonly device: string;
  }[];
  /** The tokens it was shown, one entry for each other one. */
  readonly bearers: Set<string>;
  /** Connections so far. */
  readonly connections: number;
  readonly gone: Set<string>;
  /** What it does with the next request, once. */
  next:
    | 'goaway'
    | 'goaway before'
    | 'refuse'
    | 'break off'
    | 'silence'
    | { readonly status: number; readonly reason: string }
    | null;
  stop(): Promise<void>;
}
export const TEAM = 'TEAM123456';
export const KEY_ID = 'KEY1234567';
export const TOPIC = 'com.example.app';

export async function startApns(now: () => number = Date.now): Promise<ApnsDouble> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const sessions = new Set<Http2Session>();
  const double = { taken: [], bearers: new Set(), connections: 0, gone: new Set(), next: null } as unknown as {
    -readonly [Key in keyof ApnsDouble]: ApnsDouble[Key];
  };
  const server = createServer();
  server.on('session', (session) => {
    double.connections += 1;
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => {});
    const doing = double.next;
    double.next = null;
    const text: string[] = [];
    stream.setEncoding('utf8');
    stream.on('data', (part: string) => text.push(part));
    if (doing === 'refuse') return stream.close(constants.NGHTTP2_REFUSED_STREAM);
    if (doing === 'break off') return stream.session?.destroy();
    // Everything up to the stream before this one was looked at; this one was not.
    if (doing === 'goaway before') return stream.session?.goaway(constants.NGHTTP2_NO_ERROR, (stream.id ?? 0) - 2);
    stream.on('end', async () => {
      if (doing === 'silence') return;
      const said =
        typeof doing === 'object' && doing !== null
          ? doing
          : await judge(headers, text.join(''), double, publicKey, now);
      stream.respond({ ':status': said.status, 'apns-id': headers['apns-id'] ?? 'made-by-apple' });
      stream.end(said.reason === '' ? '' : JSON.stringify({ reason: said.reason }));
      if (doing === 'goaway') stream.session?.goaway(constants.NGHTTP2_NO_ERROR, stream.id);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  double.origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  double.key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  double.stop = () =>
    new Promise((resolve) => {
      for (const session of sessions) session.destroy();
      server.close(() => resolve());
    });
  return double;
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const OLDEST_TOKEN_MS = 3_600_000;

async function judge(
  headers: IncomingHttpHeaders,
  text: string,
  double: ApnsDouble,
  key: KeyObject,
  now: () => number,
): Promise<{ status: number; reason: string }> {
  const bearer = /^bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  const issuedAt = await jwtVerify(bearer, key, {
    algorithms: ['ES256'],
    issuer: TEAM,
    currentDate: new Date(now()),
  }).then(
    ({ payload, protectedHeader }) => (protectedHeader.kid === KEY_ID ? (payload.iat ?? 0) * 1_000 : null),
    () => null,
  );
  if (issuedAt === null) return { status: 403, reason: 'InvalidProviderToken' };
  if (now() - issuedAt > OLDEST_TOKEN_MS) return { status: 403, reason: 'ExpiredProviderToken' };
  double.bearers.add(bearer);
  if (headers[':method'] !== 'POST') return { status: 405, reason: 'MethodNotAllowed' };
  const device = /^\/3\/device\/([0-9a-f]+)$/.exec(headers[':path'] ?? '')?.[1];
  if (device === undefined || device.length < 64) return { status: 400, reason: 'BadDeviceToken' };
  if (headers['apns-topic'] !== TOPIC) return { status: 400, reason: 'DeviceTokenNotForTopic' };
  const {
    'apns-collapse-id': collapse = '',
    'apns-id': id,
    'apns-expiration': expiration,
    'apns-priority': priority,
  } = headers;
  if (Buffer.byteLength(String(collapse)) > 64) return { status: 400, reason: 'BadCollapseId' };
  if (id !== undefined && !ID.test(String(id))) return { status: 400, reason: 'BadMessageId' };
  if (expiration !== undefined && !/^\d+$/.test(String(expiration)))
    return { status: 400, reason: 'BadExpirationDate' };
  if (!['1', '5', '10'].includes(String(priority))) return { status: 400, reason: 'BadPriority' };
  if (Buffer.byteLength(text) > 4_096) return { status: 413, reason: 'PayloadTooLarge' };
  const payload = JSON.parse(text) as Record<string, unknown>;
  const background = headers['apns-push-type'] === 'background';
  if (background && priority !== '5') return { status: 400, reason: 'BadPriority' };
  if ('alert' in (payload.aps as object) === background) return { status: 400, reason: 'InvalidPushType' };
  if (double.gone.has(device)) return { status: 410, reason: 'Unregistered' };
  double.taken.push({ headers, payload, device });
  return { status: 200, reason: '' };
}
