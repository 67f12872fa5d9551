// Answers by the buttons of Slack, told as stories: messages by its official SDK against a double, presses as Slack sends them, signed. Who
// may press, once, and what everybody and nobody else sees of it.
import { createHmac } from 'node:crypto';
import type { ActionsBlock, Button, KnownBlock } from '@slack/types';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Provider } from '../../packages/server/src/channels/provider.ts';
import { slackConnection, slackProvider } from '../../packages/server/src/channels/providers/slack.ts';
import { type SlackDouble, type SlackMessage, slackDouble } from '../doubles/slack.ts';
import { json, startTestServer, type TestServer } from '../server.ts';

const TOKEN = 'xoxb-000-of-a-test';
const SIGNING = '8f742231b10e8888abcd99yyyzzz85a5';
const POLICY = `
policy: approval
title: Approval
open: { on: approval.asked }
key: event.data.id
subject: { type: approval, id: event.data.id, title: "'Budget ' + event.data.id" }
assignee: event.data.who
resolved: none
snooze: { times: 2 }
actions:
  - { id: approve, label: Approve, outcome: approved }
  - { id: partly, label: Partly, answer: { type: object, required: [amount], properties: { amount: { type: number } } } }
  - { id: seen, label: Seen, resolves: false }
stages: [ { id: notice, at: opened, notify: { via: [chat] } } ]
`;

let slack: SlackDouble;
let server: TestServer;
let path: string;

beforeEach(async () => {
  slack = await slackDouble(TOKEN);
  const provider = { ...slackProvider, open: (opening) => slackConnection(opening, slack.url) } as typeof slackProvider;
  server = await startTestServer({
    channels: { providers: [provider as Provider], allowHosts: ['127.0.0.1'] },
  });
  path = await connect({ botToken: TOKEN, signingSecret: SIGNING });
  await server.client.policies.put('approval', POLICY);
  const people = { ana: 'U0ANA', bo: 'U0BO', room: 'C0OPS' };
  for (const [id, address] of Object.entries(people))
    await server.client.recipients.put(id, { name: id, timeZone: 'UTC', endpoints: [{ channel: 'chat', address }] });
});
afterEach(async () => {
  await server.end();
  await slack.stop();
});

async function connect(secrets: object): Promise<string> {
  const made = await server.raw('/v1/connections/team', {
    ...json({ provider: 'slack', settings: {}, secrets }),
    method: 'PUT',
  });
  expect(made.status).toBe(200);
  return ((await made.json()) as { receiptsUrl: string }).receiptsUrl.replace('http://relance.test', '');
}
async function open(id: string, who: string): Promise<SlackMessage> {
  await server.client.events.send([
    { specversion: '1.0', id: `approval-${id}`, source: '/tests', type: 'approval.asked', data: { id, who } } as never,
  ]);
  await server.advance('1 second');
  const message = [...slack.messages.values()].at(-1);
  if (message === undefined) throw new Error('nothing was sent');
  return message;
}
const buttonsOf = (blocks: readonly KnownBlock[]): readonly Button[] =>
  blocks
    .filter((block): block is ActionsBlock => block.type === 'actions')
    .flatMap(({ elements }) => elements as Button[]);
const shownOf = ({ channel, ts }: SlackMessage): SlackMessage =>
  slack.messages.get(`${channel}:${ts}`) ?? ({ blocks: [] } as unknown as SlackMessage);
const followUp = (key: string) => server.client.followUps.byKey('approval', key).get();

/** As Slack sends it when somebody presses a button that says this. */
async function press(
  message: SlackMessage,
  label: string,
  user: string,
  {
    secret = SIGNING,
    ageSeconds = 0,
    from = message,
  }: { secret?: string; ageSeconds?: number; from?: SlackMessage } = {},
): Promise<number> {
  const button = buttonsOf(message.blocks).find(({ text }) => text.text === label);
  if (button === undefined) throw new Error(`no button "${label}"`);
  const { action_id, value, url } = button;
  const body = `payload=${encodeURIComponent(
    JSON.stringify({
      type: 'block_actions',
      user: { id: user, team_id: 'T0' },
      container: { type: 'message', channel_id: from.channel, message_ts: from.ts },
      response_url: slack.responseUrl,
      actions: [{ type: 'button', action_id, value, ...(url === undefined ? {} : { url }), action_ts: '1790000001.5' }],
    }),
  )}`;
  const at = String(Math.floor(Date.now() / 1_000) - ageSeconds);
  const response = await server.raw(path, {
    method: 'POST',
    key: null,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': at,
      'x-slack-signature': `v0=${createHmac('sha256', secret).update(`v0:${at}:${body}`).digest('hex')}`,
    },
    body,
  });
  return response.status;
}
const told = async (count: number): Promise<string[]> => {
  await expect.poll(() => slack.told.length).toBe(count);
  return slack.told.map(({ text }) => text);
};

describe('a press', () => {
  it('of whom it was sent to acts, and the message shows it', async () => {
    const message = await open('1', 'ana');
    expect(buttonsOf(message.blocks).map(({ text, url }) => [text.text, url === undefined])).toEqual([
      ['Approve', true],
      ['Partly', false], // it asks for more than a press
      ['I have this', true],
      ['Remind me later', true],
      ['Seen', true],
    ]);
    expect(await press(message, 'Approve', 'U0ANA')).toBe(200);
    const done = await followUp('1');
    expect(done).toMatchObject({ status: 'resolved', outcome: 'approved', resolvedBy: 'ana' });
    await server.advance('1 second');
    expect(buttonsOf(shownOf(message).blocks)).toEqual([]);
    expect(JSON.stringify(shownOf(message).blocks)).toContain('Done by ana');
    const { items } = (await (await server.raw(`/v1/follow-ups/${done.id}/timeline`)).json()) as { items: object[] };
    expect(items).toContainEqual(
      expect.objectContaining({ kind: 'answered', actor: 'ana', channel: 'chat', evidence: 'proven' }),
    );
    // It shows in the message, so nobody is told besides; of what is over it is told who did it.
    expect(await press(message, 'I have this', 'U0ANA')).toBe(200);
    expect(await told(1)).toEqual([expect.stringMatching(/^Budget 1: Done by ana, /)]);
  });

  it('twice in a moment acts once, and what does not show in the message is told', async () => {
    const message = await open('1', 'ana');
    await Promise.all([press(message, 'Remind me later', 'U0ANA'), press(message, 'Remind me later', 'U0ANA')]);
    expect(await press(message, 'Remind me later', 'U0ANA')).toBe(200);
    expect(await told(1)).toEqual([expect.stringMatching(/^Quiet until .*: Budget 1\.$/)]);
    const { id, snoozedUntil } = await followUp('1');
    expect(snoozedUntil).not.toBeNull();
    const { items } = (await (await server.raw(`/v1/follow-ups/${id}/timeline`)).json()) as {
      items: { kind: string }[];
    };
    expect(items.filter(({ kind }) => kind === 'snoozed')).toHaveLength(1);
    await press(message, 'Seen', 'U0ANA');
    expect((await told(2)).at(-1)).toBe('Noted: Budget 1.');
  });

  it('in a channel is of whoever is known by that address, and of nobody else', async () => {
    const message = await open('1', 'room');
    expect(await press(message, 'Approve', 'U0STRANGER')).toBe(200);
    expect(await told(1)).toEqual(['This was asked of somebody else, so nothing has changed.']);
    expect((await followUp('1')).status).toBe('open');
    expect(await press(message, 'Approve', 'U0BO')).toBe(200);
    expect(await followUp('1')).toMatchObject({ status: 'resolved', resolvedBy: 'bo' });
  });

  it('in a channel of somebody who only gets copies of another’s is not the other’s', async () => {
    const endpoints = [
      { channel: 'chat' as const, address: 'U0AMI' },
      { channel: 'chat' as const, address: 'U0HELP' },
    ];
    await server.client.recipients.put('ami', { name: 'Ami', endpoints });
    const message = await open('1', 'room');
    await press(message, 'Approve', 'U0HELP');
    expect(await told(1)).toEqual(['This was asked of somebody else, so nothing has changed.']);
    expect((await followUp('1')).status).toBe('open');
  });

  it('in a direct message is of nobody but whom it was sent to, and names no message that stands elsewhere', async () => {
    const message = await open('1', 'ana');
    await press(message, 'Approve', 'U0BO');
    expect(await told(1)).toEqual(['This was asked of somebody else, so nothing has changed.']);
    // The same app in another workspace: our message, named from a place where it does not stand.
    await press(message, 'Approve', 'U0ANA', { from: { ...message, channel: 'C0EVIL' } });
    expect((await told(2)).at(-1)).toBe('This is no longer offered here, so nothing has changed.');
    expect((await followUp('1')).status).toBe('open');
  });

  it('that Slack has not signed, or that is old, does nothing', async () => {
    const message = await open('1', 'ana');
    expect(await press(message, 'Approve', 'U0ANA', { secret: 'another secret of 32 characters' })).toBe(401);
    expect(await press(message, 'Approve', 'U0ANA', { ageSeconds: 301 })).toBe(401);
    expect((await followUp('1')).status).toBe('open');
    expect(slack.told).toEqual([]);
  });

  it('is not offered where no signing secret is set: buttons are links', async () => {
    await connect({ botToken: TOKEN, signingSecret: null });
    const message = await open('1', 'ana');
    expect(buttonsOf(message.blocks).every(({ url }) => url?.startsWith('http://relance.test/a/'))).toBe(true);
  });
});
