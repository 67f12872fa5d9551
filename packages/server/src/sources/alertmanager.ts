// Prometheus Alertmanager's webhook, version 4, as events: each alert of a group becomes one. What a policy sees:
//
//   type      com.prometheus.alertmanager.alert.firing | com.prometheus.alertmanager.alert.resolved
//   source    the Alertmanager's external URL; subject: the alert's fingerprint, which is the same for its whole life
//   id        fingerprint/startsAt/firing, or fingerprint/startsAt/resolved/endsAt: a notification repeated is a duplicate
//   time      startsAt, or endsAt once resolved
//   data      {status, alertname, severity, summary, labels, annotations, startsAt, endsAt, fingerprint, generatorURL,
//             groupKey, receiver, externalURL}
//
// Alertmanager writes "no end" as year 1, and times with nanoseconds. Sending a firing alert again when nothing follows it
// any more is repeated.ts.
import { createHash } from 'node:crypto';
import { fromRfc3339, type Instant, toRfc3339 } from '@relance/core';
import { z } from 'zod';
import type { IncomingEvent } from '../engine/ports.ts';

export const FIRING = 'com.prometheus.alertmanager.alert.firing';
export const RESOLVED = 'com.prometheus.alertmanager.alert.resolved';

/** Alerts of one webhook; Alertmanager's own `max_alerts` cuts there and says how many it left out. */
const ALERTS_MAX = 1_000;

const text = z.string().max(10_000);
const labels = z.record(z.string().max(1_000), text);
const alertSchema = z.object({
  status: z.enum(['firing', 'resolved']),
  labels,
  annotations: labels.default({}),
  startsAt: text,
  endsAt: text.default(''),
  generatorURL: text.default(''),
  fingerprint: z.string().max(200).default(''),
});
const payloadSchema = z.object({
  version: z.literal('4'),
  groupKey: text.default(''),
  receiver: text.default(''),
  externalURL: text.default(''),
  truncatedAlerts: z.number().int().nonnegative().default(0),
  alerts: z.array(alertSchema).max(ALERTS_MAX),
});
type Alert = z.infer<typeof alertSchema>;
type Payload = z.infer<typeof payloadSchema>;

export type AlertmanagerEvents =
  | { readonly ok: true; readonly events: readonly IncomingEvent[]; readonly truncated: number }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Oldest first, so that what happened in one group happens in that order here. */
export function alertmanagerEvents(payload: unknown): AlertmanagerEvents {
  const parsed = payloadSchema.safeParse(payload);
  if (!parsed.success)
    return {
      ok: false,
      problems: parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the body'}: ${issue.message}`),
    };
  const problems = parsed.data.alerts.flatMap((alert, index) =>
    problemsOf(alert).map((problem) => `alerts.${index}.${problem}`),
  );
  if (problems.length > 0) return { ok: false, problems };
  const events = parsed.data.alerts
    .map((alert) => eventOf(alert, parsed.data))
    .sort((a, b) => (a.time ?? 0) - (b.time ?? 0));
  return { ok: true, events, truncated: parsed.data.truncatedAlerts };
}

const NO_TIME = /^(0001-.*)?$/;
const momentOf = (time: string): Instant | null => (NO_TIME.test(time) ? null : fromRfc3339(time));

const problemsOf = (alert: Alert): readonly string[] =>
  (['startsAt', 'endsAt'] as const)
    .filter((field) => !NO_TIME.test(alert[field]) && fromRfc3339(alert[field]) === null)
    .map((field) => `${field}: "${alert[field]}" is not an RFC 3339 time`);

/** Older senders that speak this format leave the fingerprint out: it stands for the set of labels. */
function fingerprintOf({ fingerprint, labels: own }: Alert): string {
  if (fingerprint !== '') return fingerprint;
  const sorted = Object.entries(own).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 16);
}

function eventOf(alert: Alert, payload: Payload): IncomingEvent {
  const fingerprint = fingerprintOf(alert);
  const startsAt = momentOf(alert.startsAt);
  const endsAt = momentOf(alert.endsAt);
  const firing = alert.status === 'firing';
  const id = [fingerprint, alert.startsAt, alert.status, ...(firing ? [] : [alert.endsAt])].join('/');
  const source = payload.externalURL === '' ? '/alertmanager' : payload.externalURL;
  const type = firing ? FIRING : RESOLVED;
  const time = firing ? startsAt : (endsAt ?? startsAt);
  const { alertname = 'alert', severity = null } = alert.labels;
  const { summary, description } = alert.annotations;
  const data = {
    status: alert.status,
    alertname,
    severity,
    summary: summary ?? description ?? alertname,
    labels: alert.labels,
    annotations: alert.annotations,
    startsAt: startsAt === null ? null : toRfc3339(startsAt),
    endsAt: endsAt === null ? null : toRfc3339(endsAt),
    fingerprint,
    generatorURL: alert.generatorURL,
    groupKey: payload.groupKey,
    receiver: payload.receiver,
    externalURL: payload.externalURL,
  };
  const written = time === null ? {} : { time: toRfc3339(time) };
  const event = {
    specversion: '1.0',
    id,
    source,
    type,
    subject: fingerprint,
    ...written,
    datacontenttype: 'application/json',
    data,
  };
  return { id, source, type, time, event };
}
