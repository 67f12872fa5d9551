// Where nobody needs a key (the demo): programs and its own pages do what they like, and pages of anybody else do nothing, whether they
// post a form, or lead a name of their own here.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../test/http-world.ts';
import { Auth } from './auth.ts';

let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld((ports) => ({
    auth: new Auth({ bootstrapKey: null, open: true, publicUrl: 'http://relance.test:4400' }, ports.database),
    publicUrl: 'http://relance.test:4400',
  }));
});
afterAll(() => http.end());

const HOST = '127.0.0.1:4400';
type Headers = Readonly<Record<string, string>>;
const call = async (method: 'GET' | 'POST' | 'PUT', url: string, headers: Headers = {}, payload = '') => {
  const response = await http.app.inject({ method, url, headers: { host: HOST, ...headers }, payload });
  return { status: response.statusCode, body: response.json() };
};
const put = (headers: Headers = {}) =>
  call('PUT', '/v1/recipients/ana', { 'content-type': 'application/json', ...headers }, '{"name":"Ana"}');
beforeEach(async () => {
  expect(await put()).toMatchObject({ status: 200 });
});

describe('an open server', () => {
  it('does nothing for a page of somebody else, which can post a form without being asked', async () => {
    for (const foreign of [
      { origin: 'http://localhost:4998', 'sec-fetch-site': 'cross-site' },
      { origin: 'http://127.0.0.1:4998', 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' }, // a form of a page without referrer
      { origin: 'null' }, // the same, where the browser says no more over http
    ] as Headers[]) {
      const answer = await call('POST', '/v1/recipients/ana/erase', {
        'content-type': 'application/x-www-form-urlencoded',
        ...foreign,
      });
      expect([foreign, answer]).toMatchObject([foreign, { status: 403, body: { code: 'foreign_origin' } }]);
      // Nor where it brings a key that belongs to another server.
      expect((await put({ ...foreign, authorization: 'Bearer of-another-server' })).status).toBe(403);
    }
    expect((await call('GET', '/v1/recipients/ana')).status).toBe(200);
  });

  it('does what its own pages and programs ask', async () => {
    for (const ours of [
      {}, // curl, and every client that is no browser
      { authorization: 'Bearer of-another-server' },
      { origin: `http://${HOST}`, 'sec-fetch-site': 'same-origin' },
      { origin: 'http://relance.test:4400' },
      { 'sec-fetch-site': 'none' }, // somebody who types it
    ] as Headers[])
      expect([ours, await put(ours)]).toMatchObject([ours, { status: 200 }]);
    expect((await call('POST', '/v1/recipients/ana/erase')).status).toBe(200);
  });

  it('answers to names of its own machine and to its public one, and to no other, not even what is only read', async () => {
    for (const host of [
      'localhost:4400',
      'demo.localhost',
      '127.0.0.1',
      '[::1]:4400',
      '192.168.1.5:4400',
      '[fe80::1]',
      'relance.test:4400',
      'RELANCE.test',
    ])
      expect([host, await call('GET', '/v1/recipients', { host })]).toMatchObject([host, { status: 200 }]);
    for (const host of [
      'evil.example:4400',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      'notlocalhost',
      '192.168.1.5.evil.example',
      '%',
    ])
      for (const url of ['/v1/recipients', '/session', '/mailbox'])
        expect([host, await call('GET', url, { host })]).toMatchObject([
          host,
          { status: 403, body: { code: 'foreign_origin', next: expect.stringContaining('RELANCE_PUBLIC_URL') } },
        ]);
    const rebound = { host: 'evil.example:4400', origin: 'http://evil.example:4400', 'sec-fetch-site': 'same-origin' };
    expect((await put(rebound)).status).toBe(403);
    // By an address in numbers the page that sends must be of the same.
    const host = '192.168.1.5:4400';
    expect((await put({ host, origin: `http://${host}` })).status).toBe(200);
    for (const origin of ['http://192.168.1.5:8080', 'http://192.168.1.6:4400', 'http://evil.example'])
      expect([origin, await put({ host, origin })]).toMatchObject([origin, { status: 403 }]);
    expect((await call('GET', '/healthz', { host: 'evil.example' })).status).toBe(200); // a load balancer
  });

  it('says what to set where a proxy asks it by another name than people do', async () => {
    const origin = 'https://relance.acme.test';
    expect(await put({ origin, 'sec-fetch-site': 'same-origin' })).toMatchObject({
      status: 403,
      body: {
        code: 'foreign_origin',
        detail: `This was sent from a page of "${origin}", and this server is http://relance.test:4400.`,
        next: expect.stringMatching(/behind a proxy: set RELANCE_PUBLIC_URL to the address that people use/),
      },
    });
  });
});
