// On the axis everything is in its order, and what is early is not pressed together by what is late.
import { expect, it } from 'vitest';
import { axisOf, distanceText, placeOn } from './axis.ts';

const OPENED = '2026-11-06T08:00:00.000Z';
const run = (at: string) => ({ at, sent: [{ channel: 'email', at }], heldBy: null });
const stage = (id: string, times: readonly string[]) => ({
  ...{ id, role: 'reminder', at: 'opened', byEvent: false, when: null, hours: [], repeat: null, urgency: null },
  ...{ goesOnAcknowledged: false, notices: [], escalates: null, runs: times.map(run), runsMore: 0 },
});

it('gives each instant its place, and each gap the room of its logarithm', () => {
  const stages = [
    stage('notice', [OPENED]),
    stage('reminder', ['2026-11-06T10:00:00.000Z', '2026-11-09T08:00:00.000Z']),
    stage('boss', ['2027-01-08T08:00:00.000Z']),
  ];
  const example = {
    ...{ openedAt: OPENED, dueAt: null, endedAt: '2027-01-08T08:00:00.000Z' },
    ...({ end: 'waits', zone: 'UTC' } as const),
  };
  const about = {
    id: 'a',
    title: 'A',
    description: '',
    asks: 'event.data.who',
    urgency: 'normal',
    category: 'general',
  };
  const picture = { ...about, opens: [], updates: [], closes: [], fallback: null, stages, closing: [], example };
  const axis = axisOf(picture);
  if (axis === null) throw new Error('there is an example');
  const at = stages.flatMap(({ runs }) => runs.map((one) => placeOn(axis, one.at)));
  expect(at).toEqual(at.toSorted((a, b) => a - b));
  expect(Math.min(...at)).toBeGreaterThan(0);
  expect(Math.max(...at)).toBeLessThan(1);
  // Two hours beside two months are still to be seen.
  expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThan(0.1);
  expect(axisOf({ ...picture, example: null })).toBeNull();
});

it('says how far it is in a word', () => {
  expect([0, 90_000, -7_200_000, 259_200_000].map(distanceText)).toEqual(['0', '+2 min', '−2 h', '+3 d']);
});
