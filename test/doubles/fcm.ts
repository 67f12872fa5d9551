// A double of Firebase Cloud Messaging and of Google's token endpoint, written from their published references:
// https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages, …/v1/ErrorCode, and
// https://developers.google.com/identity/protocols/oauth2/service-account. It verifies the signature of the assertion, and
// takes only fields that the reference has.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { jwtVerify } from 'jose';

type Fields = Readonly<Record<string, unknown>>;
export interface FcmDouble {
  readonly origin: string;
  readonly serviceAccount: string;
  /** Every message it has taken. */
  readonly taken: Fields[];
  readonly calls: number;
  /** How often a token was asked for. */
  readonly tokens: number;
  /** Device tokens that are no more. */
  readonly gone: Set<string>;
  answer:
    | { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> }
    | 'silence'
    | null
    | undefined;
  /** Of the token endpoint. */
  tokenStatus: number;
  /** Tokens given so far are no longer good. */
  revoke(): void;
  stop(): Promise<void>;
}
export const PROJECT = 'acme-app-1';

export const fcmError = (status: number, name: string, errorCode: string, more: readonly object[] = []) => ({
  status,
  body: {
    error: {
      code: status,
      message: `It was refused: ${errorCode}`,
      status: name,
      details: [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode }, ...more],
    },
  },
});

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

export async function startFcm(now: () => number = Date.now): Promise<FcmDouble> {
  const good = new Set<string>();
  const double = {
    taken: [],
    calls: 0,
    tokens: 0,
    gone: new Set<string>(),
    answer: undefined,
    tokenStatus: 200,
    revoke: () => good.clear(),
  } as unknown as { -readonly [Key in keyof FcmDouble]: FcmDouble[Key] };

  async function tokenFor(body: string): Promise<{ status: number; body: object }> {
    double.tokens += 1;
    const form = new URLSearchParams(body);
    const { payload } = await jwtVerify(form.get('assertion') ?? '', publicKey, {
      algorithms: ['RS256'],
      audience: `${double.origin}/token`,
      issuer: 'relance@acme-app-1.iam.gserviceaccount.com',
      currentDate: new Date(now()),
    });
    const lasts = (payload.exp ?? 0) - (payload.iat ?? 0);
    const bad =
      double.tokenStatus !== 200 ||
      form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer' ||
      payload.scope !== 'https://www.googleapis.com/auth/firebase.messaging' ||
      lasts > 3_600;
    if (bad) return { status: double.tokenStatus === 200 ? 400 : double.tokenStatus, body: { error: 'invalid_grant' } };
    const token = randomUUID();
    good.add(token);
    return { status: 200, body: { access_token: token, expires_in: 3_599, token_type: 'Bearer' } };
  }

  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', async () => {
      const body = Buffer.concat(parts).toString();
      const say = (said: { status: number; body?: unknown; headers?: Record<string, string> }): void => {
        response.writeHead(said.status, { 'content-type': 'application/json', ...said.headers });
        response.end(JSON.stringify(said.body ?? {}));
      };
      if (request.url === '/token')
        return tokenFor(body).then(say, () => say({ status: 400, body: { error: 'invalid_grant' } }));
      double.calls += 1;
      if (double.answer === 'silence') return;
      if (double.answer === null) return request.socket.destroy();
      if (double.answer !== undefined) return say(double.answer);
      const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      if (!good.has(bearer)) return say(fcmError(401, 'UNAUTHENTICATED', 'UNAUTHENTICATED'));
      if (request.url !== `/v1/projects/${PROJECT}/messages:send`) return say({ status: 404 });
      say(take(JSON.parse(body) as Fields, double));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  double.origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  double.serviceAccount = JSON.stringify({
    type: 'service_account',
    client_email: 'relance@acme-app-1.iam.gserviceaccount.com',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    token_uri: 'http://169.254.169.254/token',
  });
  double.stop = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return double;
}

const TOP = ['token', 'notification', 'data', 'android', 'apns', 'webpush'];
const ANDROID = ['collapse_key', 'priority', 'ttl', 'notification'];

function take({ message }: Fields, double: FcmDouble) {
  const { token, notification, data, android, apns } = message as Record<string, Record<string, unknown>>;
  const unknown = [
    ...Object.keys(message as object).filter((name) => !TOP.includes(name)),
    ...Object.keys(android ?? {}).filter((name) => !ANDROID.includes(name)),
  ];
  const texts = Object.values(data ?? {}).every((value) => typeof value === 'string');
  const ttl = (android?.ttl ?? '0s') as string;
  const headers = (apns?.headers ?? {}) as Record<string, unknown>;
  const bytes = Buffer.byteLength(JSON.stringify(notification ?? {})) + Buffer.byteLength(JSON.stringify(data ?? {}));
  if (
    unknown.length > 0 ||
    !texts ||
    !/^\d+(\.\d+)?s$/.test(ttl) ||
    Number.parseFloat(ttl) > 2_419_200 ||
    bytes > 4_096
  )
    return fcmError(400, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT');
  if (Object.values(headers).some((value) => typeof value !== 'string'))
    return fcmError(400, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT');
  if (double.gone.has(String(token))) return fcmError(404, 'NOT_FOUND', 'UNREGISTERED');
  double.taken.push(message as Fields);
  return { status: 200, body: { name: `projects/${PROJECT}/messages/${double.taken.length}` } };
}
