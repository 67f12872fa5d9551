// A message about several follow-ups, brought up to date as each of them changes: who did what in the place of the links of what is
// over, and the rest as it was. A push is withdrawn when all of it is over. It is composed of what was kept when it was sent
// (digest.ts), so it stays as it is once its words are forgotten. The loop, its leases and its tries are clear-up.ts.
import { createHash } from 'node:crypto';
import {
  addressOf,
  blankRecipient,
  type Content,
  type Directory,
  type FollowUp,
  type Instant,
  type ItemNow,
  isLive,
  type Policy,
  readingOf,
  renderDigestAgain,
  type SentDigest,
  type SentItem,
  slotOfId,
  standingOf,
  urgencyRank,
} from '@relance/core';
import type { Envelope } from '../channels/channel.ts';
import { ENGINE } from '../store/database.ts';
import { type ClearUpRow, type Left, type LeftMessage, leftCarrier } from '../store/sql/clear-up.ts';
import { type DirectoryDemands, demandOf, gatherDirectories } from '../store/sql/directory.ts';
import { readFollowUps } from '../store/sql/follow-up.ts';
import { inSets } from '../store/sql/slot.ts';
import { namesIn, tellsStanding, wasAsked } from './clear-up-words.ts';
import { envelopeOf } from './deliver-prepare.ts';
import type { Engine } from './engine.ts';
import { policyRefOf } from './policy-book.ts';

interface About {
  readonly followUp: FollowUp;
  readonly policy: Policy;
}

export interface DigestSubject {
  readonly message: LeftMessage;
  readonly content: Content;
  readonly digest: SentDigest;
  /** The follow-up whose message it is. */
  readonly own: About;
  readonly about: ReadonlyMap<string, About>;
  readonly directory: Directory;
}

/** What is known of all of it at this moment; or the row by which it is rewritten, which is another one. */
export async function gatherDigest(
  engine: Engine,
  row: ClearUpRow & { readonly carrier: string },
  now: Instant,
): Promise<DigestSubject | { readonly askedOf: Left } | 'none' | 'unreadable'> {
  const { database, policies, spanning } = engine;
  return database.transaction(ENGINE, async (tx) => {
    const message = await leftCarrier(tx, row.tenant, row.carrier);
    // It has come back; or it is not recorded yet, and looks at all of it when it is.
    if (message === null) return 'none';
    if (message.follow_up_id !== row.follow_up_id) return { askedOf: rowOf(row, message, now) };
    const content = message.content as Content | null;
    const digest = content?.digest;
    if (content === null || digest === undefined) return 'none';
    const ids = [...new Set([row.follow_up_id, ...digest.items.map(({ followUp }) => followUp)])];
    const sets = inSets(
      spanning,
      ids.map((id) => ({ id, slot: slotOfId(id) })),
    );
    const followUps: FollowUp[] = [];
    for (const [slots, own] of sets)
      followUps.push(
        ...(await readFollowUps(
          tx,
          slots,
          own.map(({ id }) => id),
        )),
      );
    await policies.load(tx, followUps.map(policyRefOf), now);
    const about = new Map<string, About>();
    for (const followUp of followUps) {
      const policy = policies.find(policyRefOf(followUp));
      if (policy === null) return 'unreadable';
      about.set(followUp.id, { followUp, policy });
    }
    const own = about.get(row.follow_up_id);
    const demands: DirectoryDemands = new Map();
    const { recipients } = demandOf(demands, row.tenant);
    recipients.add(message.recipient);
    for (const { assignee, acknowledgedBy, closedBy } of followUps)
      for (const id of [assignee, acknowledgedBy, closedBy]) if (id !== null) recipients.add(id);
    const directory = (await gatherDirectories(tx, demands, now)).get(row.tenant);
    if (own === undefined || directory === undefined) return 'none';
    return { message, content, digest, own, about, directory };
  });
}

const rowOf = ({ tenant, channel }: ClearUpRow, { id, follow_up_id: followUpId }: LeftMessage, now: Instant): Left => ({
  slot: slotOfId(followUpId),
  followUpId,
  channel,
  tenant,
  carrier: id,
  dueAt: now,
});

/** As it should stand by now, and what that is known by; null where it stands so already (`says`). */
export function digestNow(
  subject: DigestSubject,
  says: string | null,
  now: Instant,
): { readonly envelope: Envelope; readonly says: string | null } | null {
  const { message, content, digest } = subject;
  if (message.channel === 'push') {
    const over = digest.items.every((item) => isOver(subject, item));
    return over && says !== WITHDRAWN ? { envelope: envelopeNow(subject, content, now), says: WITHDRAWN } : null;
  }
  const nows = digest.items.map((item) => itemNow(subject, item));
  const asSent = nows.every(({ over, standing }) => !over && standing === null);
  const { digest: _, ...sent } = content;
  const words = asSent ? sent : { ...sent, text: renderDigestAgain(digest, nows, content.locale ?? '') };
  const next = asSent ? null : createHash('sha256').update(words.text).digest('base64url');
  return next === says ? null : { envelope: envelopeNow(subject, words, now), says: next };
}
const WITHDRAWN = 'withdrawn';

/** What retention has taken was over. What tells that something is over stays. */
function isOver({ about }: DigestSubject, { followUp, stage }: SentItem): boolean {
  const known = about.get(followUp);
  return known === undefined || (tellsStanding(known.policy, stage) && !isLive(known.followUp.status));
}

/** By the rule of a message that went alone (clear-up-words.ts); what is open shows nothing more than it did. */
function itemNow(subject: DigestSubject, item: SentItem): ItemNow {
  const { about, directory, message, content } = subject;
  const known = about.get(item.followUp);
  if (known === undefined) return { over: true, standing: null };
  const { followUp, policy } = known;
  if (!tellsStanding(policy, item.stage)) return { over: false, standing: null };
  const over = !isLive(followUp.status) || wasAsked(known, { ...item, recipient: message.recipient });
  if (!over && followUp.status === 'open') return { over, standing: null };
  const { zone, locale } = readingIn(subject, policy);
  return {
    over,
    standing: standingOf(followUp, namesIn(directory), { zone, locale: content.locale ?? locale }),
  };
}

const readerOf = ({ directory, message: { recipient } }: DigestSubject) =>
  directory.recipients.get(recipient) ?? blankRecipient(recipient);
const readingIn = (subject: DigestSubject, { calendar }: Policy) =>
  readingOf(readerOf(subject), calendar?.zone ?? null, subject.directory.tenant);

function envelopeNow(subject: DigestSubject, content: Content, now: Instant): Envelope {
  const { message, digest, own } = subject;
  const { followUp, policy } = own;
  const reader = readerOf(subject);
  const reading = readingIn(subject, policy);
  const said = { ...message, tenant: followUp.tenant, urgency: urgencyRank(followUp.urgency) };
  const more = { ...reading, locale: content.locale ?? reading.locale, now, unsubscribeUrl: null };
  return {
    ...envelopeOf(said, followUp, policy, reader, addressOf(reader, message.channel) ?? '', content, more),
    carries: digest.items.length - 1,
  };
}
