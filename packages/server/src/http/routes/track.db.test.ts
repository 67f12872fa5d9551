// The road of a tracked mail: nothing where nobody has allowed it; a picture and links of ours where they have; whoever comes is
// led where it was stored to lead and noted with evidence, and changes nothing else; a flood writes little; and no address that
// was not stored is ever led to. `RELANCE_TRACK_MUTATIONS=100000` plays the long campaign of the last.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';
import { ENGINE } from '../../store/database.ts';
import { putTenantSettings } from '../../store/sql/tenant.ts';

const POLICY = `
policy: offer
title: Offer
open: { on: offer.created }
resolve: { on: offer.taken }
key: event.data.id
subject: { type: offer, id: event.data.id, title: "'Offer ' + event.data.id", url: "'https://shop.example/?a=1&b=' + event.data.id" }
assignee: event.data.who
stages:
  - { id: notice, at: opened, notify: { template: offer, via: [email] } }
  - { id: again, at: opened + 1 day, when: "!engagement.clicked.likely", notify: { template: offer, via: [email] } }
  - { id: last, at: opened + 2 days, when: "!engagement.opened.machine", notify: { template: offer, via: [sms] } }
`;
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36';
const GMAIL = 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)';

let http: HttpWorld;
const inDatabase = <T>(sql: string, values: readonly unknown[] = []): Promise<T[]> =>
  http.world.database.transaction(ENGINE, (tx) => tx.query<T & object>(sql, [...values])) as Promise<T[]>;
const allow = (tracking: { opens: boolean; clicks: boolean; sms: boolean }) =>
  http.world.database.transaction(ENGINE, (tx) => putTenantSettings(tx, 'default', { tracking }));

beforeAll(async () => {
  http = await createHttpWorld();
  await http.world.people([
    { id: 'ana', email: 'ana@example.test', phone: '+34600000001' },
    { id: 'shy', email: 'shy@example.test', phone: '+34600000002' },
  ]);
  await http.call('PUT', '/v1/recipients/shy/preferences', { tracking: false });
  await http.call('PUT', '/v1/templates/offer', {
    email: {
      subject: 'An offer',
      html: '<html><body><a href="{{ subject.url }}">See it</a> <a href="https://shop.example/terms">Terms</a> <a href="{{ actions.resolve.url }}">Done</a></body></html>',
      text: '{{ subject.url }} {{ actions.resolve.url }}',
    },
    sms: { text: 'See {{ subject.url }}' },
  });
  await http.world.policy(POLICY);
});
afterAll(() => http.end());

let number = 0;
interface Sent {
  readonly id: string;
  readonly followUp: string;
  readonly html: string;
  readonly text: string;
  readonly clicks: readonly string[];
  readonly picture: string | undefined;
  readonly done: string;
}
async function sendTo(who: string): Promise<Sent> {
  await http.world.event('offer.created', { id: `k${++number}`, who });
  await http.world.settle();
  const envelope = http.world.recorders.email.sent.findLast(({ stage }) => stage === 'notice');
  const { html = '', text = '' } = envelope?.content ?? {};
  return {
    id: envelope?.id ?? '',
    followUp: envelope?.followUp ?? '',
    html,
    text,
    clicks: [...html.matchAll(/http:\/\/relance\.test(\/t\/c\/[\w-]{22})/g)].map(([, path = '']) => path),
    picture: /http:\/\/relance\.test(\/t\/o\/[\w-]{22})/.exec(html)?.[1],
    done: /http:\/\/relance\.test(\/a\/[\w-]{22})/.exec(html)?.[1] ?? '',
  };
}
const visit = (path: string, agent = CHROME, method = 'GET', headers = {}): Promise<Answer> =>
  http.call(method, path, undefined, { authorization: '', 'user-agent': agent, ...headers });
const engagement = async ({ id }: Sent): Promise<string[]> =>
  (await http.call('GET', `/v1/messages/${id}`)).body.engagement.map(
    (one: { kind: string; evidence: string; count: number }) => `${one.kind} ${one.evidence} ${one.count}`,
  );
const told = async ({ followUp }: Sent): Promise<string[]> =>
  (await http.call('GET', `/v1/follow-ups/${followUp}/timeline`)).body.items
    .filter(({ kind }: { kind: string }) => /opened|clicked/.test(kind) && kind !== 'opened')
    .map(
      ({ kind, evidence, text }: { kind: string; evidence: string; text: string }) => `${kind} ${evidence}: ${text}`,
    );
const standing = async ({ followUp }: Sent): Promise<unknown> => {
  const { status, acknowledgedAt, nextAt, snoozedUntil } = (await http.call('GET', `/v1/follow-ups/${followUp}`)).body;
  return { status, acknowledgedAt, nextAt, snoozedUntil };
};
const rows = async (table: string): Promise<number> =>
  (await inDatabase<{ n: number }>(`SELECT count(*)::integer AS n FROM relance.${table}`))[0]?.n ?? -1;

describe('where nobody has allowed it', () => {
  it('a mail goes out as it was written, and nothing is stored', async () => {
    const mail = await sendTo('ana');
    expect(mail).toMatchObject({ clicks: [], picture: undefined });
    expect(mail.html).toContain('href="https://shop.example/terms"');
    expect(await rows('track_tokens')).toBe(0);
  });
  it('nor where the tenant has, and the recipient has said no', async () => {
    await allow({ opens: true, clicks: true, sms: true });
    expect(await sendTo('shy')).toMatchObject({ clicks: [], picture: undefined });
    await http.world.advance('3 days');
    const texts = http.world.recorders.sms.sent.filter(({ recipient }) => recipient.id === 'shy');
    expect(texts.map(({ content }) => content.text)).toEqual([expect.stringContaining('https://shop.example/')]);
    expect(await inDatabase(`SELECT 1 FROM relance.track_tokens WHERE recipient = 'shy'`)).toEqual([]);
  });
});

describe('a tracked mail', () => {
  it('has links of ours in the place of others, one each, and a picture at its end; the message that is kept has none', async () => {
    await allow({ opens: true, clicks: true, sms: false });
    const mail = await sendTo('ana');
    expect(mail.clicks).toHaveLength(2);
    expect(mail.html).toMatch(/<img src="http:\/\/relance\.test\/t\/o\/[\w-]{22}"[^>]*><\/body><\/html>$/);
    expect(mail.html).not.toContain('https://shop.example');
    expect(mail.done).not.toBe('');
    expect(mail.text).toMatch(/^http:\/\/relance\.test\/t\/c\/[\w-]{22} http:\/\/relance\.test\/a\/[\w-]{22}$/);
    const kept = JSON.stringify((await http.call('GET', `/v1/messages/${mail.id}`)).body);
    expect(kept).not.toContain('/t/');
    expect(kept).toContain('https://shop.example/terms');
    const dump = JSON.stringify(
      await inDatabase(
        'SELECT t::text AS row FROM relance.track_tokens t UNION ALL SELECT m::text FROM relance.messages m',
      ),
    );
    for (const path of [...mail.clicks, mail.picture ?? '']) expect(dump).not.toContain(path.slice(5));
  });

  it('leads where it was written to lead, and says nothing of where from', async () => {
    const mail = await sendTo('ana');
    const answer = await visit(mail.clicks[0] ?? '');
    expect(answer.status).toBe(302);
    expect(answer.headers).toMatchObject({
      location: `https://shop.example/?a=1&b=k${number}`,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
    });
    expect(answer.headers['set-cookie']).toBeUndefined();
    const picture = await visit(mail.picture ?? '', GMAIL);
    expect(picture.status).toBe(200);
    expect(picture.headers).toMatchObject({
      'content-type': 'image/gif',
      'content-length': '43',
      'cross-origin-resource-policy': 'cross-origin',
      'cache-control': 'no-store',
    });
    expect((await visit(mail.clicks[1] ?? '', CHROME, 'HEAD')).headers.location).toBe('https://shop.example/terms');
  });

  it('tells of its readers by evidence, the first person of a kind once, and of machines only with the message', async () => {
    const mail = await sendTo('ana');
    const before = await standing(mail);
    await visit(mail.picture ?? '', GMAIL); // at once: the proxy has fetched ahead
    await visit(mail.clicks[0] ?? '', 'Slackbot-LinkExpanding 1.0');
    await visit(mail.clicks[0] ?? '', CHROME, 'HEAD');
    await visit(mail.clicks[0] ?? '', CHROME, 'GET', { 'sec-purpose': 'prefetch;prerender' });
    expect(await engagement(mail)).toEqual(['opened machine 1', 'clicked machine 3']);
    expect(await told(mail)).toEqual([]);
    await http.world.advance('10 minutes');
    await visit(mail.picture ?? '', GMAIL);
    await visit(mail.picture ?? '', GMAIL);
    await visit(mail.clicks[1] ?? '');
    expect(await engagement(mail)).toEqual([
      'opened machine 1',
      'clicked machine 3',
      'opened likely 2',
      'clicked likely 1',
    ]);
    expect(await told(mail)).toEqual([
      `message_opened likely: Opened: "notice" to ana by email.`,
      `message_clicked likely: A link was followed in "notice" to ana by email.`,
    ]);
    const [first] = (await http.call('GET', `/v1/messages/${mail.id}`)).body.engagement;
    expect(first).toEqual({ kind: 'opened', evidence: 'machine', at: expect.stringMatching(/Z$/), count: 1 });
    // Whoever looks has answered nothing.
    expect(await standing(mail)).toEqual(before);
  });

  it('a scanner that looks like a browser is found out by its haste, and the timeline says so', async () => {
    const mail = await sendTo('ana');
    await http.world.advance('10 minutes');
    await visit(mail.clicks[0] ?? '');
    await visit(mail.clicks[1] ?? '');
    expect(await engagement(mail)).toEqual(['clicked machine 2']);
    expect(await told(mail)).toEqual([
      `message_clicked likely: A link was followed in "notice" to ana by email.`,
      `message_clicked machine: A link was followed in "notice" to ana by email, by a program.`,
    ]);
  });

  it('is proven where the same browser then answers on our page', async () => {
    const mail = await sendTo('ana');
    await http.world.advance('10 minutes');
    await visit(mail.clicks[0] ?? '');
    await visit(mail.picture ?? '', GMAIL);
    await visit(mail.done); // looking at the page is no answer
    expect(await engagement(mail)).toEqual(['clicked likely 1', 'opened likely 1']);
    const form = { authorization: '', 'user-agent': CHROME, 'content-type': 'application/x-www-form-urlencoded' };
    expect((await http.call('POST', mail.done, 'do=resolve', form)).status).toBe(200);
    expect(await engagement(mail)).toEqual(['acted proven 1', 'clicked proven 1', 'opened likely 1']);
    expect(await told(mail)).toHaveLength(2);
  });

  it('is seen by conditions with its evidence, and stops no stage by itself', async () => {
    const mail = await sendTo('ana');
    await visit(mail.picture ?? ''); // a machine, so soon
    await visit(mail.clicks[0] ?? '');
    const stages = async (): Promise<string[]> =>
      (await http.call('GET', `/v1/messages?followUp=${mail.followUp}`)).body.items
        .map(({ stage }: { stage: string }) => stage)
        .sort();
    await http.world.advance('25 hours');
    expect(await stages()).toEqual(['again', 'notice']); // a machine's click is no click of a person
    await http.world.advance('24 hours');
    expect(await stages()).toEqual(['again', 'notice']); // `last` asks for it, and is told that there was an open
    expect(await standing(mail)).toMatchObject({ status: 'open', acknowledgedAt: null });
  });

  it('records nothing more once the recipient or the tenant says no, and leads on', async () => {
    const mail = await sendTo('ana');
    await http.world.advance('10 minutes');
    const before = await rows('visits');
    await allow({ opens: false, clicks: false, sms: false });
    expect((await visit(mail.clicks[0] ?? '')).status).toBe(302);
    expect((await visit(mail.picture ?? '')).status).toBe(200);
    await allow({ opens: true, clicks: true, sms: false });
    const choose = (tracking: boolean) => http.call('PUT', '/v1/recipients/ana/preferences', { tracking });
    expect((await choose(false)).body).toMatchObject({ tracking: false });
    expect((await visit(mail.clicks[0] ?? '')).status).toBe(302);
    expect((await visit(mail.picture ?? '')).status).toBe(200);
    expect((await choose(true)).body).toMatchObject({ tracking: true });
    const { body } = await http.call('GET', '/v1/recipients/ana/preferences/changes');
    expect(body.items).toMatchObject([
      { what: 'tracking', from: false, to: true },
      { what: 'tracking', from: true, to: false },
    ]);
    expect(await engagement(mail)).toEqual([]);
    expect(await rows('visits')).toBe(before);
  });

  it('proves nothing more either, when whoever has said no meanwhile answers from the same browser', async () => {
    const mail = await sendTo('ana');
    await http.world.advance('10 minutes');
    await visit(mail.clicks[0] ?? '');
    const before = await rows('visits');
    await http.call('PUT', '/v1/recipients/ana/preferences', { tracking: false });
    const form = { authorization: '', 'user-agent': CHROME, 'content-type': 'application/x-www-form-urlencoded' };
    expect((await http.call('POST', mail.done, 'do=resolve', form)).status).toBe(200);
    await http.call('PUT', '/v1/recipients/ana/preferences', { tracking: true });
    expect(await engagement(mail)).toEqual(['clicked likely 1', 'acted proven 1']);
    expect(await rows('visits')).toBe(before);
  });

  it('is told of by providers only where its reader does not mind, and never as of 1970', async () => {
    const tell = ({ id }: Sent) => {
      const news = { kind: 'opened', message: { id }, at: null, machine: false, detail: null } as const;
      return http.world.node.receipts.take('default', 'test', [news]);
    };
    const shy = await sendTo('shy');
    expect(await tell(shy)).toEqual({ placed: 0, kept: 0 });
    expect(await engagement(shy)).toEqual([]);
    expect(await told(shy)).toEqual([]);
    const mail = await sendTo('ana');
    await http.world.advance('10 minutes');
    expect(await tell(mail)).toEqual({ placed: 1, kept: 0 });
    const ats = async () =>
      (await http.call('GET', `/v1/messages/${mail.id}`)).body.engagement.map(({ at }: { at: string }) => at);
    const [known] = await ats();
    await http.world.advance('1 hour');
    await visit(mail.picture ?? '', GMAIL);
    expect(await engagement(mail)).toEqual(['opened likely 2']);
    expect(await ats()).toEqual([known]);
    expect(known).toMatch(/^2026/);
  });

  it('a flood of one link writes little, and leaves room for the person who comes after it', async () => {
    const mail = await sendTo('ana');
    const before = await rows('visits');
    for (let time = 0; time < 60; time++) await visit(mail.clicks[0] ?? '', 'curl/8.9.1');
    expect(await rows('visits')).toBe(before + 20);
    await http.world.advance('10 minutes');
    for (let time = 0; time < 30; time++) await visit(mail.clicks[0] ?? '');
    expect(await rows('visits')).toBe(before + 40);
    expect(await engagement(mail)).toEqual(['clicked machine 20', 'clicked likely 20']);
    expect(await told(mail)).toHaveLength(1);
  });

  it('tracks text messages where that is asked for', async () => {
    const last = () => http.world.recorders.sms.sent.at(-1)?.content.text;
    const text = async () => {
      await sendTo('ana');
      await http.world.advance('50 hours');
      return last();
    };
    expect(await text()).toContain('https://shop.example/');
    await allow({ opens: true, clicks: true, sms: true });
    expect(await text()).toMatch(/^See http:\/\/relance\.test\/t\/c\/[\w-]{22}$/);
    await allow({ opens: true, clicks: true, sms: false });
  });

  it('too old, it leads nowhere', async () => {
    const mail = await sendTo('ana');
    await inDatabase(`UPDATE relance.track_tokens SET expires_at = clock_timestamp() - interval '1 second'`);
    const answer = await visit(mail.clicks[0] ?? '');
    expect([answer.status, answer.headers.location]).toEqual([404, undefined]);
    expect(answer.headers['content-type']).toContain('text/html');
    const picture = await visit(mail.picture ?? '');
    expect([picture.status, picture.headers['content-type']]).toEqual([404, 'image/gif']);
    expect(await engagement(mail)).toEqual([]);
  });
});

describe('a forged link', () => {
  /** Cheap and the same at every run. */
  const dice = (seed: number) => () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  const EVIL = 'https://evil.example/';
  const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const INSERTED = [
    '//evil.example',
    '/../',
    '%2f%2fevil.example',
    '@evil.example',
    '%0d%0aLocation:%20',
    '\u2024',
    '%00',
    '?',
    ';',
    '\\',
    '%E3%80%82',
    'javascript:',
    '=',
    '~',
    '+',
  ];

  it('leads nowhere, whatever is changed of it', async () => {
    const mail = await sendTo('ana');
    const [own = ''] = mail.clicks;
    const token = own.slice('/t/c/'.length);
    const others = [mail.picture?.slice('/t/o/'.length) ?? '', mail.done.slice('/a/'.length)];
    const random = dice(33);
    const pick = <T>(list: ArrayLike<T>): T => list[Math.floor(random() * list.length)] as T;
    const mutants: ((text: string) => string)[] = [
      (text) => {
        const at = Math.floor(random() * text.length);
        return text.slice(0, at) + pick(ALPHABET) + text.slice(at + 1);
      },
      (text) => text.slice(0, Math.floor(random() * text.length)),
      (text) => text + pick(ALPHABET),
      (text) => {
        const at = Math.floor(random() * (text.length + 1));
        return text.slice(0, at) + encodeURI(pick(INSERTED)) + text.slice(at);
      },
      (text) => [...text].reverse().join(''),
      (text) => (text === text.toLowerCase() ? text.toUpperCase() : text.toLowerCase()),
      () => Array.from({ length: 22 }, () => pick(ALPHABET)).join(''),
      () => pick(others),
      (text) => `${text}?url=${encodeURIComponent(EVIL)}`,
      (text) => `${text}/${encodeURIComponent(EVIL)}`,
      () => encodeURIComponent(EVIL),
    ];
    const allowed = new Set([`https://shop.example/?a=1&b=k${number}`, 'https://shop.example/terms']);
    const foreign: string[] = [];
    const count = Number(process.env.RELANCE_TRACK_MUTATIONS ?? 1_000);
    let led = 0;
    for (let time = 0; time < count; time++) {
      const mutant = pick(mutants)(random() < 0.2 ? pick(mutants)(token) : token);
      const path = `/t/c/${mutant}`;
      const { status, headers } = await visit(path, 'curl/8.9.1', random() < 0.1 ? 'HEAD' : 'GET');
      const location = headers.location as string | undefined;
      if (location !== undefined && !allowed.has(location)) foreign.push(`${path} → ${location}`);
      // The token itself may come out of a change, and then only leads where it does.
      if (status === 302) led++;
      else if (![400, 404, 414].includes(status)) foreign.push(`${path} → ${status}`);
    }
    expect(foreign).toEqual([]);
    expect(led).toBeLessThan(count / 4);
  }, 3_600_000);
});
