// Calls to the server, one small function for each noun. Errors are RelanceProblem; only a database that is away (503 with
// Retry-After) is tried again, and only where a repeat is harmless: reads, PUT, DELETE, events (the server knows their ids).
import { RelanceProblem } from './problem.ts';
import type { CloudEvent, CommandAnswer, CommandBody, CommandName, EventsAnswer, Explanation, FollowUp, Group, Message, OpenRequest, Page, PolicyAnswer, Recipient, TimelineItem } from './shapes.ts';

export interface ClientOptions {
  /** Where the server is, e.g. http://127.0.0.1:4400. */
  readonly url: string;
  /** API key, or a recipient token for `inbox`. */
  readonly key?: string;
  readonly fetch?: typeof fetch;
  readonly signal?: AbortSignal;
  /** How often a database that is away is waited for. Default 3. */
  readonly retriesMax?: number;
}

type Query = Readonly<Record<string, string | number | boolean | undefined>>;
interface Call { readonly method: string; readonly path: string; readonly body?: unknown; readonly contentType?: string; readonly query?: Query; readonly again?: boolean }

const RETRIES_MAX = 3;
const RETRY_AFTER_MAX_S = 30;
const part = (text: string): string => encodeURIComponent(text);

export function createClient(options: ClientOptions) {
  const base = options.url.replace(/\/$/, '');
  const send = options.fetch ?? fetch;

  async function call<T>({ method, path, body, contentType, query, again }: Call): Promise<T> {
    const url = new URL(base + path);
    for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) url.searchParams.set(name, String(value));
    for (let attempt = 0; ; attempt++) {
      const response = await reach(() => send(url, {
        method, headers: { ...(options.key === undefined ? {} : { authorization: `Bearer ${options.key}` }), ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }) },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }), ...(options.signal === undefined ? {} : { signal: options.signal }),
      }), base);
      if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
      const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
      if (response.status === 503 && again === true && attempt < (options.retriesMax ?? RETRIES_MAX) && retryAfter >= 0) {
        await response.body?.cancel();
        await new Promise((resolve) => setTimeout(resolve, Math.min(retryAfter, RETRY_AFTER_MAX_S) * 1000));
        continue;
      }
      throw new RelanceProblem(response.status, (await response.json().catch(() => ({}))) as Record<string, unknown>);
    }
  }
  const get = <T>(path: string, query?: Query): Promise<T> => call<T>({ method: 'GET', path, again: true, ...(query === undefined ? {} : { query }) });
  const put = <T>(path: string, body: unknown, contentType?: string): Promise<T> => call<T>({ method: 'PUT', path, body, again: true, ...(contentType === undefined ? {} : { contentType }) });
  const post = <T>(path: string, body: unknown = {}): Promise<T> => call<T>({ method: 'POST', path, body });
  const remove = (path: string): Promise<void> => call({ method: 'DELETE', path, again: true });
  const collection = <T, W = T>(name: string) => ({
    list: (query?: Query) => get<Page<T>>(`/v1/${name}`, query), get: (id: string) => get<T>(`/v1/${name}/${part(id)}`),
    put: (id: string, body: W) => put<T>(`/v1/${name}/${part(id)}`, body), delete: (id: string) => remove(`/v1/${name}/${part(id)}`),
  });
  const followUpAt = (path: string) => ({
    get: () => get<FollowUp>(path), timeline: (query?: Query) => get<Page<TimelineItem>>(`${path}/timeline`, query), messages: () => get<Page<Message>>(`${path}/messages`),
    explain: () => get<Explanation>(`${path}/explain`), command: (name: CommandName, body: CommandBody = {}) => post<CommandAnswer>(`${path}/${name}`, body),
  });

  return {
    events: {
      /** One CloudEvent, or a list sent as a batch. */
      send: (events: CloudEvent | readonly CloudEvent[]) => call<EventsAnswer>({ method: 'POST', path: '/v1/events', body: events, again: true, contentType: Array.isArray(events) ? 'application/cloudevents-batch+json' : 'application/cloudevents+json' }),
      list: (query?: Query) => get<Page<Readonly<Record<string, unknown>>>>('/v1/events', query), get: (id: string) => get<Readonly<Record<string, unknown>>>(`/v1/events/${part(id)}`),
    },
    recipients: { ...collection<Recipient, Omit<Recipient, 'id'>>('recipients'), bulk: (recipients: readonly Recipient[]) => post<{ accepted: number; rejected: readonly unknown[] }>('/v1/recipients/bulk', recipients),
      messages: (id: string) => get<Page<Message>>(`/v1/recipients/${part(id)}/messages`), token: (id: string, body: { ttl?: number | string; scopes?: readonly string[] } = {}) => post<{ token: string; expiresAt: string }>(`/v1/recipients/${part(id)}/tokens`, body) },
    groups: collection<Group, Omit<Group, 'id'>>('groups'),
    templates: collection<Readonly<Record<string, unknown>> & { readonly id: string }, Readonly<Record<string, unknown>>>('templates'),
    policies: {
      list: (query?: Query) => get<Page<Readonly<Record<string, unknown>>>>('/v1/policies', query), get: (id: string) => get<{ readonly id: string; readonly version: number; readonly policy: unknown }>(`/v1/policies/${part(id)}`),
      /** YAML text, or the policy as data. */
      put: (id: string, policy: unknown) => put<PolicyAnswer>(`/v1/policies/${part(id)}`, policy, typeof policy === 'string' ? 'application/yaml' : 'application/json'), delete: (id: string) => remove(`/v1/policies/${part(id)}`),
    },
    followUps: {
      open: (request: OpenRequest) => post<CommandAnswer>('/v1/follow-ups', request), list: (query?: Query) => get<Page<FollowUp>>('/v1/follow-ups', query),
      get: (id: string) => followUpAt(`/v1/follow-ups/${part(id)}`).get(), timeline: (id: string, query?: Query) => followUpAt(`/v1/follow-ups/${part(id)}`).timeline(query),
      messages: (id: string) => followUpAt(`/v1/follow-ups/${part(id)}`).messages(), explain: (id: string) => followUpAt(`/v1/follow-ups/${part(id)}`).explain(),
      command: (id: string, name: CommandName, body?: CommandBody) => followUpAt(`/v1/follow-ups/${part(id)}`).command(name, body),
      /** The same by a policy's own key. */
      byKey: (policy: string, key: string) => followUpAt(`/v1/follow-ups/by-key/${part(policy)}/${part(key)}`),
    },
    messages: { list: (query?: Query) => get<Page<Message>>('/v1/messages', query), get: (id: string) => get<Message>(`/v1/messages/${part(id)}`) },
    inbox: { list: (query?: Query) => get<Page<Readonly<Record<string, unknown>>> & { readonly unread: number }>('/v1/inbox', query), read: (id: string) => post(`/v1/inbox/${part(id)}/read`), archive: (id: string) => post(`/v1/inbox/${part(id)}/archive`), act: (id: string, body: { action: string; until?: string; comment?: string }) => post<CommandAnswer>(`/v1/inbox/${part(id)}/act`, body) },
    clock: { get: () => get<{ readonly now: string; readonly mode: string }>('/v1/clock'), advance: (to: { by: string } | { to: string }) => post<{ readonly now: string }>('/v1/clock/advance', to) },
  };
}
export type Client = ReturnType<typeof createClient>;

/** A server that is not there is the commonest mistake: said plainly, with the address. */
async function reach(send: () => Promise<Response>, base: string): Promise<Response> {
  try {
    return await send();
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error;
    throw new RelanceProblem(0, { code: 'unreachable', detail: `There is no Relance at ${base}: ${((error as { cause?: Error }).cause ?? (error as Error)).message}.`, next: 'Start it with `relance serve`, or set RELANCE_URL to where it runs.' });
  }
}
