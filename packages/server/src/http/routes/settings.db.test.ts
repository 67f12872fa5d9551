// What relance.yaml says of a tenant, over HTTP: as it was applied, and of nobody else.
import { SHAPES } from '@relance/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';
import { ENGINE } from '../../store/database.ts';
import { putTenantSettings } from '../../store/sql/tenant.ts';

let http: HttpWorld;
beforeEach(async () => {
  http = await createHttpWorld();
});
afterEach(() => http.end());

it('is answered as it was applied, to its own tenant', async () => {
  await http.world.database.transaction(ENGINE, (tx) =>
    putTenantSettings(tx, 'default', { name: 'Acme', zone: 'Europe/Madrid', branding: { color: '#1f5eff' } }),
  );
  const { status, body } = await http.call('GET', '/v1/settings');
  expect(status).toBe(200);
  expect(SHAPES.Settings.parse(body)).toEqual({
    tenant: 'default',
    settings: { name: 'Acme', zone: 'Europe/Madrid', branding: { color: '#1f5eff' } },
  });
  const other = { authorization: `Bearer ${await http.key('other')}` };
  expect((await http.call('GET', '/v1/settings', undefined, other)).body).toEqual({ tenant: 'other', settings: {} });
  expect((await http.call('GET', '/v1/settings?zone=UTC')).status).toBe(400);
});

it('tells where a resolver is asked to those with an admin key alone', async () => {
  const crm = { url: 'https://key:secret@crm.test:8443/relance?token=secret', timeout: '2 seconds' };
  await http.world.database.transaction(ENGINE, (tx) =>
    putTenantSettings(tx, 'default', { zone: 'UTC', resolvers: { crm } }),
  );
  const asked = async (scopes: readonly ('admin' | 'api')[]) => {
    const headers = { authorization: `Bearer ${await http.key('default', [...scopes])}` };
    return (await http.call('GET', '/v1/settings', undefined, headers)).body.settings;
  };
  expect(await asked(['admin', 'api'])).toEqual({ zone: 'UTC', resolvers: { crm } });
  expect(await asked(['api'])).toEqual({
    zone: 'UTC',
    resolvers: { crm: { url: 'https://crm.test:8443', timeout: '2 seconds' } },
  });
});

it('has its branding set with an admin key, and nothing else of it', async () => {
  const { database } = http.world;
  await database.transaction(ENGINE, (tx) => putTenantSettings(tx, 'default', { name: 'Acme', zone: 'Europe/Madrid' }));
  const put = (body: unknown, headers = {}) => http.call('PUT', '/v1/settings/branding', body, headers);
  const branding = { name: 'Acme Care', color: '#1f5eff', supportEmail: 'help@acme.test' };
  const { status, body } = await put(branding);
  expect([status, SHAPES.Settings.parse(body)]).toEqual([
    200,
    { tenant: 'default', settings: { name: 'Acme', zone: 'Europe/Madrid', branding } },
  ]);
  const seen = async () => (await http.call('GET', '/v1/settings')).body.settings.branding;
  for (const [wrong, path] of [
    [{ color: 'blue' }, 'color'],
    [{ logo: 'http://acme.test/logo.png' }, 'logo'],
    [{ logo: 'https://acme.test;script-src/logo.png' }, 'logo'],
    [{ name: 'Acme\r\nBcc: eve@acme.test' }, 'name'],
    [{ logo: 'https://acme.test/logo.png', size: 3 }, 'size'],
  ] as const) {
    const refused = await put(wrong);
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid' } });
    expect(refused.body.detail).toContain(path);
  }
  const { items } = (await http.call('GET', '/v1/audit')).body;
  expect(items.filter(({ action }: { readonly action: string }) => action === 'branding.changed')).toHaveLength(1);
  const plain = { authorization: `Bearer ${await http.key('default', ['api'])}` };
  expect(await put({}, plain)).toMatchObject({ status: 403 });
  expect(await seen()).toEqual(branding);
  expect(await put({ ...branding, logo: 'https://img.acme.test/upload/w_200,h_80/logo.png' })).toMatchObject({
    status: 200,
  });
  // Whole, as it is sent: what is left out is none.
  await put({ color: '#102030' });
  expect(await seen()).toEqual({ color: '#102030' });
  const other = { authorization: `Bearer ${await http.key('other')}` };
  expect((await http.call('GET', '/v1/settings', undefined, other)).body.settings).toEqual({});
});
