// What a message that was sent should say by now: the words of the clear-up loop (clear-up.ts), in memory. One that is about a
// follow-up alone; what is about several is clear-up-digest.ts.
import {
  actionLinksOf,
  addressOf,
  blankRecipient,
  type Channel,
  type Content,
  type Directory,
  type FollowUp,
  type Instant,
  isAssignee,
  isLive,
  offersTo,
  type Policy,
  type Recipient,
  readingOf,
  render,
  standingOf,
  urgencyRank,
} from '@relance/core';
import type { Envelope } from '../channels/channel.ts';
import type { LeftMessage } from '../store/sql/clear-up.ts';
import { urgencyAt } from '../store/sql/outbox.ts';
import { envelopeOf, type Said } from './deliver-prepare.ts';
import type { Words } from './ports.ts';
import { contextOf } from './template-context.ts';

/** A push is not written anew, which would ring again. */
const WITHDRAWN_ONLY: readonly Channel[] = ['push'];

export interface Subject {
  readonly followUp: FollowUp;
  readonly policy: Policy;
  readonly directory: Directory;
  readonly messages: readonly LeftMessage[];
}

/** What tells that it is over says what was so when it was over; alarms are not about its status. */
export const tellsStanding = ({ stages }: Policy, stage: string): boolean => stages.some(({ id }) => id === stage);

/** How people call whoever has an id. */
export const namesIn =
  ({ recipients }: Directory) =>
  (id: string | null): string | null =>
    id === null ? null : (recipients.get(id)?.name ?? id);

/** A message as it should stand by now; null where it stays as it is. */
export function rewritten(words: Words, subject: Subject, message: LeftMessage, now: Instant): Envelope | null {
  const { followUp, policy, directory } = subject;
  const live = isLive(followUp.status);
  if (live && WITHDRAWN_ONLY.includes(message.channel)) return null;
  if (!tellsStanding(policy, message.stage)) return null;
  const recipient = directory.recipients.get(message.recipient) ?? blankRecipient(message.recipient);
  const reading = readingOf(recipient, policy.calendar?.zone ?? null, directory.tenant);
  const said: Said = { ...message, tenant: followUp.tenant, urgency: urgencyRank(followUp.urgency) };
  const sentIn = (message.content as Content | null)?.locale;
  const shown = live && sentIn !== undefined ? { ...reading, locale: sentIn } : reading;
  const content = live
    ? stillOpen(words, subject, message, shown.locale)
    : closedWords(subject, said, recipient, shown, now);
  if (content === null) return null;
  return {
    ...envelopeOf(said, followUp, policy, recipient, addressOf(recipient, message.channel) ?? '', content, {
      ...shown,
      now,
      unsubscribeUrl: null,
    }),
    standing: standingOf(followUp, namesIn(directory), shown),
  };
}

/** The words that were sent, with the buttons that are offered now. */
function stillOpen(words: Words, subject: Subject, message: LeftMessage, locale: string): Content | null {
  const { followUp, policy } = subject;
  if (message.content === null) return null;
  const { links } = words.actionsFor(
    { id: message.id, tenant: followUp.tenant, followUpId: followUp.id, recipient: message.recipient },
    locale,
    policy.actions,
  );
  const offers = wasAsked(subject, message) ? {} : offersTo(policy, followUp, message, links);
  return {
    ...(message.content as Content),
    actions: actionLinksOf(offers),
  };
}

/** Told as the assignee, whom it is no longer with. */
export function wasAsked(
  { followUp, policy }: Pick<Subject, 'followUp' | 'policy'>,
  { stage, notify, recipient }: Pick<LeftMessage, 'stage' | 'notify' | 'recipient'>,
): boolean {
  const targets = policy.stages.find(({ id }) => id === stage)?.notify[notify]?.to ?? [];
  return (
    targets.length > 0 &&
    targets.every(({ kind }) => kind === 'assignee') &&
    !isAssignee(followUp, recipient) &&
    !followUp.escalated.includes(recipient)
  );
}

/** The built-in words of a confirmation: nothing more is asked. */
function closedWords(
  { followUp, policy, directory }: Subject,
  said: Said,
  recipient: Recipient,
  reading: { readonly locale: string; readonly zone: string },
  now: Instant,
): Content | null {
  const rendered = render({
    template: null,
    role: 'confirmation',
    channel: said.channel,
    ...reading,
    tenantLocale: directory.tenant.locale,
    context: contextOf({
      followUp,
      recipient,
      policy,
      directory,
      links: {},
      pages: {},
      message: { ...said, urgency: urgencyAt(said.urgency) },
      gathered: null,
      now,
    }),
    consequence: null,
    urgency: followUp.urgency,
  });
  if (!rendered.ok) return null;
  return { ...rendered.content, actions: [], ...(followUp.subject.url === null ? {} : { url: followUp.subject.url }) };
}
