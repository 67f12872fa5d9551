// CloudEvents 1.0 from HTTP, in its three content modes (HTTP Protocol Binding §3): binary (ce-* headers), structured
// (application/cloudevents+json) and batch (application/cloudevents-batch+json). Plain application/json that holds an
// event or a list of them is taken as structured. Every event is judged alone.

import type { IncomingHttpHeaders } from 'node:http';
import { fromRfc3339 } from '@relance/core';
import type { IncomingEvent } from '../engine/ports.ts';

export type ReadEvent =
  | { readonly ok: true; readonly event: IncomingEvent }
  | { readonly ok: false; readonly detail: string };

const TEXT_MAX = 1_024;
const ATTRIBUTE = /^[a-z0-9]{1,40}$/;

/** Structured mode: one JSON object. */
export function readStructured(value: unknown): ReadEvent {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return { ok: false, detail: 'An event is a JSON object.' };
  const event = { ...(value as Record<string, unknown>) };
  const problem = checkAttributes(event);
  if (problem !== null) return { ok: false, detail: problem };
  if (event.data_base64 !== undefined) {
    const data = decodeData(event.data_base64, event.datacontenttype);
    if (!data.ok) return data;
    delete event.data_base64;
    event.data = data.value;
  }
  return {
    ok: true,
    event: {
      id: event.id as string,
      source: event.source as string,
      type: event.type as string,
      time: timeOf(event.time),
      event,
    },
  };
}

function checkAttributes(event: Readonly<Record<string, unknown>>): string | null {
  if (event.specversion !== '1.0')
    return event.specversion === undefined
      ? '`specversion` is missing; send "1.0".'
      : `\`specversion\` must be "1.0", not ${JSON.stringify(event.specversion).slice(0, 40)}.`;
  for (const name of ['id', 'source', 'type'] as const) {
    const value = event[name];
    if (typeof value !== 'string' || value === '')
      return `\`${name}\` is missing; it must be a text that is not empty.`;
    if (value.length > TEXT_MAX) return `\`${name}\` has ${value.length} characters; it may have ${TEXT_MAX}.`;
  }
  for (const name of ['subject', 'datacontenttype', 'dataschema'] as const) {
    if (event[name] !== undefined && event[name] !== null && (typeof event[name] !== 'string' || event[name] === ''))
      return `\`${name}\` must be a text that is not empty, or absent.`;
  }
  if (
    event.time !== undefined &&
    event.time !== null &&
    (typeof event.time !== 'string' || fromRfc3339(event.time) === null)
  )
    return '`time` must be RFC 3339, such as "2026-12-01T09:00:00Z".';
  if (event.data !== undefined && event.data_base64 !== undefined)
    return '`data` and `data_base64` exclude each other.';
  const odd = Object.keys(event).find((name) => name !== 'data_base64' && !ATTRIBUTE.test(name));
  return odd === undefined
    ? null
    : `"${odd.slice(0, 60)}" is not an attribute name: lower-case letters and digits only (CloudEvents 1.0 §3.1). Put your own fields into \`data\`.`;
}

const timeOf = (value: unknown) => (typeof value === 'string' ? fromRfc3339(value) : null);

function decodeData(text: unknown, contentType: unknown): { ok: true; value: unknown } | { ok: false; detail: string } {
  if (typeof text !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(text))
    return { ok: false, detail: '`data_base64` is not base64.' };
  const decoded = Buffer.from(text, 'base64').toString('utf8');
  if (contentType !== undefined && contentType !== null && !/[/+]json\b/.test(String(contentType)))
    return { ok: true, value: decoded };
  try {
    return { ok: true, value: JSON.parse(decoded) };
  } catch {
    return { ok: true, value: decoded };
  }
}

/** Binary mode: attributes are ce-* headers, percent-encoded (§3.1.3.2); the body is the data. */
export function readBinary(headers: IncomingHttpHeaders, data: unknown): ReadEvent {
  const event: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith('ce-') || typeof value !== 'string') continue;
    try {
      event[name.slice(3)] = decodeURIComponent(value.replace(/^"(.*)"$/s, '$1'));
    } catch {
      return { ok: false, detail: `The header ${name} is not percent-encoded correctly.` };
    }
  }
  const contentType = headers['content-type'];
  return readStructured({
    ...event,
    ...(contentType === undefined ? {} : { datacontenttype: contentType }),
    ...(data === undefined || data === null ? {} : { data }),
  });
}

export const isBinary = (headers: IncomingHttpHeaders): boolean =>
  headers['ce-id'] !== undefined ||
  headers['ce-type'] !== undefined ||
  headers['ce-specversion'] !== undefined ||
  headers['ce-source'] !== undefined;
