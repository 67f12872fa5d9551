// Answers and claims over HTTP, by id and by key: what is stored and told, what is refused at which field, and who may close.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';
import { eventOf } from '../../../../../test/world.ts';

const POLICY = `
policy: approval
open: { on: approval.asked }
update: { on: approval.changed }
resolve: { on: approval.given, outcome: given }
key: event.data.id
assignee: event.data.who
requester: event.data.by
actions:
  - { id: approve, label: Approve, outcome: approved }
  - id: partly
    label: Approve a part
    answer: { type: object, required: [amount], properties: { amount: { type: number, minimum: 1 } } }
  - { id: reject, label: Reject, rejects: true }
  - { id: seen, label: Seen, resolves: false }
stages:
  - { id: notice, at: opened, notify: { via: [email] } }
  - { id: reminder, at: opened + 2 days, notify: { via: [email] } }
`;
const TRUSTED = POLICY.replace('policy: approval', 'policy: trusted').replace(
  'actions:',
  'resolvableBy: [team, requester]\nteam: desk\nclaim: { for: 1 day }\nactions:',
);

let http: HttpWorld;
let number = 0;
beforeAll(async () => {
  http = await createHttpWorld();
  await http.world.people(['ana', 'rita', 'bo'].map((id) => ({ id, email: `${id}@example.test` })));
  await http.world.group('desk', [...Array.from({ length: 120 }, (_, i) => `member-${i}`), 'bo']);
  await http.world.policy(POLICY);
  await http.world.policy(TRUSTED);
});
afterAll(() => http.end());

async function open(policy = 'approval') {
  const key = `a-${++number}`;
  const body = { policy, key, assignee: 'ana', requester: 'rita' };
  const { id } = (await http.call('POST', '/v1/follow-ups', body)).body;
  return { id, key, at: `/v1/follow-ups/${id}`, byKey: `/v1/follow-ups/by-key/${policy}/${key}` };
}
const post = (path: string, body: object) => http.call('POST', path, body);

describe('POST …/answer', () => {
  it('resolves with the outcome of the action, and the timeline says who answered what', async () => {
    const { at, byKey } = await open();
    expect(await post(`${byKey}/answer`, { actor: 'ana', action: 'partly', answer: { amount: 5 } })).toMatchObject({
      status: 200,
      body: {
        status: 'resolved',
        outcome: 'partly',
        resolvedBy: 'ana',
        changed: true,
        answers: { ana: { action: 'partly', answer: { amount: 5 } } },
      },
    });
    const { body } = await http.call('GET', `${at}/timeline`);
    expect(body.items.find(({ kind }: { kind: string }) => kind === 'answered')).toMatchObject({
      text: 'Answered "partly" by ana ({"amount":5}).',
      data: { action: 'partly', answer: { amount: 5 } },
    });
    expect(await post(`${at}/answer`, { action: 'reject' })).toMatchObject({ status: 409 });
  });
  it('only records what neither resolves nor rejects', async () => {
    const { at } = await open();
    const seen = { actor: 'ana', action: 'seen', comment: 'tomorrow' };
    expect(await post(`${at}/answer`, seen)).toMatchObject({ status: 200, body: { status: 'open', changed: true } });
    expect(await post(`${at}/answer`, seen)).toMatchObject({ status: 200, body: { status: 'open', changed: false } });
    expect((await http.call('GET', at)).body.answers).toMatchObject({ ana: { action: 'seen', answer: null } });
  });
  it.each([
    [{ action: 'partly' }, [{ path: 'answer.amount', message: 'is required' }]],
    [{ action: 'partly', answer: { amount: 0 } }, [{ path: 'answer.amount', message: 'must be >= 1' }]],
    [{ action: 'partly', answer: 'all' }, [{ path: 'answer', message: 'must be object' }]],
    [{ action: 'approve', answer: 'x'.repeat(16_384) }, [{ path: 'answer', message: 'is longer than 16 KiB' }]],
  ])('refuses %j at its field', async (body, errors) => {
    const { at } = await open();
    expect(await post(`${at}/answer`, body)).toMatchObject({
      status: 422,
      body: { code: 'refused', reason: 'answer_invalid', errors },
    });
    expect((await http.call('GET', at)).body).toMatchObject({ status: 'open', answers: {} });
  });
  it('names the actions that there are', async () => {
    const { at } = await open();
    expect(await post(`${at}/answer`, { action: 'aprove' })).toMatchObject({
      status: 422,
      body: { reason: 'unknown_action', detail: expect.stringContaining('it has approve, partly, reject, seen') },
    });
  });
});

describe('a policy that does not trust everybody', () => {
  const inbox = async (id: string, who: string, command: 'resolve' | 'approve') => {
    const { commands } = http.ports;
    const actor = { kind: 'recipient', id: who } as const;
    const made =
      command === 'resolve'
        ? ({ kind: 'resolve', outcome: null } as const)
        : ({ kind: 'answer', action: command, answer: null } as const);
    const request = { command: made, actor, evidence: 'proven', channel: null, comment: null } as const;
    return commands.run('default', { kind: 'id', id }, request);
  };
  it('takes the word of others for a claim', async () => {
    const { id, at } = await open('trusted');
    expect(await post(`${at}/resolve`, { actor: 'rita' })).toMatchObject({
      status: 200,
      body: { status: 'open', changed: true, claim: { by: 'rita' } },
    });
    expect(await inbox(id, 'ana', 'approve')).toMatchObject({ followUp: { status: 'open', claim: { by: 'ana' } } });
    expect((await http.call('GET', at)).body).toMatchObject({ answers: { ana: { action: 'approve' } } });
    expect((await http.call('GET', `${at}/explain`)).body.summary).toContain('said to be done');
    const { body } = await http.call('GET', `${at}/timeline`);
    expect(body.items.at(-1)).toMatchObject({
      kind: 'claimed',
      text: expect.stringMatching(/^Said to be done by ana; /),
    });
    expect(await inbox(id, 'rita', 'resolve')).toMatchObject({ followUp: { status: 'resolved', claim: null } });
  });
  it('knows the members of a team too large to be read', async () => {
    const { id } = await open('trusted');
    expect(await inbox(id, 'bo', 'resolve')).toMatchObject({ followUp: { status: 'resolved', closedBy: 'bo' } });
  });
  it('takes an event for a claim, and goes on hearing of it', async () => {
    const { id, key, at } = await open('trusted');
    const events = [
      eventOf('approval.given', { id: key }),
      eventOf('approval.changed', { id: key, size: 5 }),
      eventOf('approval.asked', { id: key, size: 6 }),
    ];
    const outcomes = await http.ports.ingest.submit('default', events);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'accepted']);
    expect((await http.call('GET', at)).body).toMatchObject({
      id,
      status: 'open',
      claim: { by: null },
      data: { size: 6 },
    });
    const { items } = (await http.call('GET', `/v1/follow-ups?policy=trusted&key=${key}`)).body;
    expect(items).toHaveLength(1);
    const { body } = await http.call('GET', `/v1/events/${events[0]?.id}`);
    expect(body.matches).toEqual(
      expect.arrayContaining([expect.objectContaining({ policy: 'trusted', result: 'claimed' })]),
    );
  });
});
