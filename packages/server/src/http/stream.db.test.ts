// A stream that stays open: it costs the same after hours as after seconds, and ends with the token that opened it.
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../test/http-world.ts';

let http: HttpWorld;
let url: string;
let looked: () => void = () => {};
beforeAll(async () => {
  http = await createHttpWorld((ports) => ({
    database: {
      ...ports.database,
      async transaction(scope, work) {
        const result = await ports.database.transaction(scope, work);
        if (scope.kind === 'tenant') looked();
        return result;
      },
    },
  }));
  await http.world.people([{ id: 'ana' }]);
  url = `${await http.listen()}/v1/inbox/stream`;
});
afterAll(() => http.end());

const tokenFor = async (ttl: string): Promise<string> =>
  (await http.call('POST', '/v1/recipients/ana/tokens', { ttl })).body.token as string;
const look = () =>
  new Promise<void>((resolve) => {
    looked = resolve;
  });

it('gathers no listeners', async () => {
  const answering = new Promise<ServerResponse>((resolve) => {
    http.app.server.once('request', (_request, response) => resolve(response));
  });
  const token = await tokenFor('1 hour');
  const ending = new AbortController();
  await fetch(url, { headers: { authorization: `Bearer ${token}` }, signal: ending.signal });
  const response = await answering;
  await look();
  const count = response.listenerCount('close');
  await look();
  await look();
  expect(response.listenerCount('close')).toBe(count);
  ending.abort();
});

it('ends when its token expires', { timeout: 20_000 }, async () => {
  const response = await fetch(url, { headers: { authorization: `Bearer ${await tokenFor('2 seconds')}` } });
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('event: changed'); // the whole of it: it has an end
});
