// Alerts that are sent again because they still hold: duplicates while somebody follows them, new once nobody does.
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { API_KEY, json, startTestServer, type TestServer } from '../../../../test/server.ts';

const POLICY = `
policy: alert
title: Alert
open: { on: com.prometheus.alertmanager.alert.firing }
resolve: { on: com.prometheus.alertmanager.alert.resolved, outcome: recovered }
key: event.data.fingerprint
assignee: "'ana'"
stages: [{ id: page, at: opened, notify: { via: [email] } }]
`;
const KEY = '1a2b3c4d5e6f7081'; // the fingerprint of the first alert in the fixtures

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
  await server.client.recipients.put('ana', { name: 'Ana', email: 'ana@example.test' });
});
afterEach(() => server.end());

const fixture = (name: string): string =>
  readFileSync(new URL(`../../../../test/fixtures/alertmanager/${name}.json`, import.meta.url), 'utf8');
async function send(name: string): Promise<Record<string, unknown>> {
  const response = await server.raw(`/v1/sources/alertmanager/${API_KEY}`, { ...json(fixture(name)), key: null });
  expect(response.status).toBe(202);
  return (await response.json()) as Record<string, unknown>;
}
const statuses = async (key: string) =>
  (await server.client.followUps.list({ key })).items.map(({ status }) => status).sort();

const OPENED = { accepted: 1, duplicates: 0, followUps: [{ policy: 'alert', key: KEY, status: 'open' }] };
const KNOWN = { accepted: 0, duplicates: 1, followUps: [] };

describe('a firing alert that is sent again', () => {
  it('is a duplicate while its follow-up lives, acknowledged or not', async () => {
    await server.client.policies.put('alert', POLICY);
    expect(await send('firing')).toMatchObject(OPENED);
    expect(await send('firing')).toMatchObject(KNOWN);
    await server.client.followUps.byKey('alert', KEY).command('acknowledge', { actor: 'ana' });
    expect(await send('firing')).toMatchObject(KNOWN);
    expect(await statuses(KEY)).toEqual(['acknowledged']);
  });

  it('opens anew after a person closed it too early', async () => {
    await server.client.policies.put('alert', POLICY);
    await send('firing');
    await server.client.followUps.byKey('alert', KEY).command('resolve', { actor: 'ana' });
    expect(await send('firing')).toMatchObject(OPENED);
    expect(await statuses(KEY)).toEqual(['open', 'resolved']);
    expect(await send('firing')).toMatchObject(KNOWN);
  });

  it('opens anew when it fires on with its old start after a pause in monitoring resolved it', async () => {
    await server.client.policies.put('alert', POLICY);
    await send('firing');
    await send('resolved-one');
    expect(await statuses(KEY)).toEqual(['resolved']);
    expect(await send('firing')).toMatchObject(OPENED);
  });

  it('is followed up as soon as there is a policy for it', async () => {
    expect(await send('firing')).toMatchObject({ accepted: 1, followUps: [] });
    await server.client.policies.put('alert', POLICY);
    expect(await send('firing')).toMatchObject(OPENED);
  });
});

describe('a resolved alert that is sent again', () => {
  it('stays a duplicate, although its follow-up is closed', async () => {
    await server.client.policies.put('alert', POLICY);
    await send('firing-group');
    expect(await send('resolved')).toMatchObject({ accepted: 1 });
    expect(await send('resolved')).toMatchObject(KNOWN);
    expect(await statuses('9f8e7d6c5b4a3921')).toEqual(['resolved']);
  });
});
