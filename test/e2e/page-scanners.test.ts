// Scanners, unfurlers and prefetchers follow every link in messages, some of them in a real browser with scripts on: nothing changes,
// and no link is spent. Then whoever the link is for presses once, or a hundred times at once, and it acts once.
// A fair sample here; `npm run scanners` follows ten thousand links.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { type Campaign, createCampaign, FORM, type Link, OPEN } from '../pages/campaign.ts';
import { CHROMIUM, launchChromium } from '../pages/chromium.ts';

const FOLLOWED = Number(process.env.RELANCE_TEST_SCANNERS ?? 40);
/** Opened in the browser: of each kind, so many. */
const BROWSED = Math.min(FOLLOWED, process.env.RELANCE_TEST_SCANNERS === undefined ? 9 : 90);
const LONG_MS = 60_000 + FOLLOWED * 200;

/** Each as it presents itself. */
const VISITORS: readonly Readonly<Record<string, string>>[] = [
  { 'user-agent': 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)', range: 'bytes=0-32768' },
  { 'user-agent': 'Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com' },
  { 'user-agent': 'WhatsApp/2.23.20.0 A' },
  { 'user-agent': 'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)' },
  { 'user-agent': 'TelegramBot (like TwitterBot)' },
  {
    'user-agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120 Safari/537.36',
    'sec-purpose': 'prefetch;prerender',
  },
  { 'user-agent': 'Mozilla/5.0 Firefox/121.0', 'x-moz': 'prefetch', purpose: 'prefetch' },
  { 'user-agent': 'Barracuda Sentinel (EE)', 'x-requested-with': 'XMLHttpRequest' },
  { 'user-agent': 'Microsoft Office/16.0 (Outlook; SafeLinks)', cookie: 'a=b' },
  { 'user-agent': 'GoogleImageProxy', accept: 'image/*' },
];

let campaign: Campaign;
let links: readonly Link[];
beforeAll(async () => {
  campaign = await createCampaign(Math.max(FOLLOWED, 200));
  links = campaign.sample(FOLLOWED);
}, LONG_MS);
afterAll(() => campaign.end());

const visit = (method: string, path: string, headers: Readonly<Record<string, string>> = {}) =>
  campaign.http.call(method, path, undefined, { ...OPEN, ...headers });

describe('followed by machines', () => {
  it('every kind of page is among them', () => {
    const kinds = new Set(links.map(({ kind }) => kind));
    for (const kind of ['a acknowledge', 'a resolve', 'a snooze', 'a approve', 'a refuse', 'u', 'me', 's'])
      expect(kinds).toContain(kind);
  });

  it('looking, however it is done, changes nothing and spends nothing', { timeout: LONG_MS }, async () => {
    const before = await campaign.fingerprint();
    let turn = 0;
    for (const { path } of links) {
      const first = await visit('GET', path);
      expect({ path, status: first.status }).toEqual({ path, status: 200 });
      expect(first.headers).toMatchObject({
        'cache-control': 'no-store',
        'x-robots-tag': 'noindex, nofollow',
        'referrer-policy': 'no-referrer',
      });
      expect(first.headers).not.toHaveProperty('location');
      expect(first.headers).not.toHaveProperty('set-cookie');
      expect((await visit('HEAD', path)).status).toBe(200);
      expect([204, 404, 405]).toContain((await visit('OPTIONS', path)).status);
      const visitor = VISITORS[turn++ % VISITORS.length] ?? {};
      for (const method of ['HEAD', 'GET']) expect((await visit(method, path, visitor)).status).toBe(200);
      // What no page of ours takes.
      for (const method of ['PUT', 'DELETE']) expect([404, 405]).toContain((await visit(method, path)).status);
    }
    await campaign.http.world.settle();
    expect(await campaign.fingerprint()).toEqual(before);
  });

  it('every visitor opens every kind', async () => {
    const before = await campaign.fingerprint();
    for (const { path } of campaign.sample(9))
      for (const visitor of VISITORS) expect((await visit('GET', path, visitor)).status).toBe(200);
    expect(await campaign.fingerprint()).toEqual(before);
  });
});

if (CHROMIUM === null) process.stderr.write('LEFT OUT: scanners in a real browser (apt-get install chromium).\n');
describe.runIf(CHROMIUM !== null)('opened in a real browser that runs scripts and waits', () => {
  let browser: Browser;
  let origin: string;
  beforeAll(async () => {
    origin = (await campaign.http.listen()).replace(/\/$/, '');
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  it('half a minute on each page, over every link and field: nothing changes', { timeout: LONG_MS }, async () => {
    const before = await campaign.fingerprint();
    const context = await browser.newContext();
    await context.clock.install();
    const page = await context.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).origin}`));
    for (const { path } of campaign.sample(BROWSED)) {
      await page.goto(`${origin}${path}`);
      for (const one of await page.locator('summary').all()) await one.click({ force: true });
      for (const one of await page.locator('button:visible').all()) await one.focus();
      await page
        .locator('button:visible, a:visible')
        .first()
        .hover({ force: true, timeout: 2_000 })
        .catch(() => {});
      await context.clock.runFor(30_000);
    }
    await context.close();
    // Nothing but pages of ours was asked for, and nothing was posted.
    expect(new Set(asked)).toEqual(new Set([`GET ${origin}`]));
    await campaign.http.world.settle();
    expect(await campaign.fingerprint()).toEqual(before);
  });
});

describe('then somebody presses', () => {
  const acts = async (path: string, body: string): Promise<number[]> => {
    const hundred = Array.from({ length: 100 }, () => campaign.http.call('POST', path, body, FORM));
    return (await Promise.all(hundred)).map(({ status }) => status);
  };
  const linkOf = (kind: string, number = 0): string =>
    campaign.links.filter((one) => one.kind === kind)[number]?.path ?? '';
  const differing = async (before: Readonly<Record<string, string>>): Promise<string[]> => {
    const after = await campaign.fingerprint();
    return Object.keys(after).filter((table) => after[table] !== before[table]);
  };
  /** Follow-ups that somebody acted on; no act stands twice in a timeline. */
  const actsOf = async (): Promise<number> => {
    const rows = await campaign.http.world.database.transaction(ENGINE, (tx) =>
      tx.query<{ n: number }>(
        `SELECT max(n) AS n FROM (SELECT count(*) AS n FROM relance.timeline WHERE actor IS NOT NULL AND evidence = 'proven' GROUP BY follow_up_id, kind) g
         UNION ALL SELECT count(DISTINCT follow_up_id) FROM relance.timeline WHERE actor IS NOT NULL AND evidence = 'proven'`,
      ),
    );
    expect(rows[0]?.n ?? 1).toBe(1);
    return rows[1]?.n ?? 0;
  };

  /** A page of everything that waits, and something on it that nobody has acted on: mails leave in any order. */
  const untouched = async (): Promise<readonly [page: string, about: string]> => {
    const rows = await campaign.http.world.database.transaction(ENGINE, (tx) =>
      tx.query<{ id: string }>('SELECT DISTINCT follow_up_id AS id FROM relance.timeline WHERE actor IS NOT NULL'),
    );
    const touched = new Set(rows.map(({ id }) => id));
    for (const { path } of campaign.links.filter(({ kind }) => kind === 'me'))
      for (const [, about = ''] of (await visit('GET', path)).text.matchAll(/name="about" value="([^"]+)"/g))
        if (!touched.has(about)) return [path, about];
    throw new Error('somebody has acted on all of it');
  };

  it.each(['a acknowledge', 'a snooze', 'a approve', 'a refuse', 'a resolve'])(
    'a hundred at once on %s act once',
    async (kind) => {
      const before = await actsOf();
      // Others of the sample have been pressed before: this one is of a follow-up of its own.
      const statuses = await acts(linkOf(kind, KINDS.indexOf(kind) + 1), '');
      expect(statuses.every((status) => status === 200 || status === 409)).toBe(true);
      expect((await actsOf()) - before).toBe(1);
    },
  );
  const KINDS = ['a acknowledge', 'a snooze', 'a approve', 'a refuse', 'a resolve'];

  it('the button of a mail program takes somebody off once, and its page puts them on again', async () => {
    const before = await campaign.fingerprint();
    await acts(linkOf('u'), 'List-Unsubscribe=One-Click');
    expect(await differing(before)).toEqual(['choices', 'preference_changes']);
    const rows = await campaign.http.world.database.transaction(ENGINE, (tx) =>
      tx.query('SELECT FROM relance.preference_changes'),
    );
    expect(rows).toHaveLength(1);
  });

  it('the page of everything that waits acts once, and the page of one’s status never', async () => {
    const [me, about] = await untouched();
    const before = await actsOf();
    await acts(me, `about=${about}&do=commit&on=2026-11-06`);
    expect((await actsOf()) - before).toBe(1);
    const still = await campaign.fingerprint();
    await acts(linkOf('s'), 'do=resolve&fresh=1');
    expect(await differing(still)).toEqual([]);
  });
});
