// What a mail calls itself and what it says it answers: its own Message-ID, and which of our messages or follow-ups its references
// name (mail.ts of the channels writes those). None of it proves anything. Pure but for the digest.
import { createHash } from 'node:crypto';
import type { MailSeen } from './mail-seen.ts';

const ID_MAX = 500;

/** The same for the same mail, by whichever road it comes; of one that says no id, or cannot be parsed, the digest. */
export function nameOf(mail: MailSeen | null, raw: Buffer): string {
  const said = mail?.header('message-id')?.trim() ?? '';
  return said === '' || said.length > ID_MAX ? `sha256:${createHash('sha256').update(raw).digest('hex')}` : said;
}

export interface Answered {
  readonly messages: readonly string[];
  readonly followUps: readonly string[];
}

const OURS = /<(follow-up\.)?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@/gi;
const NAMED_MAX = 5;

/** RFC 5322 §3.6.4: the one it answers first, then those before it. */
export function answeredBy(mail: MailSeen): Answered {
  const said = `${mail.header('in-reply-to') ?? ''} ${mail.header('references') ?? ''}`;
  const found = [...said.matchAll(OURS)].map(([, thread, id = '']) => ({
    thread: thread !== undefined,
    id: id.toLowerCase(),
  }));
  const ids = (thread: boolean): readonly string[] =>
    [...new Set(found.filter((one) => one.thread === thread).map(({ id }) => id))].slice(0, NAMED_MAX);
  return { messages: ids(false), followUps: ids(true) };
}
