// Signing in to the pages of the server, told as a story: a key is exchanged for a cookie, which opens what the key opens and no
// more, from our own pages alone, until it is signed out, has ended, or its key is taken back.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_KEY, createHttpWorld, type HttpWorld, TASK } from '../../../../test/http-world.ts';
import { ENGINE } from '../store/database.ts';
import { Auth, hashKey } from './auth.ts';

let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
});
afterAll(() => http.end());

const HOST = 'relance.test';
const OURS = { host: HOST, origin: `http://${HOST}`, 'sec-fetch-site': 'same-origin' };
const statusWith = async (cookie: string): Promise<number> =>
  (await call('GET', '/v1/follow-ups', undefined, { host: HOST, cookie })).status;

/** A request as a page in a browser sends it: no key, but the cookie. */
const call = async (method: string, url: string, body: unknown, headers: Readonly<Record<string, string>>) => {
  const response = await http.app.inject({
    method: method as 'GET',
    url,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  const json = /json/.test(String(response.headers['content-type'] ?? '')) && response.payload !== '';
  return { status: response.statusCode, headers: response.headers, body: json ? response.json() : null };
};

async function signIn(key: string, more: Readonly<Record<string, string>> = {}) {
  const { headers, body, status } = await call('POST', '/session', { key }, { ...OURS, ...more });
  expect({ status, body }).toMatchObject({ status: 200 });
  const [written = ''] = [headers['set-cookie']].flat();
  return { written, body, cookie: written.split(';')[0] ?? '' };
}

describe('signing in', () => {
  it('gives a cookie that no script reads and no other site sends, and the key is not in it', async () => {
    const { written, body } = await signIn(ADMIN_KEY);
    expect(written).toMatch(/^relance_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/);
    expect(body).toEqual({ signedIn: true, open: false, tenant: 'default', admin: true, version: '0.0.0' });
    const rows = await http.world.database.transaction(ENGINE, (tx) =>
      tx.query<{ text: string }>('SELECT s::text AS text FROM relance.sessions s'),
    );
    expect(rows.length).toBeGreaterThan(0);
    const token = /=([\w-]+)/.exec(written)?.[1] ?? '';
    for (const { text } of rows) {
      expect(text).not.toContain(ADMIN_KEY);
      expect(text).not.toContain(token);
    }
    expect(http.logged.join()).not.toContain(ADMIN_KEY);
  });

  it('over https the cookie is for https, and no neighbour of the same domain can set it', async () => {
    const { written } = await signIn(ADMIN_KEY, { origin: `https://${HOST}` });
    expect(written).toMatch(
      /^__Host-relance_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200; Secure$/,
    );
  });

  it('refuses what is no key, and says what to do', async () => {
    const { status, body, headers } = await call('POST', '/session', { key: 'no-key' }, OURS);
    expect({ status, code: body.code, next: body.next }).toMatchObject({ status: 401, code: 'unauthorized' });
    expect(headers['set-cookie']).toBeUndefined();
  });

  it('is offered to pages of this server alone', async () => {
    for (const foreign of [
      { host: HOST, origin: 'https://evil.example' },
      { host: HOST, origin: `http://${HOST}`, 'sec-fetch-site': 'cross-site' },
      { host: HOST, origin: `http://${HOST}`, 'sec-fetch-site': 'same-site' },
    ])
      expect(await call('POST', '/session', { key: ADMIN_KEY }, foreign)).toMatchObject({
        status: 403,
        body: { code: 'foreign_origin' },
      });
  });
});

describe('a session', () => {
  it('is as good as its key, for its tenant alone', async () => {
    await http.call('PUT', '/v1/recipients/ana', { name: 'Ana of default' });
    const other = await signIn(await http.key('other', ['api']));
    expect(other.body).toMatchObject({ tenant: 'other', admin: false });
    expect((await call('GET', '/v1/recipients', undefined, { host: HOST, cookie: other.cookie })).body.items).toEqual(
      [],
    );
    const ours = await signIn(ADMIN_KEY);
    expect(
      (await call('GET', '/v1/recipients', undefined, { host: HOST, cookie: ours.cookie })).body.items,
    ).toHaveLength(1);
    // Keys are for admins, signed in or not.
    expect((await call('GET', '/v1/keys', undefined, { host: HOST, cookie: other.cookie })).status).toBe(403);
  });

  it('changes nothing for a page next door, or for one that does not say where it is', async () => {
    const { cookie } = await signIn(ADMIN_KEY);
    const put = (headers: Readonly<Record<string, string>>) =>
      call('PUT', '/v1/groups/desk', { members: [] }, { host: HOST, cookie, ...headers });
    for (const foreign of [
      {},
      { origin: 'null' },
      { origin: `http://evil.${HOST}` },
      { origin: `http://${HOST}:8080` },
      { origin: `http://${HOST}`, 'sec-fetch-site': 'same-site' },
    ])
      expect([foreign, await put(foreign)]).toMatchObject([foreign, { status: 403, body: { code: 'foreign_origin' } }]);
    expect((await http.call('GET', '/v1/groups')).body.items).toEqual([]);
    expect(await put(OURS)).toMatchObject({ status: 200 });
    // Behind a proxy that names itself as host, the address that people use is the one that counts.
    expect(await put({ host: '10.0.0.7:4400', origin: `http://${HOST}` })).toMatchObject({ status: 200 });
  });

  it('needs no origin where a key is sent: programs have none', async () => {
    expect((await http.call('PUT', '/v1/groups/desk', { members: [] }, { cookie: 'relance_session=x' })).status).toBe(
      200,
    );
  });

  it('ends when it is signed out, at once, and its cookie is taken back', async () => {
    const { cookie } = await signIn(ADMIN_KEY);
    const seen = () => call('GET', '/session', undefined, { host: HOST, cookie });
    expect((await seen()).body).toMatchObject({ signedIn: true });
    const { status, headers } = await call('DELETE', '/session', undefined, { ...OURS, cookie });
    expect(status).toBe(204);
    expect(String(headers['set-cookie'])).toMatch(/relance_session=;.*Max-Age=0/);
    expect((await seen()).body).toEqual({ signedIn: false, open: false, tenant: null, admin: false, version: null });
    expect((await call('GET', '/v1/follow-ups', undefined, { host: HOST, cookie })).status).toBe(401);
  });

  it('ends with its key', async () => {
    const { cookie } = await signIn(await http.key('default', ['api']));
    const { cookie: other } = await signIn(ADMIN_KEY);
    expect([await statusWith(cookie), await statusWith(other)]).toEqual([200, 200]);
    const keys = (await http.call('GET', '/v1/keys')).body.items as { id: string; tenant: string }[];
    const id = keys.findLast(({ tenant }) => tenant === 'default')?.id ?? '';
    expect((await http.call('DELETE', `/v1/keys/${id}`)).status).toBe(204);
    await expect.poll(() => statusWith(cookie), { timeout: 5_000 }).toBe(401);
    expect(await statusWith(other)).toBe(200);
  });

  it('ends after twelve hours', async () => {
    const made = (token: string, ends: string) =>
      http.world.database.transaction(ENGINE, (tx) =>
        tx.query(
          'INSERT INTO relance.sessions (hash, key_hash, expires_at) VALUES ($1, $2, clock_timestamp() + $3::interval)',
          [hashKey(token), hashKey(ADMIN_KEY), ends],
        ),
      );
    const [ended, lasting] = ['e'.repeat(43), 'l'.repeat(43)];
    await made(ended, '-1 second');
    await made(lasting, '1 minute');
    expect(await statusWith(`relance_session=${ended}`)).toBe(401);
    expect(await statusWith(`relance_session=${lasting}`)).toBe(200);
    // Whoever signs in next clears it away.
    await signIn(ADMIN_KEY);
    const left = await http.world.database.transaction(ENGINE, (tx) =>
      tx.query('SELECT FROM relance.sessions WHERE hash = $1', [hashKey(ended)]),
    );
    expect(left).toEqual([]);
  });

  it('opens the mailbox too, and the mailbox’s own form opens the same', async () => {
    const { cookie } = await signIn(ADMIN_KEY);
    const page = await http.app.inject({ method: 'GET', url: '/mailbox', headers: { host: HOST, cookie } });
    expect([page.statusCode, page.payload.includes('API key')]).toEqual([200, false]);
    const form = await http.app.inject({
      method: 'POST',
      url: '/mailbox/session',
      headers: {
        host: HOST,
        origin: 'null',
        'sec-fetch-site': 'same-origin',
        'content-type': 'application/x-www-form-urlencoded',
      },
      payload: `key=${ADMIN_KEY}`,
    });
    const [written = ''] = [form.headers['set-cookie']].flat();
    const session = await call('GET', '/session', undefined, { host: HOST, cookie: written?.split(';')[0] ?? '' });
    expect(session.body).toMatchObject({ signedIn: true, tenant: 'default' });
  });
});

describe('whoever is in the way', () => {
  it('a proxy that asks for a password of its own does not lock out whoever is signed in', async () => {
    const { cookie } = await signIn(ADMIN_KEY);
    const authorization = `Basic ${Buffer.from('someone:else').toString('base64')}`;
    expect(await call('GET', '/v1/follow-ups', undefined, { host: HOST, cookie, authorization })).toMatchObject({
      status: 200,
    });
    expect(await call('GET', '/v1/follow-ups', undefined, { host: HOST, authorization })).toMatchObject({
      status: 401,
    });
    // A key that does not hold is not made good by a cookie.
    const wrong = { host: HOST, cookie, authorization: 'Bearer wrong' };
    expect(await call('GET', '/v1/follow-ups', undefined, wrong)).toMatchObject({ status: 401 });
  });

  it('a neighbour’s cookie does not come before ours, and signing out ends both', async () => {
    const other = (await signIn(await http.key('other', ['api']))).cookie;
    const { cookie } = await signIn(ADMIN_KEY, { origin: `https://${HOST}` });
    expect(cookie).toMatch(/^__Host-/);
    const both = { host: HOST, cookie: `${other}; ${cookie}` };
    expect((await call('GET', '/session', undefined, both)).body).toMatchObject({ tenant: 'default' });
    expect((await call('DELETE', '/session', undefined, { ...OURS, ...both })).status).toBe(204);
    expect([await statusWith(cookie), await statusWith(other)]).toEqual([401, 401]);
  });

  it('where people come by https, a cookie that a neighbour can set is none', async () => {
    const secure = await createHttpWorld((ports) => ({
      auth: new Auth({ bootstrapKey: ADMIN_KEY, open: false, publicUrl: `https://${HOST}` }, ports.database),
      publicUrl: `https://${HOST}`,
    }));
    const ask = async (headers: Readonly<Record<string, string>>) =>
      (await secure.app.inject({ method: 'GET', url: '/v1/follow-ups', headers })).statusCode;
    const { headers } = await secure.app.inject({
      method: 'POST',
      url: '/session',
      headers: { host: HOST, origin: `https://${HOST}` },
      payload: { key: ADMIN_KEY },
    });
    const [cookie = ''] = String(headers['set-cookie']).split(';');
    expect(await ask({ host: HOST, cookie })).toBe(200);
    expect(await ask({ host: HOST, cookie: cookie.replace('__Host-', '') })).toBe(401);
    await secure.end();
  });

  it('over https a page that somebody on the way has written over http is none of ours', async () => {
    const https = `https://${HOST}`;
    const secure = await createHttpWorld((ports) => ({
      auth: new Auth({ bootstrapKey: ADMIN_KEY, open: false, publicUrl: https }, ports.database),
      publicUrl: https,
    }));
    const signIn = async (headers: Readonly<Record<string, string>>) => {
      const payload = { key: ADMIN_KEY };
      return (await secure.app.inject({ method: 'POST', url: '/session', headers, payload })).statusCode;
    };
    for (const [host, origin, status] of [
      [HOST, https, 200],
      [HOST, `https://${HOST.toUpperCase()}:443`, 200],
      ['10.0.0.7:4400', https, 200], // as a proxy names it
      [HOST, `http://${HOST}`, 403],
      [`${HOST}:443`, `http://${HOST}:443`, 403],
      ['10.0.0.7:4400', `http://${HOST}`, 403],
      [HOST, `https://${HOST}:8443`, 403],
      [HOST, `https://x.${HOST}`, 403],
      [HOST, `https://${HOST}@evil.example`, 403],
      ['localhost:4400', 'http://localhost:4400', 200], // a forwarded port
      ['localhost:4400', 'http://localhost:3000', 403],
    ] as const)
      expect([host, origin, await signIn({ host, origin })]).toEqual([host, origin, status]);
    await secure.end();
  });

  it('over http a cookie that a neighbour planted before ours does not sign us out, and is not tried without end', async () => {
    const { cookie } = await signIn(ADMIN_KEY);
    const planted = (count: number) =>
      Array.from({ length: count }, (_, n) => `relance_session=${String(n).padStart(43, 'A')}; `).join('') + cookie;
    const seen = async (count: number) =>
      (await call('GET', '/session', undefined, { host: HOST, cookie: planted(count) })).body.signedIn;
    expect([await seen(1), await seen(4), await seen(5)]).toEqual([true, true, false]);
    expect(await statusWith(planted(1))).toBe(200);
    // Where it came from is still asked.
    const foreign = { host: HOST, cookie: planted(1), origin: 'http://evil.example' };
    expect((await call('PUT', '/v1/groups/desk', { members: [] }, foreign)).status).toBe(403);
  });

  it('what was read is in no cache for whoever uses the browser next', async () => {
    const { cookie } = await signIn(ADMIN_KEY);
    const headers = { host: HOST, cookie };
    await http.call('PUT', '/v1/policies/task', TASK, { 'content-type': 'application/yaml' });
    for (const url of ['/v1/recipients', '/v1/policies/task', '/v1/nothing', '/session', '/mailbox', '/v1/audit'])
      expect([url, (await call('GET', url, undefined, headers)).headers['cache-control']]).toEqual([url, 'no-store']);
    // What is nobody's own says so itself.
    const script = await call('GET', '/mailbox/mailbox.js', undefined, headers);
    expect(script.headers['cache-control']).toBe('max-age=300');
    const out = await call('DELETE', '/session', undefined, { ...OURS, cookie });
    expect(out.headers['clear-site-data']).toBe('"cache"');
  });

  it('somebody who guesses is told to stop, and keeps nobody of the same address from signing in', async () => {
    const statuses: number[] = [];
    for (let tries = 0; tries < 40; tries++)
      statuses.push((await call('POST', '/session', { key: `guess-${tries}` }, OURS)).status);
    expect(statuses.slice(0, 20)).toEqual(Array(20).fill(401));
    expect(statuses.at(-1)).toBe(429);
    const form = await http.app.inject({
      method: 'POST',
      url: '/mailbox/session',
      headers: { ...OURS, 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'key=another-guess',
    });
    expect(form.statusCode).toBe(429);
    expect(await signIn(ADMIN_KEY)).toMatchObject({ body: { signedIn: true } });
  });

  it('the mailbox’s form says from where it comes, and one that does not signs nobody in', async () => {
    const headers = { host: HOST, 'content-type': 'application/x-www-form-urlencoded' };
    const post = (more: Readonly<Record<string, string>>) =>
      http.app.inject({
        method: 'POST',
        url: '/mailbox/session',
        headers: { ...headers, ...more },
        payload: `key=${ADMIN_KEY}`,
      });
    for (const foreign of [{}, { origin: 'null' }, { origin: 'http://evil.example' }])
      expect((await post(foreign)).statusCode).toBe(403);
    // Over plain http a browser sends nothing but the origin, and that only where the page lets it.
    expect((await post({ origin: `http://${HOST}` })).statusCode).toBe(303);
    const page = await http.app.inject({ method: 'GET', url: '/mailbox', headers: { host: HOST } });
    expect(page.headers['referrer-policy']).toBe('same-origin');
  });

  it('who signed in and out is in the audit', async () => {
    const { cookie } = await signIn(ADMIN_KEY);
    await call('DELETE', '/session', undefined, { ...OURS, cookie });
    const { body } = await http.call('GET', '/v1/audit');
    expect(body.items.slice(0, 2)).toMatchObject([
      { action: 'session.ended', by: 'bootstrap' },
      { action: 'session.opened', by: 'bootstrap' },
    ]);
  });
});

describe('nothing is open without signing in', () => {
  it('and whoever is not signed in learns nothing', async () => {
    expect((await call('GET', '/session', undefined, { host: HOST })).body).toEqual({
      signedIn: false,
      open: false,
      tenant: null,
      admin: false,
      version: null,
    });
    for (const cookie of ['relance_session=short', `relance_session=${'A'.repeat(43)}`, 'other=1'])
      expect((await call('GET', '/v1/follow-ups', undefined, { host: HOST, cookie })).status).toBe(401);
  });
});
