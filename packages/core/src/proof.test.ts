// What is proved of a policy before it runs, and the counter-examples: stages that can never run, and the first hour in which
// an escalation reaches nobody.
import { describe, expect, it } from 'vitest';
import type { PolicyInput } from './policy/schema.ts';
import { prove } from './proof.ts';
import { at, type Person, personOf, policyOf } from './scenario.test-kit.ts';
import { compileSchedule } from './schedule.ts';
import { scheduleSchema } from './schedule-schema.ts';

interface Known {
  readonly people?: readonly Person[];
  readonly groups?: Readonly<Record<string, readonly string[]>>;
  readonly schedules?: Readonly<Record<string, object>>;
  readonly strangers?: 'reached' | 'nobody';
}
const NOW = at('2026-11-02T09:00:00Z');
function proved(written: Partial<PolicyInput> & Pick<PolicyInput, 'stages'>, known: Known = {}) {
  const { people = [], groups = {}, schedules = {}, strangers = 'nobody' } = known;
  const proofs = prove(policyOf(written), {
    now: NOW,
    strangers,
    directory: {
      recipients: new Map(people.map((one) => [one.id, personOf(one)])),
      groups: new Map(
        Object.entries(groups).map(([id, members]) => [id, { id, name: null, members, size: members.length }]),
      ),
      schedules: new Map(
        Object.entries(schedules).map(([id, one]) => [id, compileSchedule(scheduleSchema.parse(one))]),
      ),
      tenant: { zone: 'Europe/Paris', locale: 'en', alarmTo: null, name: null },
    },
  });
  return Object.fromEntries(proofs.map(({ claim, holds, text }) => [claim, holds ? true : text]));
}

/** How often somebody is looked up. */
class Counted<K, V> extends Map<K, V> {
  asked = 0;
  override get(key: K): V | undefined {
    this.asked += 1;
    return super.get(key);
  }
}

describe('that it ends', () => {
  it('is told with how often it runs', () => {
    const stages: PolicyInput['stages'] = [
      { id: 'a', at: 'opened' },
      { id: 'b', at: 'a + 1 day', repeat: { every: '1 day', times: 3 } },
    ];
    const [end] = prove(policyOf({ stages }), {
      now: NOW,
      strangers: 'nobody',
      directory: {
        recipients: new Map(),
        groups: new Map(),
        schedules: new Map(),
        tenant: { zone: null, locale: 'en', alarmTo: null, name: null },
      },
    });
    expect(end).toMatchObject({ holds: true, text: expect.stringContaining('run 4 times at most, then it waits') });
  });
});

describe('that it waits visibly', () => {
  it('is not said to be listed where only an event goes on with it', () => {
    const stages: PolicyInput['stages'] = [
      { id: 'a', at: 'opened' },
      { id: 'news', at: { changed: 'data.x' } },
    ];
    const [end] = prove(policyOf({ stages }), null);
    expect(end?.text).toContain('then it waits for an event, and is not listed as needing attention');
    const [expiring] = prove(policyOf({ stages, expire: { after: '9 days' } }), null);
    expect(expiring?.text).toContain('then it expires');
  });
});

describe('that every stage can run', () => {
  const can = (stages: PolicyInput['stages'], more: Partial<PolicyInput> = {}) =>
    proved({ ...more, stages }).stages_can_run;
  it('holds where conditions hang on data, and where dates do', () => {
    expect(
      can(
        [
          { id: 'a', at: 'opened', when: 'data.x > 1' },
          { id: 'b', at: 'due + 1000 days' },
        ],
        { due: 'event.data.due', expire: { after: '10 days' } },
      ),
    ).toBe(true);
  });
  it('is refuted by a condition that is always false, and for what counts from what never runs', () => {
    expect(can([{ id: 'a', at: 'opened', when: '1 > 2' }])).toBe(
      'Stage "a" never runs: its condition "1 > 2" is always false.',
    );
    // A stage that is skipped is counted from all the same.
    expect(
      can([
        { id: 'a', at: 'opened', when: 'false' },
        { id: 'b', at: 'a + 1 day' },
      ]),
    ).toContain('Stage "a"');
  });
  it('is refuted by what waits for data that the policy does not have', () => {
    const open = { on: 'x' };
    const data = "{'price': event.data.price, 'more': event.data.more, 'inner': {'deep': 1}}";
    const of = (stage: object, more: Partial<PolicyInput> = { data }) =>
      can(
        [
          { id: 'a', at: 'opened' },
          { id: 'b', at: 'opened + 1 day', ...stage },
        ] as PolicyInput['stages'],
        {
          open,
          ...more,
        },
      );
    expect(of({ at: { changed: 'data.prize' } })).toBe(
      'Stage "b" never runs: it waits for a change of `data.prize`, which the `data` of the policy does not have (did you mean `price`?).',
    );
    expect(of({ when: 'data.prise > 3' })).toMatch(/its condition reads `data.prise`.*did you mean `price`/);
    expect(of({ at: 'data.until + 1 day' })).toMatch(/it counts from `data.until`/);
    expect(of({ at: { changed: 'data.inner.deeper' } })).toMatch(/`data.inner.deeper`/);
    for (const fine of [
      { at: { changed: 'data.more.anything' } },
      { when: 'has(data.gone) && data.gone > 3' },
      { when: 'data.price > 3' },
    ])
      expect(of(fine)).toBe(true);
    expect(of({ at: { changed: 'data.prize' } }, {})).toBe(true);
    expect(of({ at: { changed: 'data.prize' } }, { data, open: undefined })).toBe(true);
  });
  it('is refuted by an age limit that comes before', () => {
    const stages: PolicyInput['stages'] = [
      { id: 'a', at: 'opened', repeat: { every: '1 week', times: 3 } },
      { id: 'b', at: 'a.last + 3 days' },
    ];
    expect(can(stages, { expire: { after: '10 days' } })).toBe(
      'Stage "b" never runs: the follow-up has expired before its time.',
    );
    expect(can(stages, { expire: { after: '18 days' } })).toBe(true);
    expect(can(stages, { expire: { after: '5 business days' } })).toBe(true); // a calendar may be closed for long
  });
});

describe('that every escalation reaches somebody', () => {
  const up = (to: string, fallback = 'recipient(boss)') => ({
    fallback,
    stages: [
      { id: 'a', at: 'opened' },
      { id: 'up', at: 'opened + 1 day', escalate: { to: [to] } },
    ] as PolicyInput['stages'],
  });
  const reaches = (...asked: Parameters<typeof proved>) => proved(...asked).escalations_reach_somebody;
  const boss: Person = { id: 'boss' };
  it('holds with a fallback that is always there', () => {
    expect(reaches(up('manager(1)'), { people: [boss] })).toBe(true);
    expect(reaches({ stages: [{ id: 'a', at: 'opened' }] })).toBe(true);
  });
  it('names the first hour in which nobody is there', () => {
    const away = [{ from: '2026-12-24', to: '2026-12-31' }];
    expect(reaches(up('manager(1)'), { people: [{ ...boss, away }] })).toBe(
      'Stage "up" reaches nobody at 2026-12-24 00:00 Europe/Paris: manager(1) may be nobody, recipient(boss) is "boss", who is away until 2027-01-01 00:00 Europe/Paris without a delegate. Fill that hour, or name a fallback that is always there.',
    );
    const covered = [{ ...boss, away: [{ ...away[0], delegate: 'eve' }] }, { id: 'eve' }] as Person[];
    expect(reaches(up('manager(1)'), { people: covered })).toBe(true);
  });
  it('knows who is on call at every hour', () => {
    const schedule = {
      timeZone: 'Europe/Paris',
      layers: [
        {
          rotation: {
            members: ['ana', 'bo'],
            every: '1 week',
            handover: { day: 'mon', at: '09:00' },
            start: '2026-10-05',
          },
          restrictions: [{ days: 'mon-fri', from: '08:00', to: '18:00' }],
        },
      ],
    };
    const people = [{ id: 'ana' }, { id: 'bo' }, boss];
    expect(reaches(up('onCall(primary)'), { people, schedules: { primary: schedule } })).toBe(true); // the fallback
    const alone = reaches(up('onCall(primary)', 'onCall(primary)'), { people, schedules: { primary: schedule } });
    expect(alone).toContain(
      'reaches nobody at 2026-11-02 18:00 Europe/Paris: onCall(primary) has nobody on call. Fill',
    ); // told once, though it is the fallback too
  });
  it('sees a gap that no full hour falls into', () => {
    const away = [{ from: '2026-12-24T09:10:00Z', to: '2026-12-24T09:20:00Z' }];
    expect(reaches(up('manager(1)'), { people: [{ ...boss, away }] })).toContain(
      'nobody at 2026-12-24 10:10 Europe/Paris',
    );
  });
  it('watches the year once for all stages with the same people', () => {
    const rotation = { members: ['ana', 'bo'], every: '1 hour', handover: { at: '00:00' }, start: '2026-10-05' };
    const schedule = compileSchedule(scheduleSchema.parse({ timeZone: 'UTC', layers: [{ rotation }] }));
    const lookups = (count: number): number => {
      const stages = Array.from({ length: count }, (_, index) => ({
        id: `s${index}`,
        at: `opened + ${index} hours`,
        escalate: { to: ['onCall(primary)'] },
      }));
      const recipients = new Counted(['ana', 'bo'].map((id) => [id, personOf({ id })]));
      const proofs = prove(policyOf({ fallback: 'onCall(primary)', stages } as never), {
        now: NOW,
        strangers: 'nobody',
        directory: {
          recipients,
          groups: new Map(),
          schedules: new Map([['primary', schedule]]),
          tenant: { zone: null, locale: 'en', alarmTo: null, name: null },
        },
      });
      expect(proofs.every(({ holds }) => holds)).toBe(true);
      return recipients.asked;
    };
    expect(lookups(1)).toBeGreaterThan(8_760);
    expect(lookups(30)).toBe(lookups(1));
  });
  it('looks at addresses on the channels it would use', () => {
    const written = up('recipient(bo)', 'recipient(bo)');
    const stages = written.stages.map((stage) => ({ ...stage, notify: { via: ['sms' as const] } }));
    expect(reaches({ ...written, stages }, { people: [{ id: 'bo' }] })).toContain(
      'is "bo", who has no address on its channels',
    );
    expect(reaches({ ...written, stages }, { people: [{ id: 'bo', phone: '+33600000000' }] })).toBe(true);
  });
  it('counts people who are not in a folder as reached where they may be known elsewhere', () => {
    expect(reaches(up('recipient(bo)'), { strangers: 'reached' })).toBe(true);
    expect(reaches(up('recipient(bo)'))).toContain('"bo", whom nobody knows');
  });
});
