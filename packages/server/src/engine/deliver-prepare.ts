// From claimed rows to envelopes: gathers follow-ups, people, templates and policies in sets, then renders in memory.
// A row that cannot be rendered, has lost its address or may not leave at this hour is dead: it goes to outcome.ts as it is,
// and the contact plan moves on. Nothing here is handed over.
import {
  ABOUT_WORK,
  actionLinksOf,
  addressOf,
  allowedAt,
  type Budget,
  type Channel,
  type Consent,
  type Content,
  copiesFor,
  DIGEST,
  type DigestItem,
  type Directory,
  type FollowUp,
  frameOf,
  type Instant,
  interrupts,
  isAside,
  isLive,
  isStopped,
  isSuppressed,
  localeOfWords,
  NO_CONSENT_KNOWN,
  offersTo,
  type PageSeen,
  type Policy,
  type Recipient,
  type RenderInput,
  readingOf,
  refusalOf,
  render,
  type Urgency,
  wireFollowUp,
  zoneOf,
} from '@relance/core';
import type { Connection, Envelope } from '../channels/channel.ts';
import { ENGINE } from '../store/database.ts';
import { type DirectoryDemands, demandOf, gatherDirectories } from '../store/sql/directory.ts';
import { readFollowUps } from '../store/sql/follow-up.ts';
import { type OutboxRow, urgencyAt, type WrittenBy } from '../store/sql/outbox.ts';
import { inSets } from '../store/sql/slot.ts';
import { type ReadTemplate, readTemplates } from '../store/sql/template-read.ts';
import { NO_SETTINGS, type TenantSettings, tenantSettings } from '../store/sql/tenant.ts';
import { recipientAt } from './aside.ts';
import type { Engine } from './engine.ts';
import { type HandOver, NO_WORDS } from './outcome.ts';
import { pageLinks } from './page-links.ts';
import { policyRefOf } from './policy-book.ts';
import type { ActionRow, Actions, Page, PageToken, TrackedContent, TrackRow, Words } from './ports.ts';
import { contextOf, gatherWords, type WordsAsk, type WordsGathered } from './template-context.ts';

export type Prepared =
  | {
      readonly kind: 'ready';
      readonly row: OutboxRow;
      /** As its words say that it stands. */
      readonly followUp: FollowUp;
      readonly envelope: Envelope;
      /** What is kept of it: as written, without what is tracked. */
      readonly content: Content;
      readonly actionRows: readonly ActionRow[];
      readonly pageTokens: readonly PageToken[];
      /** How it shows in a message that is about several; null for what leaves alone. */
      readonly item: Item | null;
      /** Those that it carries. */
      readonly others: readonly Ready[];
      /** What its recipient may be interrupted by; null where nobody has set that. */
      readonly budget: Limit | null;
      readonly trackRows: readonly TrackRow[];
      readonly writtenBy: WrittenBy;
    }
  | { readonly kind: 'dead'; readonly row: OutboxRow; readonly outcome: HandOver['outcome'] };

/** What one of several says in a message that is about all of them. */
export interface Item extends DigestItem {
  readonly recipient: Readonly<Record<string, unknown>>;
  readonly tenant: Readonly<Record<string, unknown>>;
  readonly everythingUrl: string;
  /** For the foot of a mail; null elsewhere. */
  readonly preferences: PageSeen | null;
  /** What a mail that it carries ends with; null where opens are not tracked. */
  readonly pictureUrl: string | null;
}

/** `opensAt`: its own hours, from then on. */
interface Limit {
  readonly budget: Budget;
  readonly zone: string;
  readonly opensAt: (at: Instant) => Instant | 'never';
}

export type Ready = Extract<Prepared, { kind: 'ready' }>;
/** With the connection on which a place has been taken for it. */
export type Chosen = Ready & { readonly connection: Connection };

export async function prepare(
  engine: Engine,
  words: Words,
  rows: readonly OutboxRow[],
  now: Instant,
): Promise<Prepared[]> {
  const gathered = await engine.database.transaction(ENGINE, async (tx) => {
    const sets = inSets(engine.spanning, rows).map(([slots, own]) =>
      readFollowUps(tx, slots, [...new Set(own.map((row) => row.follow_up_id))]),
    );
    const followUps = (await Promise.all(sets)).flat();
    await engine.policies.load(tx, followUps.map(policyRefOf), now);
    const demands: DirectoryDemands = new Map();
    for (const row of rows) demandOf(demands, row.tenant).recipients.add(row.recipient);
    for (const one of followUps) {
      for (const id of [one.assignee, ...one.assignees, one.requester, one.acknowledgedBy, one.closedBy])
        if (id !== null) demandOf(demands, one.tenant).recipients.add(id);
    }
    const templates = await readTemplates(
      tx,
      rows.flatMap((row) => (row.template === null ? [] : [{ tenant: row.tenant, id: row.template }])),
    );
    const found = {
      followUps: new Map(followUps.map((one) => [one.id, one])),
      directories: await gatherDirectories(tx, demands, now),
      templates,
    };
    return {
      ...found,
      words: await gatherWords(tx, asksOf(engine, rows, found), now),
      settings: await tenantSettings(tx, [...found.directories.keys()]),
    };
  });
  const prepared: Prepared[] = [];
  let since = performance.now();
  for (const row of rows) {
    const followUp = gathered.followUps.get(row.follow_up_id);
    // One whose policy this release cannot read waits with its follow-up: its lease runs out, and it is looked at again.
    if (followUp !== undefined && engine.policies.find(policyRefOf(followUp)) === null) continue;
    try {
      prepared.push(prepareOne(engine, words, row, gathered, now));
    } catch (error) {
      prepared.push(unrendered(row, (error as Error).message));
    }
    if (performance.now() - since < BREATH_MS) continue;
    // Servers wait for our next word meanwhile.
    await new Promise(setImmediate);
    since = performance.now();
  }
  return prepared;
}
/** Rendering holds up everything else in this process for no longer than that. */
const BREATH_MS = 4;

interface Gathered {
  readonly followUps: ReadonlyMap<string, FollowUp>;
  readonly directories: Awaited<ReturnType<typeof gatherDirectories>>;
  readonly templates: ReadonlyMap<string, ReadTemplate>;
  readonly words: WordsGathered;
  readonly settings: ReadonlyMap<string, TenantSettings>;
}

/** What the templates of these messages ask for. */
const asksOf = (
  engine: Engine,
  rows: readonly OutboxRow[],
  { followUps, directories, templates }: Omit<Gathered, 'words' | 'settings'>,
): readonly WordsAsk[] =>
  rows.flatMap((row) => {
    const needs = templates.get(`${row.tenant}\n${row.template}`)?.needs;
    const followUp = followUps.get(row.follow_up_id);
    const directory = directories.get(row.tenant);
    const policy = followUp === undefined ? null : engine.policies.find(policyRefOf(followUp));
    if (needs === undefined || followUp === undefined || directory === undefined || policy === null) return [];
    const frame = frameOf(policy, followUp, directory);
    return [{ tenant: row.tenant, recipient: row.recipient, followUp: followUp.id, frame, needs }];
  });

/** Who is told, where, and that it may be now; else what becomes of the message instead. */
function askOf(
  engine: Engine,
  row: OutboxRow,
  gathered: Gathered,
  now: Instant,
): Asked | { readonly outcome: HandOver['outcome'] } {
  const followUp = gathered.followUps.get(row.follow_up_id);
  const directory = gathered.directories.get(row.tenant);
  const fixed = isAside(row.stage) && row.content !== null;
  const recipient =
    directory?.recipients.get(row.recipient) ??
    (fixed && row.channel === 'email' ? recipientAt(row.recipient) : undefined);
  if (followUp === undefined || directory === undefined || recipient === undefined)
    return { outcome: { kind: 'gone' } };
  const address = addressOf(recipient, row.channel);
  if (address === null) return { outcome: { kind: 'gone' } };
  const connections = engine.connections.of(row.tenant, row.channel);
  if (connections.length === 0) return { outcome: { kind: 'no_connection' } };
  const policy = engine.policies.get(policyRefOf(followUp));
  // Asked again after the planning, and before the hours: what is not wanted does not wait for its hour to be refused.
  const category = ABOUT_WORK.includes(row.stage) ? null : policy.category;
  const consent = directory.consent ?? NO_CONSENT_KNOWN;
  const refused = refusalOf(consent, { recipient: recipient.id, channel: row.channel, address, category });
  if (refused !== null) return { outcome: { kind: 'refused', reason: refused } };
  const barred = barredFor(connections, consent, row.channel, address);
  if (barred.length === connections.length) return { outcome: { kind: 'refused', reason: 'endpoint_suppressed' } };
  const message = { stage: row.stage, channel: row.channel, urgency: urgencyAt(row.urgency) };
  // Planned for an hour that is over: tried again, or nobody was there to send it. What has been tried waits for no digest.
  const held = row.together === DIGEST ? { by: row.held_by, since: row.planned_at } : null;
  const leaving = { ...message, waited: row.attempts > 0, held, noLaterThan: followUp.nextAt };
  const time = fixed ? ALWAYS : allowedAt({ policy, tenant: directory.tenant, consent }, leaving, recipient, now);
  if (time === 'never') return { outcome: { kind: 'never_allowed' } };
  if (time.heldBy !== null) {
    const together = time.together ? DIGEST : row.together;
    return { outcome: { kind: 'not_yet', sendAt: time.at, heldBy: time.heldBy, together } };
  }
  return { followUp, directory, recipient, address, policy, consent, fixed, message, barred };
}

/** Operators, whoever asked for a link, and whoever has written are told whatever the hour. */
const ALWAYS = { at: 0 as Instant, heldBy: null, together: false };

/** Connections whose sender the reader of this address has stopped. */
const barredFor = (
  connections: readonly Connection[],
  consent: Consent,
  channel: Channel,
  address: string,
): readonly string[] =>
  connections.flatMap((one) =>
    isStopped(consent, channel, address, one.senderTo?.(address).id ?? null) ? [one.id] : [],
  );

interface Asked {
  readonly followUp: FollowUp;
  readonly directory: Directory;
  readonly recipient: Recipient;
  readonly address: string;
  readonly policy: Policy;
  readonly consent: Consent;
  /** Its words were fixed when it was queued. */
  readonly fixed: boolean;
  readonly message: { readonly stage: string; readonly channel: Channel; readonly urgency: Urgency };
  readonly barred: readonly string[];
}

/** What is over offers nothing. */
function actionsOf(words: Words, { followUp, recipient, policy }: Asked, id: string, locale: string): Actions {
  if (!isLive(followUp.status)) return { links: {}, rows: [] };
  const about = { id, tenant: followUp.tenant, followUpId: followUp.id, recipient: recipient.id };
  return words.actionsFor(about, locale, policy.actions);
}
const writtenBy = (template: ReadTemplate | null, locale: string): WrittenBy => ({
  template: template?.id ?? null,
  version: template?.version ?? null,
  locale,
});
const NO_LINKS = { actionRows: [], pageTokens: [], trackRows: [] } as const;

function prepareOne(engine: Engine, words: Words, given: OutboxRow, gathered: Gathered, now: Instant): Prepared {
  const asked = askOf(engine, given, gathered, now);
  if ('outcome' in asked) return { kind: 'dead', row: given, outcome: asked.outcome };
  const row = asked.barred.length === 0 ? given : { ...given, barred: asked.barred };
  const { followUp, directory, recipient, address, policy, consent, fixed, message } = asked;
  const reading = readingOf(recipient, policy.calendar?.zone ?? null, directory.tenant);
  if (fixed && row.content !== null)
    return {
      kind: 'ready',
      row,
      followUp,
      ...NO_LINKS,
      content: row.content,
      item: null,
      others: [],
      budget: null,
      writtenBy: NO_WORDS,
      envelope: envelopeOf(row, followUp, policy, recipient, address, row.content, {
        ...reading,
        now,
        unsubscribeUrl: null,
      }),
    };
  const template = row.template === null ? null : (gathered.templates.get(`${row.tenant}\n${row.template}`) ?? null);
  if (row.template !== null && template === null)
    return unrendered(row, `The template "${row.template}" does not exist.`);
  const wordsIn = { template, channel: row.channel, tenantLocale: directory.tenant.locale };
  const wordsLocale = localeOfWords({ ...reading, ...wordsIn });
  const actions = actionsOf(words, asked, row.id, wordsLocale);
  const pages = pageLinks(words, followUp, recipient.id, wordsLocale);
  const offers = offersTo(policy, followUp, row, actions.links);
  const context = contextOf({
    followUp,
    recipient,
    policy,
    directory,
    links: actions.links,
    pages: pages.links,
    message: { stage: row.stage, run: row.run, reason: row.reason, urgency: message.urgency },
    ...(template?.needs === undefined ? {} : { needs: template.needs }),
    gathered: gathered.words,
    now,
  });
  const input: RenderInput = {
    ...wordsIn,
    offers,
    role: row.role,
    ...reading,
    context,
    consequence: policy.stages.find((stage) => stage.id === row.stage)?.consequence ?? null,
    urgency: urgencyAt(row.urgency),
  };
  const rendered = render(input);
  if (!rendered.ok) return unrendered(row, rendered.detail);
  const content: Content = {
    ...rendered.content,
    locale: rendered.locale,
    actions: actionLinksOf(offers),
  };
  const unsubscribe = unsubscribeOf(words, row, policy, consent);
  // Read, and so stored, only where it may stand in a message about several.
  const listed = row.together === null ? null : itemOf(input, content, pages.links);
  const copies = row.channel === 'email' ? copiesOf(recipient, address, consent) : [];
  const more = { ...reading, locale: rendered.locale, now, copies, unsubscribeUrl: unsubscribe?.url ?? null };
  const tracked = trackedOf(words, row, content, recipient, gathered);
  return {
    kind: 'ready',
    row,
    followUp,
    actionRows: actions.rows,
    pageTokens: [...pages.read(), ...(unsubscribe === null ? [] : [unsubscribe.row])],
    item: listed === null ? null : { ...listed, pictureUrl: tracked.pictureUrl },
    others: [],
    budget: budgetOf(asked),
    trackRows: tracked.rows,
    writtenBy: writtenBy(template, rendered.locale),
    content,
    envelope: envelopeOf(row, followUp, policy, recipient, address, tracked.content, more),
  };
}

/** Where the tenant has switched it on and the recipient has not said no. */
function trackedOf(
  words: Words,
  row: OutboxRow,
  content: Content,
  recipient: Recipient,
  { settings }: Gathered,
): TrackedContent {
  const { channel } = row;
  const { tracking } = settings.get(row.tenant) ?? NO_SETTINGS;
  const opens = channel === 'email' && tracking.opens;
  const clicks = (channel === 'email' && tracking.clicks) || (channel === 'sms' && tracking.clicks && tracking.sms);
  const isTracked = recipient.preferences.tracking && (opens || clicks);
  if (!isTracked || (channel !== 'email' && channel !== 'sms')) return { content, rows: [], pictureUrl: null };
  const message = { id: row.id, tenant: row.tenant, followUpId: row.follow_up_id, recipient: row.recipient };
  return words.track(content, { message, channel, opens, clicks });
}

const unrendered = (row: OutboxRow, detail: string): Prepared => ({
  kind: 'dead',
  row,
  outcome: { kind: 'render_failed', detail },
});

/** Further addresses of theirs that may have it. */
const copiesOf = (recipient: Recipient, address: string, consent: Consent) =>
  copiesFor(recipient).filter((one) => one.address !== address && !isSuppressed(consent, 'email', one.address));

/** As an item of a list: the words of its template for the inbox, or the built-in ones; its own, where those cannot be written. */
function itemOf(
  input: RenderInput,
  alone: Content,
  pages: Readonly<Record<string, PageSeen>>,
): Omit<Item, 'pictureUrl'> {
  const listed = render({ ...input, channel: 'inbox' });
  const { subject, text } = listed.ok ? listed.content : alone;
  const { recipient, tenant } = input.context;
  return {
    title: subject ?? '',
    body: text,
    url: alone.url ?? null,
    actions: alone.actions ?? [],
    alone,
    recipient,
    tenant,
    everythingUrl: pages.me?.url ?? '',
    preferences: input.channel === 'email' ? (pages.preferences ?? null) : null,
  };
}

function budgetOf({ directory: { tenant, consent }, policy, recipient, message }: Asked): Ready['budget'] {
  if (tenant.budget == null || !interrupts(message.channel)) return null;
  const opensAt = (at: Instant) => {
    const time = allowedAt({ policy, tenant, consent }, { ...message, waited: true }, recipient, at);
    return time === 'never' ? time : time.at;
  };
  return { budget: tenant.budget, zone: zoneOf({ policy, tenant }, recipient), opensAt };
}

/** For mails (RFC 8058); what cannot be switched off has nothing to be taken off. */
function unsubscribeOf(words: Words, row: OutboxRow, { category }: Policy, consent: Consent): Page | null {
  if (row.channel !== 'email' || consent.essential.has(category)) return null;
  const { tenant, recipient } = row;
  return words.pageFor({ tenant, purpose: 'unsubscribe', recipient, about: category });
}

/** What of a message its words and its envelope tell. */
export type Said = Pick<
  OutboxRow,
  'id' | 'tenant' | 'stage' | 'run' | 'notify' | 'recipient' | 'channel' | 'urgency' | 'reason' | 'attempts'
>;

export function envelopeOf(
  row: Said,
  followUp: FollowUp,
  policy: Policy,
  recipient: Recipient,
  address: string,
  content: Content,
  more: Pick<Envelope, 'locale' | 'zone' | 'unsubscribeUrl'> &
    Partial<Pick<Envelope, 'copies'>> & { readonly now: Instant },
): Envelope {
  return {
    id: row.id,
    tenant: row.tenant,
    followUp: followUp.id,
    policy: policy.id,
    policyTitle: policy.title,
    category: policy.category,
    stage: row.stage,
    urgency: urgencyAt(row.urgency),
    recipient,
    address,
    copies: more.copies ?? [],
    content,
    subject: followUp.subject,
    status: followUp.status,
    dueAt: followUp.dueAt,
    dueDay: followUp.dueDay,
    locale: more.locale,
    zone: more.zone,
    at: more.now,
    usefulUntil: followUp.nextAt,
    unsubscribeUrl: more.unsubscribeUrl,
    payload: {
      message: {
        id: row.id,
        stage: row.stage,
        channel: row.channel,
        reason: row.reason,
        subject: content.subject ?? null,
        text: content.text,
      },
      followUp: wireFollowUp(followUp),
      recipient: { id: recipient.id, name: recipient.name },
      actions: Object.fromEntries(
        (content.actions ?? []).map((action) => [action.name, { url: action.url, label: action.label }]),
      ),
    },
    attempt: row.attempts,
  };
}
