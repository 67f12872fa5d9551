// Alertmanager's webhook as events, on payloads in its documented version 4 form (test/fixtures/alertmanager): one alert, a
// group with a repeated one, a group of which one is resolved, and a resolved one whose start has moved.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { IncomingEvent } from '../engine/ports.ts';
import { alertmanagerEvents, FIRING, RESOLVED } from './alertmanager.ts';

type Payload = { alerts: Record<string, unknown>[] } & Record<string, unknown>;
const fixture = (name: string): Payload =>
  JSON.parse(readFileSync(new URL(`../../../../test/fixtures/alertmanager/${name}.json`, import.meta.url), 'utf8'));

function eventsOf(payload: unknown): readonly IncomingEvent[] {
  const read = alertmanagerEvents(payload);
  if (!read.ok) throw new Error(read.problems.join('; '));
  return read.events;
}
const withAlert = (change: Record<string, unknown>): Payload => {
  const payload = fixture('firing');
  return { ...payload, alerts: payload.alerts.map((alert) => ({ ...alert, ...change })) };
};
const problemsOf = (payload: unknown): readonly string[] => {
  const read = alertmanagerEvents(payload);
  return read.ok ? [] : read.problems;
};

describe('a firing alert', () => {
  const [event] = eventsOf(fixture('firing'));

  it('is an event with everything a policy may ask for', () => {
    expect(event?.event).toEqual({
      specversion: '1.0',
      id: '1a2b3c4d5e6f7081/2026-11-02T09:14:07.123456789Z/firing',
      source: 'http://alertmanager.example.org:9093',
      type: FIRING,
      subject: '1a2b3c4d5e6f7081',
      time: '2026-11-02T09:14:07.123Z',
      datacontenttype: 'application/json',
      data: {
        status: 'firing',
        alertname: 'InstanceDown',
        severity: 'critical',
        summary: 'Instance db-1:9100 down',
        labels: { alertname: 'InstanceDown', instance: 'db-1:9100', job: 'node', severity: 'critical' },
        annotations: {
          description: 'db-1:9100 of job node has been down for more than 5 minutes.',
          summary: 'Instance db-1:9100 down',
        },
        startsAt: '2026-11-02T09:14:07.123Z',
        endsAt: null,
        fingerprint: '1a2b3c4d5e6f7081',
        generatorURL: 'http://prometheus.example.org:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1',
        groupKey: '{}:{alertname="InstanceDown"}',
        receiver: 'relance',
        externalURL: 'http://alertmanager.example.org:9093',
      },
    });
    expect(event).toMatchObject({ type: FIRING, time: Date.parse('2026-11-02T09:14:07.123Z') });
  });

  it('has the same id whenever Alertmanager repeats it, another once it starts anew', () => {
    const repeated = eventsOf(fixture('firing-group')).find((one) => one.event.subject === '1a2b3c4d5e6f7081');
    expect(repeated?.id).toBe(event?.id);
    expect(eventsOf(withAlert({ startsAt: '2026-11-02T11:00:00Z' }))[0]?.id).not.toBe(event?.id);
  });

  it('stands for its labels where the sender gives no fingerprint', () => {
    const without = withAlert({ fingerprint: undefined });
    const [one] = eventsOf(without);
    expect(one?.event.subject).toMatch(/^[0-9a-f]{16}$/);
    const reversed = {
      ...without,
      alerts: without.alerts.map((alert) => ({
        ...alert,
        labels: Object.fromEntries(Object.entries(alert.labels as object).reverse()),
      })),
    };
    expect(eventsOf(reversed)[0]?.id).toBe(one?.id);
  });
});

describe('groups', () => {
  it('come apart, oldest first', () => {
    expect(eventsOf(fixture('firing-group')).map((one) => one.event.subject)).toEqual([
      '1a2b3c4d5e6f7081',
      '9f8e7d6c5b4a3921',
    ]);
  });
  it('are judged alert by alert, whatever the status of the group', () => {
    const types = eventsOf(fixture('resolved-one')).map((one) => [one.event.subject, one.type]);
    expect(types).toEqual([
      ['9f8e7d6c5b4a3921', FIRING],
      ['1a2b3c4d5e6f7081', RESOLVED],
    ]);
  });
  it('say how many alerts Alertmanager left out', () => {
    expect(alertmanagerEvents(fixture('resolved'))).toMatchObject({ ok: true, truncated: 2 });
  });
});

describe('a resolved alert', () => {
  it('is dated by its end and keeps its fingerprint although its start has moved', () => {
    const [event] = eventsOf(fixture('resolved'));
    expect(event).toMatchObject({ type: RESOLVED, time: Date.parse('2026-11-02T09:40:22.5Z') });
    expect(event?.event.subject).toBe('9f8e7d6c5b4a3921');
    expect(event?.id).toBe('9f8e7d6c5b4a3921/2026-11-02T09:16:37.5Z/resolved/2026-11-02T09:40:22.5Z');
  });
  it('is dated by its start while its end is year 1', () => {
    const [event] = eventsOf(withAlert({ status: 'resolved' }));
    expect(event).toMatchObject({ type: RESOLVED, time: Date.parse('2026-11-02T09:14:07.123Z') });
  });
});

describe('what is no webhook of version 4', () => {
  it.each([
    ['nothing', undefined, /the body/],
    ['a list', [], /the body/],
    ['another version', { ...fixture('firing'), version: '3' }, /version/],
    ['no alerts', { ...fixture('firing'), alerts: undefined }, /alerts/],
    ['an unknown status', withAlert({ status: 'pending' }), /alerts\.0\.status/],
    ['a label that is no text', withAlert({ labels: { alertname: 7 } }), /alerts\.0\.labels\.alertname/],
    ['a start that is no time', withAlert({ startsAt: 'yesterday' }), /alerts\.0\.startsAt: "yesterday"/],
  ])('%s is refused with its place', (_what, payload, place) => {
    expect(problemsOf(payload).join('\n')).toMatch(place);
  });
  it('takes an empty group as nothing to tell', () => {
    expect(eventsOf({ ...fixture('firing'), alerts: [] })).toEqual([]);
  });
});
