// What goes wrong with people and words, and how the follow-up goes on: unknown recipients, nobody to reach, templates
// that are missing or cannot be rendered, policies that name what does not exist.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { furnish, json, startTestServer, TASK, type TestServer, taskEvent } from '../server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await furnish(server);
});
afterAll(() => server.end());

const assign = async (id: string, assignee: string): Promise<string> =>
  (await server.client.events.send(taskEvent('assigned', { id, title: `Task ${id}`, assignee, requester: 'sam' })))
    .followUps[0]?.id ?? '';
const kinds = async (id: string): Promise<string[]> =>
  (await server.client.followUps.timeline(id)).items.map((line) => `${line.kind} ${line.reason}`);

describe('an unknown recipient', () => {
  it('is waited for visibly, and the follow-up goes on the moment it is created', async () => {
    const id = await assign('unknown', 'nina');
    expect(await server.client.followUps.get(id)).toMatchObject({ status: 'open', waitsFor: 'unknown_recipient' });
    expect(await kinds(id)).toEqual(['opened event', 'waiting unknown_recipient']);
    const explained = await server.client.followUps.explain(id);
    expect(explained.summary).toContain('waits');
    expect(explained.next).toMatchObject({
      stage: null,
      text: expect.stringMatching(/^It goes on at \w{3} \d+ \w{3} [\d: ]+UTC, unless/),
    });
    await server.advance('20 minutes');
    expect((await server.client.followUps.messages(id)).items).toEqual([]);
    await server.client.recipients.put('nina', { name: 'Nina', email: 'nina@example.test', manager: 'bo' });
    await server.advance('1 minute');
    expect(
      (await server.client.followUps.messages(id)).items.map((message) => `${message.stage} ${message.channel}`).sort(),
    ).toEqual(['notice email', 'notice inbox']);
    expect(await server.client.followUps.get(id)).toMatchObject({ waitsFor: null, assignee: 'nina' });
    await server.client.followUps.command(id, 'cancel');
  });

  it('falls back after the grace of an hour', async () => {
    const id = await assign('never', 'nobody-ever');
    await server.advance('1 hour');
    expect(await server.client.followUps.get(id)).toMatchObject({ assignee: 'boss' });
    expect((await server.client.followUps.messages(id)).items.map((message) => message.recipient)).toEqual([
      'boss',
      'boss',
    ]);
    await server.client.followUps.command(id, 'cancel');
  });
});

describe('a recipient without any address', () => {
  it('still has the inbox; where a stage needs an address, that is said, and the escalation comes', async () => {
    await server.client.recipients.put('mute', { name: 'Mute', manager: 'bo' });
    const id = await assign('mute', 'mute');
    await server.advance('1 minute');
    const first = (await server.client.followUps.messages(id)).items;
    expect(first.map((message) => `${message.channel} ${message.status} ${message.reason}`).sort()).toEqual([
      'email suppressed no_endpoint',
      'inbox accepted opened',
    ]);
    await server.advance('4 days');
    const all = (await server.client.followUps.messages(id)).items.map(
      (message) => `${message.stage} ${message.recipient} ${message.channel} ${message.status}`,
    );
    expect(all).toContain('reminder mute email suppressed');
    expect(all).toContain('escalate bo email accepted');
    await server.client.followUps.command(id, 'cancel');
  });
});

describe('words that fail', () => {
  it('are refused when they are stored', async () => {
    const response = await server.raw('/v1/templates/broken', {
      ...json({ email: { subject: 'Hi {{ recipient.name', text: 'x' } }),
      method: 'PUT',
    });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: 'template_invalid', errors: [{ path: 'email.subject' }] });
  });

  it('fail one message with its reason when they cannot be rendered, and the follow-up goes on', async () => {
    await server.client.templates.put('endless', {
      email: { subject: 'x', text: '{% for i in (1..100000000) %}{{ i }}{% endfor %}' },
    });
    await server.client.policies.put(
      'endless',
      TASK.replace('policy: task', 'policy: endless')
        .replaceAll('com.acme.task', 'com.acme.endless')
        .replace(
          'notify: { via: [email, inbox] }',
          'notify: { template: endless, via: [email, { channel: inbox, else: true }] }',
        ),
    );
    const { followUps } = await server.client.events.send({
      ...taskEvent('assigned', { id: 'e', title: 'Endless', assignee: 'ana', requester: 'sam' }),
      type: 'com.acme.endless.assigned',
    });
    const id = followUps[0]?.id ?? '';
    await server.advance('1 minute');
    const messages = (await server.client.followUps.messages(id)).items
      .map((message) => `${message.channel} ${message.status} ${message.reason}`)
      .sort();
    expect(messages).toEqual(['email failed render_failed', 'inbox accepted channel_failed']);
    await server.advance('1 day');
    expect(
      (await server.client.followUps.messages(id)).items.some(
        (message) => message.stage === 'reminder' && message.status === 'accepted',
      ),
    ).toBe(true);
    await server.client.followUps.command(id, 'cancel');
  });

  it('tell whoever is handed it that it is theirs now, and not that they have been silent', async () => {
    await server.client.policies.put(
      'handed',
      TASK.replace('policy: task', 'policy: handed')
        .replaceAll('com.acme.task', 'com.acme.handed')
        .replace('escalate: { to: [manager(1)] }', 'escalate: { to: [manager(1)], mode: reassign }')
        .replace('notify: { to: escalated,', 'notify: { to: [escalated, watchers],'),
    );
    const { followUps } = await server.client.events.send({
      ...taskEvent('assigned', { id: 'h', title: 'Sign it', assignee: 'ana', requester: 'sam' }),
      type: 'com.acme.handed.assigned',
    });
    const id = followUps[0]?.id ?? '';
    await server.advance('4 days');
    expect(await server.client.followUps.get(id)).toMatchObject({ assignee: 'bo', watchers: ['ana'] });
    const mails = (await server.client.followUps.messages(id)).items.filter(
      ({ stage, channel }) => stage === 'escalate' && channel === 'email',
    );
    const told = new Map(mails.map(({ recipient, content }) => [recipient, content]));
    expect(told.get('bo')).toMatchObject({ subject: 'Now with you: Sign it' });
    expect(told.get('bo')?.text).toContain('. It is with you now.');
    expect(told.get('ana')).toMatchObject({ subject: 'Escalated: Sign it' });
    expect(told.get('ana')?.text).toContain(', and others have been told.');
    await server.client.followUps.command(id, 'cancel');
  });

  it('and those in another language than the reader’s have their buttons in their own', async () => {
    await server.client.recipients.put('odile', { name: 'Odile', email: 'odile@example.test', locale: 'fr-ca' });
    expect(await server.client.recipients.get('odile')).toMatchObject({ locale: 'fr-CA' });
    await server.client.templates.put('english', {
      language: 'en',
      email: { subject: 'x', text: '{{ language }} {{ followUp.zone }} {{ actions.acknowledge.label }}' },
    });
    await server.client.policies.put(
      'english',
      TASK.replace('policy: task', 'policy: english')
        .replaceAll('com.acme.task', 'com.acme.english')
        .replace('notify: { via: [email, inbox] }', 'notify: { template: english, via: [email] }'),
    );
    const { followUps } = await server.client.events.send({
      ...taskEvent('assigned', { id: 'en', title: 'English', assignee: 'odile', requester: 'sam' }),
      type: 'com.acme.english.assigned',
    });
    const id = followUps[0]?.id ?? '';
    await server.advance('1 minute');
    const [mail] = (await server.client.followUps.messages(id)).items;
    expect(mail?.content?.text).toMatch(/^en \S+ I have this$/);
    expect(mail?.content).toMatchObject({
      actions: expect.arrayContaining([expect.objectContaining({ label: 'I have this' })]),
    });
    await server.client.followUps.command(id, 'cancel');
  });

  it('never compile what an event says', async () => {
    const id = await assign('ssti', 'ana');
    await server.client.events.send(
      taskEvent('changed', { id: 'ssti', title: '{{ 1234567 | times: 7 }} {% assign x = 1 %}' }),
    );
    await server.advance('1 day');
    const mail = (await server.client.followUps.messages(id)).items.find((message) => message.stage === 'reminder');
    expect(mail?.content?.text).not.toContain('8641969');
    await server.client.followUps.command(id, 'cancel');
  });
});

describe('a policy that names what does not exist', () => {
  const put = async (yaml: string) => {
    const response = await server.raw('/v1/policies/wrong', {
      method: 'PUT',
      headers: { 'content-type': 'application/yaml' },
      body: yaml,
    });
    return {
      status: response.status,
      body: (await response.json()) as { code: string; errors: { path: string; message: string }[] },
    };
  };
  const wrong = TASK.replace('policy: task', 'policy: wrong');
  it.each([
    ['a template', wrong.replace('via: [email, inbox] }', 'template: nowhere, via: [email] }'), 'nowhere'],
    ['a group', wrong.replace('[manager(1)]', '[group(nowhere)]'), 'nowhere'],
    ['a stage', wrong.replace('at: opened + 1 day', 'at: nowhere + 1 day'), 'nowhere'],
    ['a target', wrong.replace('[manager(1)]', '[everybody]'), 'everybody'],
    ['a key that is not built', wrong.replace('title: Task', 'title: Task\ncategory: { title: Tasks }'), 'category'],
    ['a key that does not exist', wrong.replace('title: Task', 'titel: Task'), 'titel'],
  ])('is refused: %s', async (_what, yaml, name) => {
    const answer = await put(yaml);
    expect(answer).toMatchObject({ status: 422, body: { code: 'policy_invalid' } });
    expect(JSON.stringify(answer.body.errors)).toContain(name);
    expect((await server.raw('/v1/policies/wrong')).status).toBe(404);
  });
});
