// Erasing a person: one call, after which the whole database, every table read as text, holds nothing of them; nothing more is
// sent to them, whoever was waiting for them is looked after by somebody else, and their suppressed address stays suppressed.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { createHttpWorld, type HttpWorld } from '../http-world.ts';
import { recorder } from '../world.ts';

const POLICY = `
policy: task
open: { on: task.created }
key: event.data.id
subject: { title: event.data.title }
data: event.data
assignee: event.data.who
fallback: recipient(boss)
stages:
  - { id: notice, at: opened, notify: { via: [email, { channel: sms, after: 2 hours }] } }
  - { id: reminder, at: opened + 1 day, notify: { via: [email] } }
  - { id: up, at: opened + 3 days, escalate: { to: [recipient(boss)] } }
`;
const NAME = 'Quillfeather Zanzibara';
const EMAIL = 'quill@canary.test';
const PHONE = '+34600123987';
const COMMENT = 'my-very-own-words';
const CANARIES = [NAME, EMAIL, PHONE, '600 123 987', COMMENT, 'q.feather@second.test', 'canary-trait', 'canary-answer'];

let http: HttpWorld;
beforeEach(async () => {
  http = await createHttpWorld();
  await http.world.people([
    {
      id: 'quill',
      name: NAME,
      email: EMAIL,
      phone: PHONE,
      endpoints: [{ channel: 'email', address: 'q.feather@second.test', copy: 'cc' }],
      traits: { nick: 'canary-trait' },
    },
    { id: 'boss', email: 'boss@example.test' },
    { id: 'bo', email: 'bo@example.test', manager: 'quill' },
  ]);
  await http.world.group('desk', ['quill', 'bo']);
  await http.world.policy(POLICY);
});
afterEach(() => http.end());

/** Every table as text. */
async function dump(): Promise<string> {
  return http.world.database.transaction(ENGINE, async (tx) => {
    const tables = await tx.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'relance'
       WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition`,
    );
    const parts: string[] = [];
    for (const { name } of tables)
      for (const { row } of await tx.query<{ row: string }>(`SELECT t::text AS row FROM relance.${name} t`))
        parts.push(`${name}: ${row}`);
    return parts.join('\n');
  });
}
const found = async (): Promise<readonly string[]> => {
  const lines = (await dump()).split('\n');
  return CANARIES.flatMap((canary) => lines.filter((line) => line.toLowerCase().includes(canary.toLowerCase())));
};
const open = async (id: string, who: string, more: object = {}): Promise<string> => {
  const [outcome] = await http.world.event('task.created', { id, who, title: `Task of ${NAME}`, ...more });
  return outcome?.kind === 'accepted' ? (outcome.followUps[0]?.id ?? '') : '';
};
const erase = (id = 'quill', body: unknown = {}) => http.call('POST', `/v1/recipients/${id}/erase`, body);
const get = (url: string) => http.call('GET', url);

describe('a person with a history', () => {
  it('is nowhere afterwards, however many wrote of them', async () => {
    const first = await open('one', 'quill', { contact: { mail: EMAIL.toUpperCase(), phone: '+34 600 123 987' } });
    await http.world.settle();
    await http.call('POST', `/v1/follow-ups/${first}/note`, { actor: 'quill', comment: COMMENT });
    await http.call('POST', `/v1/follow-ups/${first}/note`, { actor: 'bo', comment: `I told ${NAME} about it` });
    await http.world.advance('4 days'); // the boss was told of the task of Quillfeather Zanzibara
    await http.call('POST', `/v1/follow-ups/${first}/resolve`, { actor: 'quill', comment: COMMENT });
    await open('two', 'quill');
    await open('three', 'bo');
    await http.call('POST', '/v1/recipients/quill/activity', { type: 'viewed', data: { page: EMAIL } });
    await http.call('PUT', '/v1/suppressions', {
      channel: 'sms',
      address: PHONE,
      source: 'stop',
      reason: `STOP ${PHONE}`,
    });
    await http.world.settle();
    expect((await found()).length).toBeGreaterThan(10);
    const sentBefore = http.world.sent().length;

    const answer = await erase('quill', { reason: `asked by ${EMAIL}` });
    expect(answer).toMatchObject({ status: 200, body: { status: 'done', named: { policies: [], schedules: [] } } });
    expect(answer.body.counts).toMatchObject({ reassigned: 1, suppressions: 1, groups: 1 });
    expect(await found()).toEqual([]);

    // What was business stays, and somebody looks after what is open.
    expect((await get('/v1/follow-ups?key=two')).body.items[0]).toMatchObject({ assignee: 'boss', status: 'open' });
    const done = (await get(`/v1/follow-ups/${first}`)).body;
    expect(done).toMatchObject({ status: 'resolved', resolvedBy: expect.stringMatching(/^erased-[\da-f]{24}$/) });
    expect(done.subject.title).toBe(`Task of ${done.resolvedBy}`);
    const timeline = (await get(`/v1/follow-ups/${first}/timeline`)).body.items as { text: string }[];
    expect(timeline.map(({ text }) => text).join('\n')).not.toMatch(/\bquill\b/);
    expect(timeline.map(({ text }) => text)).toContain(`Note by bo: I told ${done.resolvedBy} about it.`);
    // Their name is on nothing, and nothing is sent to them again.
    expect((await get('/v1/recipients/quill')).status).toBe(404);
    expect((await get('/v1/recipients/bo')).body.manager).toBeNull();
    expect((await get('/v1/groups/desk')).body.members).toEqual(['bo']);
    await http.world.advance('10 days');
    expect(
      http.world
        .sent()
        .slice(sentBefore)
        .filter((one) => one.includes('quill')),
    ).toEqual([]);
    expect(http.world.sent().slice(sentBefore)).toContain('email boss notice');
    expect(await found()).toEqual([]);
  });

  it('is in no test of a template either, whoever reads it', async () => {
    const followUp = await open('one', 'quill');
    await http.call('PUT', '/v1/templates/told', {
      inbox: { title: '{{ subject.title }}', body: '{{ recipient.name }}' },
    });
    const test = { channel: 'inbox', followUp, address: 'bo' };
    expect((await http.call('POST', '/v1/templates/told/test', test)).body.outcome.kind).toBe('accepted');
    const read = async (): Promise<string[]> => {
      const { token } = (await http.call('POST', '/v1/recipients/bo/tokens', {})).body;
      const { items } = (await http.call('GET', '/v1/inbox', undefined, { authorization: `Bearer ${token}` })).body;
      return items.map(({ title, body }: Record<string, string>) => `${title}: ${body}`);
    };
    expect(await read()).toEqual([`[Test] Task of ${NAME}: ${NAME}`]);
    expect((await erase()).status).toBe(200);
    expect(await read()).toEqual([]);
    expect(await found()).toEqual([]);
  });

  it('leaves a suppressed address that stays suppressed if it comes back', async () => {
    await http.call('PUT', '/v1/suppressions', {
      channel: 'email',
      address: EMAIL,
      source: 'complaint',
      reason: 'spam',
    });
    await erase();
    const [kept] = (await get('/v1/suppressions')).body.items;
    expect(kept).toMatchObject({
      channel: 'email',
      address: expect.stringMatching(/^hmac:/),
      source: 'complaint',
      reason: null,
    });
    // Somebody comes back with the same address, in another case.
    await http.world.people([{ id: 'anew', name: 'A new one', email: 'QUILL@canary.test' }]);
    const followUp = await open('again', 'anew');
    await http.world.settle();
    expect(http.world.sent()).toEqual([]);
    const messages = (await get(`/v1/follow-ups/${followUp}/messages`)).body.items as Record<string, string>[];
    expect(messages.map(({ channel, status, reason }) => `${channel} ${status} ${reason}`)).toContain(
      'email suppressed endpoint_suppressed',
    );
    // It is found by the address, and can be lifted by it.
    expect((await get(`/v1/suppressions?channel=email&address=${EMAIL}`)).body.items).toHaveLength(1);
    const lifted = await http.call('DELETE', `/v1/suppressions?channel=email&address=${EMAIL}&reason=asked`);
    expect(lifted.status).toBeLessThan(300);
    await open('later', 'anew');
    await http.world.settle();
    expect(http.world.sent()).toEqual(['email anew notice']);
  });

  it('takes back what waits before it answers, and stops every token', async () => {
    const { token } = (await http.call('POST', '/v1/recipients/quill/tokens', {})).body;
    const as = { authorization: `Bearer ${token}` };
    expect((await http.call('GET', '/v1/inbox', undefined, as)).status).toBe(200);
    const followUp = await open('one', 'quill');
    expect((await erase()).status).toBe(200);
    const statuses = (await get(`/v1/follow-ups/${followUp}/messages`)).body.items.map((one: Record<string, string>) =>
      [one.recipient?.slice(0, 7), one.status].join(' '),
    );
    expect(statuses.filter((one: string) => one.startsWith('erased-'))).toEqual(['erased- revoked', 'erased- revoked']);
    await http.world.settle();
    expect(http.world.sent()).toEqual(['email boss notice']);
    expect((await http.call('GET', '/v1/inbox', undefined, as)).status).toBe(401);
    // Whoever has the id next is somebody else.
    await http.world.people([{ id: 'quill', email: 'other@example.test' }]);
    expect((await http.call('GET', '/v1/inbox', undefined, as)).status).toBe(401);
  });
});

describe('nobody is forgotten', () => {
  it('with several who are asked, the others go on alone', async () => {
    await http.world.policy(`
policy: votes
open: { on: vote.asked }
key: event.data.id
assignees: event.data.who
require: all
actions: [ { id: approve, label: Approve, outcome: approved } ]
stages: [ { id: notice, at: opened, notify: { via: [email] } } ]
`);
    const [outcome] = await http.world.event('vote.asked', { id: 'v', who: ['quill', 'bo'] });
    const id = outcome?.kind === 'accepted' ? (outcome.followUps[0]?.id ?? '') : '';
    await http.world.settle();
    await erase();
    expect((await get(`/v1/follow-ups/${id}`)).body).toMatchObject({
      assignee: 'bo',
      assignees: ['bo'],
      status: 'open',
    });
    await http.call('POST', `/v1/follow-ups/${id}/answer`, { actor: 'bo', action: 'approve' });
    expect((await get(`/v1/follow-ups/${id}`)).body).toMatchObject({ status: 'resolved', outcome: 'approved' });
  });

  it('without a fallback an alarm is raised, and it waits for somebody to take it', async () => {
    await http.world.policy(
      POLICY.replace('policy: task', 'policy: lone')
        .replace('fallback: recipient(boss)\n', '')
        .replaceAll('task.', 'lone.'),
    );
    const [outcome] = await http.world.event('lone.created', { id: 'l', who: 'quill', title: 'x' });
    const id = outcome?.kind === 'accepted' ? (outcome.followUps[0]?.id ?? '') : '';
    await http.world.settle();
    await erase();
    await http.world.settle();
    expect((await get(`/v1/follow-ups/${id}`)).body).toMatchObject({ assignee: null, waitsFor: 'unknown_recipient' });
    expect(await http.world.node.watch()).toBe(0);
    const texts = (await get(`/v1/follow-ups/${id}/timeline`)).body.items.map((one: { text: string }) => one.text);
    expect(texts.join('\n')).toContain('The assignee has been erased');
    await http.call('POST', `/v1/follow-ups/${id}/reassign`, { to: 'bo' });
    await http.world.settle();
    expect((await get(`/v1/follow-ups/${id}`)).body.assignee).toBe('bo');
    expect(http.world.sent()).toContain('email bo notice');
  });
});

describe('a call', () => {
  it('that was interrupted is finished by the sweep, and tells how far it is', async () => {
    await open('one', 'quill');
    await http.world.settle();
    // A node that has no time for a single piece.
    let clock = 0;
    const hasty = http.world.another({ monotonic: () => (clock += 60_000) });
    const begun = await hasty.erasures.erase('default', 'quill', { by: null, reason: null });
    expect(begun?.erasure).toMatchObject({ step: 'live', done_at: null });
    const status = `/v1/erasures/${begun?.erasure.id}`;
    expect((await get(status)).body).toMatchObject({ status: 'running', doneAt: null });
    // Asked again it is the same one.
    expect((await hasty.erasures.erase('default', 'quill', { by: null, reason: null }))?.erasure.id).toBe(
      begun?.erasure.id,
    );
    await http.world.settle();
    expect((await get(status)).body).toMatchObject({ status: 'done', step: 'done' });
    expect(await found()).toEqual([]);
    const other = { authorization: `Bearer ${await http.key('other')}` };
    expect((await http.call('GET', status, undefined, other)).status).toBe(404);
  });

  it('for nobody is answered so, and one that names them in a policy says where', async () => {
    expect((await erase('nobody')).status).toBe(404);
    expect((await http.call('GET', '/v1/erasures/nonsense')).status).toBe(404);
    const answer = await erase('boss');
    expect(answer.body).toMatchObject({ status: 'done', named: { policies: ['task'] } });
  });

  it('is in the audit, which names nobody and can be asked for them all the same', async () => {
    await erase('quill', { reason: 'ticket 42' });
    const { body } = await get('/v1/audit?recipient=quill');
    expect(body.items).toMatchObject([
      {
        action: 'recipient.erased',
        by: 'bootstrap',
        about: expect.stringMatching(/^hmac:/),
        data: { reason: 'ticket 42' },
      },
    ]);
    expect((await get('/v1/audit?recipient=bo')).body.items).toEqual([]);
    const plain = { authorization: `Bearer ${await http.key('default')}` };
    expect((await http.call('GET', '/v1/audit', undefined, plain)).status).toBe(403);
    for (const statement of ['UPDATE relance.audit SET by = $1', 'DELETE FROM relance.audit WHERE by = $1'])
      for (const scope of [ENGINE, { kind: 'tenant', tenant: 'default' } as const])
        await expect(http.world.database.transaction(scope, (tx) => tx.query(statement, ['x']))).rejects.toThrow(
          /permission denied/,
        );
  });
});

describe('what is being handed over at this very moment', () => {
  it('cannot be taken back, and its trace goes when it has ended', async () => {
    let arrive = (): void => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    let answer = (): void => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const { database } = http.world;
    const slow = recorder('email', async (envelope) => {
      arrive();
      await answered;
      return { kind: 'accepted', providerId: envelope.id };
    });
    const node = http.world.another({ connections: new Map([['email', [slow.connection]]]) });
    await open('one', 'quill');
    const handing = node.runAll();
    await arrived;
    const begun = await erase();
    expect(begun).toMatchObject({ status: 202, body: { status: 'running', step: 'outbox' } });
    expect(begun.headers.location).toBe(`/v1/erasures/${begun.body.id}`);
    answer();
    await handing;
    await http.world.settle();
    expect((await get(`/v1/erasures/${begun.body.id}`)).body.status).toBe('done');
    expect(await found()).toEqual([]);
    const [row] = await database.transaction(ENGINE, (tx) =>
      tx.query(
        `SELECT recipient, status, content, provider_id FROM relance.messages WHERE status = 'accepted' AND channel = 'email' AND recipient LIKE 'erased-%'`,
      ),
    );
    expect(row).toMatchObject({ content: null, provider_id: null });
  });

  it('may be refused for good: the address is suppressed, and not known', async () => {
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const slow = recorder('email', async () => {
      arrive();
      await answered;
      return { kind: 'rejected', endpoint: 'gone', detail: `no such user ${EMAIL}` };
    });
    const node = http.world.another({ connections: new Map([['email', [slow.connection]]]) });
    await open('one', 'quill');
    const handing = node.runAll();
    await arrived;
    await erase();
    answer();
    await handing;
    await http.world.settle();
    expect(await found()).toEqual([]);
    expect((await get(`/v1/suppressions?channel=email&address=${EMAIL}`)).body.items).toMatchObject([
      { address: expect.stringMatching(/^hmac:/), source: 'hard_bounce', reason: null },
    ]);
  });
});

it('what a provider tells long afterwards says nothing of whom it was about', async () => {
  const followUp = await open('one', 'quill');
  await http.world.settle();
  const messages = (await get(`/v1/follow-ups/${followUp}/messages`)).body.items as { id: string; channel: string }[];
  const message = messages.find(({ channel }) => channel === 'email');
  await erase();
  const late = {
    kind: 'bounced',
    at: null,
    detail: `550 <${EMAIL}> unknown`,
    permanent: true,
    address: EMAIL,
  } as const;
  await http.world.node.receipts.take('default', 'test', [{ ...late, message: { id: message?.id ?? '' } }]);
  await http.world.settle();
  expect(await found()).toEqual([]);
  expect((await get(`/v1/suppressions?channel=email&address=${EMAIL}`)).body.items).toMatchObject([
    { address: expect.stringMatching(/^hmac:/), source: 'hard_bounce' },
  ]);
});

it('what a provider has told by an id of its own, and could not be placed yet, goes with the message it is about', async () => {
  const { database, node } = http.world;
  const rows = <Row extends object>(text: string, values: readonly unknown[] = []) =>
    database.transaction(ENGINE, (tx) => tx.query<Row>(text, values));
  await open('one', 'quill');
  await open('two', 'bo');
  await http.world.settle();
  const called = async (recipient: string): Promise<string> =>
    (
      await rows<{ provider_id: string }>(
        'SELECT provider_id FROM relance.messages WHERE recipient = $1 AND provider_id IS NOT NULL',
        [recipient],
      )
    )[0]?.provider_id ?? '';
  const [theirs, other] = [await called('quill'), await called('bo')];
  // Somebody holds their follow-ups at that moment.
  await database.transaction(ENGINE, async (tx) => {
    await tx.query('SELECT FROM relance.follow_ups FOR UPDATE');
    for (const providerId of [theirs, other]) {
      const news = { kind: 'bounced', at: null, detail: 'mailbox full', message: { providerId } } as const;
      expect(await node.receipts.take('default', 'test', [news])).toEqual({ placed: 0, kept: 1 });
    }
  });
  await erase();
  const kept = await rows<{ id: string }>(`SELECT news #>> '{message,providerId}' AS id FROM relance.early_receipts`);
  expect(kept).toEqual([{ id: other }]);
});
