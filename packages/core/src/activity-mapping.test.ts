// What events tell about people: one limit for the ids of them all, whoever takes them; and mistakes at their place.
import { describe, expect, it } from 'vitest';
import { activitiesIn, compileActivityMappings } from './activity-mapping.ts';
import { readId } from './opening-people.ts';
import { printableId } from './policy/schema-text.ts';
import { parseTarget } from './policy/target.ts';
import { scheduleSchema } from './schedule-schema.ts';

const { mappings } = compileActivityMappings([{ on: ['shop.*', 'cart.left'], recipient: 'event.data.who' }]);
const told = (who: unknown) =>
  activitiesIn(mappings, { type: 'shop.viewed', data: { who } }).map((one) => one.recipient);

describe('whose activity it is', () => {
  it.each([
    ['ana', ['ana']],
    [1001, ['1001']],
    [1.5, []],
    [true, []],
    [null, []],
    ['', []],
  ])('%j', (who, expected) => expect(told(who)).toEqual(expected));

  it('has an id as long as everywhere else, and no longer', () => {
    const rotation = (id: string) => ({
      every: '1 week',
      handover: { day: 'mon', at: '09:00' },
      start: '2026-01-05',
      members: [id],
    });
    const takes: Readonly<Record<string, (id: string) => boolean>> = {
      mapping: (id) => told(id).length === 1,
      event: (id) => readId(id).ok,
      policy: (id) => parseTarget(`recipient(${id})`).ok,
      http: (id) => printableId.safeParse(id).success,
      schedule: (id) => scheduleSchema.safeParse({ timeZone: 'UTC', layers: [{ rotation: rotation(id) }] }).success,
    };
    const answers = (id: string) => Object.entries(takes).map(([who, take]) => `${who} ${take(id)}`);
    expect(answers('a'.repeat(128))).toEqual(Object.keys(takes).map((who) => `${who} true`));
    expect(answers('a'.repeat(129))).toEqual(Object.keys(takes).map((who) => `${who} false`));
  });
});

describe('mistakes', () => {
  it('come with their place in the list', () => {
    const { problems } = compileActivityMappings([
      { on: 'a', recipient: 'event.data.who' },
      { on: 'b', recipient: 'nobody', when: '1', data: 'event.data +' },
    ]);
    expect(problems.map(({ path }) => path)).toEqual(['[1].when', '[1].recipient', '[1].data']);
  });
});
