// Examples in the documents are run: every policy compiles, every sample is accepted together with its directory, and
// every command and setting that is named exists.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  compileYaml,
  ERRORS,
  instant,
  previewCalendar,
  type RenderInput,
  render,
  scheduleSchema,
  wireCalendarPreview,
} from '@relance/core';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkFiles } from '../packages/server/src/app/check-files.ts';
import { readConfig } from '../packages/server/src/app/config.ts';
import { readProject } from '../packages/server/src/app/project.ts';
import { compileCalendar } from '../packages/server/src/engine/calendar-book.ts';
import { guideFiles, shownExamples, writeGuide } from './guide.ts';

const ROOT = new URL('..', import.meta.url).pathname;
const documents = [
  'README.md',
  ...['guide', 'concepts', 'operating'].flatMap((folder) =>
    readdirSync(join(ROOT, 'docs', folder)).map((name) => join('docs', folder, name)),
  ),
];
const textOf = (document: string): string => readFileSync(join(ROOT, document), 'utf8');

/** One mail of the built-in words. */
function textFor({ part = 'text', ...more }: Partial<RenderInput> & { readonly part?: 'text' | 'html' }): string {
  const rendered = render({
    template: null,
    role: 'notice',
    channel: 'email',
    locale: 'en',
    zone: 'UTC',
    consequence: null,
    urgency: 'normal',
    context: {
      recipient: { name: 'Ana' },
      subject: { title: 'Invoice 42' },
      data: { lateFee: '40 €' },
      followUp: { forAssignee: true, status: 'open' },
      activity: {},
      pending: [],
      actions: {},
      tenant: {},
      now: '2026-12-01T09:00:00Z',
    },
    ...more,
  });
  return (rendered.ok ? rendered.content[part] : rendered.detail) ?? '';
}

const policies = documents.flatMap((document) =>
  [...textOf(document).matchAll(/```yaml\n([\s\S]*?)```/g)]
    .map((match) => match[1] ?? '')
    .filter((yaml) => yaml.startsWith('policy:'))
    .map((yaml) => ({ document, yaml })),
);

describe('policies in the documents', () => {
  it('are there', () => expect(policies.length).toBeGreaterThanOrEqual(2));
  it.each(policies)('compile: $document', ({ yaml }) => {
    const compiled = compileYaml(yaml, 1);
    expect(compiled.ok ? [] : compiled.problems).toEqual([]);
  });
});

describe('examples in the documents', () => {
  const shown = documents.flatMap((document) =>
    shownExamples(textOf(document)).map((example) => ({ document, ...example })),
  );
  it('are there', () => expect(shown.length).toBeGreaterThanOrEqual(6));
  it.each(shown)('are the files that tests run: $file', ({ file, shown: code }) => {
    // A file opens with what it is; a document says so in its own words.
    expect(textOf(file).replace(/^(?:\/\/[^\n]*\n)+/, '')).toBe(code);
  });
});

describe('schedules in the documents', () => {
  it('are what a project folder takes', () => {
    const [, yaml = ''] = /```yaml\n(schedules:[\s\S]*?)```/.exec(textOf('docs/guide/schedules.md')) ?? [];
    const { schedules } = parse(yaml, { schema: 'core' });
    expect(schedules).toHaveLength(1);
    expect(scheduleSchema.safeParse(schedules[0]).error?.issues ?? []).toEqual([]);
  });
  it('and the policy beside them reach the people on call', async () => {
    const blocks = [...textOf('docs/guide/schedules.md').matchAll(/```yaml\n([\s\S]*?)```/g)].map(
      ([, yaml = '']) => yaml,
    );
    const folder = mkdtempSync(join(tmpdir(), 'relance-guide-'));
    const people = ['ana', 'bo', 'cleo', 'dan', 'eve'].map((id) => ({ id }));
    try {
      for (const name of ['directory', 'policies']) mkdirSync(join(folder, name));
      writeFileSync(join(folder, 'directory/people.json'), JSON.stringify({ recipients: people }));
      for (const yaml of blocks)
        writeFileSync(join(folder, yaml.startsWith('policy:') ? 'policies/it.yaml' : 'directory/it.yaml'), yaml);
      const reports = await checkFiles(folder, instant(Date.UTC(2026, 10, 2, 9)));
      expect(reports).toMatchObject([{ name: 'policies/it.yaml', problems: [] }]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('calendars in the documents', () => {
  const guide = textOf('docs/guide/calendars.md');
  const block = (kind: string): string => new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``).exec(guide)?.[1] ?? '';
  it('are what a project folder takes, and mean what the guide shows', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'relance-guide-'));
    try {
      mkdirSync(join(folder, 'directory'));
      writeFileSync(join(folder, 'directory', 'office.yaml'), block('yaml'));
      writeFileSync(join(folder, 'directory', 'company.ics'), block('ics'));
      const { calendars } = await readProject(folder);
      expect(calendars.map(({ id }) => id)).toEqual(['paris', 'lagos']);
      const [{ id, body } = { id: '', body: { zone: '', name: null } }] = calendars;
      const reading = await compileCalendar(id, body, { from: 2026, to: 2027 });
      if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
      const asked = { from: '2026-12-24', count: 2, now: instant(0) };
      expect({
        id,
        version: 1,
        zone: body.zone,
        ...wireCalendarPreview(previewCalendar(reading.calendar, asked)),
      }).toEqual(JSON.parse(block('json')));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('the samples', () => {
  it('are a project that can be read, with the policies the demo tells', async () => {
    const project = await readProject(join(ROOT, 'packages/server/samples'));
    expect(project.recipients.length).toBeGreaterThanOrEqual(12);
    expect(project.schedules.map(({ id }) => id)).toEqual(['primary']);
    expect(
      project.policies.map(({ policy }) => (policy.compiled.ok ? policy.compiled.policy.id : 'broken')).sort(),
    ).toEqual(['access-approval', 'alert', 'incident', 'invoice-payment']);
  });
  it('say what is at stake in the language of each reader', async () => {
    const { policies: read } = await readProject(join(ROOT, 'packages/server/samples'));
    const stakes = read.flatMap(({ policy: { compiled } }) =>
      compiled.ok && compiled.policy.id === 'invoice-payment' ? compiled.policy.stages : [],
    );
    const consequence = stakes.find(({ id }) => id === 'overdue')?.consequence ?? null;
    const mail = (locale: string): string => textFor({ locale, consequence, role: 'final' });
    expect(mail('fr')).toContain("Si personne n'agit : des frais de 40 € s'ajoutent le dixième jour.");
    expect(mail('en')).toContain('If nobody acts: a late fee of 40 € is added on the tenth day.');
  });
  it('take the example event of the README', () => {
    const [, path = ''] = /event send (examples\/\S+)/.exec(textOf('README.md')) ?? [];
    const example = JSON.parse(textOf(path)) as Record<string, unknown>;
    expect(example).toMatchObject({ type: 'com.acme.access.requested' });
    // It can be sent as often as one likes, whatever day it is.
    expect(Object.keys(example)).not.toContain('id');
    expect(JSON.stringify(example)).not.toMatch(/20\d\d-\d\d/);
  });
});

describe('a mail that confirms', () => {
  it('is green, however urgent the matter was', () => {
    const mail = textFor({ role: 'confirmation', urgency: 'urgent', part: 'html' });
    expect(mail).toContain('border-top:4px solid #12805c');
  });
});

describe('the guide for Alertmanager', () => {
  it('leads from `relance init` to a folder that checks well, with the policy of the samples', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'relance-guide-'));
    try {
      writeGuide('alertmanager.md', folder);
      const reports = await checkFiles(folder, instant(Date.UTC(2026, 10, 2, 9)));
      expect(reports.map(({ name }) => name)).toContain(join('policies', 'alertmanager.yaml'));
      expect(reports.flatMap(({ problems }) => problems)).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    expect(parse(guideFiles('alertmanager.md')['policies/alertmanager.yaml'] ?? '')).toEqual(
      parse(textOf('packages/server/samples/policies/alertmanager.yaml')),
    );
  });
});

describe('settings in the documents', () => {
  it('are the ones the configuration reads, and all of them', () => {
    const documented = new Set(
      [...textOf('docs/operating/configuration.md').matchAll(/`(RELANCE_[A-Z_]+)`/g)].map((match) => match[1]),
    );
    const read = new Set(
      [...textOf('packages/server/src/app/config.ts').matchAll(/\b(RELANCE_[A-Z_]+)\b/g)].map((match) => match[1]),
    );
    expect([...documented].sort()).toEqual([...read].sort());
    expect(readConfig({})).toMatchObject({ port: 4400, host: '127.0.0.1', url: 'http://127.0.0.1:4400' });
  });
});

describe('error codes', () => {
  it('each say what to do next', () => {
    for (const [code, kind] of Object.entries(ERRORS)) expect(`${code}: ${kind.next}`).toMatch(/: .{8,}\.$/);
  });
});
