// Prometheus Alertmanager: its documented webhook, version 4, in the order it really comes (firing, repeated, resolved),
// and, where Debian's prometheus-alertmanager is installed, the real program sending it.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../free-port.ts';
import { writeGuide } from '../guide.ts';
import { API_KEY, startTestServer, type TestServer } from '../server.ts';
import { until } from '../until.ts';

const POLICY = `
policy: alert
open: { on: com.prometheus.alertmanager.alert.firing }
resolve: { on: com.prometheus.alertmanager.alert.resolved, outcome: recovered }
key: event.data.fingerprint
subject: { type: alert, id: event.data.fingerprint, title: "event.data.alertname + ': ' + event.data.summary" }
assignee: "'ana'"
fallback: recipient(bo)
stages: [{ id: page, at: opened, notify: { via: [email] } }, { id: again, at: opened + 15 minutes, notify: { via: [email] } }]
`;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.client.recipients.bulk([
    { id: 'ana', email: 'ana@example.test' },
    { id: 'bo', email: 'bo@example.test' },
  ]);
  await server.client.policies.put('alert', POLICY);
});
afterAll(() => server.end());

const alert = (status: string, instance: string, more: object = {}) => ({
  status,
  labels: { alertname: 'HighErrorRate', instance, severity: 'page' },
  annotations: { summary: `errors on ${instance}` },
  startsAt: '2026-11-24T09:00:00.123456789Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus/graph?g0',
  fingerprint: `fp-${instance}`,
  ...more,
});
const webhook = (status: string, alerts: readonly object[]) => ({
  version: '4',
  groupKey: '{}:{alertname="HighErrorRate"}',
  truncatedAlerts: 0,
  status,
  receiver: 'relance',
  groupLabels: { alertname: 'HighErrorRate' },
  commonLabels: {},
  commonAnnotations: {},
  externalURL: 'http://alertmanager:9093',
  alerts,
});
const post = async (body: unknown, key = API_KEY) => {
  const response = await server.raw(`/v1/sources/alertmanager/${key}`, {
    key: null,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const statusOf = async (instance: string): Promise<string | undefined> =>
  (await server.client.followUps.list({ key: `fp-${instance}` })).items[0]?.status;

describe('the documented webhook', () => {
  it('opens one follow-up for each firing alert of a group', async () => {
    expect(await post(webhook('firing', [alert('firing', 'web-1'), alert('firing', 'web-2')]))).toMatchObject({
      status: 202,
      body: { accepted: 2, duplicates: 0 },
    });
    expect([await statusOf('web-1'), await statusOf('web-2')]).toEqual(['open', 'open']);
  });
  it('takes the repeated notification as known', async () => {
    expect((await post(webhook('firing', [alert('firing', 'web-1'), alert('firing', 'web-2')]))).body).toMatchObject({
      accepted: 0,
      duplicates: 2,
    });
  });
  it('resolves the one that recovered and goes on with the other', async () => {
    const resolved = alert('resolved', 'web-1', { endsAt: '2026-11-24T09:10:00Z' });
    expect((await post(webhook('firing', [resolved, alert('firing', 'web-2')]))).body).toMatchObject({
      accepted: 1,
      duplicates: 1,
    });
    expect([await statusOf('web-1'), await statusOf('web-2')]).toEqual(['resolved', 'open']);
    await server.advance('20 minutes');
    const stages = (await server.client.messages.list({ limit: 100 })).items.map(
      (message) => `${message.stage} ${message.followUp}`,
    );
    const web1 = (await server.client.followUps.list({ key: 'fp-web-1' })).items[0]?.id ?? '';
    expect(new Set(stages.filter((stage) => stage.endsWith(web1)))).toEqual(
      new Set([`page ${web1}`, `resolved ${web1}`]),
    );
    expect(stages.some((stage) => stage === `again ${web1}`)).toBe(false);
  });
  it('opens again when it fires again', async () => {
    await post(webhook('firing', [alert('firing', 'web-1', { startsAt: '2026-11-24T10:00:00Z' })]));
    expect((await server.client.followUps.list({ key: 'fp-web-1' })).items.map((one) => one.status).sort()).toEqual([
      'open',
      'resolved',
    ]);
  });
  it('refuses a wrong key, and what is not version 4', async () => {
    expect((await post(webhook('firing', []), 'not-a-key')).status).toBe(401);
    expect(await post({ version: '3', alerts: [] })).toMatchObject({
      status: 400,
      body: { code: 'invalid_webhook', next: expect.not.stringContaining('CloudEvents') },
    });
  });
});

describe('the set-up of the guide', () => {
  it('pages one, then the team, and ends when the alert resolves', async () => {
    const project = mkdtempSync(join(tmpdir(), 'relance-guide-'));
    writeGuide('alertmanager.md', project);
    const guided = await startTestServer({ project });
    try {
      const send = (body: unknown) =>
        guided.raw(`/v1/sources/alertmanager/${API_KEY}`, {
          key: null,
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
      expect((await send(webhook('firing', [alert('firing', 'web-1')]))).status).toBe(202);
      await guided.advance('1 minute');
      const told = async () =>
        new Set(
          (await guided.client.messages.list({ channel: 'email', limit: 100 })).items.map(
            ({ stage, recipient, status }) => `${stage} ${recipient} ${status}`,
          ),
        );
      expect(await told()).toEqual(new Set(['page sam accepted']));
      await guided.advance('15 minutes');
      expect(await told()).toEqual(new Set(['page sam accepted', 'team sam accepted', 'team priya accepted']));
      const [followUp] = (await guided.client.followUps.list({ policy: 'alert' })).items;
      await send(webhook('resolved', [alert('resolved', 'web-1', { endsAt: '2026-11-24T09:30:00Z' })]));
      expect(await guided.client.followUps.get(followUp?.id ?? '')).toMatchObject({
        status: 'resolved',
        outcome: 'recovered',
      });
    } finally {
      await guided.end();
      rmSync(project, { recursive: true, force: true });
    }
  });
});

const installed = spawnSync('which', ['prometheus-alertmanager']).status === 0;
if (!installed && process.env.CI === 'true')
  throw new Error('prometheus-alertmanager is not installed; .ci/run installs it so that nothing is left out.');
if (!installed) process.stderr.write('LEFT OUT: the real Alertmanager (apt-get install prometheus-alertmanager).\n');

/** What is not there yet, or not yet there to ask, may come. */
const comes = (what: string, check: () => Promise<boolean>): Promise<void> =>
  until(what, () => check().catch(() => false));

describe.runIf(installed)('the real Alertmanager', () => {
  it('fires and resolves through to the follow-up', { timeout: 90_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'relance-alertmanager-'));
    const port = await freePort();
    writeFileSync(
      join(folder, 'alertmanager.yml'),
      `route: { receiver: relance, group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers:
  - name: relance
    webhook_configs: [{ url: '${server.url}/v1/sources/alertmanager/${API_KEY}', send_resolved: true }]
`,
    );
    const program: ChildProcess = spawn(
      'prometheus-alertmanager',
      [
        `--config.file=${join(folder, 'alertmanager.yml')}`,
        `--storage.path=${folder}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--cluster.listen-address=',
      ],
      { stdio: 'ignore' },
    );
    try {
      const api = `http://127.0.0.1:${port}/api/v2/alerts`;
      await comes('Alertmanager', async () => (await fetch(`http://127.0.0.1:${port}/-/ready`)).ok);
      const labels = { alertname: 'Real', instance: 'db-1' };
      const send = (more: object) =>
        fetch(api, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify([{ labels, annotations: { summary: 'it is real' }, ...more }]),
        });
      const startsAt = new Date(Date.now() - 1_000).toISOString();
      expect((await send({ startsAt })).status).toBe(200);
      const real = async () => (await server.client.followUps.list({ q: 'it is real' })).items[0];
      await comes('the follow-up', async () => (await real())?.status === 'open');
      expect((await send({ startsAt, endsAt: new Date().toISOString() })).status).toBe(200);
      await comes('the resolution', async () => (await real())?.status === 'resolved');
      expect((await real())?.outcome).toBe('recovered');
    } finally {
      program.kill('SIGTERM');
      await new Promise((resolve) => program.once('exit', resolve));
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
