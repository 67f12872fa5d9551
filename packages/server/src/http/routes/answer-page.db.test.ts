// The policy's own actions where people meet them: as the buttons of a mail, on the page behind each link, in the inbox; and
// what the page says where their "done" is a claim, or counts with that of others.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';
import { SECRET } from '../../../../../test/world.ts';
import { tokenFor } from '../../responses/action-link.ts';

const POLICY = `
policy: request
open: { on: request.made }
key: event.data.id
assignee: event.data.who
actions:
  - { id: approve, label: Approve it, outcome: approved }
  - id: partly
    label: Approve a part
    answer:
      type: object
      required: [amount]
      properties:
        amount: { type: number, minimum: 1, title: Amount }
        fast: { type: boolean, title: It is urgent }
        by: { type: string, title: Paid by }
  - { id: lines, label: Line by line, answer: { type: array, items: { type: number } } }
  - { id: seen, label: I have read it, resolves: false }
stages: [ { id: notice, at: opened, notify: { via: [email, inbox] } } ]
`;
const CLAIMED = POLICY.replace('policy: request', 'policy: claimed').replace(
  'actions:',
  'requester: event.data.by\nresolvableBy: [requester]\nactions:',
);
const SHARED = POLICY.replace('policy: request', 'policy: shared').replace(
  'assignee: event.data.who',
  'assignees: "[event.data.who, \'bo\']"\nrequire: all',
);

let http: HttpWorld;
let number = 0;
beforeAll(async () => {
  http = await createHttpWorld();
  await http.world.people([
    { id: 'ana', name: 'Ana', email: 'ana@example.test' },
    { id: 'bo', name: 'Bo', email: 'bo@example.test' },
    { id: 'rita', name: 'Rita', email: 'rita@example.test' },
    { id: 'luc', name: 'Luc', email: 'luc@example.test', locale: 'fr' },
  ]);
  for (const policy of [POLICY, CLAIMED, SHARED]) await http.world.policy(policy);
});
afterAll(() => http.end());

async function opened(policy = 'request', who = 'ana') {
  const made = await http.call('POST', '/v1/follow-ups', {
    policy,
    key: `r-${++number}`,
    data: { who },
    requester: 'rita',
  });
  const id: string = made.body.id;
  await http.world.settle();
  const { items } = (await http.call('GET', `/v1/messages?followUp=${id}`)).body;
  const message = items.find(
    (one: { channel: string; recipient: string }) => one.channel === 'email' && one.recipient === who,
  );
  const pathOf = (action: string): string => `/a/${tokenFor(SECRET, 'default', message.id, action)}`;
  const form = { authorization: '', 'content-type': 'application/x-www-form-urlencoded' };
  return {
    state: async () => (await http.call('GET', `/v1/follow-ups/${id}`)).body,
    mail: (await http.call('GET', `/v1/messages/${message.id}`)).body.content,
    pathOf,
    get: (action: string) => http.call('GET', pathOf(action), undefined, { authorization: '' }),
    press: (action: string, body = '') => http.call('POST', pathOf(action), body, form),
  };
}

describe('a mail of a policy with actions', () => {
  it('has them for its buttons, in the place of "It is done"', async () => {
    const { mail, pathOf } = await opened();
    const at = (action: string): string => `http://relance.test${pathOf(action)}`;
    expect(mail.text).toContain(`Approve it: ${at('approve')}\nApprove a part: ${at('partly')}`);
    expect(mail.text).toContain(`I have read it: ${at('seen')}`);
    expect(mail.text).toContain(`I have this: ${at('acknowledge')}`);
    expect(mail.text).not.toContain('It is done');
    expect(mail.html).toContain('>Approve it</a>');
    expect(mail.html).not.toContain('It is done');
  });
});

describe('the page of an action', () => {
  it('performs it when its button is pressed, and not before', async () => {
    const { get, press, state } = await opened();
    const page = await get('approve');
    expect(page.status).toBe(200);
    expect(/<button[^>]*>([^<]+)</.exec(page.text)?.[1]).toBe('Approve it');
    expect(page.text).not.toContain('It is done');
    expect(await state()).toMatchObject({ status: 'open', answers: {} });
    const done = await press('approve');
    expect(done).toMatchObject({ status: 200, text: expect.stringContaining('Your answer is in') });
    expect(await state()).toMatchObject({ status: 'resolved', outcome: 'approved', resolvedBy: 'ana' });
    expect((await press('partly', 'answer.amount=1')).status).toBe(409);
  });
  it('asks for the answer in a small form, and shows again what did not fit', async () => {
    const { get, press, state } = await opened();
    expect((await get('partly')).text).toContain(
      '<input type="number" name="answer.amount" value="" min="1" step="any" required>',
    );
    // As the schema is written, not as a database may sort it.
    const fields = (await get('partly')).text.matchAll(/ name="answer\.([a-z]+)"/g);
    expect([...fields].map(([, name]) => name)).toEqual(['amount', 'fast', 'by']);
    const unfit = await press('partly', 'answer.amount=0');
    expect(unfit.status).toBe(422);
    expect(unfit.text).toContain('Amount: must be &gt;= 1');
    expect(unfit.text).toContain('name="answer.amount" value="0"');
    expect(await state()).toMatchObject({ status: 'open', answers: {} });
    expect((await press('partly', 'answer.amount=2.5&answer.fast=true')).status).toBe(200);
    expect(await state()).toMatchObject({
      status: 'resolved',
      answers: { ana: { action: 'partly', answer: { amount: 2.5, fast: true } } },
    });
  });
  it('says so where no form can ask for it, and acts on none', async () => {
    const { get, press, state } = await opened();
    expect((await get('lines')).text).toContain('more than a small form');
    expect((await press('lines', 'answer=1')).status).toBe(422);
    expect(await state()).toMatchObject({ status: 'open' });
  });
  it('only notes what closes nothing', async () => {
    const { press, state } = await opened();
    expect((await press('seen')).text).toContain('It is noted.');
    expect(await state()).toMatchObject({ status: 'open', answers: { ana: { action: 'seen' } } });
  });
  it('says who confirms a claim, in the language of the reader', async () => {
    const { press, state } = await opened('claimed');
    expect((await press('resolve')).text).toContain('Noted, thank you. Rita confirms that it is done.');
    expect(await state()).toMatchObject({ status: 'open', claim: { by: 'ana' } });
    const french = await opened('claimed', 'luc');
    expect((await french.press('approve')).text).toContain('Rita confirme que c’est fait.');
  });
  it('says that an answer counts where others are still asked', async () => {
    const { press, state } = await opened('shared');
    expect((await press('approve')).text).toContain('Your answer counts; the others are still asked.');
    expect(await state()).toMatchObject({ status: 'open', assignee: 'bo', assignees: ['ana', 'bo'] });
  });
});

describe('the inbox', () => {
  it('has the same actions, and takes them', async () => {
    const { state } = await opened('request', 'bo');
    const { token } = (await http.call('POST', '/v1/recipients/bo/tokens', {})).body;
    const headers = { authorization: `Bearer ${token}` };
    const [item] = (await http.call('GET', '/v1/inbox', undefined, headers)).body.items;
    expect(item.actions.map(({ name }: { name: string }) => name)).toEqual([
      'approve',
      'partly',
      'lines',
      'acknowledge',
      'snooze',
      'seen',
    ]);
    expect(Object.keys(item.actions[0]).toSorted()).toEqual(['label', 'name', 'url']);
    const act = (body: object) => http.call('POST', `/v1/inbox/${item.id}/act`, body, headers);
    expect(await act({ action: 'aprove' })).toMatchObject({ status: 422, body: { reason: 'unknown_action' } });
    expect(await act({ action: 'partly' })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'answer.amount' }] },
    });
    expect(await act({ action: 'partly', answer: { amount: 2 } })).toMatchObject({
      status: 200,
      body: { outcome: 'partly' },
    });
    expect(await state()).toMatchObject({ status: 'resolved', resolvedBy: 'bo' });
  });
});
