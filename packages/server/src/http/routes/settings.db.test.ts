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
