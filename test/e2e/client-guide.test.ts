// The guide to the client: its code runs as it stands against a server, its table names every option, and streams tell what happens there.
import { createClient, RelanceProblem } from '@relance/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksOf, guideText } from '../guide.ts';
import { API_KEY, furnish, startTestServer, type TestServer, taskEvent } from '../server.ts';

const GUIDE = guideText('client.md');
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await furnish(server);
});
afterAll(() => server.end());

const assign = (id: string, assignee = 'ana') =>
  server.client.events.send(taskEvent('assigned', { id, title: `Task ${id}`, assignee, requester: 'sam' }));

describe('the code of the guide to the client', () => {
  it('opens, asks any route, is refused, and follows the inbox', async () => {
    const code = blocksOf(GUIDE, 'ts')
      .join('\n')
      .replace(/^import .*\n/gm, '')
      .replaceAll('http://127.0.0.1:4400', server.url)
      .replace('your API key', API_KEY)
      .replace('for await', 'await assign();\nfor await'); // what it waits for
    const body = `return (async () => { ${code}\nreturn { opened, found, same, csv, checked, late, own }; })();`;
    const run = new Function('createClient', 'RelanceProblem', 'assign', body);
    const { opened, found, same, csv, checked, late, own } = await run(createClient, RelanceProblem, () =>
      assign('t2'),
    );
    expect(opened).toMatchObject({ opened: true, key: 't1', assignee: 'ana' });
    expect(found).toMatchObject({ id: opened.id, snoozedUntil: expect.any(String) });
    expect(same).toEqual(found);
    expect(csv).toMatch(/^[\w,]+\r?\n/);
    expect(checked).toMatchObject({ ok: false, errors: expect.arrayContaining([expect.anything()]) });
    expect(late).toBeNull();
    const { items } = await own.inbox.list({ archived: true });
    expect(items.filter(({ readAt }: { readAt: string | null }) => readAt !== null)).toHaveLength(1);
  });

  it('has every option in its table', () => {
    for (const option of ['url', 'key', 'fetch', 'signal', 'retriesMax']) expect(GUIDE).toContain(`| \`${option}\` |`);
  });
});

describe('the client against a server', () => {
  it('follows what happens to follow-ups', async () => {
    const ending = new AbortController();
    const heard = new Set<string>();
    const listening = (async () => {
      for await (const { data } of server.client.stream({ signal: ending.signal }))
        for (const id of data.followUps ?? []) heard.add(id);
    })();
    const ended = expect(listening).rejects.toThrow('enough');
    const { followUps } = await assign('t3');
    const id = followUps[0]?.id ?? '';
    // It tells of no past, so something happens until it is heard.
    await expect
      .poll(async () => {
        await server.client.followUps.command(id, 'note', { comment: 'still here' });
        return [...heard];
      })
      .toContain(id);
    ending.abort(new Error('enough'));
    await ended;
  });

  it('says which of several live ones a key means', async () => {
    await server.client.policies.put(
      'both',
      'policy: both\nopen: { on: both }\nkey: event.data.id\nassignees: event.data.who\nstages: [{ id: notice, at: opened, notify: { via: [inbox] } }]\n',
    );
    await server.client.events.send({
      specversion: '1.0',
      id: 'both-1',
      source: '/tests',
      type: 'both',
      data: { id: 'k', who: ['ana', 'bo'] },
    });
    await expect(server.client.followUps.byKey('both', 'k').get()).rejects.toMatchObject({ code: 'key_ambiguous' });
    const ofBo = server.client.followUps.byKey('both', 'k', { assignee: 'bo' });
    expect(await ofBo.command('acknowledge', { actor: 'bo' })).toMatchObject({
      assignee: 'bo',
      status: 'acknowledged',
    });
    expect((await ofBo.timeline()).items.map(({ kind }) => kind)).toContain('acknowledged');
  });

  it('manages webhooks, and the devices of a recipient', async () => {
    const made = await server.client.webhooks.put('crm', { url: 'https://crm.example.test/in' });
    expect(made.secret).toMatch(/^whsec_/);
    expect((await server.client.webhooks.rotate('crm')).secret).not.toBe(made.secret);
    expect((await server.client.webhooks.list()).items.map(({ id }) => id)).toEqual(['crm']);
    await server.client.webhooks.delete('crm');
    const { token } = await server.client.recipients.token('ana');
    const { inbox } = createClient({ url: server.url, key: token });
    await inbox.devices.put('phone', { kind: 'fcm', token: 'a-registration-token' });
    expect((await inbox.devices.list()).items).toMatchObject([{ id: 'phone', kind: 'fcm' }]);
    await inbox.devices.delete('phone');
    await expect(inbox.pushKey()).rejects.toMatchObject({ code: 'not_found' });
  });
});
