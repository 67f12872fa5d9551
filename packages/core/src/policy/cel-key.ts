// What the expression of each key of a policy must give (POLICY.md), by the rules that the reading of events has
// (clause.ts, opening.ts, opening-people.ts). Stricter in one way: a number that is written or calculated is no text,
// though a number that arrives in an event is written out where text is wanted.
import { fromRfc3339 } from '../instant.ts';
import { isDate } from '../timing.ts';
import { isNumber, membersOf, type Type } from './cel-type.ts';
import type { Wanted } from './cel-want.ts';

const asText = (type: Type): string | null =>
  membersOf(type).some(isNumber) ? 'Write `string(…)` around the number.' : null;

const CONDITION: Wanted = { words: 'true or false', kinds: ['bool'] };

const KEY: Wanted = {
  words: 'text',
  kinds: ['string'],
  instead: asText,
  readsText: (text) =>
    text === '' ? 'The key is empty; let the expression give a text that is different for each.' : null,
};

const TEXT_OR_NULL: Wanted = { words: 'text or null', kinds: ['string', 'null'], instead: asText };
const ID_OR_NULL: Wanted = { words: 'an id as text, or null,', kinds: ['string', 'null'], instead: asText };

const PERSON: Wanted = {
  words: 'an id as text, a recipient as a map, or null,',
  kinds: ['string', 'map', 'record', 'null'],
  instead: (type) =>
    membersOf(type).some((one) => one.kind === 'list')
      ? 'Use `assignees` to open one follow-up for each.'
      : asText(type),
  name: 'A recipient',
  required: 'id',
  fields: {
    // A whole number is written out, as one in an event would be.
    id: { words: 'text', kinds: ['string', 'int'] },
    name: TEXT_OR_NULL,
    email: TEXT_OR_NULL,
    phone: TEXT_OR_NULL,
    locale: TEXT_OR_NULL,
    timeZone: TEXT_OR_NULL,
    location: { words: 'a map or null', kinds: ['map', 'record', 'null'] },
    manager: TEXT_OR_NULL,
    traits: { words: 'a map or null', kinds: ['map', 'record', 'null'] },
    endpoints: { words: 'a list of {channel, address}, or null,', kinds: ['list', 'null'] },
    plan: { words: 'a map or null', kinds: ['map', 'record', 'null'] },
    away: { words: 'a list or null', kinds: ['list', 'null'] },
  },
};

const PEOPLE: Wanted = {
  words: 'a list',
  kinds: ['list'],
  instead: () => 'Write [ ] around a single one.',
  item: { ...PERSON, instead: asText },
};

const DUE: Wanted = {
  words: 'a timestamp, a date as text, or null,',
  kinds: ['timestamp', 'string', 'null'],
  instead: (type) => (membersOf(type).some(isNumber) ? 'Write `timestamp(…)` around seconds since 1970.' : null),
  readsText: (text) =>
    text === '' || isDate(text) || fromRfc3339(text) !== null
      ? null
      : `"${text.slice(0, 40)}" is not a date; write RFC 3339 text such as "2026-12-01T09:00:00Z", or a date such as "2026-12-01".`,
};

export const WANTED = {
  when: CONDITION,
  key: KEY,
  data: { words: 'a map', kinds: ['map', 'record'] },
  // The engine writes a whole number out, and an id is no sentence: here it may be one.
  subjectId: { ...TEXT_OR_NULL, words: 'text, a whole number or null', kinds: ['string', 'int', 'null'] },
  subjectText: TEXT_OR_NULL,
  assignee: PERSON,
  assignees: PEOPLE,
  requester: ID_OR_NULL,
  team: ID_OR_NULL,
  watchers: PEOPLE,
  due: DUE,
  /** Of an event that tells what somebody did. */
  recipient: ID_OR_NULL,
  activityType: TEXT_OR_NULL,
  location: { words: 'a map or null', kinds: ['map', 'record', 'null'] },
} as const satisfies Readonly<Record<string, Wanted>>;
