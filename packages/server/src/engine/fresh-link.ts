// A fresh link in the place of one that is too old: a mail to the person the old one was for, at the address that is known of them,
// whoever asks. It takes the road of every other message (outbox, gate, attempts, timeline), its words fixed as those of alarms are,
// and belongs to the follow-up that the link is about; that of everything that waits, to one of those.
import {
  addressOf,
  builtInLanguage,
  type FollowUp,
  freshLinkWords,
  type Instant,
  LINK_STAGE,
  localeOfWords,
  MINUTE_MS,
  type Recipient,
} from '@relance/core';
import { ENGINE, type Tx } from '../store/database.ts';
import { readRecipients } from '../store/sql/directory.ts';
import { getFollowUp } from '../store/sql/follow-up-list.ts';
import { liveOf } from '../store/sql/follow-up-pending.ts';
import { claimFreshLink, lastToldOf } from '../store/sql/fresh-link.ts';
import { insertOutbox, setContent } from '../store/sql/outbox.ts';
import { NO_SETTINGS, tenantSettings } from '../store/sql/tenant.ts';
import { asideFor } from './aside.ts';
import type { Engine } from './engine.ts';
import type { FreshLinkAsk, FreshLinks, Words } from './ports.ts';

/** More often nobody needs one, and nobody else can fill their mailbox with it. */
export const FRESH_LINK_EVERY_MS = 10 * MINUTE_MS;

export function createFreshLinks(engine: Pick<Engine, 'database' | 'clock' | 'nudge'>, words: Words): FreshLinks {
  return {
    async send(ask) {
      const now = await engine.clock.now();
      await engine.database.transaction(ENGINE, (tx) => queue(tx, words, ask, now));
      engine.nudge.deliver();
    },
  };
}

async function queue(tx: Tx, words: Words, ask: FreshLinkAsk, now: Instant): Promise<void> {
  const { tenant, recipient } = ask;
  const [known] = await readRecipients(tx, [{ tenant, id: recipient }]);
  if (known === undefined || addressOf(known.recipient, 'email') === null) return;
  const followUp = await aboutOf(tx, ask);
  if (followUp === null) return;
  const askedAt = await claimFreshLink(tx, { tenant, recipient }, FRESH_LINK_EVERY_MS);
  if (askedAt === null) return;
  const run = Math.floor(askedAt / MINUTE_MS);
  const message = asideFor(followUp, known.recipient, {
    stage: LINK_STAGE,
    run,
    reason: 'link_asked',
    channel: 'email',
    now,
  });
  const settings = (await tenantSettings(tx, [tenant])).get(tenant) ?? NO_SETTINGS;
  const tenantLocale = settings.locale;
  const locale = localeOfWords({ template: null, channel: 'email', locale: known.recipient.locale, tenantLocale });
  const url = await linkFor(tx, words, ask, { messageId: message.draft.id, locale });
  if (url === null) return;
  await insertOutbox(tx, [message]);
  const content = { locale, ...wordsFor(ask, known.recipient, followUp, locale, url) };
  await setContent(tx, followUp.slot, [message.draft.id], content);
}

/** For everything that waits: one of what waits, else what they were told of last. */
async function aboutOf(tx: Tx, { tenant, recipient, to }: FreshLinkAsk): Promise<FollowUp | null> {
  if (to.page !== 'me') return getFollowUp(tx, tenant, to.followUp);
  const [first] = await liveOf(tx, { tenant, recipient }, 1);
  if (first !== undefined) return first;
  const last = await lastToldOf(tx, { tenant, recipient });
  return last === null ? null : getFollowUp(tx, tenant, last);
}

/** As in a message of now, and stored as such. Null: a link that messages do not have any more. */
async function linkFor(
  tx: Tx,
  words: Words,
  { tenant, recipient, to }: FreshLinkAsk,
  { messageId: id, locale }: { readonly messageId: string; readonly locale: string },
): Promise<string | null> {
  if (to.page !== 'action') {
    const about = to.page === 'status' ? to.followUp : '';
    const { url, row } = words.pageFor({ tenant, purpose: to.page, recipient, about });
    await words.storePages(tx, [row]);
    return url;
  }
  const own = [{ id: to.action, label: '', resolves: false, rejects: false, outcome: '', answer: null }];
  const { links, rows } = words.actionsFor({ id, tenant, followUpId: to.followUp, recipient }, locale, own);
  await words.storeActions(
    tx,
    rows.filter(({ action }) => action === to.action),
  );
  return links[to.action]?.url ?? null;
}

const wordsFor = ({ to }: FreshLinkAsk, { name }: Recipient, { subject }: FollowUp, locale: string, url: string) =>
  freshLinkWords({
    language: builtInLanguage(locale) ?? 'en',
    name,
    title: to.page === 'me' ? null : subject.title,
    url,
  });
