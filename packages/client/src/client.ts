// What can be asked of the server, one noun after the other, as small typed functions. Errors are RelanceProblem. How a
// request is sent and repeated is transport.ts; the shapes are shapes.ts; the reference is the server's /docs.
import type {
  CurveQuery,
  Curves,
  Interrupted,
  InterruptedQuery,
  MessageMetricQuery,
  MessageMetrics,
  MetricQuery,
  MetricQuestion,
  Metrics,
} from './metrics.ts';
import type { PreferenceChange, Preferences, PreferenceWish } from './preference.ts';
import type {
  Activity,
  AuditEntry,
  Calendar,
  CalendarDays,
  CloudEvent,
  CommandAnswer,
  CommandBody,
  CommandName,
  Erasure,
  EventsAnswer,
  Explanation,
  FollowUp,
  Gap,
  Group,
  InboxCounts,
  InboxItem,
  Lifted,
  Message,
  NewActivity,
  NewSuppression,
  OnCall,
  OpenAnswer,
  OpenRequest,
  Overview,
  Page,
  PreviewRequest,
  Recipient,
  RecipientsAnswer,
  Reply,
  Schedule,
  ScheduleAnswer,
  ScheduleImport,
  Shift,
  StoredEvent,
  Suppression,
  SuppressionImport,
  Template,
  TemplatePreview,
  TestAnswer,
  TimelineItem,
} from './shapes.ts';
import type {
  PolicyAnswer,
  PolicyCheck,
  PolicyStanding,
  PolicyVersion,
  PolicyWorld,
  PolicyWorldRequest,
  ReadyPolicy,
  ReadyPolicyWhole,
  StoredPolicy,
} from './shapes-policy.ts';
import type {
  Branding,
  Category,
  Connection,
  Key,
  KeyScope,
  MadeKey,
  NewConnection,
  Provider,
  ServedChannel,
  Settings,
} from './shapes-setting.ts';
import type { Simulation, SimulationRequest } from './simulation.ts';
import { type ClientOptions, createTransport, type Query, type Transport } from './transport.ts';

/**
 * What is written over: a version that was read; null: nothing, there is none yet. Otherwise it is refused with 412,
 * `changed_meanwhile`; without it, the last word holds.
 */
export interface WrittenOver {
  readonly over?: number | null | undefined;
}
const headersOf = ({ over }: WrittenOver): Readonly<Record<string, string>> => {
  if (over === undefined) return {};
  return over === null ? { 'if-none-match': '*' } : { 'if-match': `"${over}"` };
};

const part = (text: string): string => encodeURIComponent(text);

/** `T` is read, `W` is written: usually the same without the id, which stands in the address. */
function collection<T, W>(call: Transport, name: string) {
  const at = (id: string): string => `/v1/${name}/${part(id)}`;
  return {
    list: (query: Query = {}) => call<Page<T>>({ method: 'GET', path: `/v1/${name}`, query }),
    get: (id: string) => call<T>({ method: 'GET', path: at(id) }),
    put: (id: string, body: W) => call<T>({ method: 'PUT', path: at(id), body }),
    delete: (id: string) => call<void>({ method: 'DELETE', path: at(id) }),
  };
}

/** One that has versions: it may be written over one of them alone. `A` is answered. */
function versioned<T, W, A = T, O extends WrittenOver = WrittenOver>(call: Transport, name: string) {
  return {
    ...collection<T, W>(call, name),
    put: (id: string, body: W, over?: O) =>
      call<A>({ method: 'PUT', path: `/v1/${name}/${part(id)}`, body, headers: headersOf(over ?? {}) }),
  };
}

/** One without versions. `over: null`: written only where there is none. */
const unversioned = <T, W>(call: Transport, name: string) =>
  versioned<T, W, T, { readonly over?: null | undefined }>(call, name);

function events(call: Transport) {
  return {
    /** One CloudEvent, or a list sent as a batch. Answers when what was accepted is committed. */
    send: (sent: CloudEvent | readonly CloudEvent[]) =>
      call<EventsAnswer>({
        method: 'POST',
        path: '/v1/events',
        body: sent,
        contentType: `application/${Array.isArray(sent) ? 'cloudevents-batch' : 'cloudevents'}+json`,
      }),
    list: (query: Query = {}) => call<Page<StoredEvent>>({ method: 'GET', path: '/v1/events', query }),
    get: (id: string) => call<StoredEvent>({ method: 'GET', path: `/v1/events/${part(id)}` }),
  };
}

function recipients(call: Transport) {
  const at = (id: string): string => `/v1/recipients/${part(id)}`;
  return {
    ...collection<Recipient, Omit<Recipient, 'id'>>(call, 'recipients'),
    /** Up to 1,000. `merge`: what is left out stays as it is; `dryRun`: nothing is written. */
    bulk: (
      list: readonly Recipient[],
      { merge, dryRun }: { readonly merge?: boolean; readonly dryRun?: boolean } = {},
    ) =>
      call<RecipientsAnswer>({
        method: 'POST',
        path: '/v1/recipients/bulk',
        query: { merge, dryRun },
        body: list,
      }),
    messages: (id: string, query: Query = {}) =>
      call<Page<Message>>({ method: 'GET', path: `${at(id)}/messages`, query }),
    activity: (id: string, query: Query = {}) =>
      call<Page<Activity>>({ method: 'GET', path: `${at(id)}/activity`, query }),
    /** Tells what they did: one, or up to 1,000. */
    tellActivity: (id: string, activity: NewActivity | readonly NewActivity[]) =>
      call<{ readonly accepted: number }>({ method: 'POST', path: `${at(id)}/activity`, body: activity }),
    /** Everything that is known of them, as one JSON text. */
    export: (id: string) => call<string>({ method: 'GET', path: `${at(id)}/export`, text: true }),
    /** Forgets them. `running`: nothing starts for them any more, and `erasure()` tells how far the rest has come. */
    erase: (id: string, body: { readonly reason?: string } = {}) =>
      call<
        Erasure & { readonly named: { readonly policies: readonly string[]; readonly schedules: readonly string[] } }
      >({
        method: 'POST',
        path: `${at(id)}/erase`,
        body,
      }),
    erasure: (erasure: string) => call<Erasure>({ method: 'GET', path: `/v1/erasures/${part(erasure)}` }),
    preferences: (id: string) => call<Preferences>({ method: 'GET', path: `${at(id)}/preferences` }),
    /** What is left out stays as it is. */
    putPreferences: (id: string, wish: PreferenceWish) =>
      call<Preferences>({ method: 'PUT', path: `${at(id)}/preferences`, body: wish }),
    preferenceChanges: (id: string, query: Query = {}) =>
      call<Page<PreferenceChange>>({ method: 'GET', path: `${at(id)}/preferences/changes`, query }),
    /** A token for the recipient's own inbox. */
    token: (id: string, body: { readonly ttl?: number | string; readonly scopes?: readonly ['inbox'] } = {}) =>
      call<{ readonly token: string; readonly expiresAt: string }>({ method: 'POST', path: `${at(id)}/tokens`, body }),
  };
}

function schedules(call: Transport) {
  const at = (id: string): string => `/v1/schedules/${part(id)}`;
  return {
    ...versioned<Schedule, Omit<Schedule, 'id' | 'version'>, ScheduleAnswer>(call, 'schedules'),
    /** Who is on call, now or `at` a time, at every `level` or one. */
    onCall: (id: string, query: Query = {}) => call<OnCall>({ method: 'GET', path: `${at(id)}/on-call`, query }),
    shifts: (id: string, query: Query = {}) => call<Page<Shift>>({ method: 'GET', path: `${at(id)}/shifts`, query }),
    /** When nobody is on call. */
    gaps: (id: string, query: Query = {}) => call<Page<Gap>>({ method: 'GET', path: `${at(id)}/gaps`, query }),
    /** The shifts as iCalendar. */
    calendar: (id: string, query: Query = {}) =>
      call<string>({ method: 'GET', path: `${at(id)}/calendar.ics`, query, text: true }),
    /** Events of an iCalendar text as overrides; sent again they replace what they were. */
    import: (id: string, calendar: string, query: Query = {}) =>
      call<ScheduleImport>({
        method: 'POST',
        path: `${at(id)}/import`,
        query,
        body: calendar,
        contentType: 'text/calendar',
      }),
  };
}

function templates(call: Transport) {
  const at = (id: string): string => `/v1/templates/${part(id)}`;
  return {
    ...versioned<Template, Omit<Template, 'id'>>(call, 'templates'),
    /** Its words for a recipient, a language and a channel, with the names that have no value. */
    preview: (id: string, body: PreviewRequest = {}) =>
      call<TemplatePreview>({ method: 'POST', path: `${at(id)}/preview`, body }),
    /** Sends them to oneself, marked as a test. */
    test: (id: string, body: PreviewRequest & { readonly address?: string }) =>
      call<TestAnswer>({ method: 'POST', path: `${at(id)}/test`, body, once: true }),
  };
}

function calendars(call: Transport) {
  return {
    ...versioned<Calendar, Omit<Calendar, 'id' | 'version'>>(call, 'calendars'),
    /** The next working days, 10 from today on unless `from` (a date) and `count` say otherwise. */
    days: (id: string, query: Query = {}) =>
      call<CalendarDays>({ method: 'GET', path: `/v1/calendars/${part(id)}/days`, query }),
  };
}

function policies(call: Transport) {
  const at = (id: string): string => `/v1/policies/${part(id)}`;
  return {
    list: (query: Query = {}) =>
      call<Page<Readonly<Record<string, unknown>>>>({ method: 'GET', path: '/v1/policies', query }),
    /** The newest, or a `version`. */
    get: (id: string, query: { readonly version?: number } = {}) =>
      call<StoredPolicy>({ method: 'GET', path: at(id), query }),
    versions: (id: string) => call<Page<PolicyVersion>>({ method: 'GET', path: `${at(id)}/versions` }),
    /** YAML text, or the policy as data. */
    put: (id: string, policy: unknown, over: WrittenOver = {}) =>
      call<PolicyAnswer>({
        method: 'PUT',
        path: at(id),
        body: policy,
        headers: headersOf(over),
        contentType: typeof policy === 'string' ? 'application/yaml' : 'application/json',
      }),
    /** Checks without publishing; `maxPerDay`: messages of one follow-up that one person may get within 24 hours. */
    check: (policy: unknown, query: { readonly maxPerDay?: number } = {}) =>
      call<PolicyCheck>({
        method: 'POST',
        path: '/v1/policies/check',
        query,
        body: policy,
        contentType: typeof policy === 'string' ? 'application/yaml' : 'application/json',
      }),
    /** What it would do, without doing it: among the people of the tenant, with an invented event unless one is given. */
    simulate: (id: string, body: SimulationRequest = {}) =>
      call<Simulation>({ method: 'POST', path: `${at(id)}/simulate`, body }),
    /** How the live follow-ups of each policy stand; one that has none is missing. */
    standings: () => call<Page<PolicyStanding>>({ method: 'GET', path: '/v1/overview/policies' }),
    /** Whom one may come to, by the names in it: to play it elsewhere. */
    world: (body: PolicyWorldRequest) => call<PolicyWorld>({ method: 'POST', path: '/v1/policies/world', body }),
    delete: (id: string) => call<void>({ method: 'DELETE', path: at(id) }),
  };
}

/** Those that come with Relance. */
const readyPolicies = (call: Transport) => ({
  list: () => call<Page<ReadyPolicy>>({ method: 'GET', path: '/v1/ready-policies' }),
  get: (id: string) => call<ReadyPolicyWhole>({ method: 'GET', path: `/v1/ready-policies/${part(id)}` }),
});

/** What became of follow-ups and messages: `groupBy` names keys with commas between, `from` and `to` are dates or RFC 3339. */
function metrics(call: Transport) {
  const ask =
    (question: string) =>
    (query: MetricQuery = {}) =>
      call<Metrics>({ method: 'GET', path: `/v1/metrics/${question}`, query });
  return {
    overview: ask('overview'),
    policies: ask('policies'),
    stages: ask('stages'),
    channels: ask('channels'),
    responses: ask('responses'),
    escalations: ask('escalations'),
    /** What became of messages, also by how they were sent: provider, template, templateVersion, locale. */
    messages: (query: MessageMetricQuery = {}) =>
      call<MessageMetrics>({ method: 'GET', path: '/v1/metrics/messages', query }),
    /** How long something takes, as a curve; `of` says what. */
    curves: (query: CurveQuery = {}) => call<Curves>({ method: 'GET', path: '/v1/metrics/curves', query }),
    /** Whom messages interrupted most, and at which of their hours. */
    interrupted: (query: InterruptedQuery = {}) =>
      call<Interrupted>({ method: 'GET', path: '/v1/metrics/interrupted', query }),
    curvesCsv: (query: CurveQuery = {}) =>
      call<string>({ method: 'GET', path: '/v1/metrics/curves', query: { ...query, format: 'csv' }, text: true }),
    /** The same as CSV. */
    csv: (question: MetricQuestion | 'messages' | 'interrupted', query: MetricQuery = {}) =>
      call<string>({ method: 'GET', path: `/v1/metrics/${question}`, query: { ...query, format: 'csv' }, text: true }),
  };
}

/** One follow-up, wherever its address is. */
function followUpAt(call: Transport, path: string) {
  return {
    get: () => call<FollowUp>({ method: 'GET', path }),
    timeline: (query: Query = {}) => call<Page<TimelineItem>>({ method: 'GET', path: `${path}/timeline`, query }),
    messages: (query: Query = {}) => call<Page<Message>>({ method: 'GET', path: `${path}/messages`, query }),
    /** Why it stands where it stands, and what happens next. */
    explain: (query: Query = {}) => call<Explanation>({ method: 'GET', path: `${path}/explain`, query }),
    command: (name: CommandName, body: CommandBody = {}) =>
      call<CommandAnswer>({ method: 'POST', path: `${path}/${name}`, body, once: true }),
    /** With one of the policy's own actions: approve, reject, … */
    answer: (action: string, body: Omit<CommandBody, 'action'> = {}) =>
      call<CommandAnswer>({ method: 'POST', path: `${path}/answer`, body: { ...body, action }, once: true }),
  };
}

function followUps(call: Transport) {
  const byId = (id: string) => followUpAt(call, `/v1/follow-ups/${part(id)}`);
  return {
    /** `dryRun`: nothing is opened, and the answer is what it would be. */
    open: (request: OpenRequest, { dryRun }: { readonly dryRun?: boolean } = {}) =>
      call<OpenAnswer>({
        method: 'POST',
        path: '/v1/follow-ups',
        query: { dryRun },
        body: request,
        once: dryRun !== true,
      }),
    list: (query: Query = {}) => call<Page<FollowUp>>({ method: 'GET', path: '/v1/follow-ups', query }),
    get: (id: string) => byId(id).get(),
    timeline: (id: string, query?: Query) => byId(id).timeline(query),
    messages: (id: string, query?: Query) => byId(id).messages(query),
    explain: (id: string, query?: Query) => byId(id).explain(query),
    command: (id: string, name: CommandName, body?: CommandBody) => byId(id).command(name, body),
    answer: (id: string, action: string, body?: Omit<CommandBody, 'action'>) => byId(id).answer(action, body),
    /** The same by a policy's own key. */
    byKey: (policy: string, key: string) => followUpAt(call, `/v1/follow-ups/by-key/${part(policy)}/${part(key)}`),
  };
}

function suppressions(call: Transport) {
  const path = '/v1/suppressions';
  return {
    list: (query: Query = {}) => call<Page<Suppression>>({ method: 'GET', path, query }),
    /** Nothing is sent to it any more; answers when nothing can start. */
    put: (body: NewSuppression) => call<NewSuppression>({ method: 'PUT', path, body }),
    /** Up to 1,000, as another system exported them. */
    bulk: (list: readonly NewSuppression[]) =>
      call<{ readonly accepted: number; readonly rejected: readonly unknown[] }>({
        method: 'POST',
        path: `${path}/bulk`,
        body: list,
      }),
    lift: (query: { readonly channel: Suppression['channel']; readonly address: string; readonly reason: string }) =>
      call<Lifted>({ method: 'DELETE', path, query }),
    /** A list: CSV whose first line names the columns, or JSON lines. */
    import: (text: string, format: 'csv' | 'json' = 'csv') =>
      call<SuppressionImport>({
        method: 'POST',
        path: `${path}/import`,
        body: text,
        contentType: format === 'csv' ? 'text/csv' : 'application/x-ndjson',
      }),
    export: (query: { readonly format?: 'csv' | 'json'; readonly history?: boolean } = {}) =>
      call<string>({ method: 'GET', path: `${path}/export`, query, text: true }),
  };
}

function replies(call: Transport) {
  const at = (id: string): string => `/v1/replies/${part(id)}`;
  return {
    /** `status`: open, answered or closed; `followUp`. Newest first. */
    list: (query: Query = {}) => call<Page<Reply>>({ method: 'GET', path: '/v1/replies', query }),
    get: (id: string) => call<Reply>({ method: 'GET', path: at(id) }),
    /** Sends words to whoever wrote it. */
    answer: (id: string, body: { readonly text: string; readonly actor?: string }) =>
      call<Reply>({ method: 'POST', path: `${at(id)}/answer`, body, once: true }),
    close: (id: string, body: { readonly actor?: string; readonly comment?: string } = {}) =>
      call<Reply>({ method: 'POST', path: `${at(id)}/close`, body, once: true }),
  };
}

function keys(call: Transport) {
  return {
    list: () => call<Page<Key>>({ method: 'GET', path: '/v1/keys' }),
    /** The key itself is in this answer and never again. */
    make: (body: { readonly name?: string; readonly tenant?: string; readonly scopes?: readonly KeyScope[] } = {}) =>
      call<MadeKey>({ method: 'POST', path: '/v1/keys', body }),
    revoke: (id: string) => call<void>({ method: 'DELETE', path: `/v1/keys/${part(id)}` }),
  };
}

type MarkedAll = InboxCounts & { readonly marked: number; readonly more: boolean };

function inbox(call: Transport) {
  const at = (id: string): string => `/v1/inbox/${part(id)}`;
  return {
    list: (query: Query = {}) =>
      // `lastEventId`: from here on the stream at /v1/inbox/stream tells what changes.
      call<Page<InboxItem> & InboxCounts & { readonly lastEventId: string }>({
        method: 'GET',
        path: '/v1/inbox',
        query,
      }),
    read: (id: string) => call<InboxItem>({ method: 'POST', path: `${at(id)}/read`, body: {} }),
    archive: (id: string) => call<InboxItem>({ method: 'POST', path: `${at(id)}/archive`, body: {} }),
    /** Up to 1,000 a call; `more` says whether there may be others. */
    readAll: () => call<MarkedAll>({ method: 'POST', path: '/v1/inbox/read', body: { all: true } }),
    archiveAll: () => call<MarkedAll>({ method: 'POST', path: '/v1/inbox/archive', body: { all: true } }),
    act: (
      id: string,
      body: {
        /** acknowledge, unacknowledge, resolve, snooze, commit, delegate, decline, or one of the policy's own. */
        readonly action: string;
        readonly answer?: unknown;
        readonly until?: string;
        readonly by?: string;
        readonly to?: string;
        readonly reason?: 'declined' | 'wrong_person';
        readonly outcome?: string;
        readonly comment?: string;
      },
    ) => call<CommandAnswer>({ method: 'POST', path: `${at(id)}/act`, body, once: true }),
    /** Of the recipient themselves. */
    preferences: () => call<Preferences>({ method: 'GET', path: '/v1/inbox/preferences' }),
    /** What is left out stays as it is. */
    putPreferences: (wish: Omit<PreferenceWish, 'evidence'>) =>
      call<Preferences>({ method: 'PUT', path: '/v1/inbox/preferences', body: wish }),
  };
}

/** What a recipient token opens, and nothing else: a page that needs no more loads no more. */
export const createInboxClient = (options: ClientOptions) => inbox(createTransport(options));
export type InboxClient = ReturnType<typeof createInboxClient>;

export function createClient(options: ClientOptions) {
  const call = createTransport(options);
  return {
    events: events(call),
    recipients: recipients(call),
    groups: versioned<Group, Omit<Group, 'id' | 'version'>>(call, 'groups'),
    schedules: schedules(call),
    calendars: calendars(call),
    templates: templates(call),
    policies: policies(call),
    readyPolicies: readyPolicies(call),
    followUps: followUps(call),
    messages: {
      list: (query: Query = {}) => call<Page<Message>>({ method: 'GET', path: '/v1/messages', query }),
      get: (id: string) => call<Message>({ method: 'GET', path: `/v1/messages/${part(id)}` }),
    },
    replies: replies(call),
    /** What needs attention now. */
    overview: () => call<Overview>({ method: 'GET', path: '/v1/overview' }),
    inbox: inbox(call),
    suppressions: suppressions(call),
    categories: unversioned<Category, Partial<Category> & Pick<Category, 'title'>>(call, 'categories'),
    /** Managed with an admin key. */
    connections: unversioned<Connection, NewConnection>(call, 'connections'),
    providers: { list: () => call<Page<Provider>>({ method: 'GET', path: '/v1/providers' }) },
    channels: { list: () => call<Page<ServedChannel>>({ method: 'GET', path: '/v1/channels' }) },
    /** What relance.yaml says of the tenant. */
    settings: () => call<Settings>({ method: 'GET', path: '/v1/settings' }),
    /** Set with an admin key; holds until a relance.yaml that names one is applied. */
    branding: {
      put: (branding: Branding) => call<Settings>({ method: 'PUT', path: '/v1/settings/branding', body: branding }),
    },
    keys: keys(call),
    metrics: metrics(call),
    audit: { list: (query: Query = {}) => call<Page<AuditEntry>>({ method: 'GET', path: '/v1/audit', query }) },
    clock: {
      get: () => call<{ readonly now: string; readonly mode: string }>({ method: 'GET', path: '/v1/clock' }),
      /** Answers when everything due until then has been decided and handed over. */
      advance: (body: { readonly by: string } | { readonly to: string }) =>
        call<{ readonly now: string }>({ method: 'POST', path: '/v1/clock/advance', body, once: true }),
    },
  };
}
export type Client = ReturnType<typeof createClient>;
