// Writing only over what one has seen: the version that is expected is compared where nobody else can write, and what is refused
// changes nothing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../test/http-world.ts';

const policy = (title: string) => ({
  policy: 'task',
  title,
  open: { on: 'task.made' },
  key: 'event.data.id',
  assignee: "'ana'",
  stages: [{ id: 'notice', at: 'opened', notify: { via: ['email'] } }],
});
/** Each is another body, by a number. */
const KINDS: Readonly<Record<string, (n: number) => object>> = {
  'policies/task': (n) => policy(`Title ${n}`),
  'templates/words': (n) => ({ sms: { text: `Text ${n}` } }),
  'calendars/paris': (n) => ({ zone: 'Europe/Paris', name: `Name ${n}` }),
  'groups/desk': (n) => ({ name: `Name ${n}`, members: ['ana'] }),
  'schedules/primary': (n) => ({ timeZone: 'Europe/Paris', name: `Name ${n}` }),
};

let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
  await http.world.people([{ id: 'ana', email: 'ana@example.test' }]);
});
afterAll(() => http.end());

describe.each(Object.keys(KINDS))('/v1/%s', (path) => {
  const put = (n: number, headers: Record<string, string>) =>
    http.call('PUT', `/v1/${path}`, KINDS[path]?.(n) ?? {}, headers);
  const version = async () => (await http.call('GET', `/v1/${path}`)).body.version;

  it('is written where there is none, and only there', async () => {
    expect(await put(1, { 'if-match': '"1"' })).toMatchObject({ status: 412, body: { version: null } });
    expect(await put(1, { 'if-match': '*' })).toMatchObject({ status: 412 });
    expect((await http.call('GET', `/v1/${path}`)).status).toBe(404);
    expect(await put(1, { 'if-none-match': '*' })).toMatchObject({ status: 200, body: { version: 1 } });
    expect(await put(2, { 'if-none-match': '*' })).toMatchObject({
      status: 412,
      body: { code: 'changed_meanwhile', version: 1, next: expect.stringContaining('Read it again') },
    });
    expect(await version()).toBe(1);
  });

  it('is written over the version that one has read, and over no other', async () => {
    expect((await put(2, { 'if-match': '"1"' })).body.version).toBe(2);
    const refused = await put(3, { 'if-match': '"1"' });
    expect(refused).toMatchObject({ status: 412, body: { version: 2 } });
    expect(refused.body.detail).toContain('version 2, not in 1: somebody else');
    expect(await version()).toBe(2);
    expect((await put(3, { 'if-match': '"1", "2"' })).body.version).toBe(3);
    expect((await put(4, { 'if-match': '*' })).body.version).toBe(4);
    expect((await put(5, {})).body.version).toBe(5);
  });

  it('is written once by many who have read the same', async () => {
    const answers = await Promise.all([6, 7, 8, 9, 10].map((n) => put(n, { 'if-match': '"5"' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412]);
    expect(await version()).toBe(6);
  });

  it('is made anew where it was deleted', async () => {
    expect((await http.call('DELETE', `/v1/${path}`)).status).toBe(204);
    expect((await put(11, { 'if-match': '"6"' })).status).toBe(412);
    const answers = await Promise.all([12, 13, 14].map((n) => put(n, { 'if-none-match': '*' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
    // A version is never two things: whoever read the one before the deletion does not write over this one.
    expect(await version()).toBe(7);
  });

  it('is carried out once where it is repeated because its answer was lost', async () => {
    expect((await put(20, { 'if-match': '"7"' })).body.version).toBe(8);
    expect(await put(20, { 'if-match': '"7"' })).toMatchObject({ status: 200, body: { version: 8 } });
    expect(await put(20, { 'if-none-match': '*' })).toMatchObject({ status: 200, body: { version: 8 } });
    expect((await put(21, { 'if-match': '"7"' })).status).toBe(412);
  });

  it.each([
    { 'if-match': '5' },
    { 'if-match': 'W/"5"' },
    { 'if-match': '"x"' },
    { 'if-none-match': '"5"' },
    { 'if-match': '"5"', 'if-none-match': '*' },
  ] as Record<string, string>[])('is refused where %j cannot be understood', async (headers) => {
    expect(await put(15, headers)).toMatchObject({ status: 400, body: { code: 'invalid' } });
  });
});

describe.each([
  ['categories/billing', (n: number) => ({ title: `Title ${n}` })],
  [
    'connections/cards',
    (n: number) => ({
      provider: 'postcard',
      settings: { office: 'north' },
      secrets: { stamp: 'a-stamp-of-four-euros' },
      position: n,
    }),
  ],
] as const)('/v1/%s, which has no versions', (path, body) => {
  const put = (n: number, headers: Record<string, string> = {}) => http.call('PUT', `/v1/${path}`, body(n), headers);
  const now = async () => (await http.call('GET', `/v1/${path}`)).body;

  it('is written only where there is none, or only where there is one, as it is said', async () => {
    expect(await put(1, { 'if-match': '*' })).toMatchObject({ status: 412, body: { code: 'changed_meanwhile' } });
    const answers = await Promise.all([1, 2, 3].map((n) => put(n, { 'if-none-match': '*' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
    const first = await now();
    // Its answer was lost, and it is sent again.
    const made = answers.findIndex(({ status }) => status === 200) + 1;
    expect(await put(made, { 'if-none-match': '*' })).toMatchObject({ status: 200 });
    expect(await now()).toEqual(first);
    expect(await put(4, { 'if-none-match': '*' })).toMatchObject({
      status: 412,
      body: { detail: expect.stringContaining('already') },
    });
    expect(await now()).toEqual(first);
    expect((await put(5, { 'if-match': '*' })).status).toBe(200);
    expect(await put(6, { 'if-match': '"1"' })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('no versions') },
    });
    const { secrets: _never, ...told } = { secrets: {}, ...body(5) };
    expect(await now()).toMatchObject(told);
    expect((await put(7)).status).toBe(200);
  });
});

it('is another version of a group when one of it has been erased', async () => {
  await http.world.people([{ id: 'kim', email: 'kim@example.test' }]);
  expect((await http.call('PUT', '/v1/groups/left', { members: ['ana', 'kim'] })).body.version).toBe(1);
  await http.call('POST', '/v1/recipients/kim/erase', {});
  const now = (await http.call('GET', '/v1/groups/left')).body;
  expect(now).toMatchObject({ version: 2, members: ['ana'] });
  const put = (version: number) =>
    http.call('PUT', '/v1/groups/left', { ...now, name: 'Left' }, { 'if-match': `"${version}"` });
  expect(await put(1)).toMatchObject({ status: 412, body: { version: 2 } });
  expect(await put(2)).toMatchObject({ status: 200, body: { version: 3 } });
});

describe('a command for a follow-up as it was seen', () => {
  const act = (id: string, name: string, headers: Record<string, string> = {}) =>
    http.call('POST', `/v1/follow-ups/${id}/${name}`, {}, headers);
  const open = async (key: string): Promise<{ id: string; revision: number }> => {
    await http.call('PUT', '/v1/policies/task', policy('Task'));
    return (await http.call('POST', '/v1/follow-ups', { policy: 'task', key, assignee: 'ana' })).body;
  };

  it('is done at that revision, and at no other', async () => {
    const { id, revision } = await open('seen');
    expect(await act(id, 'acknowledge', { 'if-match': `"${revision + 1}"` })).toMatchObject({
      status: 412,
      body: { code: 'changed_meanwhile', followUp: { id, revision, status: 'open' } },
    });
    const acknowledged = await act(id, 'acknowledge', { 'if-match': `"${revision}"` });
    expect(acknowledged).toMatchObject({ status: 200, body: { status: 'acknowledged', changed: true } });
    expect((await act(id, 'unacknowledge', { 'if-match': `"${revision}"` })).status).toBe(412);
    expect((await act(id, 'cancel', { 'if-match': '*' })).status).toBe(200);
    const closed = (await http.call('GET', `/v1/follow-ups/${id}`)).body;
    expect((await act(id, 'reopen', { 'if-match': `"${revision}"` })).status).toBe(412);
    expect(await act(id, 'reopen', { 'if-match': `"${closed.revision}"` })).toMatchObject({
      status: 200,
      body: { generation: 2 },
    });
    expect((await act(id, 'acknowledge', { 'if-none-match': '*' })).status).toBe(400);
  });

  it('is done once by many who have seen the same', async () => {
    const { id, revision } = await open('many');
    const at = { 'if-match': `"${revision}"` };
    const answers = await Promise.all(['acknowledge', 'resolve', 'cancel', 'resolve'].map((name) => act(id, name, at)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
  });
});
