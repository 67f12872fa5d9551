// Sentences about who does what in a simulation: what they mean, and where a wrong one is wrong.
import { describe, expect, it } from 'vitest';
import { parseBehaviour } from './behaviour.ts';
import type { Duration } from './policy/duration.ts';

const hours = (count: number): Duration => ({ kind: 'exact', ms: count * 3_600_000 });
const days = (count: number): Duration => ({ kind: 'days', days: count, ms: 0 });

describe('a behaviour', () => {
  it.each([
    ['nobody answers', { kind: 'nobody' }],
    [
      'assignee acknowledges after 2 hours of notice',
      {
        kind: 'answer',
        who: 'assignee',
        act: { kind: 'acknowledge' },
        channel: null,
        chance: 1,
        after: [hours(2), hours(2)],
        of: 'notice',
      },
    ],
    [
      'ana@example.org resolves with 62.5% after 1 day .. 5 days',
      {
        kind: 'answer',
        who: 'ana@example.org',
        act: { kind: 'resolve' },
        channel: null,
        chance: 0.625,
        after: [days(1), days(5)],
        of: null,
      },
    ],
    [
      'ana replies after 1 hour',
      {
        kind: 'answer',
        who: 'ana',
        act: { kind: 'reply' },
        channel: null,
        chance: 1,
        after: [hours(1), hours(1)],
        of: null,
      },
    ],
    [
      ' requester snoozes for 3 days after 1 hour',
      {
        kind: 'answer',
        who: 'requester',
        act: { kind: 'snooze', duration: days(3) },
        channel: null,
        chance: 1,
        after: [hours(1), hours(1)],
        of: null,
      },
    ],
    [
      'assignee delegates to bo after 1 day..1 day of reminder-2 ',
      {
        kind: 'answer',
        who: 'assignee',
        act: { kind: 'delegate', to: 'bo' },
        channel: null,
        chance: 1,
        after: [days(1), days(1)],
        of: 'reminder-2',
      },
    ],
    ...[
      ['', null],
      [' {"years": 2, "why": "so {it} is"}', { years: 2, why: 'so {it} is' }],
      [' ["a", 1]', ['a', 1]],
      [' "with 5%"', 'with 5%'],
      [' -1.5', -1.5],
      [' true', true],
    ].map(([written, answer]): [string, object] => [
      `ana answers approve${written} after 2 hours`,
      {
        kind: 'answer',
        who: 'ana',
        act: { kind: 'answer', action: 'approve', answer },
        channel: null,
        chance: 1,
        after: [hours(2), hours(2)],
        of: null,
      },
    ]),
    [
      'ana resolves by sms with 50% after 1 hour',
      {
        kind: 'answer',
        who: 'ana',
        act: { kind: 'resolve' },
        channel: 'sms',
        chance: 0.5,
        after: [hours(1), hours(1)],
        of: null,
      },
    ],
    ['resolver crm answers ana, bo', { kind: 'resolver', name: 'crm', to: ['ana', 'bo'] }],
    ['email bounces', { kind: 'channel', channel: 'email', fate: 'bounce', who: null }],
    ['sms is uncertain for bo', { kind: 'channel', channel: 'sms', fate: 'uncertain', who: 'bo' }],
    [
      'event order.paid after 2 hours',
      { kind: 'event', type: 'order.paid', chance: 1, after: [hours(2), hours(2)], of: null },
    ],
  ])('"%s" is read', (text, value) => {
    expect(parseBehaviour(text)).toEqual({ ok: true, value });
  });

  it.each([
    ['', 0, /who does something is expected/],
    ['assignee', 8, /one of acknowledges, resolves, .* is expected/],
    ['assignee resolve after 1 day', 9, /not "resolve"; did you mean "resolves"\?/],
    ['assignee acknowledges', 21, /"after" and a duration are expected/],
    ['assignee acknowledges after soon', 28, /a number is expected/],
    ['assignee acknowledges with 160% after 1 day', 27, /a share from 0% to 100%/],
    ['assignee acknowledges after 1 day..', 35, /a number is expected/],
    ['assignee acknowledges after 1 day of', 36, /the id of a stage/],
    ['assignee snoozes after 1 day', 17, /"for" and a duration/],
    ['assignee delegates to  after 1 day', 29, /"after" and a duration/],
    ['assignee answers', 16, /the id of an action of the policy is expected/],
    ['assignee answers after 2 hours', 17, /the id of an action of the policy is expected/],
    ['ana answers approve {"years": 2 after 1 day', 20, /the answer is not JSON: it does not end/],
    ['ana answers approve {years: 2} after 1 day', 21, /the answer is not JSON, such as/],
    ['ana answers approve yes after 1 day', 20, /"after" and a duration are expected/],
    ['ana answer approve after 1 day', 4, /did you mean "answers"\?/],
    ['ana resolves by pigeon after 1 day', 16, /a channel is expected after "by"/],
    ['email explodes', 6, /"bounces", "fails" or "is uncertain" is expected after a channel, not "explodes"/],
    ['email is lost', 9, /"uncertain" is expected/],
    ['nobody cares', 7, /"answers" is expected/],
    ['email bounces always', 14, /the end is expected, not "always"/],
  ])('"%s" is wrong at %i', (text, at, message) => {
    const read = parseBehaviour(text);
    expect(read).toMatchObject({ ok: false, at });
    expect(read.ok ? '' : read.message).toMatch(message);
  });
});
