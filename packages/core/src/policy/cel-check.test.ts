// The type checker by example: what passes because it may be right, and what is refused because it never can be, at
// which character, with which words.
import { describe, expect, it } from 'vitest';
import { EVENT_SCOPE, OPENING_SCOPE, STAGE_SCOPE } from './cel-scope.ts';
import { compileCondition } from './condition.ts';

function checked(source: string, types = STAGE_SCOPE): { readonly at: number; readonly message: string } | 'fine' {
  const compiled = compileCondition(source, { names: Object.keys(types), types });
  return compiled.ok ? 'fine' : { at: compiled.at, message: compiled.message };
}
const refused = (at: number, words: string) => ({ at, message: expect.stringContaining(words) });

describe('what may be right', () => {
  it.each([
    "data.amount > 500 && data.rate * 1.5 < 2 && data.n + 1 == 3.0 && data.text == 'a'",
    'data.a.b[0].c + data.d == data.e || !data.f || -data.g > 1',
    "data.items.exists(item, item.price > 3 && 'x' in item.tags)",
    "data.items.filter(item, item.ok).map(item, item.id).size() > 2 && data.tags.all(tag, tag != '')",
    'data.map.exists_one(key, data.map[key] == 1) && has(data.x) && has(assignee.email)',
    'followUp.dueAt == null || followUp.dueAt < now + duration("36h")',
    'followUp.escalationLevel > 0 && followUp.snoozes + followUp.acknowledgements >= 2',
    "followUp.status in ['open', 'acknowledged'] && followUp.urgency != 'low'",
    "assignee == null || assignee.location.country == 'FR' || assignee.traits.vip || recipient == assignee",
    "recipient.endpoints.exists(one, one.channel == 'sms') && recipient['email'].endsWith('@acme.com')",
    "now.getHours('Europe/Paris') >= 9 && now.getDayOfWeek() in [1, 2, 3] && now.getHours('+02:00') < 9",
    "timestamp(data.at) < now && duration(data.wait) > duration('1.5s') && string(data.n).matches('^[0-9]+$')",
    'type(data.x) == int || type(data.at) == google.protobuf.Timestamp || type(now) != type(1)',
    '(data.x ? 1 : 2.5) > 1 && (data.y ? [] : [1]).size() == 0 && ([] + [1])[0] == 1',
    "subject.title.startsWith('Invoice') && size(subject.id) > 2 && {'a': 1}.a == 1 && {'a': {'b': 1}}['a'].b == 1",
    "1 == 1.0 && 1u < 2.5 && [1, 'a', null].exists(x, x == 'a') && b'a' + b'b' == b'ab' && dyn('a') == 1",
    "data == {} && data.l == [] && 'x' in data && data.x in data.y && 1 in data.l && data.s.contains('x')",
    "followUp.assignee == null && subject.url != null && null == null && int('5') + int(2.5) > 3",
    'pending.size() > 3 || pending.exists(one, one.dueAt < now && one.urgency == "high")',
    "activity.last('login') == null || activity.last('login').at < now - duration('720h')",
    "activity.last('login').data.page == 'x' && activity.last('login').location.city == 'Paris'",
    "activity.count('viewed', '3 business days') > 2 && activity.count('viewed', duration('36h')) == 0",
    'engagement.opened.proven || engagement.clicked.likely || !engagement.replied.machine',
  ])('%s', (source) => expect(checked(source)).toBe('fine'));

  it('reads events: their attributes, what is in them, and extensions', () => {
    for (const source of [
      "event.type == 'x' && event.data.a.b > 1 && timestamp(event.time).getFullYear() > 2000",
      "event.tenant == 'acme' || event.priority == 5 || has(event.traceparent)",
    ])
      expect(checked(source, EVENT_SCOPE)).toBe('fine');
    expect(checked('timestamp(event.time) < now && data.x == event.data.x', OPENING_SCOPE)).toBe('fine');
  });
});

describe('names and fields', () => {
  it.each([
    ['datta.x > 1', 0, 'Did you mean `data`?'],
    ['event.data.x > 1', 0, 'unknown name "event"; here it may use data, subject'],
    ['followUp.nonsense', 9, 'A follow-up has no field `nonsense`. It has id, key, status'],
    ["followUp.statsu == 'open'", 9, 'Did you mean `status`?'],
    ['followUp.DueAt == null', 9, 'Did you mean `dueAt`?'],
    ['assignee.nonsense', 9, 'A recipient has no field `nonsense`.'],
    ['has(followUp.nonsense)', 13, 'A follow-up has no field'],
    ["recipient['nme'] == 'x'", 10, 'Did you mean `name`?'],
    ['subject . titel == data.x', 10, 'Did you mean `title`?'],
    ["pending.exists(p, p.titel == 'x')", 20, 'Did you mean `title`?'],
    ["recipient.endpoints.channel == 'sms'", 20, 'Take one item, as in `[0].channel`'],
    ['followUp.key.length > 1', 13, 'Text has no field `length`.'],
    ['data.items.exists(item, itme.a)', 24, 'Did you mean `item`?'],
  ])('%s', (source, at, words) => expect(checked(source)).toEqual(refused(at, words)));

  it('knows how attributes of events are named', () => {
    expect(checked("event.Type == 'x'", EVENT_SCOPE)).toEqual(refused(6, 'Did you mean `type`?'));
    expect(checked('event.customerId == 1', EVENT_SCOPE)).toEqual(refused(6, 'is in `event.data`'));
    expect(checked('data.x == 1', EVENT_SCOPE)).toEqual(refused(0, 'it may use event.'));
  });
});

describe('functions and macros', () => {
  it.each([
    ['lenght(data.x) > 1', 0, 'unknown function "lenght". Did you mean `size`?'],
    ['data.x.includes(1)', 7, 'Did you mean `contains`?'],
    ['data.items.exist(x, x.a)', 11, 'Did you mean `exists`?'],
    ['data.items.exists(x.y, x.a)', 11, '`exists` is written as in `list.exists(item, condition)`.'],
    ['data.items.all(x)', 11, '`all` is written as in'],
    ['has(data)', 0, '`has` is written as in `has(data.field)`.'],
    ['now.getHour() > 8', 4, 'Did you mean `getHours`?'],
    ['size(data.a, data.b) > 1', 0, '`size` takes 1 argument, not 2.'],
    ['now.getHours(1, 2) > 1', 4, '`getHours` takes no or 1 argument, not 2.'],
    ["startsWith(data.x, 'a')", 0, 'write `value.startsWith(…)`'],
    ['data.x.int() > 1', 7, 'write `int(…)`'],
    ['size(3) > 1', 5, '`size` takes bytes, a list, a map or text, not a whole number.'],
    ['1 == 1 && size(now) > 1', 15, 'not a timestamp.'],
    ['followUp.key.startsWith(5)', 24, '`startsWith` takes text, not a whole number.'],
    ["now.startsWith('2026')", 0, '`startsWith` is called on text, not a timestamp.'],
    ["'abc'.all(x, x == 'a')", 0, '`all` goes through a list or a map, not text.'],
    ["data.items.all(i, 'x')", 18, '`all` takes true or false, not text.'],
    ['data.items.filter(i, 1) == []', 21, '`filter` takes true or false, not a whole number.'],
    ['[1, 2].exists_one(z, z.a)', 23, 'A whole number has no field `a`.'],
    ['activity.last > 2', 9, "called, as in `activity.last('com.acme.login')`"],
    ["activity.cuont('x') > 2", 9, 'Did you mean `count`?'],
    ["activity.count('x') > 2", 9, "as in `activity.count('com.acme.login', '30 days')`"],
    ["activity.count('x', 30) > 2", 20, '`count` takes text or a duration here, not a whole number.'],
    ["activity.count('x', '30 dys') > 2", 20, 'In the window "30 dys"'],
    ["activity.last('x').tpye == 'a'", 19, 'Did you mean `type`?'],
  ])('%s', (source, at, words) => expect(checked(source)).toEqual(refused(at, words)));
});

describe('operators', () => {
  it.each([
    ["1 + 'a' == 2", 2, 'Write `string(…)` around the number.'],
    ["'é😀' + 1 == 'x'", 6, '`+` cannot be used between text and a whole number.'],
    ["'a' == 1", 4, '`==` compares text with a whole number, which are never equal.'],
    ["followUp.dueAt == 'x'", 15, '`==` compares a timestamp or null with text'],
    ["['one'] == [2]", 8, 'never equal'],
    ["followUp.status == 'opne'", 19, 'It is never "opne"; it is one of open, acknowledged'],
    ["followUp.status in ['open', 'acknowleged']", 19, 'Did you mean `acknowledged`?'],
    ["'2026-01-01' < now", 13, 'Write `timestamp(…)` around the text.'],
    ["'a' < 1", 4, '`<` cannot be used between text and a whole number.'],
    ['now - 5 > followUp.openedAt', 4, "as in `duration('36h')`"],
    ['now + now > now', 4, '`+` cannot be used between a timestamp and a timestamp.'],
    ["-'a' == 1", 1, '`-` takes a number, not text.'],
    ['!followUp.snoozes', 1, '`!` takes true or false, not a whole number.'],
    ["data.x && 'a'", 10, '`&&` takes true or false, not text.'],
    ["'a' ? 1 : 2", 0, 'What stands before `?` takes true or false, not text.'],
    ["(data.x ? 1 : 'a') + 'b' == 'c'", 10, '`+` cannot be used between a whole number and text.'],
    ["size(data.x ? 'a' : 1) > 1", 20, 'not a whole number'],
    ["data.x in 'abc'", 10, '`text.contains(…)`'],
    ["1 in ['a']", 2, 'looks for a whole number among text'],
    ["[1, 2]['a'] == 1", 7, '`[ ]` takes a whole number here, not text.'],
    ['followUp.snoozes[0] == 1', 0, '`[ ]` looks into a list or a map, not a whole number.'],
    ["{'a': 1, 'a': 2}.a == 1", 9, 'twice'],
    ['{[1]: 1} == {}', 1, 'A key of a map is text'],
    ['engagement.opened == true', 18, 'A raw `opened` never proves a person; write `engagement.opened.likely`'],
    ['data.x || engagement.clicked', 10, 'A raw `clicked` never proves a person'],
  ])('%s', (source, at, words) => expect(checked(source)).toEqual(refused(at, words)));
});

describe('texts that a function reads', () => {
  it.each([
    ["data.x.matches('(')", 15, '"(" is not an RE2 pattern: missing closing )'],
    ["data.x.matches('(?=a)')", 15, 'is not an RE2 pattern'],
    ["timestamp('2026-13-01') > now", 10, 'write RFC 3339 text'],
    ["duration('3 days') > now - followUp.openedAt", 9, 'such as "36h"'],
    ["now.getHours('Europe/Pariss') > 8", 13, '"Europe/Pariss" is not a time zone'],
    ["int('abc') > 8", 4, 'no whole number'],
    ["bool('yes')", 5, 'write "true" or "false"'],
  ])('%s', (source, at, words) => expect(checked(source)).toEqual(refused(at, words)));
});
