// Every mistake that the written form of a schedule can hold is refused once, at its place, with what would be right.
import { describe, expect, it } from 'vitest';
import { parseDays, scheduleSchema } from './schedule-schema.ts';

const weekly = {
  every: '1 week',
  handover: { day: 'mon', at: '09:00' },
  start: '2026-01-05',
  members: ['ana', ['bo', 'cleo']],
};

describe('a mistake', () => {
  const rotation = (changes: object) => ({ layers: [{ rotation: { ...weekly, ...changes } }] });
  const override = (changes: object) => ({
    overrides: [{ id: 'o', from: '2026-01-01', to: '2026-01-02', recipient: 'ana', ...changes }],
  });
  it.each([
    [{ timeZone: 'Mars/Olympus' }, 'timeZone: must be an IANA time zone, such as Europe/Paris'],
    [{ ...override({}), timeZone: '' }, 'timeZone: must be an IANA time zone, such as Europe/Paris'],
    [rotation({ every: '1 wek' }), 'layers.0.rotation.every: is no duration at character 3: a unit is expected'],
    [rotation({ every: '30 minutes' }), 'layers.0.rotation.every: must be an hour or more'],
    [rotation({ every: '1 day 2 hours' }), 'layers.0.rotation.every: must be hours, days or weeks alone'],
    [rotation({ every: '2 business days' }), 'layers.0.rotation.every: must be hours, days or weeks: turns'],
    [rotation({ every: '0 days' }), 'layers.0.rotation.every: must be 1 to 366 days'],
    [rotation({ every: '53 weeks' }), 'layers.0.rotation.every: must be 1 to 366 days'],
    [rotation({ every: '1 day' }), 'layers.0.rotation.handover.day: is for turns of whole weeks; leave it out'],
    [rotation({ every: '8 hours' }), 'layers.0.rotation.handover.day: is for turns of whole weeks; leave it out'],
    [rotation({ handover: undefined }), 'layers.0.rotation.handover: must be given, such as { at: "09:00" }'],
    [rotation({ handover: { day: 'monday', at: '09:00' } }), 'layers.0.rotation.handover.day: must be one of mon, tue'],
    [rotation({ handover: { day: 'mon', at: '24:00' } }), 'layers.0.rotation.handover.at: must be a time of day'],
    [rotation({ start: '2026-02-30' }), 'layers.0.rotation.start: must be a date of 1970 to 2999'],
    [rotation({ start: '9999-01-01' }), 'layers.0.rotation.start: must be a date of 1970 to 2999'],
    [rotation({ end: '2026-01-05' }), 'layers.0.rotation.end: must be after `start`'],
    [rotation({ members: [] }), 'layers.0.rotation.members: Too small'],
    [rotation({ members: ['ana', []] }), 'layers.0.rotation.members.1: '],
    [rotation({ members: ['a/b'] }), 'layers.0.rotation.members.0: '],
    [rotation({ every: { handovers: [{ at: '09:00' }] } }), 'layers.0.rotation.handover: stands in'],
    [
      rotation({ every: { handovers: [{ at: '09:00' }, { day: 'mon', at: '09:00' }] }, handover: undefined }),
      'layers.0.rotation.every.handovers: must all have a `day`, or none of them',
    ],
    [
      rotation({ every: { handovers: [{ at: '09:00' }, { at: '09:00' }] }, handover: undefined }),
      'layers.0.rotation.every.handovers.1: is there twice',
    ],
    [
      { layers: [{ rotation: weekly, restrictions: [{ days: 'mo-fr' }] }] },
      'layers.0.restrictions.0.days: must be days of the week',
    ],
    [{ layers: [{ rotation: weekly, level: 11 }] }, 'layers.0.level: '],
    [{ layers: [{ rotation: weekly, colour: 'red' }] }, 'layers.0: '],
    [{ layers: [{ rotation: weekly, id: 'layer-2' }, { rotation: weekly }] }, 'layers.1.id: is there twice'],
    [override({ to: '2026-01-01' }), 'overrides.0.to: must be after `from`'],
    [override({ from: 'tomorrow' }), 'overrides.0.from: must be RFC 3339'],
    [override({ recipient: undefined }), 'overrides.0.recipient: must be given, or `recipients`, and not both'],
    [override({ recipients: ['bo'] }), 'overrides.0.recipient: must be given, or `recipients`, and not both'],
    [{ overrides: [...override({}).overrides, ...override({}).overrides] }, 'overrides.1.id: is there twice'],
  ])('in %j is named', (written, text) => {
    const { error } = scheduleSchema.safeParse({ timeZone: 'Europe/Paris', ...written });
    const lines = (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(text);
  });
});

describe('days', () => {
  it.each([
    ['mon-fri', [0, 1, 2, 3, 4]],
    ['fri-mon', [0, 4, 5, 6]],
    ['sat, sun', [5, 6]],
    ['wed', [2]],
    ['mon-tue,tue-wed', [0, 1, 2]],
    ['mon-sun', [0, 1, 2, 3, 4, 5, 6]],
    ['', null],
    ['mon-', null],
    ['mon-tue-wed', null],
    ['Mon', null],
  ])('%j', (text, expected) => expect(parseDays(text)).toEqual(expected));
});
