// What a template would see, for previews and tests of one's own words: of a real follow-up and one of its people, gathered as
// for a message (template-context.ts), or of an invented one. Nothing is written and nothing is sent; links are made as
// ever, but not stored, so they lead nowhere; nor do those of what else waits for somebody.
import {
  blankRecipient,
  type Directory,
  type FollowUp,
  frameOf,
  type Instant,
  inventedSeeing,
  localeOfWords,
  offersTo,
  type Policy,
  type Recipient,
  readingOf,
  type Seeing,
  type Stage,
} from '@relance/core';
import type { Tx } from '../store/database.ts';
import { type DirectoryDemands, demandOf, gatherDirectories } from '../store/sql/directory.ts';
import { getFollowUp } from '../store/sql/follow-up-list.ts';
import { NO_SETTINGS } from '../store/sql/tenant.ts';
import type { Engine } from './engine.ts';
import { pageLinks } from './page-links.ts';
import { type PolicyBook, policyRefOf } from './policy-book.ts';
import type { PreviewAsk, Previewed, Previews, Words } from './ports.ts';
import { contextOf, gatheredFor, gatherWords, type WordsAsk, type WordsGathered } from './template-context.ts';

type Previewing = Pick<Engine, 'database' | 'policies' | 'mint'>;

export const previews = (engine: Previewing, words: Words): Previews => ({
  of: (tenant, ask) =>
    engine.database.transaction({ kind: 'tenant', tenant }, (tx) =>
      ask.followUp === null ? invented(engine, words, tx, tenant, ask) : real(engine, words, tx, tenant, ask),
    ),
});

const PREVIEW = { title: 'Preview', id: 'preview', version: 1 };

async function directoryWith(
  tx: Tx,
  tenant: string,
  ids: readonly (string | null)[],
  now: Instant,
): Promise<Directory> {
  const demands: DirectoryDemands = new Map();
  const demand = demandOf(demands, tenant);
  for (const id of ids) if (id !== null) demand.recipients.add(id);
  const found = (await gatherDirectories(tx, demands, now)).get(tenant);
  return found ?? { recipients: new Map(), groups: new Map(), schedules: new Map(), tenant: NO_SETTINGS };
}

const nobody = (id: string): Previewed => ({ kind: 'missing', detail: `There is no recipient "${id}".` });

async function invented(
  { mint }: Previewing,
  words: Words,
  tx: Tx,
  tenant: string,
  ask: PreviewAsk,
): Promise<Previewed> {
  const directory = await directoryWith(tx, tenant, [ask.recipient], ask.now);
  const recipient =
    ask.recipient === null
      ? { ...blankRecipient('preview'), name: 'Preview' }
      : directory.recipients.get(ask.recipient);
  if (recipient === undefined) return nobody(ask.recipient ?? '');
  const { locale } = readingOf({ ...recipient, locale: ask.locale ?? recipient.locale }, null, directory.tenant);
  const message = { id: mint(ask.now, 0), tenant, followUpId: mint(ask.now, 0), recipient: recipient.id };
  const made = inventedSeeing({
    ...ask,
    role: ask.role ?? 'notice',
    recipient: { ...recipient, locale },
    tenant: directory.tenant,
    actions: words.actionsFor(message, wordsLocale(ask, locale, directory), []).links,
    links: inertPages({ mint, words }, null, recipient.id, wordsLocale(ask, locale, directory), ask.now),
  });
  // The follow-up alone is invented: what its reader did and what else waits for them is so.
  const asker = { tenant, recipient: recipient.id, followUp: null, needs: ask.needs };
  const frame = { zone: made.zone, calendar: null };
  const gathered = ask.recipient === null ? null : await gatherInert({ mint, words }, tx, { ...asker, frame }, ask.now);
  const seeing = { ...made, context: { ...made.context, ...gatheredFor(asker, gathered) } };
  const { subject } = seeing.context;
  return {
    kind: 'seen',
    seeing,
    envelope: envelopeFor(
      { ...message, policy: PREVIEW, subject: subject as FollowUp['subject'] },
      ask,
      seeing,
      recipient,
    ),
  };
}

async function real(engine: Previewing, words: Words, tx: Tx, tenant: string, ask: PreviewAsk): Promise<Previewed> {
  const followUp = await getFollowUp(tx, tenant, ask.followUp ?? '');
  if (followUp === null) return { kind: 'missing', detail: `There is no follow-up "${ask.followUp}".` };
  await engine.policies.load(tx, [policyRefOf(followUp)], ask.now);
  const policy = (engine.policies as PolicyBook).find(policyRefOf(followUp));
  if (policy === null) return { kind: 'missing', detail: 'This release cannot read the policy of the follow-up.' };
  const id = ask.recipient ?? followUp.assignee;
  const people = [
    id,
    followUp.assignee,
    ...followUp.assignees,
    followUp.requester,
    followUp.acknowledgedBy,
    followUp.closedBy,
  ];
  const directory = await directoryWith(tx, tenant, people, ask.now);
  const recipient = id === null ? undefined : directory.recipients.get(id);
  if (recipient === undefined)
    return id === null ? { kind: 'missing', detail: 'The follow-up has no assignee; name a recipient.' } : nobody(id);
  return realOf(engine, words, tx, { ask, followUp, policy, directory, recipient });
}

/** The buttons are in the language of the words that they stand below. */
const wordsLocale = ({ template, channel }: PreviewAsk, locale: string, { tenant }: Directory): string =>
  localeOfWords({ template, channel, locale, tenantLocale: tenant.locale });

interface Found {
  readonly ask: PreviewAsk;
  readonly followUp: FollowUp;
  readonly policy: Policy;
  readonly directory: Directory;
  readonly recipient: Recipient;
}

async function realOf({ mint }: Pick<Previewing, 'mint'>, words: Words, tx: Tx, found: Found): Promise<Previewed> {
  const { ask, policy, directory, recipient } = found;
  const followUp: FollowUp = { ...found.followUp, data: { ...found.followUp.data, ...ask.data } };
  const stage = stageOf(policy, followUp, ask);
  const reading = readingOf(
    { ...recipient, locale: ask.locale ?? recipient.locale },
    policy.calendar?.zone ?? null,
    directory.tenant,
  );
  const message = { id: mint(ask.now, 0), tenant: followUp.tenant, followUpId: followUp.id, recipient: recipient.id };
  const { links } = words.actionsFor(message, wordsLocale(ask, reading.locale, directory), policy.actions);
  const asker = { tenant: followUp.tenant, recipient: recipient.id, followUp: followUp.id, needs: ask.needs };
  const frame = frameOf(policy, followUp, directory);
  const told = { stage: stage?.id ?? '', notify: 0, recipient: recipient.id };
  const seeing: Seeing = {
    ...reading,
    role: ask.role ?? stage?.role ?? 'notice',
    tenantLocale: directory.tenant.locale,
    consequence: stage?.consequence ?? null,
    urgency: followUp.urgency,
    offers: offersTo(policy, followUp, told, links),
    context: contextOf({
      followUp,
      policy,
      directory,
      needs: ask.needs,
      recipient: { ...recipient, locale: reading.locale },
      links,
      pages: inertPages({ mint, words }, followUp, recipient.id, wordsLocale(ask, reading.locale, directory), ask.now),
      message: { stage: told.stage, run: 1, reason: 'stage_due', urgency: followUp.urgency },
      gathered: await gatherInert({ mint, words }, tx, { ...asker, frame }, ask.now),
      now: ask.now,
    }),
  };
  return {
    kind: 'seen',
    seeing,
    envelope: envelopeFor({ ...message, policy, subject: followUp.subject }, ask, seeing, recipient),
  };
}

/**
 * As for a message, but that pages where somebody can act on what else waits for them are none: a test may go to anybody, who
 * would act as that person. In their place stand links that are made of an id that no message has.
 */
async function gatherInert(
  { mint, words }: Pick<Previewing, 'mint'> & { readonly words: Words },
  tx: Tx,
  ask: WordsAsk,
  now: Instant,
): Promise<WordsGathered> {
  const gathered = await gatherWords(tx, [ask], now);
  const inert = (): string => {
    const about = { id: mint(now, 0), tenant: ask.tenant, followUpId: mint(now, 0), recipient: ask.recipient };
    return words.actionsFor(about, '', []).links.acknowledge?.url ?? '';
  };
  return { ...gathered, pages: new Map([...gathered.pages.keys()].map((key) => [key, inert()])) };
}

/** Likewise: pages of somebody whom nobody is. */
const inertPages = (
  { mint, words }: Pick<Previewing, 'mint'> & { readonly words: Words },
  followUp: FollowUp | null,
  recipient: string,
  locale: string,
  now: Instant,
) => pageLinks(words, followUp, recipient, locale, mint(now, 0)).links;

/** The one whose words these are: of the role that is asked for, else the one it stands at. */
const stageOf = ({ stages }: Policy, { stage }: FollowUp, { role }: PreviewAsk): Stage | undefined =>
  role === null ? (stages.find(({ id }) => id === stage) ?? stages[0]) : stages.find((one) => one.role === role);

/** A message of its own: another id each time, so that no provider takes it for one that was sent. */
const envelopeFor =
  (
    about: {
      readonly id: string;
      readonly tenant: string;
      readonly followUpId: string;
      readonly policy: Pick<Policy, 'id' | 'title'> & { readonly category?: string };
      readonly subject: FollowUp['subject'];
    },
    { channel, now }: PreviewAsk,
    { context, urgency, zone, role }: Seeing,
    recipient: Recipient,
  ): Extract<Previewed, { kind: 'seen' }>['envelope'] =>
  ({ content, address, locale }) => ({
    id: about.id,
    tenant: about.tenant,
    followUp: about.followUpId,
    policy: about.policy.id,
    policyTitle: about.policy.title,
    category: about.policy.category ?? 'general',
    stage: role,
    urgency,
    recipient,
    address,
    copies: [],
    content,
    subject: about.subject,
    status: 'open',
    dueAt: null,
    dueDay: null,
    locale,
    zone,
    at: now,
    usefulUntil: null,
    unsubscribeUrl: null,
    payload: {
      test: true,
      message: {
        id: about.id,
        stage: role,
        channel,
        reason: 'stage_due',
        subject: content.subject ?? null,
        text: content.text,
      },
      followUp: context.followUp,
      recipient: { id: recipient.id, name: recipient.name },
      actions: Object.fromEntries((content.actions ?? []).map(({ name, url, label }) => [name, { url, label }])),
    },
    attempt: 0,
  });
