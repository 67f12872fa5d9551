// What each key of a policy must give, as publication sees it: the problem, its place, and its line in YAML.
import { describe, expect, it } from 'vitest';
import { conditionScope, type Draft } from '../draft.ts';
import { EVENT_SCOPE, OPENING_SCOPE, STAGE_SCOPE } from './cel-scope.ts';
import { compilePolicy } from './compile.ts';
import type { Stage } from './policy.ts';
import { compileYaml } from './yaml.ts';

const BASE = {
  policy: 'invoice',
  open: { on: 'invoice.issued' },
  key: 'event.data.id',
  assignee: 'event.data.customer',
  stages: [{ id: 'notice', at: 'opened' }],
};
function problems(more: Record<string, unknown>, without: readonly string[] = []): readonly unknown[] {
  const written = Object.fromEntries(Object.entries({ ...BASE, ...more }).filter(([key]) => !without.includes(key)));
  const compiled = compilePolicy(written, 1);
  return compiled.ok ? [] : compiled.problems.map(({ code, path, at, message }) => [code, path, at, message]);
}
const one = (path: string, at: number, words: string) => [
  ['policy_condition_invalid', path, at, expect.stringContaining(words)],
];

describe('what each key wants', () => {
  it.each<[Record<string, unknown>, string, number, string]>([
    [{ stages: [{ id: 'a', at: 'opened', when: "'text'" }] }, 'stages[0].when', 0, 'gives text, but true or false'],
    [{ stages: [{ id: 'a', at: 'opened', when: '1 + 1' }] }, 'stages[0].when', 0, 'gives a whole number'],
    [{ stages: [{ id: 'a', at: 'opened', when: 'data.n + 1' }] }, 'stages[0].when', 0, 'gives a number'],
    [{ stages: [{ id: 'a', at: 'opened', when: "data.x ? true : 'no'" }] }, 'stages[0].when', 16, 'gives text'],
    [{ open: { on: 'x', when: 'event.type' } }, 'open.when', 0, 'gives text'],
    [{ open: [{ on: 'x' }, { on: 'y', key: '1' }] }, 'open[1].key', 0, 'Write `string(…)` around the number.'],
    [{ key: '1' }, 'key', 0, 'gives a whole number, but text'],
    [{ key: 'null' }, 'key', 0, 'gives null, but text'],
    [{ key: "''" }, 'key', 0, 'The key is empty'],
    [{ key: 'data.id' }, 'key', 0, 'unknown name "data"'],
    [{ data: '[event.data]' }, 'data', 0, 'but a map'],
    [{ subject: { title: "'a'+1" } }, 'subject.title', 3, '`+` cannot be used'],
    [{ subject: { title: '5' } }, 'subject.title', 0, 'but text or null'],
    [{ subject: { id: '[1]' } }, 'subject.id', 0, 'text, a whole number or null'],
    [{ assignee: '5' }, 'assignee', 0, 'but an id as text'],
    [{ assignee: '[event.data.a]' }, 'assignee', 0, 'Use `assignees`'],
    [{ assignee: "{'name': event.data.name}" }, 'assignee', 0, 'A recipient needs `id`'],
    [{ assignee: "{'id': event.data.id, 'mail': 'x'}" }, 'assignee', 22, 'Did you mean `email`?'],
    [{ assignee: "{'id': event.data.id, 'email': 5}" }, 'assignee', 31, '`email` gives a whole number'],
    [{ requester: 'event.data.x > 1' }, 'requester', 0, 'gives true or false'],
    [{ team: { cel: '7' } }, 'team.cel', 0, 'gives a whole number'],
    [{ watchers: "'a'" }, 'watchers', 0, 'but a list is expected here. Write [ ]'],
    [{ watchers: '[event.data.a, 5]' }, 'watchers', 15, 'An item of the list gives a whole number'],
    [{ watchers: 'event.data.l.map(x, int(x))' }, 'watchers', 0, 'An item of the list gives a whole number'],
    [{ due: '5' }, 'due', 0, 'around seconds since 1970'],
    [{ due: "'abc'" }, 'due', 0, '"abc" is not a date'],
    [{ due: "event.data.x ? now : '2026-02-31'" }, 'due', 21, 'is not a date'],
    [{ due: 'now - followUp.openedAt' }, 'due', 6, 'unknown name "followUp"'],
    [{ due: "now - timestamp('2026-01-01T00:00:00Z')" }, 'due', 0, 'gives a duration'],
  ])('%j', (more, path, at, words) => expect(problems(more)).toEqual(one(path, at, words)));

  it('wants a list of assignees', () => {
    expect(problems({ assignees: "'a'" }, ['assignee'])).toEqual(one('assignees', 0, 'but a list'));
    expect(problems({ assignees: "[event.data.a, {'id': 'x', 'email': event.data.m}]" }, ['assignee'])).toEqual([]);
  });

  it('takes what may be right', () => {
    const due = ["'2026-12-01'", "'2026-12-01T09:00:00Z'", 'null', "''", "now + duration('36h')", 'event.data.due'];
    for (const source of [...due, 'has(event.data.due) ? event.data.due : null'])
      expect(problems({ due: source })).toEqual([]);
    expect(problems({ subject: { id: '5', title: 'null', url: 'event.data.url' }, data: 'event' })).toEqual([]);
    expect(problems({ data: "{'n': event.data.n}", requester: 'null', watchers: 'event.data.l.map(x, x.id)' })).toEqual(
      [],
    );
    const person = "has(event.data.c) ? {'id': event.data.c, 'name': event.data.n, 'traits': {'vip': true}} : null";
    expect(problems({ assignee: person, team: { cel: 'event.data.team' } })).toEqual([]);
  });

  it('is told with line and column', () => {
    const yaml = ['policy: p', 'key: event.data.id', 'open: { on: x }', 'assignee: event.data.a', 'stages:'];
    const text = [...yaml, '  - id: one', '    at: opened', "    when: followUp.statsu == 'open'", ''].join('\n');
    const compiled = compileYaml(text, 1);
    expect(compiled.ok ? [] : compiled.problems).toMatchObject([
      { path: 'stages[0].when', line: 8, column: 5, at: 9, message: expect.stringContaining('`status`') },
    ]);
  });
});

describe('what CEL sees', () => {
  it('is one table for the checker and the engine', () => {
    const recipient = { id: 'ana', name: null, email: null, phone: null, locale: null, timeZone: null, location: null };
    const followUp = { assignee: 'ana', data: {}, subject: { type: 't', id: 'i', title: 'x', url: null } };
    const draft = { now: 0, followUp, directory: { recipients: new Map([['ana', recipient]]) } } as unknown as Draft;
    const scope = conditionScope(draft, { when: null } as unknown as Stage);
    expect(Object.keys(scope).sort()).toEqual(Object.keys(STAGE_SCOPE).sort());
    for (const name of ['followUp', 'subject', 'assignee', 'recipient', 'engagement']) {
      const type = STAGE_SCOPE[name];
      const record = type?.kind === 'union' ? type.members[0] : type;
      expect(record?.kind === 'record' && Object.keys(record.fields)).toEqual(Object.keys(scope[name] as object));
    }
  });

  it('is more at the opening than in clauses', () => {
    expect(Object.keys(EVENT_SCOPE)).toEqual(['event']);
    expect(Object.keys(OPENING_SCOPE)).toEqual(['event', 'data', 'now']);
  });
});
