// Policies as YAML text, with the example of POLICY.md word for word, its references, and texts that are no policy.
import { describe, expect, it, vi } from 'vitest';
import { checkReferences } from './check.ts';
import { compilePolicy } from './compile.ts';
import { compileYaml } from './yaml.ts';

const LEAST = { policy: 'p', key: 'event.id', assignee: 'event.data.who', stages: [{ id: 'notice', at: 'opened' }] };

/** The example at the head of POLICY.md, word for word. */
const EXAMPLE = `
policy: invoice-payment
title: Invoice payment
category: billing
calendar: office-paris                  # named, or inline { zone: Europe/Paris, hours: { mon-fri: "09:00-18:00" }, holidays: FR }
open:    { on: com.acme.invoice.issued }
update:  { on: com.acme.invoice.changed }
resolve: { on: com.acme.invoice.paid, outcome: paid }
cancel:  { on: com.acme.invoice.voided }
key: "'invoice/' + string(event.data.id)"
subject: { type: invoice, id: event.data.id, title: "'Invoice ' + event.data.number", url: event.data.url }
assignee: event.data.customerId
team: billing
due: event.data.dueDate
fallback: group(billing)
resolvableBy: [event, team]             # the debtor's own "done" is a claim, not the end
stages:
  - { id: notice, at: opened, notify: { template: invoice-issued, via: [email, inbox] } }
  - { id: reminder, at: due - 3 business days, window: 09:00-18:00, notify: { template: invoice-reminder, via: [email, inbox] } }
  - id: overdue
    at: due + 1 day
    repeat: { every: 2 business days, times: 3 }
    urgency: high
    consequence: "late fee of {{ data.lateFee }}"
    notify: { template: invoice-overdue, via: [push, { channel: sms, after: 2 hours }, { channel: email, else: true }] }
  - id: escalate
    at: overdue.last + 5 business days
    when: data.amount > 500
    escalate: { to: [group(collections)], mode: add, raise: urgent }
    notify:
      - { to: escalated, template: invoice-escalated, via: [email, chat] }
      - { to: assignee, template: invoice-handed-over, via: [email] }
resolved: { notify: { to: [assignee, team], template: invoice-paid, via: [email, inbox] } }
`;
describe('the example of the policy page', () => {
  it('is accepted', () => {
    const result = compileYaml(EXAMPLE, 1);
    expect(result).toMatchObject({ ok: true, warnings: [] });
    if (!result.ok) return;
    const { policy } = result;
    expect(policy.stages.map(({ id, role }) => `${id} ${role}`)).toEqual([
      'notice notice',
      'reminder reminder',
      'overdue final',
      'escalate escalation',
    ]);
    expect(policy.needs).toEqual({
      managerLevels: 0,
      groups: ['collections', 'billing'],
      picks: [],
      activity: [],
      pending: false,
      engagement: false,
      recipients: [],
      resolvers: [],
      schedules: [],
    });
  });

  it('has its references checked', () => {
    const result = compileYaml(EXAMPLE, 1);
    if (!result.ok) throw new Error('refused');
    const templates = new Set([
      'invoice-issued',
      'invoice-reminder',
      'invoice-overdue',
      'invoice-escalated',
      'invoice-handed-over',
      'invoice-paid',
    ]);
    expect(
      checkReferences(result.policy, { groups: new Set(['billing', 'collections']), templates, recipients: new Set() }),
    ).toEqual([]);
    expect(checkReferences(result.policy, {})).toEqual([]);
    const missing = checkReferences(result.policy, {
      groups: new Set(['billing']),
      templates: new Set([...templates].slice(1)),
    });
    expect(missing.map(({ code, path, severity }) => `${severity} ${code} ${path}`)).toEqual([
      'error policy_template_unknown stages[0].notify.template',
      'error policy_group_unknown stages[3].escalate.to',
    ]);
    const zoe = compilePolicy({ ...LEAST, fallback: 'recipient(zoe)' }, 1);
    if (!zoe.ok) throw new Error('refused');
    const unknown = checkReferences(zoe.policy, { recipients: new Set(['ana']) });
    expect(unknown).toMatchObject([
      {
        severity: 'warning',
        code: 'policy_recipient_unknown',
        path: 'fallback',
        message: expect.stringContaining('"zoe"'),
      },
    ]);
  });
});

describe('YAML', () => {
  const first = (text: string) => {
    const result = compileYaml(text, 1);
    return result.ok ? 'accepted' : result.problems[0];
  };
  it('says where the text is not YAML', () => {
    expect(first('policy: x\nstages: [')).toMatchObject({ code: 'policy_not_readable', line: expect.any(Number) });
    expect(first('policy: x\npolicy: y\n')).toMatchObject({ code: 'policy_not_readable', line: 2 });
    expect(first('policy: !!js/function x')).toMatchObject({ code: 'policy_not_readable' });
    expect(first('')).toMatchObject({ severity: 'error' });
  });

  it('reads JSON', () => {
    expect(compileYaml(JSON.stringify(LEAST), 1)).toMatchObject({ ok: true });
  });

  it('survives bombs', () => {
    let bomb = 'a0: &a0 [x, x, x, x, x, x, x, x, x]\n';
    for (let level = 1; level < 9; level++)
      bomb += `a${level}: &a${level} [${Array(9)
        .fill(`*a${level - 1}`)
        .join(', ')}]\n`;
    expect(first(bomb)).toMatchObject({ code: 'policy_not_readable' });
    expect(first(`policy: ${'['.repeat(50_000)}`)).toMatchObject({ code: 'policy_not_readable' });
    expect(first(`title: ${'x'.repeat(300_000)}`)).toMatchObject({ code: 'policy_not_readable' });
    expect(first('policy: p\n__proto__: { polluted: true }\n')).toMatchObject({ path: '__proto__' });
    expect(first('x: &x { policy: p }\n<<: *x\n')).toMatchObject({ severity: 'error' });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('a text that is not YAML', () => {
  const problems = (text: string) => {
    const result = compileYaml(text, 1);
    return result.ok ? [] : result.problems.map(({ line, message }) => `${line} ${message}`);
  };
  it('tells the first problems of many, and how many more there are', () => {
    expect(problems(`policy: p\n}\n${'key: value\n'.repeat(40)}`)).toEqual([
      '2 This is not YAML: Unexpected flow-map-end token in YAML stream: "}". Remove the bracket, or quote the text around it.',
      expect.stringMatching(/^3 /),
      expect.stringMatching(/^3 .* 118 more after it, most likely of the same cause\.$/),
    ]);
  });
  it('says what to do about a list that is not indented alike', () => {
    expect(problems('stages:\n  - a\n - b\n')[0]).toContain('Indent every `-` of a list alike');
    expect(problems('stages:\n  - a\n  b: 1\n')[0]).toContain('Indent every `-` of a list alike');
    expect(problems('stages:\n  - id: a\n   at: opened\n')[0]).toContain(
      'what belongs to an item as deep as its first key',
    );
  });
});

it('gives problems that are found later their place', () => {
  const { placed } = compileYaml(
    'policy: p\nkey: event.id\nstages:\n  - id: a\n    escalate:\n      to: [group(x)]\n',
    1,
  );
  const problem = {
    code: 'policy_group_unknown',
    path: 'stages[0].escalate.to',
    message: '',
    severity: 'error',
  } as const;
  expect(placed([problem])).toEqual([{ ...problem, line: 6, column: 7 }]);
});

describe('a text that would take long', () => {
  const only = (text: string) => {
    const result = compileYaml(text, 1);
    return result.ok ? [] : result.problems.map(({ message }) => message);
  };
  const keys = (count: number, value = '1') => Array.from({ length: count }, (_, index) => `k${index}: ${value}`);
  it.each([
    ['keys', keys(20_000).join('\n')],
    ['lines that are not YAML', ': {\n'.repeat(60_000)],
    ['the same key', 'a: 1\n'.repeat(50_000)],
    ['values on one line', `a: [${'1,'.repeat(100_000)}]`],
    ['tags', `a: ${'!!str '.repeat(40_000)}`],
  ])('of too many %s is refused before it is parsed', (_, text) => {
    expect(only(text)).toEqual([expect.stringMatching(/more than 12000 keys, values and signs; .* so split it\.$/)]);
  });
  it('of too many aliases is refused, whatever they name', () => {
    const text = `x: &x { b: 1 }\n${keys(600, '*x').join('\n')}`;
    expect(only(text)).toEqual([expect.stringMatching(/more than 500 aliases \(\*name\); write out/)]);
    const anchored = keys(600).map((_, index) => `k${index}: &a${index} 1\nl${index}: *a${index}`);
    expect(only(anchored.join('\n'))).toEqual([expect.stringContaining('more than 500 aliases')]);
  });
  it('is told of its first problems, and that there are more', () => {
    const told = only(keys(3_000).join('\n'));
    expect(told).toHaveLength(101);
    expect(told.at(-1)).toMatch(/^There are more problems than these 100; correct them/);
    const result = compilePolicy({ ...LEAST, stages: [], ...Object.fromEntries(keys(200).map((one) => [one, 1])) }, 1);
    expect(result.ok ? [] : result.problems.map(({ code }) => code).slice(-2)).toEqual([
      'policy_key_unknown',
      'policy_problems_left_out',
    ]);
  });
  it('of comments, blank lines and a long text is none', () => {
    const text = `${'# word word\n\n'.repeat(8_000)}${JSON.stringify({ ...LEAST, description: 'x, y: '.repeat(300) })}`;
    expect(only(text)).toEqual([]);
  });
});

describe('keys that stand twice', () => {
  it.each([
    ['title: b', 'policy: a\ntitle: a\ntitle: b\n', 3],
    ['1 and 1.0', 'policy: a\ndata: { 1: a, 1.0: b }\n', 2],
    ['with a tag', 'policy: a\n!!str policy: b\n', 2],
  ])('are told: %s', (_, text, line) => {
    const result = compileYaml(text, 1);
    const [first] = result.ok ? [] : result.problems;
    expect(first).toMatchObject({ line, message: 'This is not YAML: Map keys must be unique. Remove one of the two.' });
  });
  it('in different maps, or as text and as number, are two', () => {
    const message = (text: string) => JSON.stringify(compileYaml(text, 1));
    expect(message('policy: a\ndata: { policy: b, 1: a, "1": b }\n')).not.toContain('unique');
  });
  it('are looked for once a key, and so is the place of a problem', () => {
    const searched = (count: number): number => {
      const [some, find] = [vi.spyOn(Array.prototype, 'some'), vi.spyOn(Array.prototype, 'find')];
      try {
        compileYaml(Array.from({ length: count }, (_, index) => `k${index}: 1`).join('\n'), 1);
        const lists = [...some.mock.contexts, ...find.mock.contexts] as (readonly unknown[])[];
        return lists.reduce((sum, { length }) => sum + length, 0);
      } finally {
        some.mockRestore();
        find.mockRestore();
      }
    };
    const [once, twice] = [searched(1_000), searched(2_000)];
    expect(twice).toBeLessThan(once * 3);
  });
});
