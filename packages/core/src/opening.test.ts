// What an event says to a policy: matching, keys, and what a follow-up begins with, from good and bad events.
import { describe, expect, it } from 'vitest';
import { clauseMatches, readKey } from './clause.ts';
import { fromRfc3339, toRfc3339 } from './instant.ts';
import { readFacts, readOpening } from './opening.ts';
import { compilePolicy } from './policy/compile.ts';
import type { Clause, Policy } from './policy/policy.ts';

const BASE = {
  policy: 'invoice',
  title: 'Invoice payment',
  open: { on: 'invoice.issued' },
  key: "'invoice/' + string(event.data.id)",
  subject: { type: 'bill', id: 'event.data.id', title: "'Invoice ' + event.data.number", url: 'event.data.url' },
  assignee: 'event.data.customer',
  due: 'event.data.due',
  stages: [{ id: 'notice', at: 'opened' }],
};
const EVENT = {
  specversion: '1.0',
  id: 'e1',
  source: '/billing',
  type: 'invoice.issued',
  time: '2026-11-24T09:00:00Z',
};
const DATA = { id: 42, number: 'A-1', customer: 'ana', due: '2026-12-01', url: 'https://acme.test/42' };

function policy(more: Record<string, unknown> = {}, without: readonly string[] = []): Policy {
  const written = Object.fromEntries(Object.entries({ ...BASE, ...more }).filter(([key]) => !without.includes(key)));
  const result = compilePolicy(written, 1);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.policy;
}
const event = (data: unknown = DATA, more: Record<string, unknown> = {}) => ({ ...EVENT, data, ...more });
const clause = (one: Policy, index = 0): Clause => one.clauses[index] as Clause;
function opened(one: Policy, data: unknown = DATA, options: Partial<Parameters<typeof readOpening>[2]> = {}) {
  const read = readOpening(one, event(data), { tenantZone: 'UTC', ...options });
  if (!read.ok) throw new Error(`${read.code}: ${read.detail}`);
  return read.opening;
}
function failed(one: Policy, data: unknown = DATA): string {
  const read = readOpening(one, event(data), { tenantZone: 'UTC' });
  return read.ok ? 'opened' : read.code;
}
const due = (value: unknown, more: Record<string, unknown> = {}) => {
  const at = opened(policy(more), { ...DATA, due: value }, { tenantZone: 'Asia/Tokyo' }).dueAt;
  return at === null ? null : toRfc3339(at);
};

describe('clauseMatches', () => {
  const verdict = (on: string | string[], when: string | undefined, more: Record<string, unknown> = {}) =>
    clauseMatches(clause(policy({ open: { on, ...(when === undefined ? {} : { when }) } })), event(DATA, more)).kind;

  it('compares types whole, or by prefix', () => {
    expect(verdict('invoice.issued', undefined)).toBe('matches');
    expect(verdict('invoice', undefined)).toBe('other_type');
    expect(verdict('invoice.*', undefined)).toBe('matches');
    expect(verdict('*', undefined)).toBe('matches');
    expect(verdict(['a', 'invoice.iss*'], undefined)).toBe('matches');
    expect(verdict('*', undefined, { type: undefined })).toBe('matches');
    expect(verdict('invoice.issued.x', undefined)).toBe('other_type');
  });

  it('asks `when` only for its own types, and says what went wrong', () => {
    expect(verdict('invoice.issued', 'event.data.id > 40')).toBe('matches');
    expect(verdict('invoice.issued', 'event.data.id > 100')).toBe('condition_false');
    expect(verdict('invoice.issued', 'event.data.amount > 100')).toBe('condition_false'); // it has no amount: another kind of event
    expect(verdict('invoice.issued', 'event.data.id')).toBe('error');
    expect(verdict('invoice.issued', 'event.data.number > 5')).toBe('error');
    expect(verdict('other', 'event.data.number > 5')).toBe('other_type');
  });
});

describe('readKey', () => {
  it('gives text, and writes numbers out', () => {
    expect(readKey(policy(), clause(policy()), event())).toEqual({ ok: true, key: 'invoice/42' });
    const own = policy({ open: { on: 'invoice.issued', key: 'event.data.id' } });
    expect(readKey(own, clause(own), event())).toEqual({ ok: true, key: '42' });
  });

  it.each([
    ['an empty text', "dyn('')", 'key_invalid'],
    ['nothing', 'dyn(null)', 'key_invalid'],
    ['a list', 'dyn([1])', 'key_invalid'],
    ['a boolean', 'dyn(true)', 'key_invalid'],
    ['a text too long', 'event.data.long', 'key_invalid'],
    ['a missing field', 'event.data.nope', 'expression_failed'],
  ])('refuses %s', (_, key, code) => {
    const one = policy({ key });
    expect(readKey(one, clause(one), event({ ...DATA, long: 'x'.repeat(513) }))).toMatchObject({ ok: false, code });
  });
});

describe('readOpening', () => {
  it('reads everything a follow-up begins with', () => {
    const one = policy({ requester: 'event.data.seller', team: 'billing', watchers: 'event.data.followers' });
    expect(opened(one, { ...DATA, seller: 7, followers: ['x', 'y', 'x', ''] })).toEqual({
      subject: { type: 'bill', id: '42', title: 'Invoice A-1', url: 'https://acme.test/42' },
      data: { ...DATA, seller: 7, followers: ['x', 'y', 'x', ''] },
      assignees: ['ana'],
      leftOut: [],
      requester: '7',
      team: 'billing',
      watchers: ['x', 'y'],
      dueAt: fromRfc3339('2026-12-01T17:00:00Z'),
      dueDay: '2026-12-01',
    });
  });

  it('does without what the policy can do without', () => {
    const one = policy({
      requester: 'event.data.seller',
      watchers: 'event.data.followers',
      team: { cel: 'event.data.team' },
    });
    expect(opened(one, { id: 1 })).toMatchObject({
      subject: { type: 'bill', id: '1', url: null, title: 'Invoice payment' },
      assignees: [],
      requester: null,
      team: null,
      watchers: [],
      dueAt: null,
      dueDay: null,
    });
    expect(opened(policy({}, ['subject'])).subject).toEqual({
      type: 'invoice',
      id: 'invoice/42',
      title: 'Invoice payment',
      url: null,
    });
    const own = policy({ open: [{ on: 'other' }, { on: 'invoice.*', key: "'own/' + string(event.data.id)" }] }, [
      'subject',
    ]);
    expect(opened(own).subject.id).toBe('own/42');
  });

  it('takes what the caller gives before any expression', () => {
    const given = {
      key: 'k',
      subject: { title: 'By hand' },
      assignees: ['zoe'],
      dueAt: null,
      dueDay: null,
      watchers: ['w'],
      team: 't',
      requester: 'r',
    };
    expect(opened(policy({}, ['subject']), {}, { given })).toEqual({
      subject: { type: 'invoice', id: 'k', title: 'By hand', url: null },
      data: {},
      assignees: ['zoe'],
      leftOut: [],
      requester: 'r',
      team: 't',
      watchers: ['w'],
      dueAt: null,
      dueDay: null,
    });
  });

  it('takes recipient objects, field by field', () => {
    const customer = {
      id: 5,
      name: 'Ana',
      email: 'ana@acme.test',
      timeZone: 'Europe/Madrid',
      traits: { tier: 'gold' },
      endpoints: [{ channel: 'sms', address: '+34600' }],
      admin: true,
    };
    expect(opened(policy(), { ...DATA, customer }).assignees).toEqual([
      {
        id: '5',
        name: 'Ana',
        email: 'ana@acme.test',
        timeZone: 'Europe/Madrid',
        traits: { tier: 'gold' },
        endpoints: [{ channel: 'sms', address: '+34600' }],
      },
    ]);
    for (const bad of [
      { name: 'no id' },
      { id: 'a', email: 5 },
      { id: 'a', timeZone: 'Nowhere' },
      { id: 'a', traits: [] },
      { id: 'a', endpoints: [{ channel: 'pigeon', address: 'x' }] },
      ['a'],
      true,
      'x'.repeat(200),
    ]) {
      expect(failed(policy(), { ...DATA, customer: bad })).toBe('assignee_invalid');
    }
  });

  it('takes languages as BCP 47 has them, however their separator and their case are written', () => {
    const localeOf = (locale: string) => opened(policy(), { ...DATA, customer: { id: 'a', locale } }).assignees[0];
    expect(localeOf('pt_br')).toMatchObject({ locale: 'pt-BR' });
    expect(localeOf('zh-hant-tw')).toMatchObject({ locale: 'zh-Hant-TW' });
    expect(localeOf('en_US.UTF-8')).toMatchObject({ locale: 'en-US' });
    expect(localeOf('ca_ES@valencia')).toMatchObject({ locale: 'ca-ES' });
  });

  it('opens without a language that nobody can read, and says so; a machine without one says nothing', () => {
    const read = (locale: string) => opened(policy(), { ...DATA, customer: { id: 'a', name: 'Ana', locale } });
    expect(read('klingon_')).toMatchObject({ assignees: [{ id: 'a', name: 'Ana' }] });
    expect(read('klingon_').assignees[0]).not.toHaveProperty('locale');
    expect(read('klingon_').leftOut).toEqual([
      {
        recipient: 'a',
        what: 'locale',
        detail: expect.stringContaining(
          'The locale "klingon_" of recipient "a" was left out, because it is not a BCP 47',
        ),
      },
    ]);
    for (const none of ['C', 'C.UTF-8', 'POSIX']) {
      expect(read(none).assignees).toEqual([{ id: 'a', name: 'Ana' }]);
      expect(read(none).leftOut).toEqual([]);
    }
  });

  it('takes no webhook that leads where nothing may be sent', () => {
    const refusalOf = (url: string) => (url.includes('//10.') ? 'is not a public address' : null);
    const read = (address: string) => {
      const customer = { id: 'a', endpoints: [{ channel: 'webhook', address }] };
      return readOpening(policy(), event({ ...DATA, customer }), { tenantZone: 'UTC', refusalOf });
    };
    expect(read('https://hooks.acme.test/in')).toMatchObject({ ok: true });
    const told = (address: string) => {
      const { ok, opening } = read(address) as Extract<ReturnType<typeof read>, { ok: true }>;
      expect(ok).toBe(true);
      expect(opening.assignees).toEqual([{ id: 'a' }]);
      return opening.leftOut.map(({ detail }) => detail);
    };
    expect(told('https://10.0.0.1/in')).toEqual([
      'A webhook of recipient "a" was left out: 10.0.0.1 is not a public address.',
    ]);
    expect(told('javascript:alert(1)')).toEqual([
      'A webhook of recipient "a" was left out: "javascript:alert(1)" is not an https:// or http:// address.',
    ]);
  });

  it('takes lists for assignees', () => {
    const many = policy({ assignees: 'event.data.all' }, ['assignee']);
    expect(opened(many, { ...DATA, all: ['a', { id: 'b', name: 'B' }, 'a', null] }).assignees).toEqual([
      'a',
      { id: 'b', name: 'B' },
    ]);
    expect(opened(many, { ...DATA, all: [] }).assignees).toEqual([]);
    expect(failed(many, { ...DATA, all: Array.from({ length: 1001 }, (_, index) => `p${index}`) })).toBe(
      'assignee_invalid',
    );
  });

  it('keeps that a day alone was said', () => {
    const dayOf = (due: unknown) => opened(policy(), { ...DATA, due }).dueDay;
    expect(dayOf('2026-12-01')).toBe('2026-12-01');
    expect(dayOf('2026-12-01T17:00:00Z')).toBeNull();
    expect(dayOf(null)).toBeNull();
  });
  it('reads due dates of every form, in the zone of the policy before that of the tenant', () => {
    expect(due('2026-12-01T09:00:00+01:00')).toBe('2026-12-01T08:00:00.000Z');
    expect(due('2026-12-01')).toBe('2026-12-01T08:00:00.000Z');
    expect(due('2026-12-01', { calendar: { zone: 'Europe/Paris' } })).toBe('2026-12-01T16:00:00.000Z');
    expect(due('2001-01-01')).toBe('2001-01-01T08:00:00.000Z');
    expect(due('9999-12-31')).toBe('9999-12-31T08:00:00.000Z');
    expect(due(null)).toBeNull();
    expect(due('')).toBeNull();
    expect(due('2026-12-01T00:00:00Z', { due: "timestamp(event.data.due) + duration('36h')" })).toBe(
      '2026-12-02T12:00:00.000Z',
    );
    expect(due(null, { due: "now + duration('1h')" })).toBe('2026-11-24T10:00:00.000Z');
  });

  it.each([
    '2026-02-31',
    '2026-13-01',
    '1969-12-31',
    '0001-01-01',
    'tomorrow',
    '2026-12-01T09:00:00',
    '2026-12-01T25:00:00Z',
    1_700_000_000,
    true,
    ['2026-12-01'],
    { date: 1 },
  ])('refuses the due date %j', (value) => {
    expect(failed(policy(), { ...DATA, due: value })).toBe('due_date_invalid');
  });

  it('refuses expressions that fail and data that is no map', () => {
    expect(failed(policy({ due: 'timestamp(event.data.due)' }), { ...DATA, due: 'x' })).toBe('due_date_invalid');
    expect(failed(policy(), [1])).toBe('data_invalid');
    expect(failed(policy({ data: 'event.data.id' }))).toBe('data_invalid');
    expect(failed(policy({ data: 'event.data.nope' }))).toBe('expression_failed');
    expect(opened(policy({ data: "{'n': event.data.id}", watchers: '[string(data.n)]' }))).toMatchObject({
      data: { n: 42 },
      watchers: ['42'],
    });
    expect(failed(policy({ watchers: '[string(5 / 0)]' }))).toBe('expression_failed');
    expect(failed(policy({ requester: 'dyn([1])' }))).toBe('person_invalid');
  });

  it('links only to the web, and cuts long titles', () => {
    for (const url of ['javascript:alert(1)', '/x', 'https://', 5, ''])
      expect(opened(policy(), { ...DATA, url }).subject.url).toBeNull();
    expect(opened(policy(), { ...DATA, number: 'x'.repeat(2_000) }).subject.title).toHaveLength(500);
  });

  it('takes hostile keys of data as data', () => {
    const data = { ...DATA, ...JSON.parse('{"__proto__": {"customer": "eve"}, "constructor": 1}') };
    expect(opened(policy(), data).assignees).toEqual(['ana']);
    expect(
      opened(
        policy({ assignee: "event.data['__proto__'].customer" }),
        JSON.parse(`{"id": 1, "__proto__": {"customer": "eve"}}`),
      ).assignees,
    ).toEqual(['eve']);
  });
});

describe('readFacts', () => {
  const facts = (one: Policy, data: unknown) => {
    const read = readFacts(one, event(data), { tenantZone: 'UTC' });
    return read.ok ? read.facts : read.code;
  };
  it('moves the due date only when the event speaks of it', () => {
    expect(facts(policy(), { amount: 5 })).toEqual({ data: { amount: 5 } });
    expect(facts(policy(), { due: '2027-01-01' })).toEqual({
      data: { due: '2027-01-01' },
      dueAt: fromRfc3339('2027-01-01T17:00:00Z'),
      dueDay: '2027-01-01',
    });
    expect(facts(policy(), { due: null })).toEqual({ data: { due: null }, dueAt: null, dueDay: null });
    expect(facts(policy({ due: "now + duration('1h')" }), { amount: 5 })).toEqual({ data: { amount: 5 } });
    expect(facts(policy({}, ['due']), { amount: 5 })).toEqual({ data: { amount: 5 } });
    expect(facts(policy(), { due: '2026-02-31' })).toBe('due_date_invalid');
  });
  it('takes what it speaks of, where the data is written out, and the opening everything', () => {
    const written = "{'account': event.data.account, 'price': event.data.price, 'net': event.data.price / 2}";
    const one = policy({ data: written, due: 'data.price > 5 ? event.data.due : null' });
    expect(opened(one, { ...DATA, account: 'a', price: 10 }).data).toEqual({ account: 'a', price: 10, net: 5 });
    expect(failed(one, { ...DATA, price: 10 })).toBe('expression_failed');
    expect(facts(one, { price: 130, due: '2027-01-01' })).toMatchObject({
      data: { price: 130, net: 65 },
      dueAt: expect.any(Number),
    });
    expect(facts(one, { account: 'b' })).toEqual({ data: { account: 'b' } });
    expect(facts(one, {})).toEqual({ data: {} });
    expect(facts(one, { price: 'much' })).toBe('expression_failed');
    const inner = policy({ data: "{'who': {'name': event.data.name, 'age': event.data['age']}}" });
    expect(facts(inner, { name: 'Ana' })).toEqual({ data: {} });
    expect(facts(inner, { name: 'Ana', age: 3 })).toEqual({ data: { who: { name: 'Ana', age: 3 } } });
  });
  it('takes all or nothing of what is not written out', () => {
    const one = policy({ data: 'event.data.open ? event.data.first : event.data.second' });
    expect(facts(one, { open: true, first: { a: 1 } })).toEqual({ data: { a: 1 } });
    expect(facts(one, { open: false, first: { a: 1 } })).toBe('expression_failed');
  });
});
