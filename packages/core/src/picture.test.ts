// What a picture of a policy is drawn of: every stage with what it does, and when it would run and speak in an example.
import { describe, expect, it } from 'vitest';
import { SHAPES } from './contract/shape.ts';
import { instant } from './instant.ts';
import { type PolicyPicture, pictureOf } from './picture.ts';
import { compileYaml } from './policy/yaml.ts';
import { simulate } from './simulation.ts';
import { planSimulation } from './simulation-plan.ts';

const TEXT = `policy: task
title: Task
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
    window: 03:00-04:00
    repeat: { every: 1 day, times: 3 }
    notify: { via: [email, { channel: sms, after: 2 hours }] }
  - { id: boss, at: late.last + 1 day, escalate: { to: [manager(1)] }, notify: { to: escalated, via: [email] } }
`;
const NOW = '2026-11-06T08:00:00.000Z';
const NOBODY = {
  recipients: new Map(),
  groups: new Map(),
  schedules: new Map(),
  tenant: { zone: 'Europe/Paris', locale: 'en', alarmTo: null, name: null },
};

function drawn(text: string): PolicyPicture {
  const compiled = compileYaml(text, 1);
  if (!compiled.ok) throw new Error(compiled.problems[0]?.message);
  const { policy } = compiled;
  const planned = planSimulation(policy, {}, { now: instant(Date.parse(NOW)), tenantZone: 'Europe/Paris' });
  return pictureOf(policy, planned.ok ? simulate(planned.plan, NOBODY, { alone: true }) : null);
}

describe('a picture', () => {
  it('has every stage, with what it does and when it would', () => {
    const picture = drawn(TEXT);
    expect(SHAPES.PolicyPicture.safeParse(picture).error).toBeUndefined();
    expect(picture).toMatchObject({
      ...{ id: 'task', opens: ['task.created'], closes: ['task.done'], fallback: 'group(desk)' },
      example: { openedAt: NOW, end: 'waits', zone: 'Europe/Paris' },
    });
    const [notice, news, late, boss] = picture.stages;
    expect(notice).toMatchObject({
      at: 'opened',
      byEvent: false,
      notices: [{ to: ['assignee'], via: ['email', 'inbox'] }],
      runs: [{ at: NOW, heldBy: null, sent: [{ channel: 'email', at: NOW }, { channel: 'inbox' }] }],
    });
    expect(news).toMatchObject({ at: 'task.moved', byEvent: true, runs: [] });
    expect(late).toMatchObject({
      at: 'due + 1 day',
      hours: ['only in 03:00–04:00'],
      repeat: '3 times, every 1 day',
      notices: [{ via: ['email', 'sms after 2 hours'] }],
    });
    // What is due by day waits for the small hours.
    expect(late?.runs.length).toBe(3);
    expect(late?.runsMore).toBe(0);
    expect(late?.runs[0]).toMatchObject({ heldBy: 'window', sent: [{ channel: 'email' }, { channel: 'sms' }] });
    expect(Date.parse(late?.runs[0]?.sent[0]?.at ?? '')).toBeGreaterThan(Date.parse(late?.runs[0]?.at ?? ''));
    expect(boss?.escalates).toEqual({ to: ['manager(1)'], mode: 'add', raise: null });
  });

  it('says how many times there are beyond those that it has', () => {
    const late = drawn(TEXT.replace('times: 3', 'times: 60')).stages.find(({ id }) => id === 'late');
    expect(late?.runs.length).toBeGreaterThan(10);
    expect((late?.runs.length ?? 0) + (late?.runsMore ?? 0)).toBe(60);
    expect(late?.runsMore).toBeGreaterThan(0);
  });

  it('is without times where no example opens it', () => {
    const picture = drawn(TEXT.replace('{ on: task.created }', '{ on: task.created, when: "1 > 2" }'));
    expect(picture).toMatchObject({ example: null, stages: [{ runs: [] }, {}, {}, {}] });
    expect(SHAPES.PolicyPicture.safeParse(picture).error).toBeUndefined();
  });
});
