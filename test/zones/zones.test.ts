// The zones that have broken others, against zdump: half-hour DST, midnight DST, Ramadan, a winter of 2 hours, no DST at all.
// Every zone of the machine is `npm run zones`.
import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';
import { agreesUntil, FROM_YEAR, missingProgram, TO_YEAR, zdump } from './oracle.ts';

const SAMPLE = [
  'Africa/Cairo',
  'Africa/Casablanca',
  'Africa/El_Aaiun',
  'Africa/Juba',
  'America/Asuncion',
  'America/Havana',
  'America/New_York',
  'America/Nuuk',
  'America/Santiago',
  'America/Sao_Paulo',
  'America/St_Johns',
  'Antarctica/Casey',
  'Antarctica/Troll',
  'Asia/Amman',
  'Asia/Beirut',
  'Asia/Gaza',
  'Asia/Kathmandu',
  'Asia/Tehran',
  'Atlantic/Azores',
  'Australia/Lord_Howe',
  'Europe/Dublin',
  'Europe/Paris',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Pacific/Easter',
  'UTC',
];

const missing = missingProgram();
if (missing !== null && process.env.CI === 'true') throw new Error(`There is ${missing}; nothing is left out in CI.`);
if (missing !== null) process.stderr.write(`LEFT OUT: zones against zdump, because there is ${missing}.\n`);

describe.runIf(missing === null)('against zdump, every transition from 2020 to 2037', () => {
  const dumped = missing === null ? zdump(SAMPLE) : new Map<string, never>();
  const until = new Map(SAMPLE.map((zone) => [zone, agreesUntil(zone, dumped.get(zone) ?? [])]));
  const others = SAMPLE.filter((zone) => (until.get(zone) ?? 0) < TO_YEAR);
  if (others.length > 0 && missing === null)
    process.stderr.write(
      `LEFT OUT: ${others.map((zone) => `${zone} from ${until.get(zone)} on`).join(', ')}; this machine and Node have other rules then.\n`,
    );

  it('has rules in common with Node', () => expect(others.length).toBeLessThan(SAMPLE.length / 2));
  it.each(SAMPLE.filter((zone) => (until.get(zone) ?? 0) > FROM_YEAR))(
    '%s: once a day, once a week, once a night',
    {
      timeout: 30_000,
    },
    (zone) => {
      const verdict = judge(zone, dumped.get(zone) ?? [], until.get(zone));
      expect(verdict.complaints).toEqual([]);
      expect(verdict.firings).toBeGreaterThan(700);
    },
  );
  it('would complain about a clock that is an hour off for one night', () => {
    const spans = (dumped.get('Europe/Paris') ?? []).map((span) => ({ ...span }));
    const wrong = spans.map((span, index) => (index === 5 ? { ...span, from: span.from + 3_600_000 } : span));
    expect(judge('Europe/Paris', wrong).complaints).not.toEqual([]);
  });
});
