// Project folders: what may stand in them, and all their mistakes at once, each with file and line.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { instant } from '@relance/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkFiles } from './check-files.ts';
import { describeProblem, type FileProblem } from './file-problem.ts';
import { type Project, ProjectError, readProject } from './project.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'relance-project-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}
const project = (files: Readonly<Record<string, string>>): Promise<Project> => {
  write(files);
  return readProject(folder);
};
async function problems(files: Readonly<Record<string, string>>): Promise<readonly FileProblem[]> {
  write(files);
  return readProject(folder).then(
    () => [],
    (error: unknown) => {
      if (error instanceof ProjectError) return error.problems;
      throw error;
    },
  );
}

const ICALENDAR =
  'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260601\nSUMMARY:Company day\nEND:VEVENT\nEND:VCALENDAR\n';

/** A Monday. */
const NOW = instant(Date.UTC(2026, 10, 2, 9));
const POLICY = `policy: task
open: { on: com.example.task.assigned }
key: event.data.id
assignee: event.data.assignee
stages: [{ id: notice, at: opened }]
`;

describe('a project', () => {
  it('may be empty', async () => {
    expect(await project({})).toEqual({
      settings: {},
      recipients: [],
      groups: [],
      schedules: [],
      calendars: [],
      templates: [],
      policies: [],
      placeOf: new Map(),
    });
  });

  it('has resolvers, and says what is wrong with one', async () => {
    const { settings } = await project({
      'relance.yaml': 'resolvers: { crm: { url: https://crm.example.test/owner, cache: 1 hour } }\n',
    });
    expect(settings.resolvers).toEqual({ crm: { url: 'https://crm.example.test/owner', cache: '1 hour' } });
    const found = await problems({
      'relance.yaml':
        'resolvers:\n  a b: { url: https://a.test }\n  ftp: { url: ftp://a.test }\n  slow: { url: https://a.test, timeout: 1 hour }\n  days: { url: https://a.test, cache: 2 business days }\n',
    });
    expect(found.map(({ line, message }) => `${line} ${message}`)).toEqual([
      expect.stringMatching(/^2 .*an id is expected/),
      expect.stringMatching(/^3 .*must be a URL/),
      expect.stringMatching(/^4 .*from 1 to 30 seconds/),
      expect.stringMatching(/^5 .*up to 24 hours/),
    ]);
  });

  it('is checked for the resolvers that its policies name', async () => {
    write({
      'relance.yaml': 'resolvers: { crm: { url: https://crm.example.test } }\n',
      'policies/task.yaml': POLICY.replace(
        'at: opened }',
        'at: opened, notify: { to: [resolver(cmr), resolver(crm)] } }',
      ),
    });
    const [report] = await checkFiles(folder, NOW);
    expect(report?.problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/There is no resolver "cmr".*Did you mean `crm`/),
    ]);
  });

  it.each([
    ['onCall(desc)', 'error', /There is no schedule "desc".*Did you mean `desk`/],
    ['group(nobodies)', 'error', /There is no group "nobodies", so nobody would be told of alarms/],
    ['recipient(ghost)', 'warning', /There is no recipient "ghost"/],
  ])('is checked for whom alarms go to: %s', async (alarmTo, severity, message) => {
    write({
      'relance.yaml': `name: Acme\nalarmTo: ${alarmTo}\n`,
      'policies/task.yaml': POLICY,
      'directory/desk.yaml':
        'recipients: [{ id: ana, email: ana@example.test }]\nschedules:\n  - { id: desk, timeZone: UTC, layers: [{ rotation: { every: 1 week, handover: { day: mon, at: "09:00" }, start: 2026-01-05, members: [ana] } }] }\n',
    });
    const found = (await checkFiles(folder, NOW)).flatMap(({ problems: all }) => all);
    expect(found).toMatchObject([{ file: 'relance.yaml', line: 2, message: expect.stringMatching(message) }]);
    expect(found[0]?.severity ?? 'error').toBe(severity);
  });

  it('must be a folder', async () => {
    await expect(readProject(join(folder, 'nowhere'))).rejects.toThrow('This is not a folder');
  });

  it('has settings, people, groups and policies, in YAML or JSON', async () => {
    const read = await project({
      'relance.yaml': 'zone: Europe/Paris\nlocale: fr\nalarmTo: ops@example.test\nname: Acme\n',
      'directory/people.yaml': 'recipients:\n  - { id: ana, email: ana@example.test, manager: bo }\n',
      'directory/on-call.yaml':
        'schedules:\n  - id: primary\n    timeZone: Europe/Paris\n    layers:\n      - rotation:\n          every: 1 week\n          handover: { day: mon, at: "09:00" }\n          start: 2026-01-05\n          members: [ana, [bo, cleo]]\n',
      'directory/groups.json': '{"groups": [{"id": "office", "members": ["ana"]}]}',
      'policies/task.yaml': POLICY,
      'policies/README.md': 'not a policy',
    });
    expect(read.settings).toEqual({ zone: 'Europe/Paris', locale: 'fr', alarmTo: 'ops@example.test', name: 'Acme' });
    expect(read.recipients).toMatchObject([{ id: 'ana', email: 'ana@example.test', manager: 'bo' }]);
    expect(read.schedules).toMatchObject([{ id: 'primary', body: { timeZone: 'Europe/Paris', overrides: [] } }]);
    expect(read.groups).toEqual([{ id: 'office', name: null, members: ['ana'] }]);
    expect(read.policies.map(({ file }) => file)).toEqual([join('policies', 'task.yaml')]);
  });

  it('has calendars, with holidays of places and of iCalendar files beside them', async () => {
    const read = await project({
      'directory/office.yaml':
        'calendars:\n  - id: paris\n    name: Paris\n    zone: Europe/Paris\n    holidays: [FR, { icalendar: ../days/company.ics }]\n  - { id: plain, zone: UTC, holidays: { icalendar: "' +
        `${ICALENDAR.replaceAll('\n', '\\n')}" } }\n`,
      'days/company.ics': ICALENDAR,
    });
    expect(read.calendars).toEqual([
      {
        id: 'paris',
        body: { name: 'Paris', zone: 'Europe/Paris', holidays: ['FR', { icalendar: ICALENDAR }] },
      },
      { id: 'plain', body: { name: null, zone: 'UTC', holidays: { icalendar: ICALENDAR } } },
    ]);
  });

  it('has templates as one file or as a folder with locales', async () => {
    const read = await project({
      'templates/short.yaml': 'sms: { text: "Do {{ subject.title }}" }\n',
      'templates/long/email.subject.txt': 'About {{ subject.title }}\n',
      'templates/long/email.html': '<p>Hello</p>\n',
      'templates/long/inbox.json': '{"title": "T", "body": "B"}',
      'templates/long/fr/email.subject.txt': 'Objet : {{ subject.title }}\n',
    });
    expect(Object.fromEntries(read.templates.map(({ id, written }) => [id, written]))).toEqual({
      short: { sms: { text: 'Do {{ subject.title }}' } },
      long: {
        email: { subject: 'About {{ subject.title }}', html: '<p>Hello</p>' },
        inbox: { title: 'T', body: 'B' },
        locales: { fr: { email: { subject: 'Objet : {{ subject.title }}' } } },
      },
    });
  });
  it('has templates by the id they say, else by their name', async () => {
    const { templates } = await project({ 'templates/desk-sms.yaml': 'id: desk:sms\nsms: { text: a }\n' });
    expect(templates.map(({ id }) => id)).toEqual(['desk:sms']);
  });
});

describe('mistakes', () => {
  it('are all reported at once, each with its file and line', async () => {
    const found = await problems({
      'relance.yaml': 'locale: en\nzone: Mars/Olympus\nquietHours: at night\nbudget: { perDay: none }\n',
      'directory/people.yaml':
        'recipients:\n  - id: ana\n    email: ana@example.test\n  - name: nobody\n    colour: red\n',
      'policies/task.yaml': POLICY.replace('stages:', 'stagez:'),
    });
    const lines = found.map(describeProblem).join('\n');
    expect(lines).toContain('relance.yaml:2:7: zone: must be an IANA time zone');
    expect(lines).toContain('relance.yaml:3:13: quietHours: "HH:MM-HH:MM" is expected, as in "08:00-20:00"');
    expect(lines).toMatch(/people\.yaml:4:5: recipients\[1\]\.id: /);
    expect(lines).toMatch(/people\.yaml:4:5: recipients\[1\]: .*colour/);
    expect(lines).toMatch(/task\.yaml:5:1: .*stagez/);
  });

  it('in the syntax name their line', async () => {
    const [found] = await problems({ 'directory/people.yaml': 'recipients:\n  - { id: ana\n' });
    expect(found).toMatchObject({ file: join('directory', 'people.yaml'), line: expect.any(Number) });
  });

  it.each([
    [
      'a person twice',
      { 'directory/a.yaml': 'recipients: [{ id: ana }]', 'directory/b.yaml': 'recipients: [{ id: ana }]' },
      'b.yaml:1:14: recipients[0]: "ana" is there twice.',
    ],
    [
      'a group twice',
      { 'directory/a.yaml': 'groups: [{ id: x, members: [] }, { id: x, members: [] }]' },
      'groups[1]: "x" is there twice.',
    ],
    [
      'a schedule without a zone',
      { 'directory/a.yaml': 'schedules:\n  - id: s\n' },
      'a.yaml:2:5: schedules[0].timeZone: is missing',
    ],
    [
      'a schedule twice',
      { 'directory/a.yaml': 'schedules: [{ id: s, timeZone: UTC }, { id: s, timeZone: UTC }]' },
      'schedules[1]: "s" is there twice.',
    ],
    [
      'a schedule without an id',
      { 'directory/a.yaml': 'schedules: [{ timeZone: UTC }]' },
      'schedules[0].id: must be given',
    ],
    ['a template twice', { 'templates/x.yaml': 'sms: { text: a }', 'templates/x/sms.txt': 'b' }, '"x" is there twice.'],
    ['a policy twice', { 'policies/a.yaml': POLICY, 'policies/b.yaml': POLICY }, '"task" stands in'],
    [
      'a calendar twice',
      {
        'directory/a.yaml': 'calendars: [{ id: c, zone: UTC }]',
        'directory/b.yaml': 'calendars: [{ id: c, zone: UTC }]',
      },
      'b.yaml:1:13: calendars[0]: "c" is there twice.',
    ],
    [
      'a calendar without an id',
      { 'directory/a.yaml': 'calendars: [{ zone: UTC }]' },
      'a.yaml:1:13: calendars[0].id: ',
    ],
    [
      'a calendar with hours nobody can read',
      { 'directory/a.yaml': 'calendars:\n  - id: c\n    zone: UTC\n    hours: { mon-fri: "09:00-25:00" }\n' },
      'a.yaml:4:23: calendars[0].hours.mon-fri: a time from 00:00 to 24:00 is expected, not "25:00" (at character 7)',
    ],
    [
      'a calendar of a state that is none',
      { 'directory/a.yaml': 'calendars:\n  - { id: c, zone: UTC, holidays: [FR, DE-XY] }\n' },
      'a.yaml:2:40: calendars[0].holidays[1]: "XY" is not a state of DE; write one of BB, BE',
    ],
    [
      'a calendar whose file is not there',
      { 'directory/a.yaml': 'calendars: [{ id: c, zone: UTC, holidays: { icalendar: off.ics } }]' },
      'calendars[0].holidays.icalendar: There is no file "off.ics" beside this one',
    ],
    [
      'a calendar whose file is no calendar',
      {
        'directory/a.yaml': 'calendars: [{ id: c, zone: UTC, holidays: [{ icalendar: ../off.ics }] }]',
        'off.ics': 'BEGIN:VEVENT\n',
      },
      'calendars[0].holidays[0].icalendar: on line 1 "BEGIN:VCALENDAR"',
    ],
    [
      'a calendar whose file is elsewhere',
      { 'directory/a.yaml': 'calendars: [{ id: c, zone: UTC, holidays: { icalendar: ../../off.ics } }]' },
      'is outside of the project folder; copy it into `directory/`.',
    ],
    ['a file no template has', { 'templates/x/email.htm': 'b' }, 'No template has a file "email.htm".'],
    ['the same, with what is meant', { 'templates/x/email.htm': 'b' }, 'Did you mean `email.html`?'],
    [
      'MJML beside the HTML it is made to',
      { 'templates/x/email.mjml': '<mjml></mjml>', 'templates/x/email.html': '<p>' },
      'is made from `mjml`; give one of the two',
    ],
    ['a folder that is no locale', { 'templates/x/french/sms.txt': 'b' }, '"french" is not a locale'],
    [
      'a language that is none',
      { 'templates/x/template.json': '{"language": "no language"}' },
      'must be a BCP 47 language tag',
    ],
    [
      'more than a language',
      { 'templates/x/template.json': '{"sms": {}}' },
      'This says `language` alone, and "sms" is not known.',
    ],
    ['JSON that is none', { 'templates/x/inbox.json': '{' }, 'This is not JSON'],
    ['branding', { 'relance.yaml': 'branding: { color: red }' }, 'must be a colour such as #1f5eff'],
    [
      'somebody who is back before they go',
      { 'directory/a.yaml': 'recipients: [{ id: ana, away: [{ from: 2026-12-31, to: 2026-12-24 }] }]' },
      'recipients[0].away[0].to: must not be before `from`',
    ],
    ['an inbox item as a billboard', { 'templates/x/inbox.json': '{"as": "billboard"}' }, '"banner"'],
    ['a chat that is no object', { 'templates/x/chat.json': '"Hello"' }, 'This is not a JSON object.'],
    ['a key that is not a setting', { 'relance.yaml': 'timezone: Europe/Paris' }, 'timezone'],
    ['aliases without end', { 'relance.yaml': `a: &a [x]\nb: [${'*a, '.repeat(200)}]\n` }, 'alias'],
    ['NUL bytes', { 'relance.yaml': 'name: "a\\0b"' }, 'relance.yaml'],
  ])('%s is refused', async (_what, files, text) => {
    expect((await problems(files as unknown as Record<string, string>)).map(describeProblem).join('\n')).toContain(
      text,
    );
  });
});

describe('a link out of the folder', () => {
  it('is not followed for a calendar, and `relance check` says so', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'relance-outside-'));
    try {
      writeFileSync(join(outside, 'off.ics'), ICALENDAR);
      write({ 'directory/a.yaml': 'calendars: [{ id: c, zone: UTC, holidays: { icalendar: off.ics } }]' });
      symlinkSync(join(outside, 'off.ics'), join(folder, 'directory', 'off.ics'));
      const problems = (await checkFiles(folder, NOW)).flatMap((report) => report.problems);
      expect(problems.map(({ message }) => message)).toEqual([
        '"off.ics" is outside of the project folder; copy it into `directory/`.',
      ]);
    } finally {
      rmSync(outside, { recursive: true, force: true });
    }
  });
});

const turns = (members: readonly string[], more: object = {}) => ({
  rotation: { every: '1 day', handover: { at: '09:00' }, start: '2026-11-02', members, ...more },
});
const schedule = (id: string, ...layers: readonly object[]) => ({ id, timeZone: 'UTC', layers });
const SCHEDULES = JSON.stringify({
  schedules: [
    schedule('primary', turns(['ana']), { ...turns(['ghost']), level: 2 }),
    schedule('nights', { ...turns(['ana']), restrictions: [{ from: '20:00', to: '08:00' }] }),
    schedule('mixed', turns(['ana', 'ghost'])),
    {
      ...schedule('over', turns(['ana'], { start: '2026-10-01', end: '2026-11-01' })),
      overrides: [{ id: 'past', from: '2026-10-01', to: '2026-10-02', recipient: 'ana' }],
    },
  ],
});

describe('whom a policy of the folder reaches', () => {
  const checked = async (fallback: string) => {
    write({
      'directory/people.yaml':
        'recipients: [{ id: ana }]\ngroups:\n  - { id: desk, members: [ana] }\n  - { id: emptyg, members: [] }\n  - { id: ghostg, members: [ghost] }\n',
      'directory/schedules.json': SCHEDULES,
      'policies/task.yaml': `${POLICY}fallback: ${fallback}\n`,
    });
    const [report] = await checkFiles(folder, NOW);
    return report?.problems.map(({ severity, path, message }) => `${severity} ${path} ${message}`) ?? [];
  };
  it.each([
    ['group(desk)', null],
    ['group(emptyg)', /^error fallback .*no members/],
    ['group(nowhere)', /^error fallback There is no group "nowhere"/],
    ['group(ghostg)', /^warning fallback .*no member of the group is a known recipient/],
    ['recipient(ghost)', /^warning fallback There is no recipient "ghost"/],
    ['onCall(primary)', null],
    ['onCall(primari)', /^error fallback There is no schedule "primari"; .* Did you mean `primary`\?/],
    ['onCall(primary, 3)', /^error fallback .*nobody is in level 3 of the schedule from now on/],
    ['onCall(over)', /^error fallback .*nobody is in level 1 of the schedule from now on/],
    ['onCall(primary, 2)', /^warning fallback .*nobody in level 2 of the schedule is a known recipient/],
    [
      'onCall(nights)',
      /^warning fallback .*reaches nobody from 2026-11-02 09:00 UTC to 2026-11-02 20:00 UTC: nobody is on call/,
    ],
    [
      'onCall(mixed)',
      /^warning fallback .* from 2026-11-03 09:00 UTC to 2026-11-04 09:00 UTC: "ghost" on call is no known recip/,
    ],
  ])('%s', async (fallback, problem) => {
    const found = await checked(fallback);
    expect(found).toEqual(problem === null ? [] : [expect.stringMatching(problem)]);
  });
});

describe('how many messages a day are allowed', () => {
  it('stands in relance.yaml, unless the command says otherwise', async () => {
    write({ 'policies/task.yaml': `${POLICY}resolved: none\n`, 'relance.yaml': 'check: { maxPerDay: 1 }\n' });
    const found = async (options: object) =>
      (await checkFiles(folder, NOW, options)).flatMap(({ problems }) => problems.map(describeProblem));
    expect(await found({})).toEqual([
      expect.stringMatching(/^policies\/task.yaml: One person gets at most \d+ messages/),
    ]);
    expect(await found({ maxPerDay: 100 })).toEqual([]);
    write({ 'relance.yaml': 'check: { maxPerDay: 0 }\n' });
    expect(await found({})).toEqual([expect.stringMatching(/^relance.yaml:1:\d+: check.maxPerDay: /)]);
  });
});

describe('somebody whom the folder names and does not have', () => {
  it('is a warning with its place: as a manager, and on call', async () => {
    write({
      'directory/people.yaml': 'recipients:\n  - id: ana\n    manager: ghost\n',
      'directory/on-call.json': JSON.stringify({ schedules: [schedule('primary', turns(['ana', 'phantom']))] }),
    });
    const found = (await checkFiles(folder, NOW)).flatMap((report) => report.problems).map(describeProblem);
    expect(found).toContainEqual(
      expect.stringMatching(/people.yaml:3:14: recipients\[0\].manager: There is no recipient "ghost" yet; .*"ana"/),
    );
    expect(found).toContainEqual(
      expect.stringMatching(/on-call.json:1:\d+: schedules\[0\].layers\[0\].rotation.members\[1\]: .*"phantom" yet/),
    );
    expect((await checkFiles(folder, NOW)).flatMap(({ problems }) => problems).map((one) => one.severity)).toEqual([
      'warning',
      'warning',
      'warning',
    ]);
  });
});
