// What people do with replies over HTTP: listing, answering, putting away, and what is refused with a reason.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';
import type { IncomingReply } from '../../engine/ports.ts';

let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
  await http.world.people([
    { id: 'ana', name: 'Ana', email: 'ana@example.test', phone: '+34600000001' },
    { id: 'bo', name: 'Bo', email: 'bo@example.test' },
  ]);
  await http.world.policy(`
policy: invoice
category: billing
open: { on: invoice.issued }
key: event.data.id
subject: { title: "'Invoice ' + event.data.id" }
assignee: event.data.who
requester: "'bo'"
stages: [ { id: notice, at: opened, notify: { via: [email, sms] } } ]
`);
});
afterAll(() => http.end());

let number = 0;
interface Made {
  readonly reply: string;
  readonly followUp: string;
}
async function replied(more: Partial<IncomingReply> = {}): Promise<Made> {
  const channel = more.channel ?? 'email';
  const [outcome] = await http.world.event('invoice.issued', { id: `k${++number}`, who: 'ana' });
  await http.world.settle();
  const followUp = outcome?.kind === 'accepted' ? (outcome.followUps[0]?.id ?? '') : '';
  const message = http.world.recorders[channel].sent.findLast((one) => one.followUp === followUp);
  const { replies } = http.world.node;
  const about = await replies.about({ message: message?.id ?? '' });
  if (about === null) throw new Error('nobody can reply');
  await replies.take(about, {
    channel,
    from: 'ana@example.test',
    providerId: `r${number}`,
    subject: 'Re: Invoice',
    text: 'Which one?',
    proven: true,
    said: { kind: 'human', meaning: { kind: 'unclear', confidence: 1, sure: false }, surelyHuman: true },
    ...more,
  });
  const { items } = (await http.call('GET', `/v1/replies?followUp=${followUp}`)).body;
  return { reply: items[0].id, followUp };
}
const answer = (reply: string, body: unknown = { text: 'The second one.', actor: 'bo' }, headers = {}) =>
  http.call('POST', `/v1/replies/${reply}/answer`, body, headers);
const kindsOf = async (followUp: string): Promise<string[]> =>
  (await http.call('GET', `/v1/follow-ups/${followUp}/timeline`)).body.items.map(({ kind }: { kind: string }) => kind);

describe('an answer', () => {
  it('goes to whoever wrote, with the words as they are, and may be followed by another', async () => {
    const { reply, followUp } = await replied();
    const before = http.world.recorders.email.sent.length;
    expect(await answer(reply)).toMatchObject({ status: 200, body: { status: 'answered' } });
    await http.world.settle();
    expect((await answer(reply, { text: 'I mean the blue one.' })).body.answers).toMatchObject([
      { by: 'bo', text: 'The second one.' },
      { by: null, text: 'I mean the blue one.' },
    ]);
    await http.world.settle();
    const sent = http.world.recorders.email.sent.slice(before).filter(({ stage }) => stage === '@reply-answer');
    expect(sent.map(({ address, content }) => `${address} ${content.subject}: ${content.text}`)).toEqual([
      'ana@example.test Re: Invoice: The second one.',
      'ana@example.test Re: Invoice: I mean the blue one.',
    ]);
    expect((await kindsOf(followUp)).filter((kind) => kind.startsWith('repl'))).toEqual([
      'replied',
      'reply_answered',
      'reply_answered',
    ]);
    // It moves no stage: the follow-up stands as it stood.
    expect((await http.call('GET', `/v1/follow-ups/${followUp}`)).body).toMatchObject({
      status: 'open',
      stage: 'notice',
    });
  });
  it('is sent once, however often the same request comes', async () => {
    const { reply } = await replied();
    const headers = { 'idempotency-key': 'answer-1' };
    const [first, second] = [await answer(reply, undefined, headers), await answer(reply, undefined, headers)];
    expect(second.body).toEqual(first.body);
    expect(second.body.answers).toHaveLength(1);
  });
  it('goes by the channel that they wrote on', async () => {
    const { reply } = await replied({ channel: 'sms', from: '+34 600 000 001' });
    expect((await answer(reply)).status).toBe(200);
    await http.world.settle();
    expect(http.world.recorders.sms.sent.at(-1)).toMatchObject({ address: '+34600000001', stage: '@reply-answer' });
  });
  it('to a stranger goes to the address that they wrote from', async () => {
    const { reply } = await replied({ from: 'eve@elsewhere.test' });
    expect((await answer(reply)).status).toBe(200);
    await http.world.settle();
    // The team is told at the same moment, in either order.
    const sent = http.world.recorders.email.sent.findLast(({ stage }) => stage === '@reply-answer');
    expect(sent).toMatchObject({ address: 'eve@elsewhere.test' });
  });
});

describe('is refused', () => {
  it('to a program', async () => {
    const { reply } = await replied({ said: { kind: 'automatic', why: 'away', away: null } });
    expect(await answer(reply)).toMatchObject({ status: 422, body: { code: 'unprocessable' } });
  });
  it('to whoever does not want to hear of it, or is not written to any more', async () => {
    const { reply, followUp } = await replied();
    await http.world.node.consents.optOut(
      { tenant: 'default', recipient: 'ana', category: 'billing' },
      { how: 'page' },
    );
    expect((await answer(reply)).body.detail).toContain('does not want messages of the category "billing"');
    await http.world.node.consents.optIn({ tenant: 'default', recipient: 'ana', category: 'billing' }, { how: 'page' });
    const endpoint = { channel: 'email', address: 'ana@example.test' } as const;
    await http.world.node.consents.suppress('default', [{ ...endpoint, source: 'admin', reason: null }], null);
    expect((await answer(reply)).body.detail).toContain('/v1/suppressions');
    await http.world.node.consents.lift('default', { ...endpoint, reason: 'x' }, null);
    expect(await kindsOf(followUp)).not.toContain('reply_answered');
  });
  it('without words, by a name that is none, and where there is no such reply', async () => {
    const { reply } = await replied();
    expect((await answer(reply, { text: ' \n' })).status).toBe(400);
    expect((await answer(reply, { text: 'x', actor: '' })).status).toBe(400);
    expect((await answer('0193a1b2-c3d4-7000-8000-000000000001')).status).toBe(404);
    expect((await answer('nonsense')).status).toBe(404);
  });
});

it('what is put away is closed once, and listed by its status', async () => {
  const { reply, followUp } = await replied();
  const listed = async (status: string): Promise<string[]> =>
    (await http.call('GET', `/v1/replies?status=${status}`)).body.items.map(({ id }: { id: string }) => id);
  expect(await listed('open')).toContain(reply);
  for (let times = 0; times < 2; times++)
    expect(
      await http.call('POST', `/v1/replies/${reply}/close`, { actor: 'bo', comment: 'said by phone' }),
    ).toMatchObject({
      status: 200,
      body: { status: 'closed', closedBy: 'bo' },
    });
  expect(await listed('open')).not.toContain(reply);
  expect(await listed('closed')).toContain(reply);
  expect((await kindsOf(followUp)).filter((kind) => kind === 'reply_closed')).toHaveLength(1);
  for (const query of ['status=gone', 'followUp=nonsense', 'cursor=bm9uc2Vuc2U', 'colour=red'])
    expect((await http.call('GET', `/v1/replies?${query}`)).status).toBe(400);
});
