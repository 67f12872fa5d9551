// The page behind a link that snoozes: what may be chosen, how far the policy lets it go, and what is said of the rest.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';

const TASK = `
policy: task
open: { on: task.created }
key: event.data.id
assignee: "'ana'"
snooze: { max: 5 days, times: 3 }
stages: [ { id: notice, at: opened, notify: { via: [email] } }, { id: again, at: opened + 30 days } ]
`;

let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
  await http.call('PUT', '/v1/recipients/ana', { email: 'ana@example.test' });
  await http.call('PUT', '/v1/policies/task', TASK, { 'content-type': 'application/yaml' });
});
afterAll(() => http.end());

let number = 0;
async function opened() {
  const key = `k${++number}`;
  const event = { specversion: '1.0', id: key, source: '/s', type: 'task.created', data: { id: key } };
  await http.call('POST', '/v1/events', event);
  await http.world.settle();
  const followUp = async () => (await http.call('GET', `/v1/follow-ups/by-key/task/${key}`)).body;
  const envelope = http.world.recorders.email.sent.at(-1);
  const link = new URL(envelope?.content.actions?.find(({ name }) => name === 'snooze')?.url ?? '').pathname;
  const post = (body: string) => http.call('POST', link, body, { 'content-type': 'application/x-www-form-urlencoded' });
  return { followUp, post };
}

describe('snoozing by link', () => {
  it.each([
    ['', '2026-11-03T09:00:00.000Z'],
    ['for=4h', '2026-11-02T13:00:00.000Z'],
    ['for=3d', '2026-11-05T09:00:00.000Z'],
    ['for=5d', '2026-11-07T09:00:00.000Z'],
  ])('"%s" is quiet until %s', async (form, until) => {
    const { followUp, post } = await opened();
    expect((await post(form)).status).toBe(200);
    expect((await followUp()).snoozedUntil).toBe(until);
  });

  it.each([
    ['for=900d', 'This policy allows a snooze until 2026-11-07T09:00:00.000Z at the latest.'],
    ['for=7d', 'This policy allows a snooze until'],
    ['for=xx', '&quot;xx&quot; is not a time to be reminded after. Nothing has changed'],
    ['for=-1d', 'is not a time to be reminded after'],
    ['for=%3Cb%3E', '&quot;&lt;b&gt;&quot; is not a time'],
  ])('"%s" changes nothing, and says why', async (form, text) => {
    const { followUp, post } = await opened();
    const answer = await post(form);
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toContain('text/html');
    expect(answer.text).toContain(text);
    expect(await followUp()).toMatchObject({ status: 'open', snoozedUntil: null });
  });
});
