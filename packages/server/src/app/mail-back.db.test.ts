// Replies by mail, told on a virtual clock with recorded mails: what each becomes, what the timeline says of it, and what never
// happens. Real servers and real responders are in test/e2e/reply*.test.ts.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { World } from '../../../../test/world.ts';
import { ENGINE } from '../store/database.ts';
import { putCategory } from '../store/sql/category.ts';
import { ANY_ANSWER, createReplyWorld, POLICY, type ReplyWorld } from './mail-back.test-kit.ts';
import type { TakeMail } from './mail-back.ts';

const TRUSTING_NOBODY = POLICY.replace('policy: invoice', 'policy: bill')
  .replaceAll('invoice.', 'bill.')
  .replace('team: clerks', 'team: clerks\nresolvableBy: [event, team]');
const CHOICE = POLICY.replace('policy: invoice', 'policy: leave')
  .replaceAll('invoice.', 'leave.')
  .replace(
    'team: clerks',
    `requester: "'rita'"
actions:
  - { id: approve, label: Approve }
  - { id: reject, label: Reject, rejects: true }
  - { id: partly, label: Partly, answer: { type: object, required: [days], properties: { days: { type: integer } } } }`,
  );
let world: World;
let take: TakeMail;
let asked: ReplyWorld['asked'];
let rawOf: ReplyWorld['rawOf'];
let back: ReplyWorld['back'];
let repliesOf: ReplyWorld['repliesOf'];
beforeAll(async () => {
  ({ world, take, asked, rawOf, back, repliesOf } = await createReplyWorld());
  await world.people([
    { id: 'ana', name: 'Ana', email: 'ana@example.test', endpoints: [{ channel: 'email', address: 'ana@home.test' }] },
    { id: 'bo', name: 'Bo', email: 'bo@example.test' },
    { id: 'cleo', name: 'Cleo', email: 'cleo@example.test' },
    { id: 'rita', name: 'Rita', email: 'rita@example.test' },
    { id: 'boss', name: 'Boss', email: 'boss@example.test' },
  ]);
  await world.group('clerks', ['cleo']);
  for (const policy of [POLICY, TRUSTING_NOBODY, CHOICE, ANY_ANSWER]) await world.policy(policy);
});
afterAll(() => world.end());

const standing = async (followUp: string) => {
  const [row] = await world.database.transaction(ENGINE, (tx) =>
    tx.query<{
      status: string;
      outcome: string | null;
      closed_by: string | null;
      assignee: string;
      snoozed_until: number;
    }>('SELECT status, outcome, closed_by, assignee, snoozed_until FROM relance.follow_ups WHERE id = $1', [followUp]),
  );
  return row;
};
const linesOf = (followUp: string) =>
  world.database.transaction(ENGINE, (tx) =>
    tx.query<{
      kind: string;
      reason: string;
      actor: string | null;
      evidence: string | null;
      recipient: string | null;
      data: Record<string, unknown>;
    }>(
      `SELECT kind, reason, actor, evidence, recipient, data FROM relance.timeline WHERE follow_up_id = $1 ORDER BY seq`,
      [followUp],
    ),
  );
const engagementOf = async (message: string) =>
  (
    await world.database.transaction(ENGINE, (tx) =>
      tx.query<{ engagement: string[] }>(
        `SELECT ARRAY(SELECT e ->> 'kind' FROM jsonb_array_elements(engagement) AS e) AS engagement FROM relance.messages WHERE id = $1`,
        [message],
      ),
    )
  )[0]?.engagement;
/** What is handed over about a follow-up meanwhile, as `ana reminder`. */
async function sentAbout(followUp: string, act: () => Promise<unknown>): Promise<string[]> {
  const before = world.recorders.email.sent.length;
  await act();
  await world.settle();
  return world.recorders.email.sent
    .slice(before)
    .filter((one) => one.followUp === followUp)
    .map(({ recipient, stage }) => `${recipient.id} ${stage}`);
}

describe('what somebody writes back', () => {
  it('"done" resolves it, as them, by email, proven; the timeline says what they wrote', async () => {
    const { followUp, message } = await asked();
    expect(await back(message, { text: 'Done, thanks.\n\nAna\n\n> Please confirm: done?' })).toBe('taken');
    expect(await standing(followUp)).toMatchObject({ status: 'resolved', closed_by: 'ana' });
    const [replied, resolved] = (await linesOf(followUp)).filter(({ kind }) => ['replied', 'resolved'].includes(kind));
    expect(replied).toMatchObject({
      kind: 'replied',
      reason: 'reply',
      actor: 'ana',
      evidence: 'proven',
      data: { text: 'Done, thanks.', takenAs: '"it is done"' },
    });
    expect(resolved).toMatchObject({ actor: 'ana', evidence: 'proven' });
    expect(await engagementOf(message)).toEqual(expect.arrayContaining(['replied', 'acted']));
    expect(await repliesOf(followUp)).toMatchObject([
      { became: 'command', command: 'resolve', status: 'closed', recipient: 'ana', evidence: 'proven', kind: 'human' },
    ]);
  });

  it('the same mail twice is one', async () => {
    const { followUp, message } = await asked();
    const written = { text: 'Remind me tomorrow', id: '<same@client.test>' };
    await back(message, written);
    await back(message, { ...written, headers: 'Received: from elsewhere\r\n' });
    expect(await repliesOf(followUp)).toHaveLength(1);
    expect((await linesOf(followUp)).filter(({ kind }) => kind === 'snoozed')).toHaveLength(1);
  });

  it('a date is promised, and no reminder comes before it', async () => {
    const { followUp, message } = await asked();
    await back(message, { text: "I'll do it by Friday" });
    expect(await standing(followUp)).toMatchObject({ status: 'acknowledged' });
    expect((await linesOf(followUp)).find(({ kind }) => kind === 'committed')).toMatchObject({
      actor: 'ana',
      data: { by: Date.parse('2026-11-06T17:00:00Z') },
    });
    await back(message, { text: 'Done' });
  });

  it('"not mine" passes it on, and "done" of who is not trusted to close it is a claim', async () => {
    const first = await asked();
    await back(first.message, { text: 'Not my job' });
    expect(await standing(first.followUp)).toMatchObject({ status: 'open', assignee: 'boss' });
    const second = await asked('bill');
    await back(second.message, { text: 'Already paid' });
    expect(await standing(second.followUp)).toMatchObject({ status: 'open' });
    expect((await linesOf(second.followUp)).map(({ kind }) => kind)).toContain('claimed');
  });

  it("the policy's own actions are answered where they ask nothing more; a plain yes is for people", async () => {
    const yes = await asked('leave');
    await back(yes.message, { text: 'Approved' });
    expect(await standing(yes.followUp)).toMatchObject({ status: 'resolved', outcome: 'approve' });
    const no = await asked('leave');
    await back(no.message, { text: 'reject' });
    expect(await standing(no.followUp)).toMatchObject({ status: 'resolved', outcome: 'reject' });
    const more = await asked('leave');
    await back(more.message, { text: 'partly' });
    expect(await standing(more.followUp)).toMatchObject({ status: 'open' });
    expect(await repliesOf(more.followUp)).toMatchObject([{ became: 'conversation', why: 'refused', status: 'open' }]);
    const maybe = await asked('leave');
    // Nobody but the requester is there to be told.
    expect(await sentAbout(maybe.followUp, () => back(maybe.message, { text: 'yes' }))).toEqual(['rita @reply']);
    expect(await standing(maybe.followUp)).toMatchObject({ status: 'open' });
  });

  it('"stop" takes them off the category, with the reply as evidence, and what waited is taken back', async () => {
    const { followUp, message } = await asked('invoice', 'bo');
    const other = await asked('invoice', 'bo');
    await back(message, { text: 'Unsubscribe', from: 'bo@example.test' });
    const [choice] = await world.database.transaction(ENGINE, (tx) =>
      tx.query<{ recipient: string; category: string; how: string; evidence: { reply: string } }>(
        'SELECT recipient, category, how, evidence FROM relance.preference_changes',
      ),
    );
    const [reply] = await repliesOf(followUp);
    expect(choice).toEqual({
      recipient: 'bo',
      category: 'billing',
      how: 'reply',
      evidence: { reply: reply?.id },
    });
    expect(reply).toMatchObject({ became: 'opted_out', command: null, status: 'closed' });
    expect(await standing(followUp)).toMatchObject({ status: 'open' });
    expect(await sentAbout(followUp, () => world.advance('3 days'))).not.toContain('bo reminder');
    expect(world.sent().filter((one) => one === 'email bo reminder')).toEqual([]);
    expect(await standing(other.followUp)).toMatchObject({ status: 'open' });
    await world.database.transaction(ENGINE, (tx) => tx.query('DELETE FROM relance.choices'));
  });

  it('"stop" where a category cannot be switched off is for people', async () => {
    const essential = { id: 'billing', title: 'Bills', why: null, defaults: {} };
    await world.database.transaction(ENGINE, (tx) => putCategory(tx, 'default', { ...essential, essential: true }));
    const { followUp, message } = await asked();
    await back(message, { text: 'Unsubscribe' });
    expect(await repliesOf(followUp)).toMatchObject([{ became: 'conversation', why: 'essential' }]);
    await world.database.transaction(ENGINE, (tx) => putCategory(tx, 'default', { ...essential, essential: false }));
  });
});

describe('what nobody can read for sure', () => {
  it('goes to the team once, as a conversation; nothing else happens and the reminder comes', async () => {
    const { followUp, message } = await asked();
    const told = await sentAbout(followUp, () =>
      back(message, { text: 'Which bank account is it? I cannot find it.' }),
    );
    expect(told).toEqual(['cleo @reply']);
    const words = world.recorders.email.sent.at(-1)?.content.text ?? '';
    expect(words).toContain('Which bank account is it?');
    const [reply] = await repliesOf(followUp);
    expect(words).toContain(`/v1/replies/${reply?.id}/answer`);
    expect(reply).toMatchObject({ became: 'conversation', why: 'unclear', status: 'open', evidence: 'proven' });
    expect(await engagementOf(message)).toEqual(['replied']);
    expect(await standing(followUp)).toMatchObject({ status: 'open' });
    expect(await sentAbout(followUp, () => world.advance('2 days'))).toContain('ana reminder');
  });

  it('what answers a mail that carried others with it is about none of them for sure', async () => {
    const { followUp, message } = await asked();
    const other = await asked();
    await world.database.transaction(ENGINE, (tx) =>
      tx.query(`UPDATE relance.messages SET status = 'merged', carrier = $1 WHERE id = $2`, [message, other.message]),
    );
    await back(message, { text: 'Done' });
    expect(await repliesOf(followUp)).toMatchObject([{ became: 'conversation', why: 'several' }]);
    expect(await standing(followUp)).toMatchObject({ status: 'open' });
  });

  it('two deliveries of one mail at the same moment are one', async () => {
    const { followUp, message } = await asked();
    const written = { text: 'Where is the invoice?', id: '<twice@client.test>' };
    const told = await sentAbout(followUp, () => Promise.all([1, 2, 3, 4].map(() => back(message, written))));
    expect(told).toEqual(['cleo @reply']);
    expect(await repliesOf(followUp)).toHaveLength(1);
  });

  it('a member of the team who answers what they were told by mail tells the team nothing', async () => {
    const { followUp, message } = await asked();
    await sentAbout(followUp, () => back(message, { text: 'Who are you?' }));
    const told = world.recorders.email.sent.at(-1);
    expect(
      await sentAbout(followUp, () => back(told?.id ?? '', { text: 'I will call her.', from: 'cleo@example.test' })),
    ).toEqual([]);
    expect(await repliesOf(followUp)).toHaveLength(2);
    expect(await standing(followUp)).toMatchObject({ status: 'open' });
  });

  it('a guess is none: "ok" alone acts on nothing', async () => {
    const { followUp, message } = await asked();
    await back(message, { text: 'Friday' });
    expect(await repliesOf(followUp)).toMatchObject([
      { became: 'conversation', why: 'unclear', meaning: { kind: 'commit', sure: false } },
    ]);
    expect(await standing(followUp)).toMatchObject({ status: 'open' });
  });

  it('what was closed meanwhile stays so, and people hear of what was written', async () => {
    const { followUp, message } = await asked();
    await world.node.commands.run(
      'default',
      { kind: 'id', id: followUp },
      {
        command: { kind: 'cancel' },
        actor: { kind: 'api', id: null },
        evidence: 'proven',
        channel: null,
        comment: null,
      },
    );
    await back(message, { text: "I'll do it by Friday" });
    expect(await standing(followUp)).toMatchObject({ status: 'cancelled' });
    expect(await repliesOf(followUp)).toMatchObject([{ became: 'conversation', why: 'closed' }]);
  });

  it('with nobody to tell, an alarm says so', async () => {
    await world.policy(
      POLICY.replace('policy: invoice', 'policy: alone')
        .replaceAll('invoice.', 'alone.')
        .replace('team: clerks\n', '')
        .replace('fallback: recipient(boss)\n', ''),
    );
    const { followUp, message } = await asked('alone');
    expect(await sentAbout(followUp, () => back(message, { text: 'What is this?' }))).toEqual([]);
    expect((await linesOf(followUp)).filter(({ kind }) => kind === 'alarm')).toMatchObject([
      { reason: 'nobody_reached' },
    ]);
  });
});

describe('who wrote it', () => {
  it('any address of who was written to is theirs', async () => {
    const { followUp, message } = await asked();
    await back(message, { text: 'Done', from: 'ANA@home.test' });
    expect(await standing(followUp)).toMatchObject({ status: 'resolved', closed_by: 'ana' });
  });
  it('nobody acts in the name of another: whoever has a message of their own writes any sender', async () => {
    const { followUp, message } = await asked('bill');
    await back(message, { text: 'Done', from: 'cleo@example.test' });
    expect(await standing(followUp)).toMatchObject({ status: 'open', closed_by: null });
    expect(await repliesOf(followUp)).toMatchObject([
      { became: 'conversation', why: 'not_theirs', recipient: 'cleo', evidence: 'likely' },
    ]);
    // What the requester is told has an address that is theirs alone; with it they are not whom they ask.
    const leave = await asked('leave');
    await back(leave.message, { text: 'Which days?' });
    await world.settle();
    const told = world.recorders.email.sent.findLast((one) => one.followUp === leave.followUp);
    expect(told?.recipient.id).toBe('rita');
    await back(told?.id ?? '', { text: 'Approved', from: 'Ana <ana@example.test>' });
    expect(await standing(leave.followUp)).toMatchObject({ status: 'open', outcome: null });
    // Nor is anybody taken off a category by what somebody else writes.
    const other = await asked('invoice', 'bo');
    await back(other.message, { text: 'Unsubscribe', from: 'ana@example.test' });
    expect(await repliesOf(other.followUp)).toMatchObject([{ became: 'conversation', why: 'not_theirs' }]);
    expect(
      await world.database.transaction(ENGINE, (tx) => tx.query(`SELECT FROM relance.choices WHERE recipient = 'ana'`)),
    ).toEqual([]);
  });
  it('a stranger who has the address acts on nothing', async () => {
    const { followUp, message } = await asked();
    expect(await sentAbout(followUp, () => back(message, { text: 'Done', from: 'eve@elsewhere.test' }))).toEqual([
      'cleo @reply',
    ]);
    expect(await repliesOf(followUp)).toMatchObject([
      { became: 'conversation', why: 'unknown_sender', recipient: null, sender: 'eve@elsewhere.test', evidence: null },
    ]);
    expect(await engagementOf(message)).toEqual([]);
    expect(await standing(followUp)).toMatchObject({ status: 'open' });
  });
});

describe('a reply that has lost its address', () => {
  const referring = (ids: string): string => `In-Reply-To: ${ids}\r\nReferences: ${ids}\r\n`;
  it('is found by what it answers where its sender was written to, and never acts', async () => {
    const { followUp, message } = await asked();
    expect(await back(null, { text: 'Done', headers: referring(`<${message}@example.test>`) })).toBe('taken');
    expect(await back(null, { text: 'Done!', headers: referring(`<follow-up.${followUp}@example.test>`) })).toBe(
      'taken',
    );
    expect(await repliesOf(followUp)).toMatchObject([
      { became: 'conversation', why: 'unproven', recipient: 'ana', evidence: null },
      { became: 'conversation', why: 'unproven', recipient: 'ana', evidence: null },
    ]);
    expect(await standing(followUp)).toMatchObject({ status: 'open' });
    expect(await engagementOf(message)).toEqual([]);
  });
  it('is nobody else’s: whoever knows the ids of a mail gets nowhere with them', async () => {
    const { followUp, message } = await asked();
    for (const from of ['bo@example.test', 'eve@elsewhere.test', ''])
      for (const ids of [`<${message}@example.test>`, `<follow-up.${followUp}@example.test>`, '<none@example.test>'])
        expect(await back(null, { text: 'Done', from, headers: referring(ids) })).toBe('refused');
    expect(await repliesOf(followUp)).toEqual([]);
    expect((await linesOf(followUp)).map(({ kind }) => kind)).not.toContain('replied');
  });
  it('nothing is known of an address for a message that is gone, nor of another tenant’s', async () => {
    expect(await back('0193a1b2-c3d4-8000-8000-0000000000a1', { text: 'Done' })).toBe('refused');
    const { message, followUp } = await asked();
    const mail = { messageId: message, returned: false, nullSender: false, raw: rawOf({ text: 'Done' }) };
    expect(await take(mail, 'other')).toBe('refused');
    expect(await repliesOf(followUp)).toEqual([]);
  });
});

describe('a program', () => {
  const AWAY = 'I am out of the office until 13 November 2026. For urgent matters call the front desk.';
  const automatic = { headers: 'Auto-Submitted: auto-replied\r\n' };
  it('answers nothing: it is told in the timeline, nobody is told, and the reminder comes', async () => {
    const { followUp, message } = await asked();
    const told = await sentAbout(followUp, () =>
      back(message, { text: 'Done. We have received your mail.', ...automatic }),
    );
    expect(told).toEqual([]);
    expect(await standing(followUp)).toMatchObject({ status: 'open' });
    expect(await repliesOf(followUp)).toMatchObject([{ kind: 'automatic', became: 'nothing', status: 'closed' }]);
    expect((await linesOf(followUp)).find(({ kind }) => kind === 'replied')).toMatchObject({
      reason: 'automatic_reply',
      actor: null,
      evidence: 'machine',
      recipient: 'ana',
      data: { text: 'Done. We have received your mail.', why: 'auto_submitted' },
    });
    expect(await engagementOf(message)).toEqual([]);
    expect(await sentAbout(followUp, () => world.advance('2 days'))).toContain('ana reminder');
  });

  it('that says until when somebody is away marks them so, once, and what they said themselves stands', async () => {
    const { followUp, message } = await asked('invoice', 'rita');
    const from = 'rita@example.test';
    await back(message, { text: AWAY, from, ...automatic }, { returned: true });
    await back(message, { text: `${AWAY} `, from, ...automatic });
    const awayOf = async () =>
      (
        await world.database.transaction(ENGINE, (tx) =>
          tx.query<{ away: unknown }>(`SELECT away FROM relance.recipients WHERE id = 'rita'`),
        )
      )[0]?.away;
    const today = new Date(await world.now()).toISOString().slice(0, 10);
    expect(await awayOf()).toEqual([{ from: today, to: '2026-11-13', delegate: null }]);
    expect((await linesOf(followUp)).filter(({ kind }) => kind === 'marked_away')).toMatchObject([
      { reason: 'automatic_reply', recipient: 'rita', data: { first: today, last: '2026-11-13' } },
    ]);
    expect(await standing(followUp)).toMatchObject({ status: 'open', assignee: 'rita' });
  });

  it('marks nobody away whom it does not speak for', async () => {
    const { message } = await asked();
    await back(message, { text: AWAY, from: 'cleo@example.test', ...automatic });
    await back(null, { text: AWAY, headers: `${automatic.headers}In-Reply-To: <${message}@example.test>\r\n` });
    const rows = await world.database.transaction(ENGINE, (tx) =>
      tx.query(`SELECT id FROM relance.recipients WHERE id IN ('ana', 'cleo') AND away <> '[]'`),
    );
    expect(rows).toEqual([]);
  });

  it('a person who writes to where bounces come back is heard, and acts on nothing', async () => {
    const { followUp, message } = await asked();
    await back(message, { text: 'Done' }, { returned: true });
    expect(await repliesOf(followUp)).toMatchObject([{ became: 'conversation', why: 'unproven' }]);
    expect(await standing(followUp)).toMatchObject({ status: 'open' });
  });
});

describe('resolve.onReply', () => {
  it('any reply of who is asked ends it as replied, whatever it says, and no reminder comes', async () => {
    const { followUp, message } = await asked('survey');
    await back(message, { text: 'Hm, I would have to think about that, maybe next year?' });
    expect(await standing(followUp)).toMatchObject({ status: 'resolved', outcome: 'replied', closed_by: 'ana' });
    expect(await repliesOf(followUp)).toMatchObject([{ became: 'command', command: 'reply' }]);
    expect(await sentAbout(followUp, () => world.advance('3 days'))).not.toContain('ana reminder');
  });
  it('neither a program, nor somebody else, nor a mail that only names it', async () => {
    const { followUp, message } = await asked('survey');
    await back(message, { text: 'Thank you for your mail.', headers: 'Auto-Submitted: auto-replied\r\n' });
    await back(message, { text: 'He is not here.', from: 'eve@elsewhere.test' });
    await back(message, { text: 'He is not here.', from: 'bo@example.test' });
    await back(null, { text: 'Hello', headers: `References: <${message}@example.test>\r\n` });
    expect(await standing(followUp)).toMatchObject({ status: 'open' });
    expect((await repliesOf(followUp)).map(({ became }) => became).sort()).toEqual([
      'conversation',
      'conversation',
      'conversation',
      'nothing',
    ]);
  });
  it('"stop" opts out and ends it as well', async () => {
    const { followUp, message } = await asked('survey', 'bo');
    await back(message, { text: 'Stop', from: 'bo@example.test' });
    expect(await standing(followUp)).toMatchObject({ status: 'resolved', outcome: 'replied' });
    expect(await repliesOf(followUp)).toMatchObject([{ became: 'opted_out', command: 'reply' }]);
    await world.database.transaction(ENGINE, (tx) => tx.query('DELETE FROM relance.choices'));
  });
});
