// What can be asked of the server, one noun after the other, as small functions that are typed by the server's own route table (door.ts,
// generated.ts). Errors are RelanceProblem. Follow-ups are follow-up-calls.ts, the inbox inbox-calls.ts; how a request is sent and
// repeated is transport.ts; the reference is the server's /docs.
import { type AnswerOf, type BodyOf, createDoor, type Door, type PlainDoor, type QueryOf } from './door.ts';
import { followUps } from './follow-up-calls.ts';
import type {
  Branding,
  CloudEvent,
  EraseRequest,
  ListedRecipient,
  NewActivity,
  NewKey,
  NewPolicy,
  NewSuppression,
  PolicyWorldRequest,
  PreferenceWish,
  PreviewRequest,
  ReplyAnswer,
  ReplyClose,
  SimulationRequest,
  TestRequest,
  TokenRequest,
} from './generated.ts';
import { inbox, inboxOfPerson } from './inbox-calls.ts';
import type { CurveQuery, InterruptedQuery, MessageMetricQuery, MetricQuery, MetricQuestion } from './shapes.ts';
import { bothOf, followLive, type StreamOptions } from './stream.ts';
import { type ClientOptions, createTransport, type Transport } from './transport.ts';
import { headersOf, type WrittenOver } from './written-over.ts';

type Noun =
  | 'recipients'
  | 'groups'
  | 'schedules'
  | 'calendars'
  | 'templates'
  | 'categories'
  | 'connections'
  | 'webhooks';
/** Which noun it is, is known where it is named: there is a route of each kind for all of them. */
function collection<N extends Noun>(ask: PlainDoor, noun: N) {
  return {
    list: (query?: QueryOf<`GET /v1/${N}`>) => ask<AnswerOf<`GET /v1/${N}`>>(`GET /v1/${noun}`, { query }),
    get: (id: string) => ask<AnswerOf<`GET /v1/${N}/{id}`>>(`GET /v1/${noun}/{id}`, { path: { id } }),
    put: (id: string, body: BodyOf<`PUT /v1/${N}/{id}`>) =>
      ask<AnswerOf<`PUT /v1/${N}/{id}`>>(`PUT /v1/${noun}/{id}`, { path: { id }, body }),
    delete: (id: string) => ask<void>(`DELETE /v1/${noun}/{id}`, { path: { id } }),
  };
}

/** One that has versions: it may be written over one of them alone. */
function versioned<N extends Noun, O extends WrittenOver = WrittenOver>(ask: PlainDoor, noun: N) {
  return {
    ...collection(ask, noun),
    put: (id: string, body: BodyOf<`PUT /v1/${N}/{id}`>, over?: O) =>
      ask<AnswerOf<`PUT /v1/${N}/{id}`>>(`PUT /v1/${noun}/{id}`, {
        path: { id },
        body,
        headers: headersOf(over ?? {}),
      }),
  };
}

/** One without versions. `over: null`: written only where there is none. */
const unversioned = <N extends Noun>(ask: PlainDoor, noun: N) =>
  versioned<N, { readonly over?: null | undefined }>(ask, noun);

const isList = <T>(one: T | readonly T[]): one is readonly T[] => Array.isArray(one);

function events(ask: Door) {
  return {
    /** One CloudEvent, or a list sent as a batch. Answers when what was accepted is committed. */
    send: (sent: CloudEvent | readonly CloudEvent[]) =>
      isList(sent)
        ? ask('POST /v1/events', { body: sent, type: 'application/cloudevents-batch+json' })
        : ask('POST /v1/events', { body: sent, type: 'application/cloudevents+json' }),
    list: (query?: QueryOf<'GET /v1/events'>) => ask('GET /v1/events', { query: query ?? {} }),
    get: (id: string, query: QueryOf<'GET /v1/events/{id}'> = {}) =>
      ask('GET /v1/events/{id}', { path: { id }, query }),
  };
}

function recipients(ask: Door & PlainDoor) {
  return {
    ...collection(ask, 'recipients'),
    /** Up to 1,000. `merge`: what is left out stays as it is; `dryRun`: nothing is written. */
    bulk: (list: readonly ListedRecipient[], query: QueryOf<'POST /v1/recipients/bulk'> = {}) =>
      ask('POST /v1/recipients/bulk', { query, body: list }),
    messages: (id: string, query: QueryOf<'GET /v1/recipients/{id}/messages'> = {}) =>
      ask('GET /v1/recipients/{id}/messages', { path: { id }, query }),
    activity: (id: string, query: QueryOf<'GET /v1/recipients/{id}/activity'> = {}) =>
      ask('GET /v1/recipients/{id}/activity', { path: { id }, query }),
    /** Tells what they did: one, or up to 1,000. */
    tellActivity: (id: string, activity: NewActivity | readonly NewActivity[]) =>
      ask('POST /v1/recipients/{id}/activity', { path: { id }, body: activity }),
    /** Everything that is known of them, as one JSON text. */
    export: (id: string) => ask('GET /v1/recipients/{id}/export', { path: { id }, text: true }),
    /** Forgets them. `running`: nothing starts for them any more, and `erasure()` tells how far the rest has come. */
    erase: (id: string, body: EraseRequest = {}) => ask('POST /v1/recipients/{id}/erase', { path: { id }, body }),
    erasure: (id: string) => ask('GET /v1/erasures/{id}', { path: { id } }),
    preferences: (id: string) => ask('GET /v1/recipients/{id}/preferences', { path: { id } }),
    /** What is left out stays as it is. */
    putPreferences: (id: string, wish: PreferenceWish) =>
      ask('PUT /v1/recipients/{id}/preferences', { path: { id }, body: wish }),
    preferenceChanges: (id: string, query: QueryOf<'GET /v1/recipients/{id}/preferences/changes'> = {}) =>
      ask('GET /v1/recipients/{id}/preferences/changes', { path: { id }, query }),
    /** A token for the recipient's own inbox. */
    token: (id: string, body: TokenRequest = {}) => ask('POST /v1/recipients/{id}/tokens', { path: { id }, body }),
  };
}

function schedules(ask: Door & PlainDoor) {
  return {
    ...versioned(ask, 'schedules'),
    /** Who is on call, now or `at` a time, at every `level` or one. */
    onCall: (id: string, query: QueryOf<'GET /v1/schedules/{id}/on-call'> = {}) =>
      ask('GET /v1/schedules/{id}/on-call', { path: { id }, query }),
    shifts: (id: string, query: QueryOf<'GET /v1/schedules/{id}/shifts'> = {}) =>
      ask('GET /v1/schedules/{id}/shifts', { path: { id }, query }),
    /** When nobody is on call. */
    gaps: (id: string, query: QueryOf<'GET /v1/schedules/{id}/gaps'> = {}) =>
      ask('GET /v1/schedules/{id}/gaps', { path: { id }, query }),
    /** The shifts as iCalendar. */
    calendar: (id: string, query: QueryOf<'GET /v1/schedules/{id}/calendar.ics'> = {}) =>
      ask('GET /v1/schedules/{id}/calendar.ics', { path: { id }, query, text: true }),
    /** Events of an iCalendar text as overrides; sent again they replace what they were. */
    import: (id: string, calendar: string, query: QueryOf<'POST /v1/schedules/{id}/import'> = {}) =>
      ask('POST /v1/schedules/{id}/import', { path: { id }, query, body: calendar, type: 'text/calendar' }),
  };
}

function templates(ask: Door & PlainDoor) {
  return {
    ...versioned(ask, 'templates'),
    /** Its words for a recipient, a language and a channel, with the names that have no value. */
    preview: (id: string, body: PreviewRequest = {}) => ask('POST /v1/templates/{id}/preview', { path: { id }, body }),
    /** The HTML of a mail as its preview has it. */
    previewHtml: (id: string, body: PreviewRequest = {}, query: QueryOf<'POST /v1/templates/{id}/preview/html'> = {}) =>
      ask('POST /v1/templates/{id}/preview/html', { path: { id }, query, body, text: true }),
    /** Sends them to oneself, marked as a test. */
    test: (id: string, body: TestRequest) => ask('POST /v1/templates/{id}/test', { path: { id }, body, once: true }),
  };
}

const calendars = (ask: Door & PlainDoor) => ({
  ...versioned(ask, 'calendars'),
  /** The next working days, 10 from today on unless `from` (a date) and `count` say otherwise. */
  days: (id: string, query: QueryOf<'GET /v1/calendars/{id}/days'> = {}) =>
    ask('GET /v1/calendars/{id}/days', { path: { id }, query }),
});

/** Managed with an admin key. */
const webhooks = (ask: Door & PlainDoor) => ({
  ...collection(ask, 'webhooks'),
  /** A new signing secret, shown once; the old one is signed with for a day more. */
  rotate: (id: string) => ask('POST /v1/webhooks/{id}/rotate', { path: { id }, once: true }),
});

/** YAML, or data that is a policy for all that is known here: what is none, the server refuses. */
const writtenAs = (policy: unknown) =>
  typeof policy === 'string'
    ? ({ body: policy, type: 'application/yaml' } as const)
    : ({ body: policy as NewPolicy, type: 'application/json' } as const);

function policies(ask: Door) {
  return {
    list: (query: QueryOf<'GET /v1/policies'> = {}) => ask('GET /v1/policies', { query }),
    /** The newest, or a `version`. */
    get: (id: string, query: QueryOf<'GET /v1/policies/{id}'> = {}) =>
      ask('GET /v1/policies/{id}', { path: { id }, query }),
    versions: (id: string) => ask('GET /v1/policies/{id}/versions', { path: { id } }),
    /** What it says, and when its stages would run in an example in which nobody answers. */
    picture: (id: string, query: QueryOf<'GET /v1/policies/{id}/picture'> = {}) =>
      ask('GET /v1/policies/{id}/picture', { path: { id }, query }),
    /** YAML text, or the policy as data. */
    put: (id: string, policy: unknown, over: WrittenOver = {}) =>
      ask('PUT /v1/policies/{id}', { path: { id }, ...writtenAs(policy), headers: headersOf(over) }),
    /** Checks without publishing; `maxPerDay`: messages of one follow-up that one person may get within 24 hours. */
    check: (policy: unknown, query: QueryOf<'POST /v1/policies/check'> = {}) =>
      ask('POST /v1/policies/check', { query, ...writtenAs(policy) }),
    /** What it would do, without doing it: among the people of the tenant, with an invented event unless one is given. */
    simulate: (id: string, body: SimulationRequest = {}) =>
      ask('POST /v1/policies/{id}/simulate', { path: { id }, body }),
    /** How the live follow-ups of each policy stand; one that has none is missing. */
    standings: () => ask('GET /v1/overview/policies'),
    /** Whom one may come to, by the names in it: to play it elsewhere. */
    world: (body: PolicyWorldRequest) => ask('POST /v1/policies/world', { body }),
    delete: (id: string): Promise<void> => ask('DELETE /v1/policies/{id}', { path: { id } }),
  };
}

/** Those that come with Relance. */
const readyPolicies = (ask: Door) => ({
  list: () => ask('GET /v1/ready-policies'),
  get: (id: string) => ask('GET /v1/ready-policies/{id}', { path: { id } }),
});

/** What became of follow-ups and messages: `groupBy` names keys with commas between, `from` and `to` are dates or RFC 3339. */
function metrics(ask: Door) {
  const of =
    (question: MetricQuestion) =>
    (query: MetricQuery = {}) =>
      ask(`GET /v1/metrics/${question}`, { query });
  return {
    overview: of('overview'),
    policies: of('policies'),
    stages: of('stages'),
    channels: of('channels'),
    responses: of('responses'),
    escalations: of('escalations'),
    /** What became of messages, also by how they were sent: provider, template, templateVersion, locale. */
    messages: (query: MessageMetricQuery = {}) => ask('GET /v1/metrics/messages', { query }),
    /** How long something takes, as a curve; `of` says what. */
    curves: (query: CurveQuery = {}) => ask('GET /v1/metrics/curves', { query }),
    /** Whom messages interrupted most, and at which of their hours. */
    interrupted: (query: InterruptedQuery = {}) => ask('GET /v1/metrics/interrupted', { query }),
    curvesCsv: (query: CurveQuery = {}) =>
      ask('GET /v1/metrics/curves', { query: { ...query, format: 'csv' }, text: true }),
    /** The same as CSV. */
    csv: (question: MetricQuestion | 'messages' | 'interrupted', query: MetricQuery = {}) =>
      ask(`GET /v1/metrics/${question}`, { query: { ...query, format: 'csv' }, text: true }),
  };
}

function suppressions(ask: Door) {
  return {
    list: (query: QueryOf<'GET /v1/suppressions'> = {}) => ask('GET /v1/suppressions', { query }),
    /** Nothing is sent to it any more; answers when nothing can start. */
    put: (body: NewSuppression) => ask('PUT /v1/suppressions', { body }),
    /** Up to 1,000, as another system exported them. */
    bulk: (list: readonly NewSuppression[]) => ask('POST /v1/suppressions/bulk', { body: list }),
    lift: (query: QueryOf<'DELETE /v1/suppressions'>) => ask('DELETE /v1/suppressions', { query }),
    /** A list: CSV whose first line names the columns, or JSON lines. */
    import: (text: string, format: 'csv' | 'json' = 'csv') =>
      ask('POST /v1/suppressions/import', {
        body: text,
        type: format === 'csv' ? 'text/csv' : 'application/x-ndjson',
      }),
    export: (query: QueryOf<'GET /v1/suppressions/export'> = {}) =>
      ask('GET /v1/suppressions/export', { query, text: true }),
  };
}

function replies(ask: Door) {
  return {
    /** `status`: open, answered or closed; `followUp`. Newest first. */
    list: (query: QueryOf<'GET /v1/replies'> = {}) => ask('GET /v1/replies', { query }),
    get: (id: string) => ask('GET /v1/replies/{id}', { path: { id } }),
    /** Sends words to whoever wrote it. */
    answer: (id: string, body: ReplyAnswer) => ask('POST /v1/replies/{id}/answer', { path: { id }, body, once: true }),
    close: (id: string, body: ReplyClose = {}) =>
      ask('POST /v1/replies/{id}/close', { path: { id }, body, once: true }),
  };
}

function keys(ask: Door) {
  return {
    list: () => ask('GET /v1/keys'),
    /** The key itself is in this answer and never again. */
    make: (body: NewKey = {}) => ask('POST /v1/keys', { body }),
    revoke: (id: string): Promise<void> => ask('DELETE /v1/keys/{id}', { path: { id } }),
  };
}

const messages = (ask: Door) => ({
  list: (query: QueryOf<'GET /v1/messages'> = {}) => ask('GET /v1/messages', { query }),
  get: (id: string) => ask('GET /v1/messages/{id}', { path: { id } }),
});

/** What became of messages, told by a system of one's own that sends them. */
const receipts = (ask: Door) => ({
  tell: (provider: string, items: BodyOf<'POST /v1/receipts/{provider}'>['items']) =>
    ask('POST /v1/receipts/{provider}', { path: { provider }, body: { items } }),
});

const clock = (ask: Door) => ({
  get: () => ask('GET /v1/clock'),
  /** Answers when everything due until then has been decided and handed over. */
  advance: (body: { readonly by: string } | { readonly to: string }) =>
    ask('POST /v1/clock/advance', { body, once: true }),
});

/** What a recipient token opens, and nothing else: a page that needs no more loads no more. */
export const createInboxClient = (options: ClientOptions) => inbox(createDoor(createTransport(options)));
export type InboxClient = ReturnType<typeof createInboxClient>;

export function createClient(options: ClientOptions) {
  /** By the signal of the client as well. */
  const ending = <O extends { readonly signal?: AbortSignal | undefined }>(asked: O): O => ({
    ...asked,
    signal: bothOf(options.signal, asked.signal),
  });
  const transport = createTransport(options);
  const call: Transport = (one) => transport(ending(one));
  const ask = createDoor(call);
  return {
    /** Any route of the interface, by its method and path. */
    request: ask as Door,
    events: events(ask),
    recipients: recipients(ask),
    groups: versioned(ask, 'groups'),
    schedules: schedules(ask),
    calendars: calendars(ask),
    templates: templates(ask),
    policies: policies(ask),
    readyPolicies: readyPolicies(ask),
    followUps: followUps(ask),
    messages: messages(ask),
    replies: replies(ask),
    /** What needs attention now. */
    overview: () => ask('GET /v1/overview'),
    /** Which follow-ups something happens to, while it happens; `followUps: null`: more than can be named. */
    stream: (options: Pick<StreamOptions, 'signal'> = {}) => followLive(call, ending(options)),
    inbox: inboxOfPerson(call, ask, ending),
    suppressions: suppressions(ask),
    categories: unversioned(ask, 'categories'),
    /** Managed with an admin key. */
    connections: unversioned(ask, 'connections'),
    webhooks: webhooks(ask),
    receipts: receipts(ask),
    providers: { list: () => ask('GET /v1/providers') },
    channels: { list: () => ask('GET /v1/channels') },
    /** What holds for the tenant. */
    settings: () => ask('GET /v1/settings'),
    /** Set with an admin key; holds until a relance.yaml that names one is applied. */
    branding: { put: (body: Branding) => ask('PUT /v1/settings/branding', { body }) },
    keys: keys(ask),
    metrics: metrics(ask),
    audit: { list: (query: QueryOf<'GET /v1/audit'> = {}) => ask('GET /v1/audit', { query }) },
    clock: clock(ask),
  };
}
export type Client = ReturnType<typeof createClient>;
