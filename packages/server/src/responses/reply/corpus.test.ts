// Some 500 mails of programs, servers and people, each with what must come out; put together from the RFCs and what mail programs are
// documented to write (corpus/). At least 99 of 100 are told right; no program's answer and no older one is ever taken for a person's.
import { type Instant, toRfc3339 } from '@relance/core';
import { describe, expect, it } from 'vitest';
import { readReturned } from '../../channels/bounce.ts';
import { ANSWERS, ONLY_OLD, PROGRAMS, TONGUES } from './corpus/answers.test-kit.ts';
import type { Specimen } from './corpus/mail-maker.test-kit.ts';
import {
  AWAY,
  CALENDARS,
  CHALLENGES,
  HELP_DESKS,
  LISTS,
  OTHERS,
  RECEIPTS,
  SAID_SO,
} from './corpus/programs.test-kit.ts';
import { REPORTS } from './corpus/reports.test-kit.ts';
import { TRAPS } from './corpus/traps.test-kit.ts';
import { mailSeen } from './mail-seen.ts';
import type { Meaning } from './meaning.ts';
import { meaningOfReceived, type Received, received } from './received.ts';

/** A Monday, 10:00 in Paris. */
const NOW = Date.parse('2026-11-02T09:00:00Z') as Instant;
const ID = '0193a1b2-c3d4-8000-8000-000000000001';
const AUTOMATIC = [...AWAY, ...SAID_SO, ...HELP_DESKS, ...CHALLENGES, ...LISTS, ...CALENDARS, ...RECEIPTS, ...OTHERS];
const ALL: readonly Specimen[] = [...REPORTS, ...AUTOMATIC, ...ANSWERS, ...ONLY_OLD, ...TRAPS];
/** Of one mail, on a machine that does other things as well. */
const SECONDS_MAX = 10;

interface Read {
  readonly specimen: Specimen;
  readonly found: Received;
  readonly meaning: Meaning;
  readonly ms: number;
}

async function read(specimen: Specimen): Promise<Read> {
  const { raw, nullSender, locale } = specimen;
  const began = performance.now();
  const reported = (await readReturned(raw, ID, nullSender)).kind === 'reports';
  const found = received({ mail: await mailSeen(raw), nullSender, reported, now: NOW, zone: 'Europe/Paris', locale });
  const meaning = meaningOfReceived(found, { locale, now: NOW, zone: 'Europe/Paris', actions: [] });
  return { specimen, found, meaning, ms: performance.now() - began };
}

const told = (meaning: Meaning): string =>
  meaning.kind === 'commit' ? `commit ${toRfc3339(meaning.by).slice(0, 16)}` : meaning.kind;
const flat = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('’', "'").trim();

/** What is not as it should be; null where all is. */
function miss({ specimen, found, meaning }: Read): string | null {
  const { kind, why, away, through, text, meaning: expected } = specimen;
  const wrong = [
    found.kind === kind ? null : `${found.kind} rather than ${kind}`,
    why === undefined || (found.kind === 'automatic' && found.why === why)
      ? null
      : `${JSON.stringify(found)} rather than ${why}`,
    away === undefined || (found.kind === 'automatic' && `${found.awayFrom ?? ''}..${found.awayUntil ?? ''}` === away)
      ? null
      : `${JSON.stringify(found)} rather than ${away}`,
    through === undefined || (found.kind === 'human' && found.through === through) ? null : `not through ${through}`,
    text === undefined || (found.kind === 'human' && flat(found.text) === flat(text))
      ? null
      : `${JSON.stringify(found)} rather than ${text}`,
    expected === undefined || told(meaning) === expected ? null : `${told(meaning)} rather than ${expected}`,
  ].filter((one) => one !== null);
  return wrong.length === 0 ? null : `${specimen.name}: ${wrong.join('; ')}`;
}

let reads: readonly Read[] = [];
const all = async (): Promise<readonly Read[]> => {
  if (reads.length === 0) {
    const done: Read[] = [];
    for (const specimen of ALL) done.push(await read(specimen));
    reads = done;
  }
  return reads;
};

describe('of all these mails', () => {
  it('there are enough, of each kind and in each language', () => {
    expect(ALL.length).toBeGreaterThan(300);
    expect(new Set(ALL.map(({ name }) => name)).size).toBe(ALL.length);
    expect(AUTOMATIC.length).toBeGreaterThan(80);
    expect(TONGUES).toHaveLength(8);
    expect(Object.keys(PROGRAMS)).toHaveLength(9);
  });
  it('at least 99 of 100 are told for what they are', async () => {
    const wrong = (await all()).filter(({ specimen, found }) => found.kind !== specimen.kind);
    if (wrong.length > 0)
      console.info(
        wrong.map(({ specimen, found }) => `${specimen.name}: ${found.kind} rather than ${specimen.kind}`).join('\n'),
      );
    expect(wrong.length / ALL.length).toBeLessThanOrEqual(0.01);
  });
  it('and at least 99 of 100 in all that is said of them', async () => {
    const misses = (await all()).map(miss).filter((one) => one !== null);
    if (misses.length > 0) console.info(misses.join('\n'));
    expect(misses.length / ALL.length).toBeLessThanOrEqual(0.01);
  });
  it('no program’s answer and no report means anything', async () => {
    const taken = (await all()).filter(
      ({ specimen, meaning }) => specimen.kind !== 'human' && meaning.kind !== 'unclear',
    );
    expect(taken.map(({ specimen, meaning }) => `${specimen.name}: ${told(meaning)}`)).toEqual([]);
  });
  it('no older answer is taken for a new one', async () => {
    const quoting = (await all()).filter(({ specimen }) => specimen.old !== null);
    expect(quoting.length).toBeGreaterThan(200);
    const taken = quoting.filter(
      ({ specimen, meaning }) => meaning.kind !== 'unclear' && told(meaning) !== specimen.meaning,
    );
    expect(taken.map(({ specimen, meaning }) => `${specimen.name}: ${told(meaning)}`)).toEqual([]);
  });
  it('and one that is told wrong is seen', async () => {
    const [first] = await all();
    if (first === undefined) throw new Error('the corpus is empty');
    for (const spoilt of [
      { kind: 'human' },
      { why: 'list' },
      { text: 'x' },
      { meaning: 'done' },
      { away: '..' },
      { through: 'mailbox' },
    ] as const)
      expect(miss({ ...first, specimen: { ...first.specimen, ...spoilt } })).not.toBe(null);
  });
  it('none takes long', async () => {
    const slow = (await all()).filter(({ ms }) => ms > SECONDS_MAX * 1_000);
    expect(slow.map(({ specimen, ms }) => `${specimen.name}: ${ms} ms`)).toEqual([]);
  });
});
