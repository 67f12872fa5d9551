// Forged links and forms: bits flipped, cut, of another purpose, tenant or secret, too old, and every open redirect that was ever tried.
// None has an effect, none is answered by a way to another place. A fair sample here; `npm run forgeries` sends a hundred thousand.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenFor } from '../../packages/server/src/responses/action-link.ts';
import { pageTokenFor } from '../../packages/server/src/responses/page-link.ts';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { type Campaign, createCampaign, FORM, hashOfToken, OPEN } from '../pages/campaign.ts';
import { forge } from '../pages/forgery.ts';
import { randomOf } from '../random.ts';
import { SECRET } from '../world.ts';

const FORGED = Number(process.env.RELANCE_TEST_FORGERIES ?? 600);
const LONG_MS = 60_000 + FORGED * 60;

let campaign: Campaign;
beforeAll(async () => {
  campaign = await createCampaign(200);
}, 120_000);
afterAll(() => campaign.end());

const call = (method: string, path: string, body?: string, headers: Readonly<Record<string, string>> = OPEN) =>
  campaign.http.call(method, path, body, headers);

/** Derived as ours are, for what they are not for: of another tenant, with another secret, for nobody, for another month. */
async function others(): Promise<readonly string[]> {
  const { items } = (await campaign.http.call('GET', '/v1/messages?limit=20')).body;
  return items.flatMap(({ id, recipient, followUp }: { id: string; recipient: string; followUp: string }) => [
    tokenFor(SECRET, 'other', id, 'resolve'),
    tokenFor('x'.repeat(40), 'default', id, 'resolve'),
    tokenFor(SECRET, 'default', id, 'cancel'),
    ...(['unsubscribe', 'preferences', 'me', 'status'] as const).flatMap((purpose) => [
      pageTokenFor(SECRET, { tenant: 'other', purpose, recipient, about: followUp }, '2026-11'),
      pageTokenFor('x'.repeat(40), { tenant: 'default', purpose, recipient, about: '' }, '2026-11'),
      pageTokenFor(SECRET, { tenant: 'default', purpose, recipient: 'nobody', about: '' }, '2026-11'),
      pageTokenFor(SECRET, { tenant: 'default', purpose, recipient, about: followUp }, '1999-01'),
    ]),
  ]);
}

it('have no effect, and lead nowhere', { timeout: LONG_MS }, async () => {
  const seed = Number(process.env.RELANCE_TEST_SEED ?? 20261126);
  const random = randomOf(seed);
  const strangers = await others();
  const before = await campaign.fingerprint();
  const real = new Set(campaign.links.map(({ path }) => path));
  for (let number = 0; number < FORGED; number++) {
    const { what, method, path, body, headers, isReal } = forge(random.pick(campaign.links), random, strangers);
    if (!isReal && method !== 'POST' && real.has(path)) continue;
    const answer = await call(method, path, body ?? undefined, { ...OPEN, ...headers });
    const seen = { seed, number, what, method, path, body, status: answer.status };
    expect({ ...seen, location: answer.headers.location }).toEqual({ ...seen, location: undefined });
    expect({ ...seen, isOne: (isReal ? [200] : [400, 404, 405, 409, 410, 422]).includes(answer.status) }).toEqual({
      ...seen,
      isOne: true,
    });
    // What was forged is not handed on: no address of it is a link or the place of a form.
    expect({ ...seen, evil: /(?:href|action|src|content)="[^"]*evil/i.test(answer.text) }).toEqual({
      ...seen,
      evil: false,
    });
    expect(String(answer.headers.refresh ?? '')).toBe('');
  }
  await campaign.http.world.settle();
  expect(await campaign.fingerprint()).toEqual(before);
});

describe('what once was a link', () => {
  it('of an expired one nothing is left but the offer of a fresh one', async () => {
    // What people choose stays open to them for as long as the messages are kept.
    const links = campaign.sample(9).filter(({ kind }) => kind !== 'u' && kind !== 'p');
    const hashes = links.map(({ path }) => hashOfToken(path));
    const age = (table: string) =>
      campaign.http.world.database.transaction(ENGINE, (tx) =>
        tx.query(
          `UPDATE relance.${table} SET expires_at = clock_timestamp() - interval '1 second' WHERE hash = ANY($1::bytea[])`,
          [hashes],
        ),
      );
    await age('action_tokens');
    await age('page_tokens');
    const before = await campaign.fingerprint();
    for (const { path } of links) {
      expect((await call('GET', path)).status).toBe(410);
      for (const body of ['', 'do=resolve', 'do=acknowledge', 'about=x&do=resolve', 'List-Unsubscribe=One-Click'])
        expect((await call('POST', path, body, FORM)).status).toBe(410);
    }
    expect(await campaign.fingerprint()).toEqual(before);
  });

  it('a dump of the tables holds none that works', async () => {
    const rows = await campaign.http.world.database.transaction(ENGINE, (tx) =>
      tx.query<{ hash: string }>(
        `SELECT encode(hash, 'base64') AS hash FROM (SELECT hash FROM relance.action_tokens UNION ALL SELECT hash FROM relance.page_tokens) t LIMIT 200`,
      ),
    );
    expect(rows).toHaveLength(200);
    for (const { hash } of rows) {
      const token = hash.replaceAll('+', '-').replaceAll('/', '_').slice(0, 22);
      for (const place of ['a', 'u', 'me', 's']) expect((await call('GET', `/${place}/${token}`)).status).toBe(404);
    }
  });
});
