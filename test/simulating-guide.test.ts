// The guide to simulating, run: its policy gives the lines that it shows, and its tests pass.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseBehaviour } from '@relance/core';
import * as testing from '@relance/core/testing';
import { describe, expect, it } from 'vitest';
import { simulateFiles } from '../packages/server/src/app/simulate-files.ts';
import { linesOf } from '../packages/server/src/cli/simulation-text.ts';

const guide = readFileSync(new URL('../docs/guide/simulating.md', import.meta.url), 'utf8');
const blocks = (kind: string): readonly string[] =>
  [...guide.matchAll(new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text = '']) => text);
const block = (kind: string): string => blocks(kind)[0] ?? '';

describe('the guide to simulating', () => {
  it('shows what the command says', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'relance-guide-'));
    try {
      const file = join(folder, 'invoice.yaml');
      writeFileSync(file, block('yaml'));
      const asked = {
        at: '2026-11-02T09:00:00Z',
        dueAt: '2026-11-20',
        zone: 'Europe/Paris',
        behaviours: ['push fails'],
      };
      expect(guide).toContain(`--at ${asked.at} --due ${asked.dueAt} --zone ${asked.zone} --behaviour "push fails"`);
      const [played] = await simulateFiles(file, asked, { now: 0 as never, policy: null });
      expect(played?.ok === true ? linesOf(played.simulation) : played?.problems).toEqual(
        block('text').trimEnd().split('\n'),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
  it.each(blocks('ts'))('has tests that pass: %#', async (written) => {
    const body = written.replace(/^import .*\n/gm, '');
    const names = ['assert', 'readFileSync', 'simulatePolicy', 'simulatePolicyMany', 'loadHolidays'];
    const run = new Function(...names, `return (async () => {${body}})();`);
    const { simulatePolicy, simulatePolicyMany, loadHolidays } = testing;
    await run(assert, () => block('yaml'), simulatePolicy, simulatePolicyMany, loadHolidays);
  });
  it('has sentences that can be read', () => {
    const [, table = ''] = /\| sentence \| \|\n([\s\S]*?)\n\n/.exec(guide) ?? [];
    const written = [...table.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
    const whole = written.filter((text) => !/…|^after/.test(text) && text.includes(' '));
    expect(whole.length).toBeGreaterThan(5);
    expect(whole.filter((text) => !parseBehaviour(text).ok)).toEqual([]);
  });
});
