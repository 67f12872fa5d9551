// Whom alarms may go to, and what one message about many says.
import { describe, expect, it } from 'vitest';
import { alarmWords, parseAlarmTo } from './alarm.ts';
import { instant } from './instant.ts';

describe('alarmTo', () => {
  it.each([
    ['ops@example.test', { kind: 'email', address: 'ops@example.test' }],
    ['recipient(bo)', { kind: 'recipient', id: 'bo' }],
    ['group(ops)', { kind: 'group', id: 'ops' }],
    ['onCall(primary)', { kind: 'onCall', schedule: 'primary', level: 1 }],
    ['onCall(primary, 2)', { kind: 'onCall', schedule: 'primary', level: 2 }],
  ])('%s', (text, expected) => expect(parseAlarmTo(text)).toEqual(expected));

  it.each([
    '',
    'bo',
    'assignee',
    'manager(1)',
    'onCall(primary, 0)',
    'group(ops, round-robin)',
    'a b@example.test',
    'x@y\r\nBcc: z@q',
    'Ops <ops@example.test>',
    'recipient()',
  ])('refuses "%s"', (text) => expect(parseAlarmTo(text)).toBeNull());
});

describe('words of alarms', () => {
  const seen = (n: number) => ({
    followUp: `f-${n}`,
    at: instant(0),
    reason: 'nobody_reached' as const,
    text: `Nobody of stage ${n}.`,
  });

  it('one is told by name', () => {
    const words = alarmWords([{ reason: 'nobody_reached', count: 1 }], [seen(1)]);
    expect(words.subject).toBe('Alarm: neither the target nor the fallback has anybody');
    expect(words.text).toContain('1970-01-01T00:00:00.000Z  Nobody of stage 1. (follow-up f-1)');
    expect(words.text).not.toContain('more.');
  });

  it('ten thousand are one message with a count and the first twenty', () => {
    const first = Array.from({ length: 20 }, (_all, index) => seen(index));
    const words = alarmWords(
      [
        { reason: 'target_empty', count: 1 },
        { reason: 'nobody_reached', count: 9_999 },
      ],
      first,
    );
    expect(words.subject).toBe('10000 alarms');
    expect(words.text.split('\n')[0]).toBe('9999 × neither the target nor the fallback has anybody');
    expect(words.text).toContain('… and 9980 more.');
    expect(words.text.length).toBeLessThan(3_000);
  });
});
