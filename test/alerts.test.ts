// The alert rules that operators are given: they are about metrics that exist, the page describes both, and Prometheus itself says that
// they fire at what they should and at nothing else, where its promtool is installed (Debian's package prometheus).
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { ALARM_REASONS, CHANNELS } from '@relance/core';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { createMetrics } from '../packages/server/src/app/metrics.ts';
import type { Database } from '../packages/server/src/store/database.ts';

const FOLDER = new URL('../docs/operating/', import.meta.url);
const text = (name: string): string => readFileSync(new URL(name, FOLDER), 'utf8');
const rules = (
  parse(text('alerts.yaml')) as { groups: { rules: { alert: string; expr: string; labels: { severity: string } }[] }[] }
).groups.flatMap((group) => group.rules);

const installed = spawnSync('promtool', ['--version']).status === 0;
if (!installed && process.env.CI === 'true')
  throw new Error('promtool is not installed; .ci/run installs it so that nothing is left out.');
if (!installed) process.stderr.write('LEFT OUT: alert rules judged by promtool (apt-get install prometheus).\n');

const away: Database = {
  transaction: () => Promise.reject(new Error('away')),
  close: () => Promise.resolve(),
};

it('every rule is about metrics that a node tells, and the page describes all of them', async () => {
  const shown = await createMetrics(away).registry.getMetricsAsJSON();
  const own = shown.map(({ name }) => name).filter((name) => name.startsWith('relance_'));
  expect(own.length).toBeGreaterThan(10);
  const named = new Set(rules.flatMap(({ expr }) => expr.match(/relance_\w+/g) ?? []));
  expect([...named].filter((name) => !own.includes(name))).toEqual([]);
  const page = text('monitoring.md');
  expect(own.filter((name) => !page.includes(`\`${name}`))).toEqual([]);
  expect(rules.filter(({ alert }) => !page.includes(`\`${alert}\``))).toEqual([]);
  expect(rules.every(({ labels }) => ['critical', 'warning', 'info'].includes(labels.severity))).toBe(true);
});

it('what is counted by its labels begins at 0, so that the first of each is an increase', async () => {
  const { registry, engine } = createMetrics(away);
  const page = await registry.metrics();
  for (const reason of [...ALARM_REASONS, 'expression_failed'])
    expect(page).toContain(`relance_alarms_total{reason="${reason}"} 0\n`);
  for (const channel of CHANNELS)
    for (const outcome of ['accepted', 'retry', 'rejected', 'uncertain'])
      expect(page).toContain(`relance_hand_overs_total{channel="${channel}",outcome="${outcome}"} 0\n`);
  expect(page).toContain('process_start_time_seconds ');
  const series = page.match(/^relance_\w+/gm)?.length;
  engine.alarmed('nobody_reached');
  engine.handedOver('sms', 'rejected');
  engine.lookedUp('failed');
  engine.clearedUp('given_up');
  engine.parked(1);
  const counted = await registry.metrics();
  expect(counted).toContain('relance_alarms_total{reason="nobody_reached"} 1\n');
  expect(counted.match(/^relance_\w+/gm)?.length).toBe(series);
});

it('a database that does not answer is told as that, and the page of numbers still comes', async () => {
  const page = await createMetrics(away).registry.metrics();
  expect(page).toContain('relance_database_up 0');
  expect(page).toContain('relance_messages_behind_seconds Nan');
});

it.runIf(installed)('promtool says that each fires when it should, and is silent when all is well', () => {
  const told = spawnSync('promtool', ['test', 'rules', 'alerts.test.yaml'], { cwd: FOLDER, encoding: 'utf8' });
  expect(told.stdout + told.stderr).toContain('SUCCESS');
  expect(told.status).toBe(0);
  const tested = text('alerts.test.yaml');
  expect(rules.filter(({ alert }) => !tested.includes(`alertname: ${alert}`))).toEqual([]);
});
