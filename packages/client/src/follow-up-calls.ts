// Follow-ups: one by its id, or by the key of its policy, and what can be done with it. Part of client.ts.
import type { AnswerOf, Door, PlainDoor, QueryOf } from './door.ts';
import type { CommandAnswer, OpenRequest } from './generated.ts';
import type { CommandBodies, CommandBody, CommandName } from './shapes.ts';
import { headersOf, type Seen } from './written-over.ts';

/** What a command takes; what it may be asked without need not be said. */
type Said<N extends CommandName> = object extends CommandBodies[N]
  ? [body?: CommandBodies[N] | CommandBody, seen?: Seen]
  : [body: CommandBodies[N] | CommandBody, seen?: Seen];
type AnswerBody = Omit<CommandBodies['answer'], 'action'>;

const BY_ID = '/v1/follow-ups/{id}';
const BY_KEY = '/v1/follow-ups/by-key/{policy}/{key}';

/** One follow-up, wherever its address is: both have the same routes, and answer the same. */
function followUpAt<At extends typeof BY_ID | typeof BY_KEY>(
  ask: PlainDoor,
  at: At,
  path: Readonly<Record<string, string>>,
  which: { readonly assignee?: string } = {},
) {
  const both = (query: object = {}) => ({ path, query: { ...which, ...query } });
  const command = (name: CommandName, body: object, seen: Seen = {}) =>
    ask<CommandAnswer>(`POST ${at}/${name}`, { ...both(), body, headers: headersOf(seen), once: true });
  return {
    get: () => ask<AnswerOf<`GET ${At}`>>(`GET ${at}`, both()),
    timeline: (query?: QueryOf<`GET ${At}/timeline`>) =>
      ask<AnswerOf<`GET ${At}/timeline`>>(`GET ${at}/timeline`, both(query)),
    messages: (query?: QueryOf<`GET ${At}/messages`>) =>
      ask<AnswerOf<`GET ${At}/messages`>>(`GET ${at}/messages`, both(query)),
    /** Why it stands where it stands, and what happens next. */
    explain: (query?: QueryOf<`GET ${At}/explain`>) =>
      ask<AnswerOf<`GET ${At}/explain`>>(`GET ${at}/explain`, both(query)),
    command: <N extends CommandName>(name: N, ...[body = {}, seen]: Said<N>) => command(name, body, seen),
    /** With one of the policy's own actions: approve, reject, … */
    answer: (action: string, body: AnswerBody = {}, seen: Seen = {}) => command('answer', { ...body, action }, seen),
  };
}

type Timeline = QueryOf<`GET ${typeof BY_ID}/timeline`>;
type Messages = QueryOf<`GET ${typeof BY_ID}/messages`>;
type Explain = QueryOf<`GET ${typeof BY_ID}/explain`>;

export function followUps(ask: Door & PlainDoor) {
  const byId = (id: string) => followUpAt(ask, BY_ID, { id });
  return {
    /** `dryRun`: nothing is opened, and the answer is what it would be. */
    open: (request: OpenRequest, { dryRun }: { readonly dryRun?: boolean } = {}) =>
      ask('POST /v1/follow-ups', { query: { dryRun }, body: request, once: dryRun !== true }),
    list: (query: QueryOf<'GET /v1/follow-ups'> = {}) => ask('GET /v1/follow-ups', { query }),
    get: (id: string) => byId(id).get(),
    timeline: (id: string, query?: Timeline) => byId(id).timeline(query),
    messages: (id: string, query?: Messages) => byId(id).messages(query),
    explain: (id: string, query?: Explain) => byId(id).explain(query),
    command: <N extends CommandName>(id: string, name: N, ...said: Said<N>) => byId(id).command(name, ...said),
    answer: (id: string, action: string, body?: AnswerBody, seen?: Seen) => byId(id).answer(action, body, seen),
    /** The same by a policy's own key; `assignee`: of several live ones that have it, theirs. */
    byKey: (policy: string, key: string, which: { readonly assignee?: string } = {}) =>
      followUpAt(ask, BY_KEY, { policy, key }, which),
  };
}
