// What the worker answers: a text read with its mistakes in their place, and played among people as the server would; it rests on
// the way, and ends when nobody waits for it.
import type { PolicyWorld } from '@relance/client';
import { describe, expect, it } from 'vitest';
import { type Going, namesOf, play, readText } from './rehearse.ts';

const TEXT = `# Ask Ana first.
policy: task
title: Task
calendar: { zone: Europe/Paris, hours: { mon-fri: "09:00-18:00" }, holidays: FR }
open: { on: task.created }
resolve: { on: task.done }
key: event.data.id
assignee: event.data.who
due: event.data.due
fallback: group(desk)
stages:
  - { id: notice, at: opened, notify: { via: [email, inbox] } }
  - { id: news, at: { on: task.moved }, notify: { via: [email] } }
  - id: late
    at: due + 1 day
    window: calendar
    repeat: { every: 1 day, times: 3 }
    notify: { via: [email, { channel: sms, after: 2 hours }] }
  - { id: boss, at: late.last + 1 day, escalate: { to: [manager(1)] }, notify: { to: escalated, via: [email] } }
`;
const NOW = '2026-11-06T08:00:00.000Z';
const person = (id: string, more: object = {}) => ({
  ...{ id, name: id === 'ana' ? 'Ana Ruiz' : null, email: `${id}@x.test`, phone: '+34600000001', locale: null },
  ...{ timeZone: 'Europe/Paris', location: null, manager: null, traits: {}, endpoints: [], away: [] },
  plan: { normal: null, urgent: null },
  preferences: { pausedUntil: null, quietHours: null, frequency: {}, tracking: true },
  ...more,
});
const WORLD: PolicyWorld = {
  now: NOW,
  recipients: [person('ana', { manager: 'bo' }), person('bo'), person('cleo')],
  groups: [{ id: 'desk', name: null, members: ['cleo'], size: 1 }],
  schedules: [],
  calendar: null,
  activity: [],
  tenant: { zone: 'Europe/Paris', locale: 'en', alarmTo: null, name: null, quietHours: null, budget: null },
};
/** A clock that goes on by a millisecond whenever it is asked. */
function going(): Going & { readonly shares: number[]; rests: number; endAfter: number } {
  let ms = 0;
  return {
    shares: [],
    rests: 0,
    endAfter: Number.POSITIVE_INFINITY,
    async rest() {
      this.rests += 1;
    },
    ended() {
      return this.rests >= this.endAfter;
    },
    progress(share) {
      this.shares.push(share);
    },
    elapsedMs: () => ++ms,
  };
}
const asked = { data: { who: 'ana', due: '2026-11-13' }, behaviours: [] as string[] };
const playing = (more: object = {}, run = going()) =>
  play({ text: TEXT, asked: { ...asked, ...more }, world: WORLD, alone: false, now: NOW, zone: 'Europe/Paris' }, run);

describe('a text', () => {
  it('is read with its mistakes, each in its line', () => {
    expect(readText(TEXT)).toMatchObject({
      policy: { id: 'task', title: 'Task', stages: ['notice', 'news', 'late', 'boss'] },
      problems: [],
    });
    const wrong = readText(TEXT.replace('at: late.last + 1 day', 'at: lat.last + 1 day'));
    expect(wrong.policy).toBeNull();
    expect(wrong.problems).toMatchObject([
      { code: 'policy_anchor_unknown', path: 'stages[3].at', line: 19, severity: 'error' },
    ]);
    expect(readText('policy: [').problems[0]?.code).toBe('policy_not_readable');
  });

  it('names whom it may come to', () => {
    expect(namesOf({ text: TEXT, asked, now: NOW })).toEqual({
      ok: true,
      value: { recipients: ['ana'], groups: ['desk'], schedules: [], calendar: null },
    });
    expect(namesOf({ text: 'policy: [', asked, now: NOW }).ok).toBe(false);
  });
});

describe('a simulation', () => {
  it('counts what is sent, held and escalated, and tells one of them with names and times', async () => {
    const answer = await playing({ runs: 1 });
    if (!answer.ok) throw new Error(answer.problems[0]?.message);
    const { simulation, held } = answer.value;
    expect(simulation.report).toMatchObject({
      runs: 1,
      escalated: 1,
      ends: { exhausted: 1 },
      messages: { byStage: { boss: 1 } },
    });
    expect(held.calendar).toBeGreaterThan(0);
    expect(simulation.invented).toEqual([]);
    const texts = simulation.items.map(({ text }) => text).join('\n');
    expect(texts).toContain('Ana Ruiz');
    expect(texts).toContain('until Mon 16 Nov 09:00 CET');
    expect(texts).not.toContain('T08:00');
    const answered = await playing({ runs: 1, behaviours: ['assignee resolves after 1 hour'] });
    expect(answered).toMatchObject({ value: { simulation: { report: { ends: { resolved: 1 }, escalated: 0 } } } });
  });

  it('opens by the clocks of where the policy counts its time, wherever its reader is', async () => {
    const opened = async (text: string) => {
      const world = { ...WORLD, tenant: { ...WORLD.tenant, zone: 'America/Lima' } };
      const answer = await play(
        { text, asked: { ...asked, at: '2026-11-04T10:00' }, world, alone: false, now: NOW, zone: 'Asia/Tokyo' },
        going(),
      );
      if (!answer.ok) throw new Error(answer.problems[0]?.message);
      return [answer.value.zone, answer.value.simulation.items[0]?.at];
    };
    expect(await opened(TEXT)).toEqual(['Europe/Paris', '2026-11-04T09:00:00.000Z']);
    const without = TEXT.replace(/^calendar: .*$/m, '');
    expect(await opened(without)).toEqual(['America/Lima', '2026-11-04T15:00:00.000Z']);
  });

  it('rests, tells how far it is, and ends when nobody waits for it', async () => {
    const run = going();
    expect(await playing({ runs: 60 }, run)).toMatchObject({ value: { simulation: { report: { runs: 60 } } } });
    expect(run.rests).toBeGreaterThan(1);
    expect(run.shares).toEqual(run.shares.toSorted((a, b) => a - b));
    const ended = { ...going(), endAfter: 1 };
    const cut = await playing({ runs: 1_000 }, ended);
    expect(cut.ok && (cut.value.simulation.report?.runs ?? 0)).toBeLessThan(200);
  });

  it('says what cannot be played, in its place', async () => {
    expect(await playing({ behaviours: ['assignee dances'] })).toMatchObject({
      ok: false,
      problems: [{ path: 'behaviours[0]', message: expect.stringContaining('at character') }],
    });
  });
});
