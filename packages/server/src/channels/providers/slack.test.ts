// Slack by its official SDK against a double that checks tokens, channels and every limit of Block Kit; and calls of Slack,
// signed as it signs them. The double is test/doubles/slack.ts.
import { createHmac } from 'node:crypto';
import type { ActionsBlock, KnownBlock } from '@slack/types';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SlackDouble, type SlackTwist, slackDouble } from '../../../../../test/doubles/slack.ts';
import type { Connection, Envelope } from '../channel.ts';
import { conformanceOf } from '../conformance.ts';
import type { ReceiptCall } from '../provider.ts';
import { sampleEnvelope } from '../sample-envelope.ts';
import {
  type SlackSecrets,
  type SlackSettings,
  slackProvider as slack,
  slackConnection,
  slackSecrets,
  slackSettings,
} from './slack.ts';

const TOKEN = 'xoxb-000-of-a-test';
const connectionTo = (url: string, token = TOKEN, settings: SlackSettings = {}): Connection =>
  slackConnection({ id: 'slack', settings, secrets: { botToken: token }, concurrencyMax: 5 }, url);
const envelope = (more: Partial<Envelope> = {}): Envelope => sampleEnvelope({ address: 'C0GENERAL', ...more });
const alive = (): AbortSignal => AbortSignal.timeout(10_000);

describe('conformance', () => {
  const adapter = {
    name: 'slack',
    async start() {
      const double = await slackDouble(TOKEN);
      const { url, messages, stop } = double;
      return { connection: connectionTo(url), address: 'U0ANA', taken: () => messages.size, stop };
    },
    malformed: '#general',
    unreachable: () => ({ connection: connectionTo('http://127.0.0.1:2/api/'), address: 'C0GENERAL' }),
  };
  it.each(conformanceOf(adapter).map((check) => [check.name, check] as const))('%s', (_name, check) => check.run());
});

let double: SlackDouble;
let connection: Connection;
beforeEach(async () => {
  double = await slackDouble(TOKEN);
  connection = connectionTo(double.url);
});
afterEach(() => double.stop());

const shown = (): readonly KnownBlock[] => [...double.messages.values()].at(-1)?.blocks ?? [];
const texts = (): string[] => shown().flatMap((block) => (block.type === 'section' ? [block.text?.text ?? ''] : []));
const buttons = () =>
  (shown().find((block): block is ActionsBlock => block.type === 'actions')?.elements ?? []) as unknown as {
    text: { text: string };
    action_id: string;
    url?: string;
    value: string;
    style?: string;
  }[];

describe('a message', () => {
  it('has a title that leads to the thing, its words, why it comes, and a link for each action', async () => {
    const outcome = await connection.send(envelope(), alive());
    expect(outcome).toEqual({ kind: 'accepted', providerId: 'C0GENERAL:1790000000.000001' });
    expect(texts()).toEqual(['*<https://example.test/tasks/1|Hello>*', 'A text.\n.\nA line with a dot, and — 完成.']);
    expect(JSON.stringify(shown())).toContain('You get this because of: Task');
    expect(buttons().map(({ text, url, style }) => [text.text, url?.slice(-22), style])).toEqual([
      ['It is done', 'abcdefghijklmnopqrstuv', 'primary'],
      ['I have this', 'bcdefghijklmnopqrstuvw', undefined],
    ]);
    expect(buttons()[0]?.value).toBe(envelope().id);
    const [call] = double.calls;
    expect(call?.form).toMatchObject({ parse: 'none', unfurl_links: 'false', unfurl_media: 'false' });
    expect(call?.form.text).toContain('Hello\nA text.');
    expect(JSON.parse(call?.form.metadata ?? '{}').event_payload).toEqual({
      message: envelope().id,
      follow_up: envelope().followUp,
    });
  });

  it('acts by its buttons where Slack can tell of a press; what asks for more leads to its page', async () => {
    const secrets = { botToken: TOKEN, signingSecret: 'a-signing-secret' };
    const acting = slackConnection({ id: 'slack', settings: {}, secrets, concurrencyMax: 5 }, double.url);
    const [resolve, acknowledge] = envelope().content.actions ?? [];
    if (resolve === undefined || acknowledge === undefined) throw new Error('no actions');
    const content = {
      ...envelope().content,
      actions: [resolve, { ...acknowledge, name: 'partly', asks: true as const }],
    };
    await acting.send(envelope({ content }), alive());
    expect(buttons().map(({ action_id, value, url }) => [action_id, value, url])).toEqual([
      ['0 resolve', `press ${envelope().id}`, undefined],
      ['1 partly', envelope().id, acknowledge.url],
    ]);
  });

  it('mentions nobody, whatever stands in the data', async () => {
    const content = {
      subject: '<!channel> & @everyone',
      text: 'See &lt;!here&gt; and <!channel> and <@U0BOSS>, *but* <https://example.test|look>',
      actions: [{ name: 'x', label: '<!channel> *x*', url: 'https://example.test/a' }],
    };
    await connection.send(envelope({ content, policyTitle: '<!everyone>' }), alive());
    const all = JSON.stringify([shown(), double.calls[0]?.form.text]);
    expect(all.replace(buttons()[0]?.text.text ?? '', '')).not.toMatch(/<[!@#]/);
    expect(texts()).toEqual([
      '*&lt;!channel&gt; &amp; @everyone*',
      'See &lt;!here&gt; and &lt;!channel&gt; and &lt;@U0BOSS&gt;, *but* <https://example.test|look>',
    ]);
    for (const block of shown())
      if (block.type === 'section') expect(block.text).toMatchObject({ type: 'mrkdwn', verbatim: true });
    expect(buttons()[0]?.text.text).toBe('<!channel> *x*'); // plain text: shown as it is
  });

  it('keeps to the limits of Slack, however long its words are', async () => {
    const content = {
      subject: `Title ${'long '.repeat(200)}`,
      text: `${'word '.repeat(9_000)}end`,
      url: `https://example.test/${'x'.repeat(4_000)}`,
      actions: Array.from({ length: 40 }, (_, index) => ({
        name: 'n'.repeat(400),
        label: `Button ${index} ${'with a long label '.repeat(20)}`,
        url: `https://example.test/${index}`,
      })),
    };
    expect(await connection.send(envelope({ content }), alive())).toMatchObject({ kind: 'accepted' });
    expect(texts()).toHaveLength(6);
    expect(texts().at(-1)).toMatch(/word…$/);
    expect(buttons()).toHaveLength(25);
    expect(buttons()[0]?.text.text).toMatch(/^Button 0 .*…$/);
  });

  it('to "default" goes to the channel that the connection names, and nowhere without one', async () => {
    const withDefault = connectionTo(double.url, TOKEN, { defaultChannel: 'C0OPS' });
    expect(await withDefault.send(envelope({ address: 'default' }), alive())).toMatchObject({
      providerId: expect.stringMatching(/^C0OPS:/),
    });
    expect((await connection.send(envelope({ address: 'default' }), alive())).kind).toBe('rejected');
  });
});

describe('rewriting in place', () => {
  it('shows how it stands, without the buttons that are no longer offered', async () => {
    const sent = await connection.send(envelope({ address: 'U0ANA' }), alive());
    const providerId = sent.kind === 'accepted' ? (sent.providerId ?? '') : '';
    expect(providerId).toMatch(/^D0ANA:/);
    const closed = envelope({
      content: { subject: 'Done: Hello', text: 'Nothing more is asked of you.' },
      status: 'resolved',
      standing: 'Done by Bo <!here>, 2 Nov 09:10',
    });
    for (const _twice of [1, 2])
      expect(await connection.rewrite?.(closed, providerId, alive())).toEqual({ kind: 'accepted', providerId });
    expect(double.messages.size).toBe(1);
    expect(texts()).toEqual([
      '*Done: Hello*',
      'Done by Bo &lt;!here&gt;, 2 Nov 09:10',
      'Nothing more is asked of you.',
    ]);
    expect(buttons()).toEqual([]);
  });

  it('of what is not there any more ends, and an id that is not of Slack is not asked for', async () => {
    expect(await connection.rewrite?.(envelope(), 'C0GENERAL:1.2', alive())).toMatchObject({ kind: 'rejected' });
    expect(await connection.rewrite?.(envelope(), 'nonsense', alive())).toMatchObject({ kind: 'rejected' });
    expect(await connection.rewrite?.(envelope(), 'C0GENERAL:1.2', AbortSignal.abort())).toMatchObject({
      kind: 'retry',
    });
    expect(double.calls).toHaveLength(1);
  });
});

describe('what Slack answers', () => {
  it.each<[string, SlackTwist, object]>([
    ['too many messages', { status: 429, headers: { 'retry-after': '30' } }, { kind: 'retry', retryAfterMs: 30_000 }],
    ['429 without saying until when', { status: 429 }, { kind: 'retry', retryAfterMs: 1_000 }],
    ['ratelimited', { error: 'ratelimited', headers: { 'retry-after': '7' } }, { kind: 'retry', retryAfterMs: 7_000 }],
    ['a channel that is no more', { error: 'channel_not_found' }, { kind: 'rejected', endpoint: 'gone' }],
    ['an archived channel', { error: 'is_archived' }, { kind: 'rejected', endpoint: 'gone' }],
    ['a channel without the app', { error: 'not_in_channel' }, { kind: 'rejected' }],
    ['a message too long', { error: 'msg_too_long' }, { kind: 'rejected' }],
    ['a token that was revoked', { error: 'token_revoked' }, { kind: 'retry', retryAfterMs: null }],
    ['a bot of a workspace that is gone', { error: 'account_inactive' }, { kind: 'retry', retryAfterMs: null }],
    ['an error of its own', { error: 'internal_error' }, { kind: 'uncertain' }],
    ['503', { status: 503, headers: { 'retry-after': '5' } }, { kind: 'retry', retryAfterMs: 5_000 }],
    ['500', { status: 500 }, { kind: 'uncertain' }],
    ['a page', { status: 200, body: '<html>proxy</html>' }, { kind: 'uncertain' }],
    ['nothing', 'hang up', { kind: 'uncertain' }],
  ])('%s', async (_title, twist, expected) => {
    double.twist = () => twist;
    expect(await connection.send(envelope(), alive())).toMatchObject(expected);
    expect(double.calls).toHaveLength(1); // never by itself again
  });

  it('silence is uncertain, as soon as it is called off', async () => {
    double.twist = () => 'silence';
    expect(await connection.send(envelope(), AbortSignal.timeout(100))).toMatchObject({ kind: 'uncertain' });
  });

  it('the token stands in no outcome', async () => {
    for (const twist of [{ error: TOKEN }, { status: 500, body: TOKEN }, 'hang up'] as const) {
      double.twist = () => twist;
      expect(JSON.stringify(await connection.send(envelope(), alive()))).not.toContain(TOKEN);
    }
    const wrong = connectionTo(double.url, 'xoxb-wrong-token-of-a-test');
    double.twist = () => null;
    expect(JSON.stringify(await wrong.send(envelope(), alive()))).not.toContain('xoxb-wrong');
  });
});

describe('calls of Slack', () => {
  const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
  const NOW_MS = 1_790_000_000_000;
  const call = (body: string, more: Partial<ReceiptCall<SlackSettings, SlackSecrets>> = {}, atMs = NOW_MS) => {
    const at = String(Math.floor(atMs / 1_000));
    const signed = `v0=${createHmac('sha256', SECRET).update(`v0:${at}:${body}`).digest('hex')}`;
    return slack.receipts?.({
      settings: {},
      secrets: { botToken: TOKEN, signingSecret: SECRET },
      method: 'POST',
      url: 'https://relance.test/v1/receipts/slack',
      headers: {
        'content-type': body.startsWith('payload=') ? 'application/x-www-form-urlencoded' : 'application/json',
        'x-slack-request-timestamp': at,
        'x-slack-signature': signed,
      },
      body: Buffer.from(body),
      wallNow: () => NOW_MS,
      egress: { allowHosts: [] },
      ...more,
    });
  };
  const click = (value: string | undefined) =>
    `payload=${encodeURIComponent(
      JSON.stringify({
        type: 'block_actions',
        container: { type: 'message', channel_id: 'D0ANA', message_ts: '1790000000.000001' },
        actions: [{ type: 'button', action_id: '0 resolve', value, action_ts: '1790000001.500000' }],
      }),
    )}`;

  it('the signature is the one of its document', async () => {
    // https://docs.slack.dev/authentication/verifying-requests-from-slack has this example.
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': '1531420618',
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    };
    const answered = await call(body, { headers, wallNow: () => 1_531_420_618_000 });
    expect(answered).toMatchObject({ kind: 'refused', status: 400 }); // believed, and not what an app of ours hears
  });

  it('a click on a link is news about the message, by our id or by where it stands', async () => {
    const { id } = envelope();
    expect(await call(click(id))).toEqual({
      kind: 'news',
      items: [{ message: { id }, kind: 'clicked', at: 1_790_000_001_500, detail: null, machine: false }],
      presses: [],
    });
    expect(await call(click(undefined))).toMatchObject({
      items: [{ message: { providerId: 'D0ANA:1790000000.000001' } }],
    });
  });

  const press = (more: object = {}, action: object = {}) =>
    `payload=${encodeURIComponent(
      JSON.stringify({
        type: 'block_actions',
        user: { id: 'U0ANA' },
        container: { type: 'message', channel_id: 'C0OPS', message_ts: '1790000000.000001' },
        response_url: double.responseUrl,
        actions: [{ type: 'button', action_id: '0 resolve', value: `press ${envelope().id}`, ...action }],
        ...more,
      }),
    )}`;

  it('a press tells who pressed what, where, and how to answer them alone', async () => {
    const egress = { allowHosts: ['127.0.0.1'] };
    const answer = await call(press(), { egress });
    if (answer?.kind !== 'news') throw new Error('no news');
    expect(answer.items).toEqual([]);
    expect(answer.presses).toMatchObject([
      {
        message: envelope().id,
        action: 'resolve',
        by: 'U0ANA',
        providerId: 'C0OPS:1790000000.000001',
        direct: false,
      },
    ]);
    await answer.presses?.[0]?.tell('Not <!here>.');
    expect(double.told).toEqual([{ response_type: 'ephemeral', replace_original: false, text: 'Not &lt;!here&gt;.' }]);
  });
  it.each([
    'http://127.0.0.1:9/x',
    'https://169.254.169.254/latest',
    'https://evil.example/x',
    'http://hooks.slack.com/x',
    'no address',
    7,
  ])('nothing is told to %s', async (response_url) => {
    const answer = await call(
      press({ response_url: response_url === 'http://127.0.0.1:9/x' ? double.responseUrl : response_url }),
    );
    if (answer?.kind !== 'news') throw new Error('no news');
    await answer.presses?.[0]?.tell('Hello');
    expect(double.told).toEqual([]);
  });
  it.each([
    [{ user: undefined }, {}],
    [{ container: {} }, {}],
    [{}, { value: 'press x' }],
    [{}, { action_id: 'resolve' }],
    [{}, { type: 'overflow' }],
    [{ actions: 'x' }, {}],
  ])('%j %j is no press', async (more, action) => {
    expect(await call(press(more, action))).toMatchObject({ kind: 'news', presses: [] });
  });

  it('the address is answered for when Slack tries it out', async () => {
    const body = JSON.stringify({ type: 'url_verification', challenge: '3eZbrw1aB', token: 'x' });
    expect(await call(body)).toEqual({
      kind: 'news',
      items: [],
      reply: { contentType: 'text/plain', body: '3eZbrw1aB' },
    });
  });

  it.each<[string, () => ReturnType<typeof call>, number]>([
    ['another body', () => call(click('x'), { body: Buffer.from(click('y')) }), 401],
    ['more than five minutes old', () => call(click('x'), {}, NOW_MS - 301_000), 401],
    ['from the future', () => call(click('x'), {}, NOW_MS + 301_000), 401],
    ['no signature', () => call(click('x'), { headers: { 'x-slack-request-timestamp': '1790000000' } }), 401],
    ['no signing secret here', () => call(click('x'), { secrets: { botToken: TOKEN } }), 403],
    ['signed, and not readable', () => call('payload=%7B'), 400],
    ['signed, and no object', () => call('[1]'), 400],
  ])('%s is not believed', async (_title, make, status) => {
    expect(await make()).toMatchObject({ kind: 'refused', status });
  });

  it('other interactions are heard, and mean nothing', async () => {
    expect(await call(JSON.stringify({ type: 'event_callback', event: {} }))).toEqual({ kind: 'news', items: [] });
    expect(await call(`payload=${encodeURIComponent('{"type":"block_actions","actions":[1,{"type":"x"}]}')}`)).toEqual({
      kind: 'news',
      items: [],
      presses: [],
    });
  });
});

it('a connection is written with known keys only', () => {
  expect(slackSettings.safeParse({ defaultChannel: 'general' }).success).toBe(false);
  expect(slackSettings.safeParse({ token: 'x' }).success).toBe(false);
  expect(slackSecrets.safeParse({ botToken: 'not-a-token' }).success).toBe(false);
  expect(slackSecrets.safeParse({ botToken: TOKEN, signingSecret: '8f742231b10e8888abcd99' }).success).toBe(true);
});
