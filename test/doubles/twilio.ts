// A double of Twilio, written from its published reference: https://www.twilio.com/docs/messaging/api/message-resource
// (create a Message), /docs/api/errors (what it refuses) and /docs/usage/security (how it signs what it tells). It checks
// what it is given as the reference says, and counts what it has taken.
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';

export interface TwilioDouble {
  readonly origin: string;
  /** The parameters of every message it has taken. */
  readonly taken: Readonly<Record<string, string>>[];
  readonly calls: { readonly authorization: string; readonly fields: Readonly<Record<string, string>> }[];
  /** What it answers next instead of 201; `null` breaks off without an answer, `silence` never gives one. */
  answer:
    | { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> }
    | 'silence'
    | null
    | undefined;
  stop(): Promise<void>;
}
export const ACCOUNT = `AC${'1'.repeat(32)}`;
export const TOKEN = 'a-token-of-the-account';

/** As its reference has them: code, and the words around it. */
export const refusal = (status: number, code: number, message: string) => ({
  status,
  body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
});

export async function startTwilio(): Promise<TwilioDouble> {
  const double = { taken: [], calls: [], answer: undefined } as unknown as {
    -readonly [Key in keyof TwilioDouble]: TwilioDouble[Key];
  };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const fields = Object.fromEntries(new URLSearchParams(Buffer.concat(parts).toString()));
      double.calls.push({ authorization: request.headers.authorization ?? '', fields });
      const said = double.answer === undefined ? judge(request.method ?? '', request.url ?? '', fields) : double.answer;
      if (said === 'silence') return;
      if (said === null) {
        request.socket.destroy();
        return;
      }
      if (said.status === 201 && double.answer === undefined) double.taken.push(fields);
      const body = typeof said.body === 'string' ? said.body : JSON.stringify(said.body ?? {});
      response.writeHead(said.status, { 'content-type': 'application/json', ...(said.headers ?? {}) }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  double.origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  double.stop = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return double;
}

type Said = Exclude<TwilioDouble['answer'], 'silence' | null | undefined>;

function judge(method: string, path: string, fields: Readonly<Record<string, string>>): Said {
  if (method !== 'POST' || path !== `/2010-04-01/Accounts/${ACCOUNT}/Messages.json`)
    return refusal(404, 20_404, 'The requested resource was not found');
  if (!/^\+[1-9]\d{6,14}$/.test(fields.To ?? ''))
    return refusal(400, 21_211, `Invalid 'To' Phone Number: ${fields.To}`);
  if ((fields.From ?? '') === '' && (fields.MessagingServiceSid ?? '') === '')
    return refusal(400, 21_603, "A 'From' or 'MessagingServiceSid' is required");
  if ((fields.Body ?? '') === '') return refusal(400, 21_602, 'Message body is required');
  if ([...(fields.Body ?? '')].length > 1_600)
    return refusal(400, 21_617, 'The concatenated message body exceeds the 1600 character limit');
  const validity = Number(fields.ValidityPeriod ?? 36_000);
  if (!Number.isInteger(validity) || validity < 1 || validity > 36_000)
    return refusal(400, 21_621, 'The validity period is not valid');
  const sid = `SM${createHmac('md5', '').update(JSON.stringify(fields)).digest('hex')}`;
  return {
    status: 201,
    body: { sid, status: 'queued', account_sid: ACCOUNT, to: fields.To, body: fields.Body, error_code: null },
  };
}

/** The parameters of a POST signed as its document says: the address, then names and values in order of the names. */
export function signed(url: string, fields: Readonly<Record<string, string>>, token = TOKEN): string {
  const text = Object.keys(fields)
    .sort()
    .reduce((sum, name) => `${sum}${name}${fields[name]}`, url);
  return createHmac('sha1', token).update(text).digest('base64');
}
