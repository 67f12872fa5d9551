// An approval by two of three, from the event to the confirmation, over the real engine, database and HTTP: one follow-up,
// each is asked until they have answered, and a claim that nobody confirms resumes where it stood.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../http-world.ts';

const APPROVAL = `
policy: purchase
open: { on: purchase.asked }
resolve: { on: purchase.withdrawn, outcome: withdrawn }
key: event.data.id
assignees: event.data.approvers
requester: event.data.by
fallback: recipient(rita)
require: 2
rejectOn: majority
actions:
  - { id: approve, label: Approve, outcome: approved }
  - { id: reject, label: Reject, rejects: true }
stages:
  - { id: notice, at: opened, notify: { via: [email] } }
  - { id: reminder, at: opened + 1 day, notify: { via: [email] } }
  - { id: final, at: reminder + 1 day, notify: { via: [email] } }
`;
const CHORE = `
policy: chore
open: { on: chore.due }
key: event.data.id
assignee: event.data.who
team: desk
resolvableBy: [event, team]
claim: { for: 2 days }
stages:
  - { id: notice, at: opened, notify: { via: [email] } }
  - { id: reminder, at: opened + 1 day, notify: { via: [email] } }
`;

let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
  await http.world.people(['ana', 'bo', 'cleo', 'rita', 'dan'].map((id) => ({ id, email: `${id}@example.test` })));
  await http.world.group('desk', ['dan']);
  await http.world.policy(APPROVAL);
  await http.world.policy(CHORE);
});
afterAll(() => http.end());

/** What was handed over since the last time. */
let told = 0;
async function news(advance?: string): Promise<string[]> {
  if (advance === undefined) await http.world.settle();
  else await http.world.advance(advance);
  const all = http.world.sent();
  const fresh = all.slice(told).map((line) => line.replace('email ', ''));
  told = all.length;
  return fresh.toSorted();
}
const post = async (path: string, body: object) => (await http.call('POST', path, body)).body;

describe('an approval by two of three', () => {
  it('is one follow-up; who has answered is asked no more, and the second approval ends it', async () => {
    const data = { id: 'p1', approvers: ['ana', 'bo', 'cleo'], by: 'rita' };
    const [opened] = await http.world.event('purchase.asked', data);
    expect(opened).toMatchObject({ followUps: [{ policy: 'purchase', key: 'p1' }] });
    expect(await news()).toEqual(['ana notice', 'bo notice', 'cleo notice']);
    // The same again feeds it, and asks nobody anew.
    await http.world.event('purchase.asked', data);
    const { items } = (await http.call('GET', '/v1/follow-ups?policy=purchase&assignee=cleo')).body;
    expect(items).toMatchObject([{ assignee: 'ana', assignees: ['ana', 'bo', 'cleo'], answers: {} }]);
    const path = '/v1/follow-ups/by-key/purchase/p1';
    expect(await post(`${path}/answer?assignee=bo`, { actor: 'bo', action: 'approve', comment: 'fine' })).toMatchObject(
      {
        status: 'open',
        changed: true,
        answers: { bo: { action: 'approve' } },
      },
    );
    expect((await http.call('GET', `${path}/explain`)).body.summary).toBe(
      'ana, cleo are asked to act; bo has answered "approve".',
    );
    expect(await news('1 day')).toEqual(['ana reminder', 'cleo reminder']);
    expect(await post(`${path}/answer`, { actor: 'ana', action: 'reject' })).toMatchObject({
      status: 'open',
      assignee: 'cleo',
    });
    expect(await news('1 day')).toEqual(['cleo final']);
    expect(await post(`${path}/answer`, { actor: 'cleo', action: 'approve' })).toMatchObject({
      status: 'resolved',
      outcome: 'approved',
      resolvedBy: 'cleo',
    });
    const confirmed = await news();
    expect(confirmed.filter((line) => !line.startsWith('inbox'))).toEqual([
      'ana resolved',
      'bo resolved',
      'cleo resolved',
      'rita resolved',
    ]);
    expect(await news('30 days')).toEqual([]);
  });
  it('opens by API for whom its data names, and an event ends it by its key', async () => {
    const made = await post('/v1/follow-ups', {
      policy: 'purchase',
      key: 'p2',
      data: { approvers: ['ana', 'bo'], by: null },
    });
    expect(made).toMatchObject({ status: 'open', assignee: 'ana', assignees: ['ana', 'bo'] });
    expect(await news()).toEqual(['ana notice', 'bo notice']);
    await http.world.event('purchase.withdrawn', { id: 'p2' });
    expect((await http.call('GET', `/v1/follow-ups/${made.id}`)).body).toMatchObject({ outcome: 'withdrawn' });
  });
});

describe('a claim', () => {
  it('is silent while it lasts, and then what was ahead comes later by as long', async () => {
    await news();
    await http.world.event('chore.due', { id: 'c1', who: 'ana' });
    expect(await news()).toEqual(['ana notice']);
    const path = '/v1/follow-ups/by-key/chore/c1';
    expect(await post(`${path}/resolve`, { actor: 'ana' })).toMatchObject({ status: 'open', claim: { by: 'ana' } });
    expect(await post(`${path}/resolve`, { actor: 'ana' })).toMatchObject({ changed: false });
    expect(await news('2 days')).toEqual([]);
    expect((await http.call('GET', path)).body).toMatchObject({ status: 'open', claim: null, nextStage: 'reminder' });
    expect(await news('23 hours')).toEqual([]);
    expect(await news('1 hour')).toEqual(['ana reminder']);
  });
});
