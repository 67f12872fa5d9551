// The Kaplan–Meier estimate against R (survival-of-r.test-kit.ts), and by property: a share that falls, nobody censored is counting,
// counts are observations, order does not matter.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  columnsOf,
  countDurations,
  type IntervalKind,
  type IntervalLevel,
  kaplanMeier,
  type Observation,
  quantile,
  quantiles,
} from './survival.ts';
import { countsOf, DATA_SETS, expectAsR, linesOfEach, OF_R } from './survival-of-r.test-kit.ts';

describe('as R has it', () => {
  const lines = linesOfEach(OF_R);
  it('is compared for each data set', () => expect(lines).toHaveLength(DATA_SETS.length));
  it.each(DATA_SETS.map((set, at) => [set.name, set, lines[at] ?? []] as const))('%s', (_, set, ofR) =>
    expectAsR(set, ofR),
  );
});

describe('what there is to say', () => {
  it('knows the median of the leukaemia patients, and the unanswered', () => {
    const aml = DATA_SETS[0];
    if (aml === undefined) throw new Error('no data set');
    const curve = kaplanMeier(countsOf(aml));
    expect(quantile(curve, 0.5)).toEqual({ at: 27, lower: 18, upper: 48 });
    expect([curve.n, curve.censored]).toEqual([23, 5]);
  });

  it('says nothing of nobody', () => {
    const curve = kaplanMeier([]);
    expect(curve).toEqual({ n: 0, censored: 0, steps: [] });
    expect(quantile(curve, 0.5)).toEqual({ at: null, lower: null, upper: null });
    expect(kaplanMeier([{ duration: 3, events: 0, censored: 0 }])).toEqual(curve);
  });

  it('does not take those who were quick for all: with most unanswered there is no median', () => {
    const curve = kaplanMeier([
      { duration: 60, events: 30, censored: 0 },
      { duration: 3600, events: 0, censored: 70 },
    ]);
    expect(quantile(curve, 0.25).at).toBe(60);
    expect(quantile(curve, 0.5).at).toBeNull();
    expect([curve.n, curve.censored]).toEqual([100, 70]);
  });

  it('is surer of many than of few', () => {
    const width = (times: number): number => {
      const counts = Array.from({ length: 9 }, (_, at) => ({ duration: at + 1, events: times, censored: 0 }));
      const { lower, upper } = quantile(kaplanMeier(counts), 0.5);
      if (lower === null || upper === null) throw new Error('no limits');
      return upper - lower;
    };
    expect(width(100)).toBeLessThan(width(5));
  });

  it.each([[-1], [Number.NaN], [Number.POSITIVE_INFINITY]])('takes %s for no duration', (duration) => {
    expect(() => countDurations([{ duration, event: true }])).toThrow(RangeError);
    expect(() => kaplanMeier([{ duration, events: 1, censored: 0 }])).toThrow(RangeError);
  });
  it.each([[-1], [0.5], [Number.NaN]])('takes %s for no count', (count) => {
    expect(() => kaplanMeier([{ duration: 1, events: count, censored: 0 }])).toThrow(RangeError);
    expect(() => kaplanMeier([{ duration: 1, events: 0, censored: count }])).toThrow(RangeError);
  });
  it.each([[0], [1], [-0.1], [1.1], [Number.NaN]])('knows no quantile at %s', (p) => {
    expect(() => quantile(kaplanMeier([]), p)).toThrow(RangeError);
  });
});

const observation = fc.record({ duration: fc.nat(40), event: fc.boolean() });
const observations = fc.array(observation, { maxLength: 60 });
const kinds = fc.constantFrom<IntervalKind>('log', 'log-log', 'plain');
const shares = fc.constantFrom(0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95);

describe('by property', () => {
  it('has the same quantiles without the curve', () => {
    // Many at each, and few at the end, where the upper limit rises again.
    const counts = fc.array(
      fc.record({
        duration: fc.nat(400),
        events: fc.oneof(fc.nat(2), fc.nat(300)),
        censored: fc.oneof(fc.nat(2), fc.nat(300)),
      }),
    );
    const any = fc.oneof(observations.map(countDurations), counts);
    fc.assert(
      fc.property(any, fc.constantFrom<IntervalLevel>(0.9, 0.95, 0.99), fc.array(shares), (all, level, ps) => {
        const curve = kaplanMeier(all, { level });
        expect(quantiles(columnsOf(all), ps, level)).toEqual({
          n: curve.n,
          censored: curve.censored,
          quantiles: ps.map((p) => quantile(curve, p)),
        });
      }),
      { numRuns: 1_000 },
    );
    expect(() => quantiles(columnsOf([]), [1])).toThrow(RangeError);
  });

  it('falls from one to no less than nothing, between its limits, and loses nobody', () => {
    fc.assert(
      fc.property(observations, kinds, (all, kind) => {
        const { steps, n, censored } = kaplanMeier(countDurations(all), { kind });
        let [before, atRisk] = [1, n];
        for (const step of steps) {
          expect(step.survival).toBeLessThanOrEqual(before);
          expect(step.survival).toBeGreaterThanOrEqual(0);
          expect(step.atRisk).toBe(atRisk);
          expect(step.lower ?? step.survival).toBeLessThanOrEqual(step.survival + 1e-12);
          expect(step.upper ?? step.survival).toBeGreaterThanOrEqual(step.survival - 1e-12);
          for (const limit of [step.lower ?? 0, step.upper ?? 1]) expect(limit >= 0 && limit <= 1).toBe(true);
          [before, atRisk] = [step.survival, atRisk - step.events - step.censored];
        }
        expect([n, atRisk, censored]).toEqual([all.length, 0, all.filter(({ event }) => !event).length]);
      }),
    );
  });

  it('is counting where nobody is censored: the share, its binomial variance, and the quantile in the middle of a tie', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40), { minLength: 1, maxLength: 60 }), shares, (durations, p) => {
        const curve = kaplanMeier(countDurations(durations.map((duration) => ({ duration, event: true }))));
        const n = durations.length;
        for (const { duration, survival, greenwood } of curve.steps) {
          const share = durations.filter((one) => one > duration).length / n;
          expect(survival).toBeCloseTo(share, 12);
          if (share > 0) expect(survival ** 2 * greenwood).toBeCloseTo((share * (1 - share)) / n, 12);
        }
        const sorted = durations.toSorted((a, b) => a - b);
        const place = n * p;
        const whole = Math.abs(place - Math.round(place)) < 1e-6;
        const low = sorted[(whole ? Math.round(place) : Math.ceil(place)) - 1] ?? Number.NaN;
        // The next one that differs ends the flat part, where there is one.
        const high = whole ? (sorted[Math.round(place)] ?? low) : low;
        expect(quantile(curve, p).at).toBeCloseTo((low + high) / 2, 9);
      }),
    );
  });

  it('is the same of counts as of observations, in whatever order and pieces they come', () => {
    const shuffled = observations.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }), fc.nat(60)),
    );
    fc.assert(
      fc.property(shuffled, kinds, ([all, other, cut], kind) => {
        const curve = kaplanMeier(countDurations(all), { kind });
        const pieces = [other.slice(0, cut), other.slice(cut)].flatMap((piece) => countDurations(piece));
        expect(kaplanMeier(pieces.toReversed(), { kind })).toEqual(curve);
        expect(
          kaplanMeier(
            all.flatMap((one) => countDurations([one])),
            { kind },
          ),
        ).toEqual(curve);
      }),
    );
  });

  it('has its quantiles in order, each where the curve is, and within its limits', () => {
    fc.assert(
      fc.property(observations, kinds, (all: readonly Observation[], kind) => {
        const curve = kaplanMeier(countDurations(all), { kind });
        let before = 0;
        for (const p of [0.05, 0.25, 0.5, 0.75, 0.95]) {
          const { at, lower, upper } = quantile(curve, p);
          const reached = curve.steps.some(({ survival }) => 1 - survival > p - 1e-9);
          expect(at !== null).toBe(reached);
          if (at === null) continue;
          expect(at).toBeGreaterThanOrEqual(before);
          expect(lower ?? at).toBeLessThanOrEqual(at);
          if (kind !== 'log-log') expect(upper ?? at).toBeGreaterThanOrEqual(at);
          before = at;
        }
      }),
    );
  });

  it('takes a censored duration at an event for a longer one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), (events, censored) => {
        const [step] = kaplanMeier([{ duration: 5, events, censored }]).steps;
        expect(step?.survival).toBeCloseTo(censored / (events + censored), 12);
      }),
    );
  });
});
