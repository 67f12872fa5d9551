// Replies by mail, from whichever road they come (the listener, or a provider's call), to the engine: which message they are about,
// read (responses/reply), and taken. Only the address that a message alone has proves it; a mail that names the message only in its
// references is matched where its sender is whoever that message went to, and then nothing of it is acted on.
import { newsOf, readReturned } from '../channels/bounce.ts';
import type { MailBack, MailBackTaken } from '../channels/inbound-smtp.ts';
import { isMailbox, messageOf } from '../channels/mail-address.ts';
import type { IncomingReply, MailHandedOn, Receipts, Replies, ReplyAbout } from '../engine/ports.ts';
import { answeredBy, nameOf } from '../responses/reply/mail-names.ts';
import { type MailSeen, mailSeen } from '../responses/reply/mail-seen.ts';
import { SURE } from '../responses/reply/meaning.ts';
import { isSurelyHuman, meaningOfReceived, type Received, received } from '../responses/reply/received.ts';

/** `tenant`: whose message alone it may be about; null: anybody's, since the address proves it. */
export type TakeMail = (mail: MailBack, tenant: string | null) => Promise<MailBackTaken>;

export const mailBack =
  (replies: Replies): TakeMail =>
  async (back, tenant) => {
    const mail = await mailSeen(back.raw);
    const about = await aboutOf(replies, back, mail);
    if (about === null || (tenant !== null && about.tenant !== tenant)) return 'refused';
    const { now, zone, locale } = about;
    const read = received({ mail, nullSender: back.nullSender, reported: false, now, zone, locale });
    if (read.kind === 'report') return 'report';
    const taken = await replies.take(about, incoming(read, back, mail, about));
    return taken === 'taken' || taken === 'known' ? 'taken' : 'refused';
  };

/** The mails that a provider hands on to a tenant, at the addresses of the connection that they came by. */
export const mailHandedOn =
  (take: TakeMail, receipts: Receipts, keys: readonly Uint8Array[]) =>
  async (tenant: string, { raw, to, nullSender, replyTo }: MailHandedOn): Promise<void> => {
    if (replyTo === null) return;
    const ours = [...new Set(to.slice(0, ADDRESSES_MAX).flatMap((one) => messageAt(one, replyTo, keys)))];
    // Mostly one: whoever answers several at once answers each.
    for (const messageId of ours) {
      const taken = await take({ messageId, returned: false, nullSender, raw }, tenant);
      if (taken !== 'report' || messageId === null) continue;
      const found = await readReturned(raw, messageId, nullSender);
      if (found.kind === 'reports') await receipts.takeProven('mail', newsOf(found.reports));
    }
  };

const ADDRESSES_MAX = 20;
/** None where it is no address of this mailbox; null where the mailbox alone is left of it. */
function messageAt(address: string, replyTo: string, keys: readonly Uint8Array[]): readonly (string | null)[] {
  const message = messageOf(address, replyTo, 'reply', keys);
  return message !== null || isMailbox(address, replyTo) ? [message] : [];
}

/** Of several it names the first that went to whoever sent it. */
async function aboutOf(replies: Replies, { messageId }: MailBack, mail: MailSeen | null): Promise<ReplyAbout | null> {
  if (messageId !== null) return replies.about({ message: messageId });
  const from = mail?.from.address ?? '';
  if (mail === null || from === '') return null;
  const named = answeredBy(mail);
  for (const message of named.messages) {
    const about = await replies.about({ message, from });
    if (about !== null) return about;
  }
  for (const followUp of named.followUps) {
    const about = await replies.about({ followUp, channel: 'email', from });
    if (about !== null) return about;
  }
  return null;
}

function incoming(
  read: Exclude<Received, { kind: 'report' }>,
  { messageId, returned, raw }: MailBack,
  mail: MailSeen | null,
  { locale, now, zone, actions, people }: ReplyAbout,
): IncomingReply {
  const reply = {
    channel: 'email',
    from: mail?.from.address ?? '',
    providerId: nameOf(mail, raw),
    subject: mail?.subject ?? null,
    text: read.text,
  } as const;
  if (read.kind === 'automatic') {
    const { why, awayFrom, awayUntil } = read;
    const away = awayUntil === null ? null : { from: awayFrom, until: awayUntil };
    return { ...reply, proven: messageId !== null, said: { kind: 'automatic', why, away } };
  }
  const meaning = meaningOfReceived(read, { locale, now, zone, actions, people });
  return {
    ...reply,
    // People answer where a mail asks for answers; what comes to the envelope sender is for people to look at.
    proven: messageId !== null && !returned,
    said: {
      kind: 'human',
      meaning: { ...meaning, sure: meaning.kind !== 'unclear' && meaning.confidence >= SURE },
      surelyHuman: isSurelyHuman(read),
    },
  };
}
