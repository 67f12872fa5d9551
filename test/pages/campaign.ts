// A world with every kind of page that a message links to, for campaigns against those pages (e2e/page-scanners.test.ts,
// e2e/page-forgeries.test.ts): real follow-ups, real messages, and the links as their readers get them.
import { createHash } from 'node:crypto';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { createHttpWorld, type HttpWorld, type Twist } from '../http-world.ts';

const POLICIES = [
  `
policy: request
category: requests
open: { on: request.made }
key: event.data.id
subject: { type: request, id: event.data.id, title: event.data.title }
assignee: event.data.who
requester: event.data.by
watchers: "['wim']"
due: event.data.due
actions: [ { id: approve, label: Approve it, outcome: approved }, { id: refuse, label: Refuse it, rejects: true, outcome: refused } ]
stages:
  - { id: notice, at: opened, notify: { to: [assignee, requester], via: [email] } }
  - { id: reminder, at: opened + 2 days, notify: { via: [email] } }
`,
  `
policy: chore
category: chores
open: { on: chore.made }
key: event.data.id
subject: { type: chore, id: event.data.id, title: event.data.title }
assignee: event.data.who
requester: event.data.by
due: event.data.due
stages: [ { id: notice, at: opened, notify: { to: [assignee, requester], via: [email] } } ]
`,
];
const PEOPLE = 20;

/** Where a link leads, by the first part of its path; actions by which one it is. */
export interface Link {
  readonly kind: string;
  readonly path: string;
}

export interface Campaign {
  readonly http: HttpWorld;
  /** Each once, in the order in which they were sent. */
  readonly links: readonly Link[];
  /** A fair sample: as many as asked for, of each kind in turn. */
  sample(count: number): readonly Link[];
  /** A fingerprint of every row of every table. */
  fingerprint(): Promise<Readonly<Record<string, string>>>;
  end(): Promise<void>;
}

export async function createCampaign(linksMin: number, twist: Twist = () => ({})): Promise<Campaign> {
  const http = await createHttpWorld((ports) => ({ pushKey: async () => VAPID_PUBLIC, ...twist(ports) }));
  const people = Array.from({ length: PEOPLE }, (_, index) => `p${index}`);
  await http.world.people(
    [...people, 'wim'].map((id, index) => ({
      id,
      name: `Person ${id}`,
      email: `${id}@example.test`,
      locale: index % 3 === 0 ? 'fr' : 'en',
      timeZone: 'Europe/Madrid',
      manager: 'wim',
    })),
  );
  for (const policy of POLICIES) await http.world.policy(policy);
  const links = new Map<string, Link>();
  for (let number = 0; links.size < linksMin; number += OPENED_AT_ONCE) {
    const events = Array.from({ length: OPENED_AT_ONCE }, (_, index) => eventOf(number + index, people));
    const type = { 'content-type': 'application/cloudevents-batch+json' };
    const answer = await http.call('POST', '/v1/events', JSON.stringify(events), type);
    if (answer.body?.accepted !== events.length) throw new Error(`not all were accepted: ${answer.text}`);
    await http.world.settle();
    for (const envelope of http.world.recorders.email.sent.splice(0)) collect(links, envelope);
  }
  const all = [...links.values()];
  return {
    http,
    links: all,
    sample: (count) => sampleOf(all, count),
    fingerprint: () => fingerprint(http),
    end: () => http.end(),
  };
}
const OPENED_AT_ONCE = 20;
/** A point of the curve, as a connection for web push has. */
export const VAPID_PUBLIC = 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4';

function eventOf(number: number, people: readonly string[]) {
  const of = (index: number): string => people[index % people.length] ?? 'p0';
  const data = { id: `c${number}`, title: `Thing ${number}`, who: of(number), by: of(number + 7), due: '2026-11-20' };
  const type = number % 2 === 0 ? 'request.made' : 'chore.made';
  return { specversion: '1.0', id: `c${number}`, source: '/campaign', type, data };
}

interface Sent {
  readonly content: {
    readonly text: string;
    readonly actions?: readonly { readonly name: string; readonly url: string }[];
  };
  readonly unsubscribeUrl: string | null;
}

function collect(links: Map<string, Link>, { content, unsubscribeUrl }: Sent): void {
  const add = (kind: string, url: string): void => {
    const { pathname: path } = new URL(url);
    if (!links.has(path)) links.set(path, { kind, path });
  };
  for (const { name, url } of content.actions ?? []) add(`a ${name}`, url);
  if (unsubscribeUrl !== null) add('u', unsubscribeUrl);
  for (const [url, kind = ''] of content.text.matchAll(/http:\/\/relance\.test\/(me|s|p|u)\/[\w-]{22}/g))
    add(kind, url);
}

function sampleOf(links: readonly Link[], count: number): readonly Link[] {
  const kinds = [...Map.groupBy(links, ({ kind }) => kind).values()];
  const chosen: Link[] = [];
  for (let turn = 0; chosen.length < Math.min(count, links.length); turn++)
    for (const some of kinds) {
      const one = some[turn];
      if (one !== undefined && chosen.length < count) chosen.push(one);
    }
  return chosen;
}

/** By table, so that a difference says where it is. */
async function fingerprint({ world }: HttpWorld): Promise<Readonly<Record<string, string>>> {
  return world.database.transaction(ENGINE, async (tx) => {
    const tables = await tx.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'relance'
       WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`,
    );
    const prints: Record<string, string> = {};
    for (const { name } of tables) {
      const [row] = await tx.query<{ rows: number; text: string | null }>(
        `SELECT count(*) AS rows, md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) AS text FROM relance.${name} t`,
      );
      prints[name] = `${row?.rows} ${row?.text}`;
    }
    return prints;
  });
}

/** Pages are opened without any key. */
export const OPEN = { authorization: '' };
export const FORM = { ...OPEN, 'content-type': 'application/x-www-form-urlencoded' };
export const hashOfToken = (path: string): Buffer =>
  createHash('sha256')
    .update(path.split('/').at(-1) ?? '')
    .digest();
