// Teams against a double that refuses what its document does not allow: the card, what data may not do in it, and every way of
// not taking it. The double is test/doubles/teams.ts.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TeamsDouble, type TeamsTwist, teamsDouble } from '../../../../../test/doubles/teams.ts';
import type { Connection, Envelope } from '../channel.ts';
import { conformanceOf } from '../conformance.ts';
import { sampleEnvelope } from '../sample-envelope.ts';
import { type TeamsSettings, teamsConnection, teamsSecrets, teamsSettings } from './teams.ts';

const SIGNED = 'sig=a-secret-part-of-the-address';
const connectionTo = (urls: Readonly<Record<string, string>>, settings: TeamsSettings = {}): Connection =>
  teamsConnection({
    id: 'teams',
    settings,
    secrets: { urls },
    concurrencyMax: 4,
    egress: { allowHosts: ['127.0.0.1'] },
  });
const envelope = (more: Partial<Envelope> = {}): Envelope => sampleEnvelope({ address: 'ops', ...more });
const alive = (): AbortSignal => AbortSignal.timeout(10_000);

describe('conformance', () => {
  const adapter = {
    name: 'teams',
    async start() {
      const { url, cards, stop } = await teamsDouble();
      const connection = connectionTo({ ops: `${url}/workflows/1?${SIGNED}` });
      return { connection, address: 'ops', taken: () => cards.length, stop };
    },
    malformed: 'another channel',
    unreachable: () => ({ connection: connectionTo({ ops: 'http://127.0.0.1:1/' }), address: 'ops' }),
  };
  it.each(conformanceOf(adapter).map((check) => [check.name, check] as const))('%s', (_name, check) => check.run());
});

let double: TeamsDouble;
let connection: Connection;
beforeEach(async () => {
  double = await teamsDouble();
  connection = connectionTo({ ops: `${double.url}/workflows/1?${SIGNED}`, finance: `${double.url}/webhookb2/2` });
});
afterEach(() => double.stop());

const texts = (): unknown[] =>
  double.cards.at(-1)?.body.flatMap(({ text }) => (text === undefined ? [] : [text])) ?? [];
const facts = () => double.cards.at(-1)?.body.find(({ type }) => type === 'FactSet')?.facts;

describe('a card', () => {
  it('has a title that leads to the thing, its words, its facts, why it comes, and a link for each action', async () => {
    expect(await connection.send(envelope(), alive())).toEqual({
      kind: 'accepted',
      providerId: null,
      detail: 'HTTP 202',
    });
    expect(texts()).toEqual([
      '[Hello](https://example.test/tasks/1)',
      'A text.\n\n.\n\nA line with a dot, and — 完成.',
      'You get this because of: Task',
    ]);
    expect(facts()).toEqual([
      { title: 'Due', value: expect.stringContaining('Tuesday, November 3') },
      { title: 'Asked', value: 'Ana García — 完成' },
      { title: 'Status', value: 'Open' },
    ]);
    expect(double.cards[0]?.actions?.map(({ title, style }) => [title, style])).toEqual([
      ['It is done', 'positive'],
      ['I have this', undefined],
    ]);
    expect(connection.rewrite).toBeUndefined();
  });

  it('speaks the language of the reader, and names whom it is with where that is somebody else', async () => {
    await connection.send(
      envelope({ locale: 'fr', dueAt: null, status: 'acknowledged', payload: { followUp: { assignee: 'bo' } } }),
      alive(),
    );
    expect(facts()).toEqual([
      { title: 'Demandé à', value: 'bo' },
      { title: 'État', value: 'Pris en charge' },
    ]);
  });

  it('bold, italic and links of a template are turned into its own, and data stays data', async () => {
    const content = {
      subject: '<at>everyone</at> [x](https://evil.test) *b*',
      text: '*Bold &amp; co* _it_ snake_case_name <https://example.test/a?b=1&amp;c=(2)|see it>\n[evil](https://evil.test) &lt;at&gt;all&lt;/at&gt; `c`\n- 1. no list',
    };
    await connection.send(envelope({ content }), alive());
    expect(texts().slice(0, 2)).toEqual([
      '&lt;at&gt;everyone&lt;/at&gt; \\[x\\]\\(https://evil.test\\) \\*b\\*',
      '**Bold & co** _it_ snake\\_case\\_name [see it](https://example.test/a?b=1&c=%282%29)\n\n\\[evil\\]\\(https://evil.test\\) &lt;at&gt;all&lt;/at&gt; \\`c\\`\n\n\\- 1. no list',
    ]);
  });

  it('stays under the limit of Teams, however long its words are and whatever they are written in', async () => {
    for (const word of ['word ', '完成', '\\*_[]()', '🎉']) {
      const content = {
        subject: word.repeat(2_000),
        text: word.repeat(20_000),
        actions: Array.from({ length: 20 }, (_, index) => ({
          name: `a${index}`,
          label: word.repeat(100),
          url: `https://example.test/${index}`,
        })),
      };
      expect(await connection.send(envelope({ content }), alive())).toMatchObject({ kind: 'accepted' });
    }
    expect(double.cards).toHaveLength(4);
  });
});

describe('an address', () => {
  it('is the name of a channel; "default" is the one that is named so, or the only one', async () => {
    await connection.send(envelope({ address: 'finance' }), alive());
    expect(double.paths).toEqual(['/webhookb2/2']);
    expect((await connection.send(envelope({ address: 'default' }), alive())).kind).toBe('rejected');
    expect((await connection.send(envelope({ address: '__proto__' }), alive())).kind).toBe('rejected');
    const only = connectionTo({ ops: `${double.url}/only` });
    expect((await only.send(envelope({ address: 'default' }), alive())).kind).toBe('accepted');
    const named = connectionTo({ a: `${double.url}/a`, b: `${double.url}/b` }, { defaultChannel: 'b' });
    await named.send(envelope({ address: 'default' }), alive());
    expect(double.paths.slice(1)).toEqual(['/only', '/b']);
  });

  it('within our own network is never called, and nothing of it is told', async () => {
    const inside = teamsConnection({
      id: 'teams',
      settings: {},
      secrets: { urls: { ops: `${double.url}/?${SIGNED}` } },
      concurrencyMax: 4,
      egress: { allowHosts: [] },
    });
    const outcome = await inside.send(envelope(), alive());
    expect(outcome).toMatchObject({ kind: 'rejected' });
    expect(JSON.stringify(outcome)).not.toContain(SIGNED);
    expect(double.paths).toEqual([]);
  });
});

describe('what Teams answers', () => {
  it.each<[string, TeamsTwist, object]>([
    ['429', { status: 429, headers: { 'retry-after': '9' } }, { kind: 'retry', retryAfterMs: 9_000 }],
    [
      '200, while Teams behind it said 429',
      {
        status: 200,
        body: 'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with …',
      },
      { kind: 'retry' },
    ],
    ['200, while Teams behind it refused', { status: 200, body: 'returned HTTP error 413' }, { kind: 'rejected' }],
    ['a workflow that is gone', { status: 404 }, { kind: 'rejected', endpoint: 'gone' }],
    ['a signature that is no longer good', { status: 401 }, { kind: 'retry' }],
    ['a redirect', { status: 302, headers: { location: 'http://169.254.169.254/' } }, { kind: 'rejected' }],
    ['502', { status: 502 }, { kind: 'uncertain' }],
    ['503', { status: 503 }, { kind: 'retry' }],
    ['nothing', 'hang up', { kind: 'uncertain' }],
  ])('%s', async (_title, twist, expected) => {
    double.twist = () => twist;
    const outcome = await connection.send(envelope(), alive());
    expect(outcome).toMatchObject(expected);
    expect(JSON.stringify(outcome)).not.toContain(SIGNED);
    expect(double.paths).toHaveLength(1);
  });

  it('silence is uncertain, as soon as it is called off', async () => {
    double.twist = () => 'silence';
    expect(await connection.send(envelope(), AbortSignal.timeout(100))).toMatchObject({ kind: 'uncertain' });
  });
});

it('a connection is written with known keys only', () => {
  expect(teamsSettings.safeParse({ defaultChannel: 'ops', url: 'x' }).success).toBe(false);
  expect(teamsSecrets.safeParse({ urls: {} }).success).toBe(false);
  expect(teamsSecrets.safeParse({ urls: { ops: 'ftp://example.test' } }).success).toBe(false);
  expect(teamsSecrets.safeParse({ urls: { ops: 'https://example.test/x' } }).success).toBe(true);
});
