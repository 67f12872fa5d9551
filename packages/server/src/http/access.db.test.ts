// Who may do what: every route of the server × {no key, wrong key, revoked key, key of another tenant, key without the
// scope}. Made from the routes that are registered, so a new one cannot be forgotten. Nothing is written, nothing leaks.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld, type Twist } from '../../../../test/http-world.ts';
import { ENGINE } from '../store/database.ts';
import { SUMMARIES } from './openapi-summaries.ts';

const POLICY = `
policy: task
open: { on: task.created }
key: event.data.id
data: event.data
assignee: event.data.who
stages: [ { id: notice, at: opened, notify: { via: [email] } } ]
`;
/** Reached with a recipient token, a token in the path, a cookie, or by operators; they have tests of their own. */
const OTHER_DOORS =
  /^(GET|POST|PUT|DELETE) (\/v1\/inbox|\/a\/|\/u\/|\/p\/|\/t\/|\/me\/|\/me\.js|\/icon\.svg|\/s\/|\/v1\/receipts\/\{provider\}\/\{key\}|\/mailbox|\/healthz|\/readyz|\/metrics|\/openapi\.json|\/docs|\/sw\.js|\/$|\/(session|sign-in|assets|follow-ups|policies|new-policy|templates|people|import|groups|schedules|channels|suppressions|insight|settings)(\/|$))/;
const ROUTES = Object.keys(SUMMARIES).filter((route) => !OTHER_DOORS.test(route));
const SECRET_DATA = 'canary-of-the-default-tenant';

let http: HttpWorld;
let ids: Readonly<Record<string, string>>;
let otherKey: string;
let plainKey: string;

/** The second net away: every statement of a route must name its tenant by itself as well. */
const withoutRowSecurity: Twist = (ports) => ({
  database: { ...ports.database, transaction: (_scope, work) => ports.database.transaction(ENGINE, work) },
});

async function begin(twist?: Twist): Promise<void> {
  http = await createHttpWorld(twist);
  const { call, world } = http;
  await world.people([{ id: 'ana', name: SECRET_DATA, email: 'ana@example.test' }]);
  await world.group('desk', ['ana']);
  await world.policy(POLICY);
  await call('PUT', '/v1/schedules/primary', { name: SECRET_DATA, timeZone: 'UTC' });
  await call('PUT', '/v1/calendars/office', { name: SECRET_DATA, zone: 'UTC' });
  await call('PUT', '/v1/templates/words', { email: { text: SECRET_DATA } });
  await call('PUT', '/v1/categories/billing', { title: SECRET_DATA });
  await call('PUT', '/v1/connections/cards', {
    provider: 'postcard',
    settings: { office: SECRET_DATA },
    secrets: { stamp: SECRET_DATA },
  });
  await call('PUT', '/v1/webhooks/crm', { url: 'https://crm.example.test/in', description: SECRET_DATA });
  const data = { id: 'k1', who: 'ana', canary: SECRET_DATA };
  await call('POST', '/v1/events', { specversion: '1.0', id: 'event-1', source: '/s', type: 'task.created', data });
  await world.settle();
  const followUp = (await call('GET', '/v1/follow-ups')).body.items[0].id;
  const message = (await call('GET', '/v1/messages')).body.items[0].id;
  const about = await world.node.replies.about({ message });
  if (about === null) throw new Error('a message was sent that nobody can reply to');
  await world.node.replies.take(about, {
    channel: 'email',
    from: 'ana@example.test',
    providerId: 'reply-1',
    subject: null,
    text: SECRET_DATA,
    proven: true,
    said: { kind: 'human', meaning: { kind: 'unclear', confidence: 1, sure: false }, surelyHuman: true },
  });
  const reply = (await call('GET', '/v1/replies')).body.items[0].id;
  otherKey = await http.key('other', ['admin', 'api']);
  plainKey = await http.key('default', ['api']);
  const keys = (await call('GET', '/v1/keys')).body.items as { id: string; tenant: string }[];
  const key = keys.find(({ tenant }) => tenant === 'default')?.id ?? '';
  ids = { followUp, message, reply, key };
}

/** The address with ids that exist in the tenant `default`. */
function addressOf(route: string): { method: string; url: string } {
  const [method = '', path = ''] = route.split(' ');
  const own: Readonly<Record<string, string>> = {
    events: 'event-1',
    recipients: 'ana',
    groups: 'desk',
    schedules: 'primary',
    calendars: 'office',
    templates: 'words',
    categories: 'billing',
    connections: 'cards',
    policies: 'task',
    'follow-ups': ids.followUp ?? '',
    messages: ids.message ?? '',
    replies: ids.reply ?? '',
    keys: ids.key ?? '',
    webhooks: 'crm',
  };
  const noun = path.split('/')[2] ?? '';
  const url = path
    .replace('{source}', 'alertmanager')
    .replace('{provider}', 'postcard')
    .replace('{policy}/{key}', 'task/k1')
    .replace('{key}', 'no-such-key')
    .replace('{rest}', 'rest')
    .replace('{id}', own[noun] ?? '');
  return { method, url };
}

/** Valid where a valid body is simple, so that only the key can be what stops it. */
const bodyOf = (method: string, url = ''): unknown => {
  if (method === 'GET' || method === 'DELETE') return undefined;
  return url.endsWith('/import')
    ? 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n'
    : url.startsWith('/v1/replies/')
      ? url.endsWith('/answer')
        ? { text: 'x' }
        : {}
      : { title: 'x', id: undefined, until: '1 day', to: 'ana' };
};

/** A fingerprint of everything a tenant owns. */
async function everything(tenant: string): Promise<string> {
  const tables = [
    'recipients',
    'groups',
    'group_members',
    'schedules',
    'calendars',
    'policies',
    'policy_versions',
    'templates',
    'categories',
    'connections',
    'webhooks',
    'follow_ups',
    'outbox',
    'messages',
    'timeline',
    'suppressions',
    'erasures',
    'choices',
    'preference_changes',
    'replies',
    'events',
    'api_keys',
    'idempotency_keys',
  ];
  const parts = await http.world.database.transaction(ENGINE, async (tx) => {
    const all: unknown[] = [];
    for (const table of tables)
      all.push(await tx.query(`SELECT t::text AS row FROM relance.${table} t WHERE tenant = $1 ORDER BY 1`, [tenant]));
    return all;
  });
  return JSON.stringify(parts);
}

describe.each([
  ['with row-level security', undefined],
  ['without row-level security', withoutRowSecurity],
] as const)('every route, %s', (_title, twist) => {
  let before: string;
  beforeAll(async () => {
    await begin(twist);
    before = await everything('default');
  });
  afterAll(() => http.end());

  it('has a sentence in the reference, and every sentence a route', async () => {
    const { paths } = (await http.call('GET', '/openapi.json')).body;
    const routes = Object.entries(paths as Record<string, Record<string, { summary: string }>>).flatMap(
      ([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => ({
          route: `${method.toUpperCase()} ${path}`,
          summary: operation.summary,
        })),
    );
    expect(routes.filter(({ summary }) => !/\S/.test(summary))).toEqual([]);
    expect(routes.map(({ route }) => route).sort()).toEqual(Object.keys(SUMMARIES).sort());
  });

  it.each(ROUTES)('%s needs a key', async (route) => {
    const { method, url } = addressOf(route);
    for (const headers of [
      { authorization: '' },
      { authorization: 'Bearer' },
      { authorization: 'Bearer wrong' },
      { authorization: `Basic ${Buffer.from('a:b').toString('base64')}` },
    ]) {
      const answer = await http.call(method, url, bodyOf(method), headers);
      expect({ route, status: answer.status, code: answer.body?.code }).toEqual({
        route,
        status: 401,
        code: 'unauthorized',
      });
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(answer.text).not.toContain(SECRET_DATA);
    }
    expect(await everything('default')).toBe(before);
  });

  it('asks for what is meant: a token where it is a recipient’s, a key where it is not', async () => {
    const { token } = (await http.call('POST', '/v1/recipients/ana/tokens', {})).body;
    const inbox = await http.call('GET', '/v1/inbox', undefined, { authorization: `Bearer ${otherKey}` });
    expect(inbox).toMatchObject({ status: 401, body: { code: 'token_needed', title: 'A recipient token is needed' } });
    expect(inbox.body.next).toContain('POST /v1/recipients/{id}/tokens');
    const list = await http.call('GET', '/v1/follow-ups', undefined, { authorization: `Bearer ${token}` });
    expect(list).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    expect(list.body.detail).toBe(
      'A recipient token opens the inbox at /v1/inbox and nothing else; here an API key is needed.',
    );
  });

  // A stream has no end to wait for (live-stream.db.test.ts).
  it.each(ROUTES.filter((route) => route !== 'GET /v1/stream'))(
    '%s shows and touches nothing of another tenant',
    async (route) => {
      const { method, url } = addressOf(route);
      const answer = await http.call(method, url, bodyOf(method, url), {
        authorization: `Bearer ${otherKey}`,
        ...(url.endsWith('/import') ? { 'content-type': 'text/calendar' } : {}),
      });
      expect(answer.text).not.toContain(SECRET_DATA);
      expect(answer.status).toBeLessThan(500 + (answer.body?.code === 'not_built' ? 2 : 0));
      if (
        method !== 'PUT' &&
        /\{(id|policy)\}/.test(route) &&
        answer.body?.code !== 'not_built' &&
        answer.body?.code !== 'invalid'
      ) {
        // A list below something that is not there may be empty instead.
        if (answer.status === 200) expect(answer.body.items).toEqual([]);
        else expect(answer.status).toBe(404);
      }
      expect(await everything('default')).toBe(before);
    },
  );

  it.each(ROUTES.filter((route) => /\/v1\/(keys|audit|settings\/)/.test(route)))(
    '%s needs an admin key',
    async (route) => {
      const { method, url } = addressOf(route);
      const answer = await http.call(method, url, method === 'POST' ? {} : undefined, {
        authorization: `Bearer ${plainKey}`,
      });
      expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    },
  );
});

describe('row-level security', () => {
  beforeAll(() => begin());
  afterAll(() => http.end());

  it('hides every row of another tenant, even from a statement that forgets to name its own', async () => {
    const tables = await http.world.database.transaction(ENGINE, (tx) =>
      tx.query<{ name: string }>(
        `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'relance'
         WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relrowsecurity`,
      ),
    );
    expect(tables.length).toBeGreaterThan(15);
    const count = (name: string, tenant: string) =>
      http.world.database.transaction({ kind: 'tenant', tenant }, async (tx) => {
        const [row] = await tx.query<{ n: number }>(`SELECT count(*) AS n FROM relance.${name}`);
        return row?.n;
      });
    for (const { name } of tables) expect({ name, rows: await count(name, 'third') }).toEqual({ name, rows: 0 });
    expect(await count('follow_ups', 'default')).toBe(1);
  });
});

describe('keys', () => {
  beforeAll(() => begin());
  afterAll(() => http.end());

  it('shows a key once, stores only its hash, and takes it back within five seconds', async () => {
    const made = await http.call('POST', '/v1/keys', { name: 'ci' });
    expect(made).toMatchObject({ status: 201, body: { tenant: 'default', name: 'ci', scopes: ['api'] } });
    const secret: string = made.body.key;
    const as = { authorization: `Bearer ${secret}` };
    expect((await http.call('GET', '/v1/recipients/ana', undefined, as)).status).toBe(200);
    expect((await http.call('GET', '/v1/keys')).text).not.toContain(secret);
    expect(await everything('default')).not.toContain(secret);
    expect((await http.call('DELETE', `/v1/keys/${made.body.id}`)).status).toBe(204);
    const deadline = performance.now() + 5_000;
    let status = 200;
    while (status === 200 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      ({ status } = await http.call('GET', '/v1/recipients/ana', undefined, as));
    }
    expect(status).toBe(401);
    expect((await http.call('DELETE', `/v1/keys/${made.body.id}`)).status).toBe(404);
  });

  it('only the bootstrap key makes keys for other tenants', async () => {
    const as = { authorization: `Bearer ${otherKey}` };
    expect((await http.call('POST', '/v1/keys', { tenant: 'third' }, as)).status).toBe(403);
    expect((await http.call('POST', '/v1/keys', {}, as)).body.tenant).toBe('other');
    const listed = (await http.call('GET', '/v1/keys', undefined, as)).body.items as { tenant: string }[];
    expect(new Set(listed.map(({ tenant }) => tenant))).toEqual(new Set(['other']));
    expect((await http.call('DELETE', `/v1/keys/${ids.key}`, undefined, as)).status).toBe(404);
  });
});
