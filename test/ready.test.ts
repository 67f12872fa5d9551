// The ready policies, without a database: each checks well and can be simulated as it stands, every story of it is what the
// core foresees, and its templates say what they must on every channel in both languages. On the real engine: test/e2e/ready.test.ts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { instant, type Policy, render, type Template } from '@relance/core';
import { describe, expect, it } from 'vitest';
import { checkFiles } from '../packages/server/src/app/check-files.ts';
import { simulateFiles } from '../packages/server/src/app/simulate-files.ts';
import { linesOf } from '../packages/server/src/cli/simulation-text.ts';
import { BOTH, inputOf, type Use, usesOf } from './ready-words.ts';
import { playOnCore, READY, READY_IDS, readScenario, readyProject, sceneOf } from './scenario.ts';

const NOW = instant(Date.UTC(2026, 10, 2, 8));
const GUIDE = readFileSync(new URL('../docs/guide/ready-policies.md', import.meta.url), 'utf8');

const CLAIMS = [
  'ends_or_waits',
  'stages_can_run',
  'escalations_reach_somebody',
  'messages_a_day',
  'templates_have_words',
  'templates_read_what_exists',
];

describe.each(READY_IDS)('%s', (id) => {
  it('checks without errors and warnings', async () => {
    const reports = await checkFiles(join(READY, id), NOW);
    expect(reports).toMatchObject([{ name: join('policies', `${id}.yaml`), problems: [] }]);
    const proofs = reports[0]?.proofs ?? [];
    expect(proofs.map(({ claim }) => claim)).toEqual(CLAIMS);
    expect(proofs.filter(({ holds }) => !holds)).toEqual([]);
  });
  it('has stories, whose example opens it', () => {
    const { policy, stories } = readScenario(id);
    expect(policy).toBe(id);
    expect(stories.length).toBeGreaterThanOrEqual(3);
  });
  it.each(readScenario(id).stories)('$name', async (story) => {
    expect(await playOnCore(await sceneOf(id, story))).toEqual(story.expect);
  });
  it('has words on every channel that it uses, in English and in French', async () => {
    const { policy, templates } = await readyProject(id);
    const used = usesOf(policy);
    expect(used.length).toBeGreaterThan(0);
    expect([...new Set(used.map(({ template }) => template))].sort()).toEqual([...templates.keys()].sort());
    expect(used.flatMap((use) => faultsOf(id, policy, templates.get(use.template), use))).toEqual([]);
  });
  it('names the days that were agreed on to a reader in Tokyo, and what happens otherwise in their language', async () => {
    const { policy, templates } = await readyProject(id);
    for (const use of usesOf(policy))
      for (const locale of ['en-GB', 'fr-CA']) {
        const template = templates.get(use.template) ?? { id: '' };
        const input = inputOf({ id, policy, template, use, locale, bare: false });
        const rendered = render({ ...input, zone: 'Asia/Tokyo' });
        const text = rendered.ok ? `${rendered.content.subject} ${rendered.content.text}` : rendered.detail;
        expect(text).not.toMatch(/21 nov(embre|ember) 2026/i);
        expect(text).not.toMatch(/Sans action, (the|your|it|a) |If nothing happens, (la|le|les|votre|l'|des) /);
      }
  });
  it('is told in the guide as it is simulated', async () => {
    const [, at = '', until = '', block = ''] =
      new RegExp(
        `relance simulate my-project:${id} --event my-project/events/${id}\\.json --at (\\S+)(?: --until "([^"]+)")?\\n\`\`\`\\n\\n\`\`\`text\\n([\\s\\S]*?)\`\`\``,
      ).exec(GUIDE) ?? [];
    const { event } = readScenario(id);
    const asked = { event, at, ...(until === '' ? {} : { until }) };
    const [played] = await simulateFiles(join(READY, id), asked, { now: NOW, policy: id });
    expect(block.trimEnd().split('\n')).toEqual(played?.ok === true ? linesOf(played.simulation) : played?.problems);
  });
});

function faultsOf(id: string, policy: Policy, template: Template | undefined, use: Use): readonly string[] {
  return BOTH.flatMap(({ locale, bare }) => {
    const place = `${use.template} ${use.channel} ${locale}${bare ? ', with nothing optional' : ''}`;
    const parts = locale === 'en' ? template : template?.locales?.[locale];
    if (template === undefined || parts?.[use.channel] === undefined) return [`${place}: has no words`];
    const rendered = render(inputOf({ id, policy, template, use, locale, bare }));
    if (!rendered.ok) return [`${place}: ${rendered.detail}`];
    const { subject = '-', text, html = '' } = rendered.content;
    const faults: string[] = [];
    const must = (holds: boolean, what: string) =>
      void (holds || faults.push(`${place}: ${what}\n${subject}\n${text}`));
    must(subject !== '' && text !== '', 'says nothing');
    must(!/\{|\}|undefined|null|NaN| {2}| [.,]|[.,:]{2}/.test(subject + text), 'something is not filled in');
    must(!/\{\{|\{%/.test(html), 'something is not filled in the HTML');
    if (use.consequence !== null && /push|sms|email|inbox/.test(use.channel))
      must(/If nothing happens, |Sans action, /.test(text), 'does not say what happens otherwise');
    if (use.channel === 'email' && !use.closed) {
      const buttons = [...html.matchAll(/role="presentation" style="[^"]*line-height:100%/g)].length;
      // Whoever only follows along has nothing to press where there is nothing to see: an answer of theirs would pause the others.
      const least = bare && use.toOthers ? 0 : 1;
      must(buttons >= least && buttons <= 1, 'has not one button');
      const links = [...html.matchAll(/<a\b[^>]* href="([^"]*)"/g)].map(([, url = '']) => url);
      must(new Set(links).size === links.length, `leads twice to the same: ${links.join(', ')}`);
      must(buttons === 0 || /https:\/\/example\.com/.test(text), 'has no link in its plain text');
      must(!use.toOthers || !/\/a\/acknowledge/.test(html + text), 'lets somebody answer who is not asked');
    }
    if (use.channel === 'sms') must(text.length <= 320, 'is longer than two text messages');
    return faults;
  });
}
