// A policy comes back in the words it was written in, with its comments, and each version says whose key published it. The policies
// that come with Relance can be read, and taken with what they name.
import { SHAPES } from '@relance/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';

const YAML = { 'content-type': 'application/yaml' };
const TEXT = `# Whoever reads this next: ask Ana before you change it.
policy: task
key: event.data.id
assignee: event.data.who
stages:
  - { id: notice, at: opened } # at once
`;

let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
});
afterAll(() => http.end());

const read = async (version?: number) =>
  (await http.call('GET', `/v1/policies/task${version === undefined ? '' : `?version=${version}`}`)).body;
const publish = (text: string, headers: Record<string, string> = {}) =>
  http.call('PUT', '/v1/policies/task', text, { ...YAML, ...headers });

describe('the words of a policy', () => {
  it('come back as they were written, version by version', async () => {
    expect((await publish(TEXT)).body.version).toBe(1);
    expect((await read()).text).toBe(TEXT);
    // Only a comment: the same policy in other words is no new version, and the words are kept.
    const other = TEXT.replace('Ana', 'Bo');
    expect((await publish(other)).body.version).toBe(1);
    expect((await read()).text).toBe(other);
    const next = other.replace('opened }', 'opened + 1 hour }');
    expect((await publish(next)).body.version).toBe(2);
    expect((await read()).text).toBe(next);
    expect((await read(1)).text).toBe(other);
  });

  it('are written over by nobody who has not read them', async () => {
    const before = await read();
    const over = { 'if-match': `"${before.version}"` };
    const [one, two] = [`# from window one\n${before.text}`, `# from window two\n${before.text}`];
    expect((await publish(one, over)).body.version).toBe(3);
    expect(await publish(two, over)).toMatchObject({ status: 412, body: { version: 3 } });
    expect(await publish(one, over)).toMatchObject({ status: 200, body: { version: 3 } }); // its answer was lost
    expect([(await read()).text, (await read(2)).text]).toEqual([one, before.text]);
  });

  it('are none where it came as JSON, and what is refused or only checked changes none', async () => {
    const { policy, text } = await read();
    expect((await http.call('POST', '/v1/policies/check', `# else\n${text}`, YAML)).body.ok).toBe(true);
    expect((await publish(`${text}colour: blue\n`)).status).toBe(422);
    expect((await read()).text).toBe(text);
    const json = { ...policy, title: 'Task' };
    expect((await http.call('PUT', '/v1/policies/task', json)).body.version).toBe(4);
    expect((await read()).text).toBeNull();
  });

  it('say who published them, by the name of the key', async () => {
    const { key } = (await http.call('POST', '/v1/keys', { name: 'Billing robot' })).body;
    await publish(TEXT, { authorization: `Bearer ${key}` });
    const { items } = (await http.call('GET', '/v1/policies/task/versions')).body;
    expect(
      items.map((one: { version: number; createdByName: string | null }) => [one.version, one.createdByName]),
    ).toEqual([
      [5, 'Billing robot'],
      [4, null],
      [3, null],
      [2, null],
      [1, null],
    ]);
    expect(items[1].createdBy).toBe('bootstrap');
  });

  it('of one window are not written over by another, where what both have read came as JSON', async () => {
    const stages = [{ id: 'notice', at: 'opened' }];
    const json = { policy: 'task', title: 'From JSON', key: 'event.data.id', assignee: 'event.data.who', stages };
    const { version } = (await http.call('PUT', '/v1/policies/task', json)).body;
    const text = TEXT.replace('key:', 'title: From JSON\nkey:');
    const seen = { 'if-match': `"${version}"` };
    const [one, two] = [`# from window one\n${text}`, `# from window two\n${text}`];
    expect(await publish(one, seen)).toMatchObject({ status: 200, body: { version: version + 1 } });
    expect(await publish(two, seen)).toMatchObject({ status: 412, body: { version: version + 1 } });
    expect(await publish(one, seen)).toMatchObject({ status: 200, body: { version: version + 1 } }); // its answer was lost
    expect([(await read()).text, (await read(version)).text]).toEqual([one, null]);
  });
});

describe('ready policies', () => {
  it('are listed, and each comes with all that it names', async () => {
    const { items } = (await http.call('GET', '/v1/ready-policies')).body;
    expect(items.length).toBeGreaterThan(5);
    for (const { id, title } of items) {
      const { status, body } = await http.call('GET', `/v1/ready-policies/${id}`);
      expect({ id, status, title: body.title }).toEqual({ id, status: 200, title });
      expect(SHAPES.ReadyPolicyWhole.safeParse(body).error?.issues ?? []).toEqual([]);
      // Put where they belong, it can be published as it stands.
      const put = async (path: string, one: { id: string }) => {
        const answer = await http.call('PUT', `/v1/${path}/${encodeURIComponent(one.id)}`, one);
        expect({ path, id: one.id, status: answer.status, text: answer.status === 200 ? '' : answer.text }).toEqual({
          ...{ path, id: one.id, status: 200, text: '' },
        });
      };
      for (const one of body.recipients) await put('recipients', one);
      for (const path of ['groups', 'schedules', 'calendars', 'templates'])
        for (const one of body[path]) await put(path, one);
      const published = await http.call('PUT', `/v1/policies/${id}`, body.text, YAML);
      expect(published.status, published.text).toBe(200);
    }
  });

  it('are those and no others', async () => {
    const { status, body } = await http.call('GET', '/v1/ready-policies/..%2Fpackage.json');
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'not_found' });
  });
});
