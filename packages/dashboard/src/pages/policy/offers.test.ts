// What the editor offers where the cursor stands (marked | in the texts): by the real schema, in blocks and in brackets, in texts that
// are not whole yet; and nothing in comments and texts.
import { policyJsonSchema } from '@relance/core';
import { describe, expect, it } from 'vitest';
import { type KnownNames, offersAt } from './offers.ts';
import { placeAt } from './yaml-place.ts';

const NAMES: KnownNames = {
  groups: ['billing'],
  schedules: ['primary'],
  calendars: ['office'],
  templates: ['invoice-issued'],
  categories: ['general'],
  stages: ['notice', 'reminder'],
};
const SCHEMA = policyJsonSchema();

function at(marked: string) {
  const offset = marked.indexOf('|');
  const text = marked.slice(0, offset) + marked.slice(offset + 1);
  const place = placeAt(text, offset);
  return {
    place,
    typed: place === null ? null : text.slice(place.from, offset),
    labels: place === null ? [] : offersAt(SCHEMA, place, NAMES).map(({ label }) => label),
  };
}

describe('a place', () => {
  it.each([
    ['policy: a\n|', [], 'key', ''],
    ['policy: a\nres|', [], 'key', 'res'],
    ['policy: a\nurgency: hi|', ['urgency'], 'value', 'hi'],
    ['late:\n  atOp|', ['late'], 'key', 'atOp'],
    ['late:\n  atOpening: first\n  |', ['late'], 'key', ''],
    ['late:\n  atOpening: |', ['late', 'atOpening'], 'value', ''],
    ['stages:\n  - i|', ['stages', 0], 'item', 'i'],
    ['stages:\n- id: a\n  r|', ['stages', 0], 'key', 'r'],
    ['stages:\n  - id: a\n    repeat:\n      ev|', ['stages', 0, 'repeat'], 'key', 'ev'],
    ['stages:\n  - id: a\n    notify:\n      - to: x\n      - vi|', ['stages', 0, 'notify', 0], 'item', 'vi'],
    ['stages:\n  - id: a\n  - id: b\n|', [], 'key', ''],
    ['stages:\n  - { id: a, ro|', ['stages', 0], 'key', 'ro'],
    ['stages:\n  - { id: a, role: fi|', ['stages', 0, 'role'], 'value', 'fi'],
    ['stages:\n  - { id: a, notify: { to: a, via: [email, s|', ['stages', 0, 'notify', 'via', 0], 'item', 's'],
    ['stages:\n  - {\n      id: a,\n      at: opened, wi|\n    }\n', ['stages', 0], 'key', 'wi'],
    ['open: { on: a }\nresolve: { |}', ['resolve'], 'key', ''],
    ["title: what's up\nur|", [], 'key', 'ur'],
    ['key: "\'a/\' + b"\nur|', [], 'key', 'ur'],
    ['stages:\n  - id: a\n    consequence: the fee of {{ data.fee }}\n    ur|', ['stages', 0], 'key', 'ur'],
    ['description: >-\n  some: text\n  - of it\nur|', [], 'key', 'ur'],
  ] as const)('%j', (marked, path, kind, typed) => {
    const { place, typed: written } = at(marked);
    expect({ path: place?.path, kind: place?.kind, written }).toEqual({ path, kind, written: typed });
  });

  it.each(['description: >-\n  some te|', '# a com|', 'title: x # re|', 'title: "some te|', 'key: "\'a|'])(
    'none in %j',
    (marked) => {
      expect(at(marked).place).toBeNull();
    },
  );
});

describe('what is offered', () => {
  it('are the keys that are not there yet', () => {
    const { labels } = at('policy: a\n|\nkey: b\n');
    expect(labels).toEqual(expect.arrayContaining(['stages', 'assignee', 'resolve', 'calendar']));
    expect(labels).not.toContain('policy');
    expect(labels).not.toContain('key');
    const stage = at('stages:\n  - id: a\n    at: opened\n    |\n    notify: none\n').labels;
    expect(stage).toEqual(expect.arrayContaining(['window', 'escalate', 'repeat']));
    expect(stage).not.toEqual(expect.arrayContaining(['at']));
    expect(stage).not.toContain('notify');
    expect(stage).not.toContain('stages');
  });

  it('are keys and values in brackets', () => {
    expect(at('stages: [ { id: a, at: opened, | } ]').labels).toEqual(expect.arrayContaining(['when', 'notify']));
    expect(at('stages: [ { id: a, at: opened, | } ]').labels).not.toContain('id');
    expect(at('stages: [ { id: a, notify: { via: [|] } } ]').labels).toEqual(
      expect.arrayContaining(['email', 'sms', 'push', 'inbox', 'chat', 'webhook']),
    );
  });

  it('are the values that a key takes', () => {
    expect(at('urgency: |').labels).toEqual(['low', 'normal', 'high', 'urgent']);
    expect(at('stages:\n  - id: a\n    escalate: { mode: |').labels).toEqual(['add', 'reassign']);
    expect(at('resolve: { onReply: |').labels).toEqual(['true', 'false']);
  });

  it('are the names that there are', () => {
    expect(at('calendar: |').labels).toContain('office');
    expect(at('fallback: |').labels).toEqual(['group(billing)', 'onCall(primary)']);
    expect(at('stages:\n  - id: a\n    at: |').labels).toEqual([
      'opened',
      'due',
      'acknowledged',
      'commitment',
      'notice',
      'reminder',
    ]);
    expect(at('stages:\n  - id: a\n    notify: { template: in|').labels).toEqual(['invoice-issued']);
    expect(at('stages:\n  - id: a\n    escalate:\n      to: [|').labels).toEqual(
      expect.arrayContaining(['manager(1)', 'group(billing)', 'onCall(primary)']),
    );
  });

  it('say what they are', () => {
    const place = placeAt('', 0);
    const offers = place === null ? [] : offersAt(SCHEMA, place, NAMES);
    expect(offers.find(({ label }) => label === 'stages')).toMatchObject({ detail: 'required', apply: 'stages: ' });
    expect(offers.find(({ label }) => label === 'fallback')?.info).toContain('told when a target is empty');
  });
});
