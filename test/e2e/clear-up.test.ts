// Clearing up: what a follow-up has left behind shows what is so now. Chat is Slack by its official SDK, against a double; the
// push connection remembers what it was asked to withdraw. And the silence around it: nothing is told twice, nothing that tells
// the end is rewritten, and nobody hears anything new.
import type { Outcome } from '@relance/core';
import type { ActionsBlock, KnownBlock } from '@slack/types';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Connection, Envelope } from '../../packages/server/src/channels/channel.ts';
import { slackConnection } from '../../packages/server/src/channels/providers/slack.ts';
import type { RunningEngine } from '../../packages/server/src/engine/loop.ts';
import type { CommandRequest } from '../../packages/server/src/engine/ports.ts';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { putTemplates } from '../../packages/server/src/store/sql/template.ts';
import { type SlackDouble, slackDouble } from '../doubles/slack.ts';
import { createWorld, noMetrics, recorder, type World } from '../world.ts';

const TOKEN = 'xoxb-000-of-a-test';
const POLICY = `
policy: approval
title: Approval
open: { on: approval.asked }
resolve: { on: approval.given }
key: event.data.id
subject: { type: approval, id: event.data.id, title: "'Budget <' + event.data.id + '>'" }
assignee: "'ana'"
requester: "'rex'"
stages:
  - { id: notice, at: opened, notify: { via: [chat, push, inbox, email] } }
  - { id: reminder, at: opened + 1 day, notify: { via: [chat] } }
resolved: { notify: { to: [assignee, requester], via: [chat, inbox] } }
`;

let double: SlackDouble;
let world: World;
let withdrawn: { id: string; envelope: Envelope }[];
let told: string[];

beforeEach(async () => {
  double = await slackDouble(TOKEN);
  withdrawn = [];
  told = [];
  const slack = slackConnection(
    { id: 'team', settings: {}, secrets: { botToken: TOKEN }, concurrencyMax: 5 },
    double.url,
  );
  const push = recorder('push');
  world = await createWorld({
    engine: { metrics: { ...noMetrics, clearedUp: (outcome) => told.push(outcome) } },
    recorders: {
      chat: { sent: [], connection: slack },
      push: {
        ...push,
        connection: {
          ...push.connection,
          rewrite(envelope, id) {
            withdrawn.push({ id, envelope });
            return Promise.resolve({ kind: 'accepted', providerId: null });
          },
        },
      },
    },
  });
  await world.people(
    ['ana', 'bo', 'rex'].map((id) => ({
      id,
      name: id === 'bo' ? 'Bo <Admin>' : id,
      email: `${id}@example.test`,
      timeZone: 'Europe/Paris',
      endpoints: [
        { channel: 'chat', address: `U0${id.toUpperCase()}` },
        { channel: 'push', address: `device-of-${id}` },
      ],
    })),
  );
  await world.policy(POLICY);
});
afterEach(async () => {
  await world.end();
  await double.stop();
});

async function open(id = 'a-1'): Promise<string> {
  const [outcome] = await world.event('approval.asked', { id });
  if (outcome?.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
  await world.settle();
  return outcome.followUps[0]?.id ?? '';
}
const command = (id: string, what: CommandRequest['command'], actor = 'bo') =>
  world.node.commands.run(
    'default',
    { kind: 'id', id },
    { command: what, actor: { kind: 'api', id: actor }, evidence: 'proven', channel: null, comment: null },
  );
const resolve = (id: string) => command(id, { kind: 'resolve', outcome: null });

const all = () => [...double.messages.values()];
const textOf = (blocks: readonly KnownBlock[] = []): string =>
  blocks.flatMap((block) => (block.type === 'section' ? [block.text?.text ?? ''] : [])).join('\n');
const buttonsIn = (blocks: readonly KnownBlock[] = []): string[] =>
  blocks
    .filter((block): block is ActionsBlock => block.type === 'actions')
    .flatMap(({ elements }) => elements.map((one) => ('text' in one ? (one.text as { text: string }).text : '')));
const updates = () => double.calls.filter(({ method }) => method === 'chat.update');
const DONE = { due: false, attempts: 0 };
/** A node whose Slack waits until it is told to go on. */
function held(what: 'send' | 'rewrite') {
  let go: () => void = () => {};
  const gate = new Promise<void>((resolved) => {
    go = resolved;
  });
  let tell: () => void = () => {};
  const reached = new Promise<void>((resolved) => {
    tell = resolved;
  });
  const real = world.recorders.chat.connection;
  const slow: Connection = {
    ...real,
    [what]: async (...given: [Envelope, string, AbortSignal]) => {
      tell();
      await gate;
      return (real[what] as (...all: unknown[]) => Promise<Outcome>)(...given);
    },
  };
  const others = (['inbox', 'push', 'email'] as const).map(
    (channel) => [channel, [world.recorders[channel].connection]] as const,
  );
  return { node: world.another({ connections: new Map([['chat', [slow]], ...others]) }), reached, go: () => go() };
}
const rows = () =>
  world.database.transaction(ENGINE, (tx) =>
    tx.query<{ due: boolean; attempts: number }>('SELECT due_at IS NOT NULL AS due, attempts FROM relance.clear_ups'),
  );

describe('when a follow-up closes', () => {
  it('what was sent shows who did it and when, asks nothing more, and nothing else is said', async () => {
    const id = await open();
    expect(buttonsIn(all()[0]?.blocks)).toEqual(['I have this', 'It is done', 'Remind me later']);
    await resolve(id);
    await world.settle();
    const [notice, ...confirmations] = all();
    expect(textOf(notice?.blocks)).toContain('*Done: Budget &lt;a-1&gt;*');
    expect(textOf(notice?.blocks)).toContain('Done by Bo &lt;Admin&gt;, Nov 2, 10:00 AM');
    expect(buttonsIn(notice?.blocks)).toEqual([]);
    // What tells the end is left as it was told, and so is the mail.
    expect(confirmations).toHaveLength(2);
    expect(updates()).toHaveLength(1);
    expect(withdrawn.map((one) => [one.id, one.envelope.address, one.envelope.status])).toEqual([
      [withdrawn[0]?.envelope.id, 'device-of-ana', 'resolved'],
    ]);
    const calls = double.calls.length;
    await world.advance('30 days');
    expect(double.calls).toHaveLength(calls);
    expect(withdrawn).toHaveLength(1);
    expect(await rows()).toEqual([DONE, DONE]);
    expect(told).toEqual(['done', 'done']);
  });

  it('its items of the inbox are in the archive, all but what tells the end', async () => {
    await resolve(await open());
    await world.settle();
    const items = await world.database.transaction(ENGINE, (tx) =>
      tx.query<{ title: string; archived: boolean }>(
        `SELECT title, archived_at IS NOT NULL AS archived FROM relance.inbox WHERE recipient = 'ana' ORDER BY seq`,
      ),
    );
    expect(items).toEqual([
      { title: 'Budget <a-1>', archived: true },
      { title: 'Done: Budget <a-1>', archived: false },
    ]);
  });

  it('by an event, of which nobody is told who sent it', async () => {
    await open();
    await world.event('approval.given', { id: 'a-1' });
    await world.settle();
    expect(textOf(all()[0]?.blocks)).toContain('Done, Nov 2, 10:00 AM');
  });
});

describe('while it lives', () => {
  it('an acknowledgement is shown, the words and the buttons stay, and pushes are left alone', async () => {
    const id = await open();
    const before = textOf(all()[0]?.blocks);
    await command(id, { kind: 'acknowledge' }, 'ana');
    await world.settle();
    const [notice] = all();
    expect(textOf(notice?.blocks).split('\n')).toEqual([
      before.split('\n')[0],
      'ana has this since Nov 2, 10:00 AM',
      ...before.split('\n').slice(1),
    ]);
    expect(buttonsIn(notice?.blocks)).toHaveLength(3);
    expect(withdrawn).toEqual([]);
  });

  it('stays in the language of its words, whatever its reader asks for', async () => {
    const words = { chat: { text: 'Bonjour {{ recipient.name }}' }, language: 'fr' };
    await world.database.transaction(ENGINE, (tx) =>
      putTemplates(tx, 'default', [{ id: 'bonjour', body: words, compiled: words, uses: [] }]),
    );
    await world.people([
      { id: 'ana', locale: 'de', timeZone: 'Europe/Paris', endpoints: [{ channel: 'chat', address: 'U0ANA' }] },
    ]);
    await world.policy(POLICY.replace('via: [chat, push, inbox, email]', 'template: bonjour, via: [chat]'));
    const id = await open('a-2');
    const before = buttonsIn(all()[0]?.blocks);
    expect(before).toContain("Je m'en occupe");
    await command(id, { kind: 'acknowledge' }, 'ana');
    await world.settle();
    expect(updates()).toHaveLength(1);
    expect(buttonsIn(all()[0]?.blocks)).toEqual(before);
    expect(textOf(all()[0]?.blocks)).toContain('Pris en charge');
  });

  it('whom it is no longer with has no buttons any more', async () => {
    const id = await open();
    await command(id, { kind: 'reassign', to: 'bo' });
    await world.settle();
    const [anas, bos] = all();
    expect(anas?.channel).toBe('D0ANA');
    expect(textOf(anas?.blocks)).toContain('Open, with Bo &lt;Admin&gt;');
    expect(buttonsIn(anas?.blocks)).toEqual([]);
    expect(bos?.channel).toBe('D0BO');
    expect(buttonsIn(bos?.blocks)).toHaveLength(3);
  });

  it('opened again it asks again, also where it was asked before', async () => {
    const id = await open();
    await resolve(id);
    await world.settle();
    expect(buttonsIn(all()[0]?.blocks)).toEqual([]);
    await world.node.commands.reopen('default', { kind: 'id', id }, { kind: 'api', id: 'bo' });
    await world.settle();
    expect(textOf(all()[0]?.blocks)).toContain('Open, with ana');
    expect(buttonsIn(all()[0]?.blocks)).toHaveLength(3);
    expect(textOf(all()[1]?.blocks)).toContain('*Done: Budget &lt;a-1&gt;*');
  });

  it('that only time passes rewrites nothing', async () => {
    await open();
    await world.advance('2 days');
    expect(all()).toHaveLength(2);
    expect(updates()).toEqual([]);
  });
});

describe('whatever goes wrong', () => {
  it('a provider that is away for a while is asked again, and shows the latest in the end', async () => {
    const id = await open();
    double.twist = ({ method }) =>
      method === 'chat.update' ? { status: 503, headers: { 'retry-after': '60' } } : null;
    await command(id, { kind: 'acknowledge' }, 'ana');
    await world.settle();
    expect(updates()).toHaveLength(1);
    await resolve(id);
    await world.advance('10 minutes');
    expect(updates().length).toBeGreaterThan(3);
    expect(withdrawn).toHaveLength(1); // which does not hold up the other channel
    double.twist = () => null;
    await world.advance('1 hour');
    expect(textOf(all()[0]?.blocks)).toContain('Done by Bo');
    expect(withdrawn).toHaveLength(1);
    expect(await rows()).toEqual([DONE, DONE]);
  });

  it('what a provider never takes is given up, and what comes after it is not', async () => {
    const id = await open();
    await world.advance('1 day');
    expect(all()).toHaveLength(2);
    const stuck = new Set<string | undefined>();
    double.twist = ({ method, form }) => {
      if (method !== 'chat.update') return null;
      if (stuck.size === 0) stuck.add(form.ts);
      return stuck.has(form.ts) ? { error: 'internal_error' } : null;
    };
    await resolve(id);
    await world.advance('1 day');
    expect(updates()).toHaveLength(13);
    expect(told.filter((outcome) => outcome === 'given_up')).toHaveLength(1);
    expect(withdrawn).toHaveLength(1);
    expect(await rows()).toEqual([DONE, DONE]);
  });

  it('a message that is no longer there is not asked for again', async () => {
    const id = await open();
    double.messages.clear();
    await resolve(id);
    await world.advance('1 day');
    expect(updates()).toHaveLength(1);
    expect(withdrawn).toHaveLength(1);
  });

  it('what was under way when it closed is rewritten as soon as it is accepted', async () => {
    const { node, reached, go } = held('send');
    await world.event('approval.asked', { id: 'a-1' });
    const handingOver = node.runAll();
    await reached;
    const [{ id = '' } = {}] = await world.database.transaction(ENGINE, (tx) =>
      tx.query<{ id: string }>('SELECT id FROM relance.follow_ups'),
    );
    expect(await resolve(id)).toMatchObject({ kind: 'done', inFlight: expect.arrayContaining([expect.any(String)]) });
    expect(updates()).toEqual([]);
    go();
    await handingOver;
    await world.settle();
    const notice = all().find(({ blocks }) => textOf(blocks).includes('Done by Bo'));
    expect(notice?.channel).toBe('D0ANA');
    expect(buttonsIn(notice?.blocks)).toEqual([]);
    expect(updates()).toHaveLength(1);
  });

  it('a change while the one before is being shown is shown after it, and by nobody else meanwhile', async () => {
    const id = await open();
    const { node, reached, go } = held('rewrite');
    await resolve(id);
    const clearing = node.runAll();
    await reached;
    await world.node.commands.reopen('default', { kind: 'id', id }, { kind: 'api', id: 'bo' });
    await world.node.runAll();
    expect(updates()).toEqual([]);
    go();
    await clearing;
    expect(updates()).toHaveLength(1);
    await world.settle();
    expect(textOf(all()[0]?.blocks)).toContain('Open, with ana');
    expect(buttonsIn(all()[0]?.blocks)).toHaveLength(3);
    expect(await rows()).toEqual([DONE, DONE]);
  });

  it('a rewrite counts as a message where its connection may send so many a second, and is put off, not given up', async () => {
    const chat = { ...world.recorders.chat.connection, perSecondMax: 0.001 };
    const others = (['inbox', 'push', 'email'] as const).map(
      (channel) => [channel, [world.recorders[channel].connection]] as const,
    );
    const node = world.another({ connections: new Map([['chat', [chat]], ...others]) });
    await world.event('approval.asked', { id: 'a-1' });
    const [{ id } = { id: '' }] = await world.database.transaction(ENGINE, (tx) =>
      tx.query<{ id: string }>('SELECT id FROM relance.follow_ups'),
    );
    await node.runAll();
    expect(all()).toHaveLength(1);
    await resolve(id);
    await node.runAll();
    expect(updates()).toEqual([]);
    expect(await rows()).toContainEqual({ due: true, attempts: 0 });
  });

  it('two nodes share the work and rewrite nothing twice', async () => {
    const ids = [];
    for (let n = 1; n <= 8; n++) ids.push(await open(`a-${n}`));
    for (const id of ids) await resolve(id);
    const nodes: RunningEngine[] = [world.node, world.another(), world.another()];
    await Promise.all(nodes.map((node) => node.runAll()));
    await world.settle();
    expect(updates()).toHaveLength(8);
    expect(new Set(updates().map(({ form }) => form.ts)).size).toBe(8);
    expect(withdrawn).toHaveLength(8);
  });

  it('a node that dies with it in hand leaves it for another, and cannot end it any more', async () => {
    const id = await open();
    const { node, reached, go } = held('rewrite');
    await resolve(id);
    const dying = node.runAll();
    await reached;
    await world.database.transaction(ENGINE, (tx) =>
      tx.query(`UPDATE relance.clear_ups SET leased_until = clock_timestamp() - interval '1 second'`),
    );
    double.twist = ({ method }) => (method === 'chat.update' ? { status: 503 } : null);
    await world.node.runAll();
    expect(updates()).toHaveLength(1);
    double.twist = () => null;
    go();
    await dying;
    // What the dead one says about it is not counted: it is tried again.
    expect(await rows()).toContainEqual(expect.objectContaining({ due: true }));
    await world.advance('1 hour');
    expect(await rows()).toEqual([DONE, DONE]);
    expect(textOf(all()[0]?.blocks)).toContain('Done by Bo');
  });
});

it('where nothing can be rewritten, nothing is noted', async () => {
  await world.policy(
    POLICY.replace('policy: approval', 'policy: quiet')
      .replace('via: [chat, push, inbox, email]', 'via: [email]')
      .replace('via: [chat]', 'via: [email]')
      .replace('approval.asked', 'quiet.asked'),
  );
  await world.event('quiet.asked', { id: 'q' });
  await world.settle();
  expect(world.sent()).toEqual(['email ana notice']);
  expect(await rows()).toEqual([]);
});
