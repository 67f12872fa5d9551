// A follow-up pinned to a version that another release published and this one cannot read: whoever commands it is told so,
// with what to do, and nothing is lost or half done. What the engine does meanwhile is test/e2e/unreadable-policy.test.ts.
import type { FastifyInstance, InjectOptions } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ADMIN_KEY, createHttpWorld, type HttpWorld } from '../../../../test/http-world.ts';
import { SECRET } from '../../../../test/world.ts';
import { tokenFor } from '../responses/action-link.ts';
import { ENGINE } from '../store/database.ts';
import { COMMAND_NAMES } from './routes/follow-up.ts';
import { createHttpServer } from './server.ts';

const POLICY = `
policy: old
open: { on: old.asked }
key: event.data.id
assignee: "{'id': event.data.who, 'name': event.data.name}"
actions: [{ id: approve, label: Approve }]
stages: [{ id: notice, at: opened, notify: { via: [email, inbox] } }]
`;

let http: HttpWorld;
let id: string;
let closed: string;
const apps: FastifyInstance[] = [];
beforeAll(async () => {
  http = await createHttpWorld();
  await http.call('PUT', '/v1/policies/old', POLICY, { 'content-type': 'application/yaml' });
  await http.call('PUT', '/v1/recipients/ana', { name: 'Ana', email: 'ana@example.test' });
  const open = async (key: string): Promise<string> =>
    (await http.call('POST', '/v1/follow-ups', { policy: 'old', key, data: { who: 'ana', name: 'Ana' } })).body.id;
  [id, closed] = [await open('live'), await open('closed')];
  await http.call('POST', `/v1/follow-ups/${closed}/resolve`, {});
  await http.world.settle();
});
afterAll(async () => {
  for (const app of apps) await app.close();
  await http.end();
});

const sql = (text: string) =>
  http.world.database.transaction(ENGINE, async (tx) => {
    await tx.query('SET LOCAL ROLE NONE'); // a published version is changed by nobody but a newer release's migration
    return tx.query(text);
  });

/** A server of its own, which has read no policy yet. */
async function another() {
  const node = http.world.another();
  const app = await createHttpServer({ ...http.ports, commands: node.commands, ingest: node.ingest });
  apps.push(app);
  return async (method: string, url: string, body: object | string = {}, headers: Record<string, string> = {}) => {
    const answer = await app.inject({
      method,
      url,
      payload: body,
      headers: { authorization: `Bearer ${ADMIN_KEY}`, ...headers },
    } as InjectOptions);
    return {
      status: answer.statusCode,
      text: answer.body,
      body: JSON.parse(/^[{[]/.test(answer.body) ? answer.body : '{}'),
    };
  };
}

const BODIES: Readonly<Record<string, object>> = {
  snooze: { until: '2 days' },
  commit: { by: '2 days' },
  delegate: { to: 'bo' },
  reassign: { to: 'bo' },
  note: { comment: 'hello' },
  reschedule: { dueAt: null },
  answer: { action: 'approve' },
};
/** Everything of the tenant that a command may touch. */
const everything = async () =>
  JSON.stringify(
    await sql(`SELECT (SELECT json_agg(f ORDER BY id) FROM relance.follow_ups f) AS follow_ups,
      (SELECT json_agg(t ORDER BY follow_up_id, seq) FROM relance.timeline t) AS timeline,
      (SELECT json_agg(r ORDER BY id) FROM relance.recipients r) AS recipients, (SELECT json_agg(k ORDER BY key) FROM relance.live_keys k) AS keys,
      (SELECT json_agg(o ORDER BY id) FROM relance.outbox o) AS outbox`),
  );

it('is a problem with a next step for whoever commands it, and changes nothing', async () => {
  const [message] = (await http.call('GET', `/v1/messages?followUp=${id}`)).body.items.filter(
    ({ channel }: { channel: string }) => channel === 'email',
  );
  const [item] = (await http.call('GET', `/v1/messages?followUp=${id}`)).body.items.filter(
    ({ channel }: { channel: string }) => channel === 'inbox',
  );
  const { token } = (await http.call('POST', '/v1/recipients/ana/tokens', {})).body;
  await sql(`UPDATE relance.policy_versions SET written = written::jsonb || '{"stages": "of another kind"}'`);
  const before = await everything();
  const call = await another();
  const unreadable = {
    status: 503,
    body: {
      code: 'policy_unreadable',
      detail: expect.stringMatching(/^Version 1 of policy "old" .*cannot read it/),
      next: expect.stringContaining('Nothing was changed.'),
    },
  };
  for (const name of COMMAND_NAMES) {
    const told = await call('POST', `/v1/follow-ups/${name === 'reopen' ? closed : id}/${name}`, BODIES[name]);
    expect(told, name).toMatchObject(unreadable);
    expect(told.body.followUp, name).toMatchObject({ policy: { id: 'old', version: 1 } });
  }
  const opening = { policy: 'old', key: 'new', data: { who: 'eve', name: 'Eve' } };
  expect(await call('POST', '/v1/follow-ups', opening)).toMatchObject(unreadable);
  const own = { authorization: `Bearer ${token}` };
  expect(await call('POST', `/v1/inbox/${item.id}/act`, { action: 'approve' }, own)).toMatchObject(unreadable);
  const page = await call('POST', `/a/${tokenFor(SECRET, 'default', message.id, 'acknowledge')}`, '', {
    authorization: '',
    'content-type': 'application/x-www-form-urlencoded',
  });
  expect(page).toMatchObject({ status: 503, text: expect.stringContaining('Nothing has changed') });
  expect(page.text).not.toContain('Version 1');

  // The latest can be read again, the one that the live follow-up is pinned to cannot.
  expect(
    (await http.call('PUT', '/v1/policies/old', POLICY, { 'content-type': 'application/yaml' })).body.version,
  ).toBe(2);
  const feeding = { policy: 'old', key: 'live', data: { who: 'ana', name: 'Another name' } };
  expect(await call('POST', '/v1/follow-ups', feeding)).toMatchObject(unreadable);
  expect(await everything()).toBe(before);
  expect(http.logged).toEqual([]);
});

it('is done as asked under the same Idempotency-Key by a release that reads it', async () => {
  const path = `/v1/follow-ups/${id}/acknowledge`;
  const key = { 'idempotency-key': 'the-same' };
  expect((await (await another())('POST', path, { actor: 'ana' }, key)).status).toBe(503);
  await sql(
    `UPDATE relance.policy_versions SET written = (SELECT written FROM relance.policy_versions WHERE version = 2) WHERE version = 1`,
  );
  expect(await (await another())('POST', path, { actor: 'ana' }, key)).toMatchObject({
    status: 200,
    body: { changed: true, acknowledgedBy: 'ana' },
  });
});
