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
const block = (kind: string): string => new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``).exec(guide)?.[1] ?? '';

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
  it('has tests that pass', () => {
    const body = block('ts').replace(/^import .*\n/gm, '');
    const names = ['assert', 'readFileSync', 'simulatePolicy', 'simulatePolicyMany'];
    const run = new Function(...names, body);
    run(assert, () => block('yaml'), testing.simulatePolicy, testing.simulatePolicyMany);
  });
  it('has sentences that can be read', () => {
    const [, table = ''] = /\| sentence \| \|\n([\s\S]*?)\n\n/.exec(guide) ?? [];
    const written = [...table.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
    const whole = written.filter((text) => !/…|^after/.test(text) && text.includes(' '));
    expect(whole.length).toBeGreaterThan(5);
    expect(whole.filter((text) => !parseBehaviour(text).ok)).toEqual([]);
  });
});
