// `relance init` in this very process: with ready policies, one or all of them together, as a folder that checks well. Without
// any it is test/e2e/readme.test.ts; what the policies do is test/ready.test.ts.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instant } from '@relance/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { checkFiles } from '../app/check-files.ts';
import { readyFiles, readyPolicies } from '../app/ready.ts';
import { run } from './main.ts';

const READY = new URL('../../ready', import.meta.url).pathname;
const NOW = instant(Date.UTC(2027, 0, 4, 8));
const IDS = readyPolicies().map(({ id }) => id);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'relance-init-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function init(...args: readonly string[]) {
  let out = '';
  const take = (text: unknown) => {
    out += String(text);
    return true;
  };
  const writes = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockImplementation(take));
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    await run(['init', ...args]);
    return { code: process.exitCode ?? 0, out };
  } finally {
    process.exitCode = before;
    for (const write of writes) write.mockRestore();
  }
}

describe('init', () => {
  it('lists what is ready, each with a sentence', async () => {
    const { out } = await init('--list');
    expect(IDS).toEqual(readdirSync(READY).sort());
    expect(IDS.length).toBeGreaterThanOrEqual(8);
    for (const id of IDS) expect(out).toMatch(new RegExp(`^${id} +[A-Z].*\\.$`, 'm'));
  });
  it('makes a project of one, with its words and an event to try', async () => {
    const place = join(folder, 'one');
    const { code, out } = await init(place, '--policy', 'invoice-payment');
    expect(code).toBe(0);
    expect(out).toContain(`event send ${join(place, 'events/invoice-payment.json')}`);
    expect(readdirSync(place).sort()).toEqual(['directory', 'events', 'policies', 'relance.yaml', 'templates']);
    expect(JSON.parse(readFileSync(join(place, 'events/invoice-payment.json'), 'utf8'))).toMatchObject({
      type: 'com.example.invoice.issued',
    });
    expect(await init(place, '--policy', 'incident')).toMatchObject({
      code: 1,
      out: expect.stringMatching(/exists already/),
    });
  });
  it('makes a project of all of them, which checks well', async () => {
    const place = join(folder, 'all');
    await init(place, ...IDS.flatMap((id) => ['--policy', id]));
    const reports = await checkFiles(place, NOW);
    expect(reports.map(({ name }) => name)).toEqual(IDS.map((id) => join('policies', `${id}.yaml`)));
    expect(reports.flatMap(({ problems }) => problems)).toEqual([]);
    const proofs = reports.flatMap((report) => report.proofs ?? []);
    expect(proofs.filter(({ holds }) => !holds)).toEqual([]);
    const read = proofs.filter(({ claim }) => claim === 'templates_read_what_exists').map(({ text }) => text);
    expect(new Set(read)).toEqual(
      new Set(['Its templates read only names that exist, and data that an example event shows.']),
    );
    expect(read).toHaveLength(IDS.length);
  });
  it('says which are ready where one is not', async () => {
    const { code, out } = await init(join(folder, 'none'), '--policy', 'incidents');
    expect(code).toBe(1);
    expect(out).toMatch(/There is no ready policy "incidents"\.\nNext: Take one of approval-request, incident,/);
  });
});

describe('the files of ready policies', () => {
  it('are the same where they have the same name', () => {
    const alone = IDS.map((id) => readyFiles([id], NOW));
    const all = readyFiles(IDS, NOW);
    for (const files of alone)
      for (const [name, text] of Object.entries(files)) if (name !== 'relance.yaml') expect(all[name]).toBe(text);
  });
  it('have events whose dates lie ahead', () => {
    const { data } = JSON.parse(readyFiles(['invoice-payment'], NOW)['events/invoice-payment.json'] ?? '');
    expect(data.dueDate).toBe('2027-01-22');
  });
});
