// Who else writes by mail, told on a virtual clock: whoever gives away what they are asked by naming somebody, and whoever only
// reads along. What else replies become is mail-back.db.test.ts.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { World } from '../../../../test/world.ts';
import { ENGINE } from '../store/database.ts';
import { ANY_ANSWER, createReplyWorld, POLICY, type ReplyWorld } from './mail-back.test-kit.ts';

let world: World;
let asked: ReplyWorld['asked'];
let back: ReplyWorld['back'];
let repliesOf: ReplyWorld['repliesOf'];
beforeAll(async () => {
  ({ world, asked, back, repliesOf } = await createReplyWorld());
  await world.people(['bo', 'cleo', 'boss'].map((id) => ({ id, email: `${id}@example.test` })));
  await world.group('clerks', ['cleo']);
  for (const policy of [POLICY, ANY_ANSWER]) await world.policy(policy);
});
afterAll(() => world.end());

const rows = <Row extends object>(text: string, id: string) =>
  world.database.transaction(ENGINE, (tx) => tx.query<Row>(text, [id]));
const standing = async (followUp: string) =>
  (await rows<object>('SELECT status, closed_by, assignee FROM relance.follow_ups WHERE id = $1', followUp))[0];
const kindsOf = (followUp: string) =>
  rows<{ kind: string }>('SELECT kind FROM relance.timeline WHERE follow_up_id = $1', followUp);

it('"give it to Bo" gives it to the one of their groups who is called so, by name or address, and to nobody else', async () => {
  await world.people([
    { id: 'ines', name: 'Inès Grün', email: 'ines@example.test' },
    { id: 'otto', name: 'Otto', email: 'otto@example.test' },
  ]);
  await world.group('office', ['bo', 'ines']);
  for (const text of ['Please give it to ines', 'Pass it on to INES@example.test, thanks']) {
    const { followUp, message } = await asked('invoice', 'bo');
    await back(message, { text, from: 'bo@example.test' });
    await world.settle();
    expect(world.recorders.email.sent.at(-1)).toMatchObject({ followUp, stage: 'notice', recipient: { id: 'ines' } });
    expect(await standing(followUp)).toMatchObject({ assignee: 'ines', status: 'open' });
    expect(await repliesOf(followUp)).toMatchObject([{ became: 'command', command: 'delegate', recipient: 'bo' }]);
    expect(JSON.stringify((await repliesOf(followUp))[0]?.meaning)).not.toContain('ines');
    // It is not theirs to give away any more.
    await back(message, { text: 'Give it to Inès', from: 'bo@example.test' });
    const late = (await repliesOf(followUp)).find((one) => one.text === 'Give it to Inès');
    expect(late).toMatchObject({ became: 'conversation', why: 'not_theirs' });
    expect(await standing(followUp)).toMatchObject({ assignee: 'ines', status: 'open' });
  }
  for (const text of ['Give it to Otto', 'Give it to otto@example.test', 'Give it to nobody@example.test']) {
    const { followUp, message } = await asked('invoice', 'bo');
    await back(message, { text, from: 'bo@example.test' });
    expect(await standing(followUp)).toMatchObject({ assignee: 'bo', status: 'open' });
    expect(await repliesOf(followUp)).toMatchObject([{ became: 'conversation', why: 'unclear' }]);
  }
  const other = await asked('invoice', 'bo');
  await back(other.message, { text: 'Give it to Inès', from: 'eve@elsewhere.test' });
  expect(await standing(other.followUp)).toMatchObject({ assignee: 'bo' });
});

it('who gets a copy of the mail has not been asked: what they answer is for people, and their absence is not the other’s', async () => {
  const away = `Auto-Submitted: auto-replied\r\n`;
  await world.people([
    {
      id: 'max',
      email: 'max@example.test',
      endpoints: [{ channel: 'email', address: 'desk@copies.test', copy: 'cc' }],
    },
  ]);
  for (const policy of ['invoice', 'survey']) {
    const { followUp, message } = await asked(policy, 'max');
    const from = 'Desk <desk@copies.test>';
    await back(message, { from, text: 'Done' });
    await back(message, { from, text: 'I am out of the office until 20 December 2026.', headers: away });
    const replies = [...(await repliesOf(followUp))].sort((a, b) => a.kind.localeCompare(b.kind));
    expect(replies).toMatchObject([
      { became: 'nothing', recipient: null },
      { became: 'conversation', why: 'unknown_sender', recipient: null, evidence: null, status: 'open' },
    ]);
    expect(await standing(followUp)).toMatchObject({ status: 'open', closed_by: null });
    expect((await kindsOf(followUp)).map(({ kind }) => kind)).not.toContain('marked_away');
    expect(await rows('SELECT engagement FROM relance.messages WHERE id = $1', message)).toEqual([{ engagement: [] }]);
    await back(message, { from: 'max@example.test', text: 'Done' });
    expect(await standing(followUp)).toMatchObject({ status: 'resolved', closed_by: 'max' });
  }
});
