// The guides' examples mean what the guides say: moments of business time and of hours, defaults, and a folder as copied.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  activitiesIn,
  activityMappingSchema,
  brandingSchema,
  budgetSchema,
  calendarYears,
  compileActivityMappings,
  type Instant,
  instant,
  policySchema,
  readBudget,
  render,
  type Template,
  withCalendar,
} from '@relance/core';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ownFilters } from '../packages/core/src/render-filters.ts';
import { Scenario, type ScenarioOptions } from '../packages/core/src/scenario.test-kit.ts';
import { DEPTH_MAX, MADE_OF_MAX } from '../packages/core/src/template/compose.ts';
import { OUTPUT_MAX, STEPS_MAX, TEXT_MAX } from '../packages/core/src/template/liquid.ts';
import { REFUSED } from '../packages/core/src/template/liquid-cases.test-kit.ts';
import { type CheckOptions, checkFiles } from '../packages/server/src/app/check-files.ts';
import { readProject } from '../packages/server/src/app/project.ts';
import { directoryOf } from '../packages/server/src/app/project-directory.ts';
import { FILES } from '../packages/server/src/app/project-template.ts';
import { linesOf } from '../packages/server/src/cli/check.ts';
import { compileCalendar } from '../packages/server/src/engine/calendar-book.ts';
import { recipientSchema } from '../packages/server/src/http/routes/recipient.ts';
import { MADE_OF_ONE_MAX } from '../packages/server/src/http/template-store.ts';
import { guideFiles } from './guide.ts';

const guide = (name: string): string => readFileSync(new URL(`../docs/guide/${name}`, import.meta.url), 'utf8');
const block = (text: string, first: string): string =>
  /^[^`]*/.exec(text.slice(text.indexOf(`\n${first}`) + 1))?.[0] ?? '';

async function inFolder<T>(files: Readonly<Record<string, string>>, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'relance-guide-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A policy of a folder, ready to count in its calendar. */
async function policyIn(folder: string) {
  const { policies, calendars } = await readProject(folder);
  const compiled = policies[0]?.policy.compiled;
  if (compiled?.ok !== true) throw new Error('The policy of the guide does not compile.');
  const { calendarSource } = compiled.policy;
  const body = calendarSource?.kind === 'written' ? calendarSource.written : calendars[0]?.body;
  const reading = body === undefined ? null : await compileCalendar('guide', body, calendarYears(OPENED));
  return withCalendar(compiled.policy, reading?.ok === true ? reading.calendar : null);
}

const CLAIMS = new URL('../packages/core/src/proof-claim.ts', import.meta.url);
const OPENED_IN_NOVEMBER = instant(Date.UTC(2026, 10, 2, 9));
const OPENED = instant(Date.UTC(2026, 11, 23));
const PARIS = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'Europe/Paris',
});
const inParis = (text: string): string => PARIS.format(new Date(text)).replaceAll(',', '');

/** When each stage is sent, by the clocks of Paris. */
async function momentsOf(folder: string, start: Instant, people: ScenarioOptions['people']) {
  const story = new Scenario(await policyIn(folder), { start, ...(people === undefined ? {} : { people }) });
  const sent = story.forward('20 days').sent();
  return Object.fromEntries(
    sent.map((line) => [line.split(' ')[2], inParis(`2026-${line.slice(0, 11).replace(' ', 'T')}Z`)]),
  );
}

describe('business time in the guide', () => {
  const text = guide('calendars.md');
  const rows = [...text.matchAll(/^\| (Wed 23 Dec .*) \|$/gm)].map(([, row = '']) => row.split(' | '));
  it('has moments to check', () => expect(rows).toHaveLength(2));
  it.each(rows)('opened %s', async (opened, nudge, reminder, polite) => {
    const files = {
      'directory/calendars.yaml': block(text, 'calendars:'),
      'directory/company.ics': block(text, 'BEGIN:VCALENDAR'),
      'policies/visa.yaml': block(text, 'policy: visa'),
    };
    await inFolder(files, async (folder) => {
      expect((await checkFiles(folder, OPENED)).flatMap(({ problems }) => problems)).toEqual([]);
      const start = instant(Date.parse(`2026-12-23T${opened?.slice(-5)}:00+01:00`));
      expect(await momentsOf(folder, start, undefined)).toEqual({
        notice: opened,
        nudge,
        reminder,
        polite,
      });
    });
  });
});

describe('the guide to interruptions', () => {
  const text = guide('interruptions.md');
  const files = {
    'relance.yaml': guideFiles('interruptions.md')['relance.yaml'] ?? '',
    'policies/invoice-overdue.yaml': block(text, 'policy: invoice-overdue'),
  };
  it('has settings and a policy that are read as it says', async () => {
    await inFolder(files, async (folder) => {
      const project = await readProject(folder);
      const { settings, policies } = project;
      expect(settings).toMatchObject({ quietHours: '21:00-08:00', budget: { perDay: 8, outOfHours: 1 } });
      // Simulated without a server, they hold as well.
      expect(directoryOf(project, null).tenant).toMatchObject({
        quietHours: { fromMinute: 1_260, toMinute: 480 },
        budget: { perDay: 8, channels: { sms: 2 }, outOfHours: 1 },
      });
      const compiled = policies[0]?.policy.compiled;
      expect(compiled?.ok === true && compiled.policy.consolidate).toBe('assignee');
    });
  });
  it('tells of every key of a budget, and of the hours that count where none are named', () => {
    const told = [...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, key]) => key);
    expect(told).toEqual(expect.arrayContaining(Object.keys(budgetSchema.shape)));
    expect(text).toContain('(`08:00-20:00`)');
    expect(readBudget({})?.hours).toEqual(readBudget({ hours: '08:00-20:00' })?.hours);
  });
});

describe('the guide to checking', () => {
  const text = guide('checking.md');
  it('shows what the command says', async () => {
    const { 'relance.yaml': settings = '', ...files } = guideFiles('checking.md');
    const lines = async (written: Readonly<Record<string, string>>, options: CheckOptions) =>
      (await inFolder(written, (folder) => checkFiles(folder, OPENED_IN_NOVEMBER, options))).flatMap((one) =>
        linesOf(one, true),
      );
    expect(text).toContain('--max-per-day 6');
    const said = await lines(files, { maxPerDay: 6 });
    expect(said).toEqual(/```text\n([\s\S]*?)\n```/.exec(text)?.[1]?.split('\n'));
    expect(await lines({ ...files, 'relance.yaml': settings }, {})).toEqual(said);
  });
  it('tells of every proof', () => {
    const told = [...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, claim]) => claim);
    const written = /readonly claim:([^;]*);/.exec(readFileSync(CLAIMS, 'utf8'))?.[1] ?? '';
    expect(told).toEqual([...written.matchAll(/'(\w+)'/g)].map(([, claim]) => claim));
  });
});

describe('the guide to templates', () => {
  const text = guide('templates.md');
  it('has an example that says what the guide says', async () => {
    await inFolder(guideFiles('templates.md'), async (folder) => {
      const [written] = (await readProject(folder)).templates;
      const say = (channel: 'email' | 'sms', locale: string, zone: string): string => {
        const said = render({
          template: { ...(written?.written as Template), id: 'invoice' },
          role: 'notice',
          channel,
          locale,
          zone,
          urgency: 'normal',
          consequence: null,
          context: {
            recipient: { name: 'Ana' },
            subject: {},
            data: { number: 17, amount: 1200, currency: 'EUR' },
            followUp: { dueAt: '2026-11-20T16:00:00Z' },
            activity: {},
            pending: [],
            actions: {},
            tenant: {},
            now: '2026-11-02T09:00:00Z',
          },
        });
        if (!said.ok) throw new Error(said.detail);
        return said.content.text.replaceAll(/[\u00a0\u202f]/g, ' ');
      };
      expect([say('sms', 'en-GB', 'Europe/Madrid'), say('email', 'fr', 'Europe/Paris')]).toEqual(
        /```text\n([\s\S]*?)\n```/.exec(text)?.[1]?.split('\n'),
      );
    });
  });
});

describe('what the guide to templates allows and refuses', () => {
  const text = guide('templates.md');
  it('is what is allowed', () => {
    for (const limit of [STEPS_MAX, TEXT_MAX]) expect(text).toContain(limit.toLocaleString('en'));
    expect(text).toContain(`${OUTPUT_MAX / 1024} KB`);
    expect(text).toContain(`Eight deep, ${MADE_OF_MAX} others in one, ${MADE_OF_ONE_MAX} made of one`);
    expect(DEPTH_MAX).toBe(8);
  });
  it('names every file, filter and field of the tenant', () => {
    for (const name of [...Object.keys(ownFilters()), ...Object.keys(FILES), ...Object.keys(brandingSchema.shape)])
      if (!/^(?:plus|minus|times|divided_by|modulo)$/.test(name)) expect(text).toContain(`\`${name}`);
  });
  it('gives a reason for what it names as refused', () => {
    const refused = text.split('Refused,')[1]?.split('Other than elsewhere')[0] ?? '';
    for (const name of ['include', 'tablerow', 'raw', 'json', 'inspect', 'base64_encode', 'sample']) {
      expect(refused).toContain(`\`${name}\``);
      expect(REFUSED.some(([written]) => new RegExp(`\\b${name}\\b`).test(written))).toBe(true);
    }
  });
});

describe('the guide to policies', () => {
  const text = guide('policies.md');
  const section = (title: string): string => text.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

  it('begins with a policy that works as copied, with its people', async () => {
    const files = {
      ...guideFiles('policies.md'),
      'policies/invoice-payment.yaml': block(text, 'policy: invoice-payment'),
    };
    expect(Object.keys(files)).toContain('directory/people.yaml');
    const reports = await inFolder(files, (folder) => checkFiles(folder, OPENED));
    expect(reports).toMatchObject([{ name: join('policies', 'invoice-payment.yaml'), problems: [] }]);
  });
  it('maps events to activity as it says', () => {
    const written = activityMappingSchema.parse(parse(block(text, 'activity:')).activity);
    const { mappings, problems } = compileActivityMappings(written);
    expect(problems).toEqual([]);
    const viewed = { type: 'com.acme.shop.viewed', data: { customerId: 'ana', geo: { country: 'FR' } } };
    expect(activitiesIn(mappings, viewed)).toEqual([
      { recipient: 'ana', type: viewed.type, data: viewed.data, location: { country: 'FR' } },
    ]);
    expect(activitiesIn(mappings, { type: 'com.acme.crm.called', data: { who: 'bo', by: 'cleo' } })).toEqual([
      { recipient: 'bo', type: 'called', data: { by: 'cleo' }, location: null },
    ]);
  });
  it('names every field of a recipient', () => {
    const missing = Object.keys(recipientSchema.shape).filter(
      (name) => !section('People and groups').includes(`\`${name}\``),
    );
    expect(missing).toEqual([]);
  });
  it('holds what may not leave until the hours it says', async () => {
    const files = { 'policies/visit.yaml': block(text, 'policy: visit') };
    const people = [{ id: 'ana', timeZone: 'Europe/Paris' }];
    const start = instant(Date.UTC(2026, 11, 14, 22, 30));
    expect(await inFolder(files, (folder) => momentsOf(folder, start, people))).toEqual({
      notice: 'Tue 15 Dec 07:00',
      reminder: 'Tue 15 Dec 09:00',
    });
  });
  it('says the defaults that are so', () => {
    const filled = policySchema.parse(
      parse('policy: p\nkey: event.id\nassignee: event.data.who\nstages: [{ id: a, at: opened }]\n'),
    ) as unknown as Record<string, unknown>;
    const rows = [...section('Defaults').matchAll(/^\| `([\w.]+)` \| `([^`]+)` \|$/gm)];
    const read = (path: string): unknown =>
      path.split('.').reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], filled);
    const checked = rows.filter(([, path = '']) => read(path) !== undefined);
    expect(checked.map(([, path = '', value]) => [path, value])).toEqual(
      checked.map(([, path = '']) => [path, String(read(path))]),
    );
    expect(checked.length).toBeGreaterThanOrEqual(7);
    for (const name of section('Defaults').matchAll(/^\| `(\w+)/gm))
      expect(Object.keys(policySchema.shape)).toContain(name[1]);
  });
});
