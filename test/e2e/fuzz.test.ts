// Random and hostile requests at every route of the table, calls of brands that are signed or not, and mails to the listener. Whatever
// comes, the answer is no server error, a problem with what to do next or a page in its reader's language, and without a key, token or
// signature nothing changes. A route that is new is fuzzed by itself. A sample here; `npm run fuzz -- 20000`. RELANCE_TEST_SEED plays
// another one; a rejection that nobody handles fails the run by itself.
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addressFor } from '../../packages/server/src/channels/mail-address.ts';
import { mailOf } from '../fuzz/mail.ts';
import { callOf, type Facts } from '../fuzz/provider-call.ts';
import { type Asked, type Route, requestAt, routesOf } from '../fuzz/request.ts';
import { ADDRESS_KEY, createFuzzWorld, type FuzzWorld, MAILBOX, RETURN_PATH } from '../fuzz/world.ts';
import type { Answer } from '../http-world.ts';
import { type Random, randomOf } from '../random.ts';

const CASES = Number(process.env.RELANCE_TEST_FUZZ ?? 900);
const SEED = Number(process.env.RELANCE_TEST_SEED ?? 20261126);
const LONG_MS = 120_000 + CASES * 200;
const share = (part: number): number => Math.ceil(CASES * part);
/** A problem tells what is wrong; it does not say the body again. */
const PROBLEM_MAX = 100_000;
const ANSWER_MAX = 4_000_000;

let world: FuzzWorld;
let routes: readonly Route[];
beforeAll(async () => {
  world = await createFuzzWorld();
  routes = routesOf((await world.campaign.http.call('GET', '/openapi.json')).body);
}, 120_000);
afterAll(() => world.end());

const ask = ({ method, url, body, headers }: Asked): Promise<Answer> =>
  world.campaign.http.call(method, url, body, headers);
/** What is printed of a case that fails: enough to play it again. */
const shown = (
  number: number,
  asked: Omit<Partial<Asked>, 'body'> & { readonly body?: unknown },
  { status, text }: Answer,
) => ({
  seed: SEED,
  number,
  ...asked,
  body: String(asked.body ?? '').slice(0, 1_500),
  status,
  answer: text.slice(0, 600),
  logged: world.campaign.http.logged.slice(-2),
});

function mistakeIn(answer: Answer): string | null {
  const type = String(answer.headers['content-type'] ?? '');
  if (answer.status >= 500 && answer.body?.code !== 'not_built') return 'a server error';
  if (answer.text.length > ANSWER_MAX) return 'an answer without an end';
  // A mail in its sandbox is the words of its tenant, in whatever language.
  const isMail = answer.status === 200 && /sandbox/.test(String(answer.headers['content-security-policy'] ?? ''));
  if (type.startsWith('text/html') && !isMail && !/<html lang="[a-z]{2}/.test(answer.text))
    return 'a page in no language';
  // A mail shows nothing in the place of a picture; an address that leads nowhere says so all the same.
  if (answer.status < 400 || type === 'image/gif') return null;
  if (type.startsWith('text/html')) return /<p[ >]/.test(answer.text) ? null : 'a page without words';
  if (type.startsWith('application/json')) return /\S/.test(answer.body?.text ?? '') ? null : 'a refusal without words';
  if (!type.startsWith('application/problem+json')) return 'no problem';
  if (answer.text.length > PROBLEM_MAX) return 'a problem that says the body again';
  const { code, next, detail } = answer.body ?? {};
  return [code, next, detail].every((one) => /\S/.test(String(one ?? ''))) ? null : 'a problem without a next step';
}

it('at every route, with keys and tokens that hold: no server error, and a next step', {
  timeout: LONG_MS,
}, async () => {
  const languages = new Map<string, string>();
  for (let number = 0; number < share(0.55); number++) {
    const random = randomOf(SEED + number);
    const route = routes[number % routes.length] ?? random.pick(routes);
    const asked = requestAt(route, random, world.known, true);
    const answer = await ask(asked);
    const mistake = mistakeIn(answer);
    if (mistake !== null) expect.unreachable(`${mistake}: ${JSON.stringify(shown(number, asked, answer), null, 1)}`);
    const [, language] = /<html lang="([a-z]{2})/.exec(answer.text) ?? [];
    if (asked.link === null || language === undefined || answer.status === 404) continue;
    const before = languages.get(asked.link) ?? language;
    expect({ ...shown(number, asked, answer), language }).toMatchObject({ language: before });
    languages.set(asked.link, before);
  }
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

it('without a key, a token or a signature nothing changes', { timeout: LONG_MS }, async () => {
  await world.campaign.http.world.settle();
  const before = await world.campaign.fingerprint();
  const statuses = new Set<number>();
  for (let number = 0; number < share(0.2); number++) {
    const random = randomOf(SEED + 1_000_003 + number);
    const isCall = random.chance(0.3);
    const asked = isCall
      ? called(random, false)
      : requestAt(routes[number % routes.length] ?? random.pick(routes), random, world.known, false);
    const answer = await ask(asked);
    const mistake = mistakeIn(answer);
    if (mistake !== null) expect.unreachable(`${mistake}: ${JSON.stringify(shown(number, asked, answer), null, 1)}`);
    statuses.add(answer.status);
  }
  await world.campaign.http.world.settle();
  expect(await world.campaign.fingerprint()).toEqual(before);
  expect([...statuses]).toEqual(expect.arrayContaining([401, 404]));
});

it('calls of brands that are signed, whatever they say', { timeout: LONG_MS }, async () => {
  const taken = new Map<string, number>();
  for (let number = 0; number < share(0.15); number++) {
    const asked = called(randomOf(SEED + 2_000_003 + number), true);
    const answer = await ask(asked);
    const mistake = mistakeIn(answer);
    if (mistake !== null) expect.unreachable(`${mistake}: ${JSON.stringify(shown(number, asked, answer), null, 1)}`);
    if (answer.status === 200) taken.set(asked.link ?? '', (taken.get(asked.link ?? '') ?? 0) + 1);
  }
  // Mutants are read as well, or this would be a test of signatures alone.
  expect([...taken.keys()].sort()).toEqual(['postmark', 'ses', 'slack', 'twilio']);
});

function called(random: Random, proven: boolean): Asked {
  const { paths, signing } = world;
  const { brand, headers, body } = callOf(random, factsOf(random), paths, signing, proven);
  return { method: 'POST', url: paths[brand] ?? '', headers: { authorization: '', ...headers }, body, link: brand };
}
function factsOf(random: Random): Facts {
  const message = random.pick(world.messages);
  return { message, replyTo: addressFor(MAILBOX, 'reply', message, ADDRESS_KEY), mail: mailOf(random) };
}

it('mails to the listener are taken or refused, and none is put off; forged addresses change nothing', {
  timeout: LONG_MS,
}, async () => {
  const codes = new Set<number>();
  await eachMail(
    share(0.08),
    3_000_003,
    (random) => {
      const purpose = random.chance(0.8) ? 'reply' : 'bounce';
      return addressFor(purpose === 'reply' ? MAILBOX : RETURN_PATH, purpose, random.pick(world.messages), ADDRESS_KEY);
    },
    codes,
  );
  expect(codes).toContain(250);
  await world.campaign.http.world.settle();
  const before = await world.campaign.fingerprint();
  const refused = new Set<number>();
  await eachMail(
    share(0.02),
    4_000_003,
    (random) => {
      const good = addressFor(MAILBOX, 'reply', random.pick(world.messages), ADDRESS_KEY);
      const at = good.indexOf('@') - 1 - random.below(8);
      return random.pick([
        `${good.slice(0, at)}${good[at] === 'a' ? 'b' : 'a'}${good.slice(at + 1)}`,
        addressFor(MAILBOX, 'reply', random.pick(world.messages), Buffer.alloc(32, 7)),
        `somebody@in.example.test`,
        'postmaster@elsewhere.test',
      ]);
    },
    refused,
  );
  expect([...refused]).toEqual([550]);
  await world.campaign.http.world.settle();
  expect(await world.campaign.fingerprint()).toEqual(before);
  expect(world.grumbled).toEqual([]);
});

/** Each is answered 250, 550 or 552; 451 would be sent again for days. */
async function eachMail(
  count: number,
  from: number,
  addressed: (random: Random) => string,
  codes: Set<number>,
): Promise<void> {
  const connection = new SMTPConnection({ host: '127.0.0.1', port: world.inbound.port, ignoreTLS: true });
  connection.on('error', () => {}); // a refusal is told to whoever sends
  await new Promise<void>((resolve) => connection.connect(() => resolve()));
  for (let number = 0; number < count; number++) {
    const random = randomOf(SEED + from + number);
    const to = addressed(random);
    const mail = mailOf(random);
    const code = await new Promise<number>((resolve) =>
      connection.send({ from: random.pick(['p1@example.test', '']), to }, mail, (error) =>
        resolve(error === null || error === undefined ? 250 : ((error as { responseCode?: number }).responseCode ?? 0)),
      ),
    );
    if (![250, 550, 552].includes(code))
      expect.unreachable(
        `answered ${code}: ${JSON.stringify({ seed: SEED, from, number, to, mail: mail.toString('latin1').slice(0, 2_000) }, null, 1)}`,
      );
    codes.add(code);
    await new Promise<void>((resolve) => connection.reset(() => resolve()));
  }
  connection.quit();
}

it('the world still works, and its log tells of nothing that went wrong', async () => {
  const { http } = world.campaign;
  await http.world.people([{ id: 'after', email: 'after@example.test' }]);
  const data = { id: 'after', title: 'After', who: 'after', by: 'after', due: '2026-11-20' };
  const type = { 'content-type': 'application/cloudevents+json' };
  const event = { specversion: '1.0', id: 'after', source: '/after', type: 'chore.made', data };
  expect((await http.call('POST', '/v1/events', JSON.stringify(event), type)).body.accepted).toBe(1);
  await http.world.settle();
  expect(await http.world.node.watch()).toBe(0);
  expect(http.logged).toEqual([]);
});
