// Prometheus Alertmanager's webhook, version 4, as events: each alert of a group becomes one. A firing alert is
// `com.prometheus.alertmanager.alert.firing`, a resolved one `….alert.resolved`. The id is made of the alert's fingerprint,
// its start and its status, so that Alertmanager's repeated notifications are duplicates; a resolved alert names its end.
// Alertmanager writes "no end" as year 1, and times with nanoseconds.
import { fromRfc3339, type Instant } from '@relance/core';
import { z } from 'zod';
import type { IncomingEvent } from '../engine/ports.ts';

const text = z.string().max(10_000);
const labels = z.record(z.string().max(1_000), text);
const alertSchema = z.object({
  status: z.enum(['firing', 'resolved']),
  labels,
  annotations: labels.default({}),
  startsAt: text,
  endsAt: text.default(''),
  generatorURL: text.default(''),
  fingerprint: text.default(''),
});
const payloadSchema = z.object({
  version: z.literal('4'),
  groupKey: text.default(''),
  status: text.default(''),
  receiver: text.default(''),
  externalURL: text.default(''),
  truncatedAlerts: z.number().int().default(0),
  alerts: z.array(alertSchema).max(1_000),
});
type Alert = z.infer<typeof alertSchema>;
type Payload = z.infer<typeof payloadSchema>;

export type AlertmanagerEvents =
  | { readonly ok: true; readonly events: readonly IncomingEvent[]; readonly truncated: number }
  | { readonly ok: false; readonly detail: string };

/** Alertmanager sorts nothing, so a firing alert comes before the resolved one of the same fingerprint in our order. */
export function alertmanagerEvents(value: unknown): AlertmanagerEvents {
  const parsed = payloadSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return {
      ok: false,
      detail: `This is not an Alertmanager webhook of version 4: "${issue?.path.join('.') ?? ''}": ${issue?.message ?? ''}.`,
    };
  }
  const payload = parsed.data;
  const events = payload.alerts.map((alert) => eventOf(alert, payload)).sort((a, b) => (a.time ?? 0) - (b.time ?? 0));
  return { ok: true, events, truncated: payload.truncatedAlerts };
}

const YEAR_ONE = /^0001-/;
const momentOf = (time: string): Instant | null => (time === '' || YEAR_ONE.test(time) ? null : fromRfc3339(time));

function eventOf(alert: Alert, payload: Payload): IncomingEvent {
  const fingerprint =
    alert.fingerprint === ''
      ? JSON.stringify(Object.entries(alert.labels).sort(([a], [b]) => (a < b ? -1 : 1))).slice(0, 500)
      : alert.fingerprint;
  const startsAt = momentOf(alert.startsAt);
  const endsAt = momentOf(alert.endsAt);
  const id = `${fingerprint}/${alert.startsAt}/${alert.status}${alert.status === 'resolved' ? `/${alert.endsAt}` : ''}`;
  const source = payload.externalURL === '' ? '/alertmanager' : payload.externalURL;
  const type = `com.prometheus.alertmanager.alert.${alert.status}`;
  const at = alert.status === 'resolved' ? (endsAt ?? startsAt) : startsAt;
  return {
    id,
    source,
    type,
    time: at,
    event: {
      specversion: '1.0',
      id,
      source,
      type,
      subject: fingerprint,
      ...(at === null ? {} : { time: new Date(at).toISOString() }),
      datacontenttype: 'application/json',
      data: {
        status: alert.status,
        alertname: alert.labels.alertname ?? 'alert',
        severity: alert.labels.severity ?? null,
        labels: alert.labels,
        annotations: alert.annotations,
        fingerprint,
        summary: alert.annotations.summary ?? alert.annotations.description ?? alert.labels.alertname ?? 'alert',
        startsAt: startsAt === null ? null : new Date(startsAt).toISOString(),
        endsAt: endsAt === null ? null : new Date(endsAt).toISOString(),
        generatorURL: alert.generatorURL,
        groupKey: payload.groupKey,
        receiver: payload.receiver,
        externalURL: payload.externalURL,
      },
    },
  };
}
