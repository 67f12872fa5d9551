// What the worker answers: a text read with its mistakes in their place, drawn, and played among people as the server would; it rests on
// the way, and ends when nobody waits for it.
import type { PolicyWorld } from '@relance/client';
import { describe, expect, it } from 'vitest';
import { axisOf, distanceText, placeOn } from './axis.ts';
import type { Picture } from './picture.ts';
import { type Going, namesOf, pictured, play, readText, writeText } from './rehearse.ts';

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

  it('of what came as JSON means the same', () => {
    const written = { policy: 'a', key: "'x'", assignee: "'ana'", stages: [{ id: 'b', at: 'opened' }] };
    expect(readText(writeText(written))).toMatchObject({ policy: { id: 'a', stages: ['b'] }, problems: [] });
  });

  it('names whom it may come to', () => {
    expect(namesOf({ text: TEXT, asked, now: NOW })).toEqual({
      ok: true,
      value: { recipients: ['ana'], groups: ['desk'], schedules: [], calendar: null },
    });
    expect(namesOf({ text: 'policy: [', asked, now: NOW }).ok).toBe(false);
  });
});

describe('a picture', () => {
  it('has every stage, with what it does and when it would', async () => {
    const answer = await pictured({ text: TEXT, world: WORLD, now: NOW }, going());
    const picture = (answer.ok ? answer.value : null) as Picture;
    expect(picture).toMatchObject({
      id: 'task',
      opens: ['task.created'],
      closes: ['task.done'],
      fallback: 'group(desk)',
    });
    const [notice, news, late, boss] = picture.stages;
    expect(notice).toMatchObject({
      at: 'opened',
      byEvent: false,
      notices: [{ to: ['assignee'], via: ['email', 'inbox'] }],
    });
    expect(news).toMatchObject({ at: 'task.moved', byEvent: true, runs: [] });
    expect(late).toMatchObject({
      at: 'due + 1 day',
      hours: ['only in the hours of the calendar'],
      repeat: '3 times, every 1 day',
      notices: [{ via: ['email', 'sms after 2 hours'] }],
    });
    // It opens on Friday and is due in two weeks, on a Friday: the day after is a Saturday, on which nothing leaves.
    expect(late?.runs.length).toBe(3);
    expect(late?.runs[0]).toMatchObject({
      at: '2026-11-21T08:00:00.000Z',
      heldBy: 'calendar',
      sent: [{ channel: 'email', at: '2026-11-23T08:00:00.000Z' }, { channel: 'sms' }],
    });
    expect(notice?.runs[0]).toMatchObject({
      heldBy: null,
      sent: [{ channel: 'email', at: NOW }, { channel: 'inbox' }],
    });
    expect(boss?.escalates).toEqual({ to: ['manager(1)'], mode: 'add', raise: null });
    expect(picture.example).toMatchObject({ openedAt: NOW, zone: 'Europe/Paris', end: 'waits' });
    // On the axis everything is in its order, and what is early is not pressed together by what is late.
    const axis = axisOf(picture);
    if (axis === null) throw new Error('there is an example');
    const at = picture.stages.flatMap(({ runs }) => runs.map((run) => placeOn(axis, run.at)));
    expect(at).toEqual(at.toSorted((a, b) => a - b));
    expect(Math.min(...at)).toBeGreaterThan(0);
    expect(Math.max(...at)).toBeLessThan(1);
    expect([0, 90_000, -7_200_000, 259_200_000].map(distanceText)).toEqual(['0', '+2 min', '−2 h', '+3 d']);
  });

  it('is without times where no example opens it', async () => {
    const text = TEXT.replace('{ on: task.created }', '{ on: task.created, when: "1 > 2" }');
    const answer = await pictured({ text, world: WORLD, now: NOW }, going());
    expect(answer).toMatchObject({ ok: true, value: { example: null, stages: [{ runs: [] }, {}, {}, {}] } });
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
