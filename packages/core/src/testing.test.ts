// `@relance/core/testing` as users call it: what they give has effect as it would in a project folder, and what has none
// is an Error that names it.
import { describe, expect, it } from 'vitest';
import { toRfc3339 } from './instant.ts';
import { loadHolidays, type PolicyTest, simulatePolicy } from './testing.ts';

const POLICY = `
policy: incident
open: { on: incident.opened }
key: event.data.id
assignee: { target: onCall(primary) }
calendar: office
fallback: group(desk)
stages:
  - { id: page, at: opened, notify: { via: [email] } }
  - { id: desk, at: opened + 1 business day, escalate: { to: [group(desk)] }, notify: { via: [email] } }
`;
const TEST: PolicyTest = {
  at: '2026-12-23T10:00:00Z', // a Wednesday
  people: ['nora', 'olaf', 'dora', 'dan'].map((id) => ({ id, email: `${id}@example.com` })),
  groups: [{ id: 'desk', name: 'Desk', members: ['dora', 'dan', 'dora'] }],
  schedules: [
    {
      id: 'primary',
      timeZone: 'Europe/Paris',
      layers: [
        {
          rotation: {
            every: '1 week',
            start: '2026-11-02',
            handover: { day: 'mon', at: '09:00' },
            members: ['nora', 'olaf'],
          },
        },
      ],
    },
  ],
  calendars: [
    { id: 'office', zone: 'Europe/Paris', hours: { 'mon-fri': '09:00-18:00' }, exceptions: { '2026-12-24': 'closed' } },
  ],
};
const sent = (test: PolicyTest) =>
  simulatePolicy(POLICY, test).messages.map(
    ({ stage, recipient, sentAt }) => `${sentAt === null ? '' : toRfc3339(sentAt).slice(5, 16)} ${stage} ${recipient}`,
  );

describe('a test of one’s own', () => {
  it('knows who is on call, who is in a group, and when the office is open', () => {
    expect(sent(TEST)).toEqual(['12-23T10:00 page olaf', '12-25T10:00 desk dan', '12-25T10:00 desk dora']);
    const { invented, notes } = simulatePolicy(POLICY, TEST);
    expect([invented, notes]).toEqual([[], []]);
  });
  it('has the holidays of countries from the book', async () => {
    const calendars = [{ id: 'office', zone: 'Europe/Paris', holidays: 'FR' }];
    expect(() => sent({ ...TEST, calendars })).toThrow(
      'calendars[0].holidays: the holidays of countries are in a book; give `holidays: await loadHolidays()`.',
    );
    const at = '2026-12-24T10:00:00Z';
    expect(sent({ ...TEST, at, calendars, holidays: await loadHolidays() }).at(-1)).toBe('12-28T10:00 desk dora');
  });
  it('invents what it is not given, and says so', () => {
    const { invented, notes } = simulatePolicy(POLICY, { at: TEST.at });
    expect(invented).toEqual(expect.arrayContaining(['desk', 'primary']));
    expect(notes).toEqual([expect.stringMatching(/^The calendar of the policy is not known here/)]);
  });
  it.each<[object, RegExp]>([
    [{ behaviors: [] }, /^behaviors: there is no such option\. Did you mean `behaviours`\?$/],
    [{ schedule: [] }, /^schedule: there is no such option\. Did you mean `schedules`\?$/],
    [{ at: 'noon' }, /^at: "noon" is not RFC 3339$/],
    [{ seed: -1 }, /^seed: /],
    [{ zone: 'Paris' }, /^zone: must be an IANA time zone$/],
    [
      { people: [{ id: 'ana', timezone: 'UTC' }] },
      /^people\[0\]\.timezone: there is no such key\. Did you mean `timeZone`\?$/,
    ],
    [{ people: [{ id: 'ana' }, { id: 'ana' }] }, /^people\[1\]\.id: "ana" is there twice\.$/],
    [{ groups: { desk: ['ana'] } }, /^groups: .*expected array/],
    [{ groups: [{ id: 'desk', people: ['ana'], members: [] }] }, /^groups\[0\]\.people: there is no such key\.$/],
    [{ schedules: [{ id: 'primary', layers: [] }] }, /^schedules\[0\]\.timeZone: /],
    [
      { calendars: [{ id: 'office', zone: 'Europe/Pari' }] },
      /^calendars\[0\]\.zone: "Europe\/Pari" is not a time zone/,
    ],
    [{ activity: [{ on: 'x' }] }, /^activity\[0\]\.recipient: /],
  ])('%j is an error that names it', (given, message) => {
    let error: unknown = null;
    try {
      simulatePolicy(POLICY, { ...TEST, ...given } as PolicyTest);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).constructor).toBe(Error);
    expect((error as Error).message).toMatch(message);
  });
});
