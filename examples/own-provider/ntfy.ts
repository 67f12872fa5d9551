// A provider of one's own: ntfy (https://ntfy.sh), for the chat channel. The address of a recipient is a topic; a message is one
// POST of JSON to the server (https://docs.ntfy.sh/publish/#publish-as-json). ntfy does not know our ids, and tells no news.
import {
  type Connection,
  calledOffBefore,
  checkEgress,
  type Envelope,
  judgeHttp,
  judgeNoAnswer,
  type Opening,
  type Provider,
  pinnedPost,
} from 'relance';
import { z } from 'zod';

const settings = z.strictObject({
  server: z
    .url({ protocol: /^https?$/ })
    .default('https://ntfy.sh')
    .describe('where the ntfy server is'),
});
const secrets = z.strictObject({ token: z.string().min(1).optional().describe('an access token, tk_…') });
type Settings = z.infer<typeof settings>;
type Secrets = z.infer<typeof secrets>;

const TOPIC = /^[A-Za-z0-9_-]{1,64}$/;
const PRIORITY = { low: 2, normal: 3, high: 4, urgent: 5 } as const;
const BUTTONS_MAX = 3;
const ANSWER_MAX = 4_096;

export const ntfyProvider: Provider<Settings, Secrets> = {
  id: 'ntfy',
  channel: 'chat',
  title: 'ntfy',
  settings,
  secrets,
  destination: ['server'],
  concurrency: 10,
  open: (opening): Connection => ({
    id: opening.id,
    channel: 'chat',
    provider: 'ntfy',
    honoursIds: false,
    concurrencyMax: opening.concurrencyMax,
    send: (envelope, signal) => send(opening, envelope, signal),
    async close() {},
  }),
};

async function send(
  { settings: { server }, secrets: { token }, egress }: Opening<Settings, Secrets>,
  envelope: Envelope,
  signal: AbortSignal,
): ReturnType<Connection['send']> {
  if (signal.aborted) return calledOffBefore;
  if (!TOPIC.test(envelope.address ?? '')) return { kind: 'rejected', detail: 'the address is no topic of ntfy' };
  const url = new URL(server);
  const passage = await checkEgress(url, egress, signal);
  if (passage.kind === 'refused') return { kind: 'rejected', detail: passage.detail };
  if (passage.kind === 'unresolved') return { kind: 'retry', detail: passage.detail, retryAfterMs: null };
  const body = JSON.stringify(messageOf(envelope));
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  let sent = false;
  const onSent = (): void => {
    sent = true;
  };
  try {
    const {
      status,
      retryAfter,
      date,
      body: answer,
    } = await pinnedPost({
      url,
      passage,
      headers,
      body,
      signal,
      answerMax: ANSWER_MAX,
      onSent,
    });
    return judgeHttp({ status, retryAfter, date, providerId: idIn(answer), honoursIds: false });
  } catch (error) {
    return judgeNoAnswer(error, { sent, honoursIds: false });
  }
}

const messageOf = ({ address, content, subject, urgency }: Envelope) => ({
  topic: address,
  title: (content.subject ?? subject.title).toWellFormed(),
  message: content.text.toWellFormed(),
  priority: PRIORITY[urgency],
  ...(content.url === undefined ? {} : { click: content.url }),
  actions: (content.actions ?? []).slice(0, BUTTONS_MAX).map(({ label, url }) => ({ action: 'view', label, url })),
});

function idIn(answer: string): string | null {
  try {
    const { id } = JSON.parse(answer) as { id?: unknown };
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}
