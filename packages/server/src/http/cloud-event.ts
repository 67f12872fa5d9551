// CloudEvents 1.0 from HTTP, in its three content modes (HTTP Protocol Binding §3): binary (ce-* headers), structured
// (application/cloudevents+json) and batch (application/cloudevents-batch+json). Plain application/json that holds an
// event or a list of them is taken as structured. Every event is judged alone; routes/event.ts answers.
import type { IncomingHttpHeaders } from 'node:http';
import { fromRfc3339 } from '@relance/core';
import type { IncomingEvent } from '../engine/ports.ts';
import { checkText, parseJson } from './json.ts';
import { Problem } from './problem.ts';

export type ReadEvent =
  | { readonly ok: true; readonly event: IncomingEvent }
  | { readonly ok: false; readonly detail: string };

const TEXT_MAX = 1_024;
/** Events are looked up by their id, and PostgreSQL indexes 2704 bytes at most. */
const ID_BYTES_MAX = 2_400;
const ATTRIBUTE = /^[a-z0-9]{1,40}$/;
/** CloudEvents 1.0 §3 *String*: no control characters. */
const CONTROL = /\p{Cc}/u;

/** Structured mode: one JSON object. */
export function readStructured(value: unknown): ReadEvent {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return refuse('An event is a JSON object.');
  // An attribute that is null counts as absent (JSON Event Format §2.2); `data` may be null.
  const given = Object.entries(value).filter(([name, part]) => part !== null || name === 'data');
  const event: Record<string, unknown> = Object.fromEntries(given);
  const problem = checkAttributes(event);
  if (problem !== null) return refuse(problem);
  if (event.data_base64 !== undefined) {
    const data = decodeData(event.data_base64, event.datacontenttype);
    if (!data.ok) return data;
    if (!data.binary) {
      delete event.data_base64;
      event.data = data.value;
    }
  }
  const { id, source, type } = event as { id: string; source: string; type: string };
  return { ok: true, event: { id, source, type, time: timeOf(event.time), event } };
}

const refuse = (detail: string) => ({ ok: false, detail }) as const;
const timeOf = (value: unknown) => (typeof value === 'string' ? fromRfc3339(value) : null);

function checkAttributes(event: Readonly<Record<string, unknown>>): string | null {
  const { specversion } = event;
  if (specversion === undefined) return '`specversion` is missing; send "1.0".';
  if (specversion !== '1.0') return `\`specversion\` must be "1.0", not ${JSON.stringify(specversion).slice(0, 40)}.`;
  for (const name of ['id', 'source', 'type'] as const) {
    const value = event[name];
    if (typeof value !== 'string' || value === '')
      return `\`${name}\` is missing; it must be a text that is not empty.`;
    if (value.length > TEXT_MAX) return `\`${name}\` has ${value.length} characters; it may have ${TEXT_MAX}.`;
    if (CONTROL.test(value)) return `\`${name}\` holds a control character; remove it.`;
  }
  const idBytes = Buffer.byteLength(event.id as string);
  if (idBytes > ID_BYTES_MAX) return `\`id\` has ${idBytes} bytes; it may have ${ID_BYTES_MAX} bytes.`;
  for (const name of ['subject', 'datacontenttype', 'dataschema'] as const) {
    const value = event[name];
    if (value !== undefined && (typeof value !== 'string' || value === ''))
      return `\`${name}\` must be a text that is not empty, or absent.`;
  }
  if (event.time !== undefined && timeOf(event.time) === null)
    return '`time` must be RFC 3339, such as "2026-12-01T09:00:00Z".';
  if (event.data !== undefined && event.data_base64 !== undefined)
    return '`data` and `data_base64` exclude each other; send one.';
  return checkExtensions(event);
}

function checkExtensions(event: Readonly<Record<string, unknown>>): string | null {
  for (const [name, value] of Object.entries(event)) {
    if (name === 'data' || name === 'data_base64') continue;
    if (!ATTRIBUTE.test(name)) {
      return `"${name.slice(0, 60)}" is not an attribute name: lower-case letters and digits only (CloudEvents 1.0 §3.1). Put your own fields into \`data\`.`;
    }
    if (typeof value === 'object')
      return `The attribute "${name}" must be a text, a number or a boolean. Put anything larger into \`data\`.`;
  }
  return null;
}

type Decoded =
  | { readonly ok: true; readonly binary: false; readonly value: unknown }
  | { readonly ok: true; readonly binary: true } // not text: it stays base64
  | { readonly ok: false; readonly detail: string };

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decodeData(text: unknown, contentType: unknown): Decoded {
  if (typeof text !== 'string' || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    return refuse('`data_base64` is not base64.');
  }
  let decoded: string;
  try {
    decoded = utf8.decode(Buffer.from(text, 'base64'));
  } catch {
    return { ok: true, binary: true };
  }
  const isJson = contentType === undefined || /[/+]json\b/.test(String(contentType));
  try {
    if (isJson) return { ok: true, binary: false, value: parseJson(decoded) };
    checkText(decoded, 'data_base64');
    return { ok: true, binary: false, value: decoded };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // Data without a content type is JSON only where it reads as JSON (§3.1.1 *datacontenttype*).
    if (error.code !== 'bad_json' || contentType !== undefined) return refuse(`\`data_base64\`: ${error.message}`);
    return decoded.includes('\u0000') ? { ok: true, binary: true } : { ok: true, binary: false, value: decoded };
  }
}

/** Binary mode: attributes are ce-* headers, percent-encoded (§3.1.3.2); the body is the data. */
export function readBinary(headers: IncomingHttpHeaders, data: unknown): ReadEvent {
  const event: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith('ce-') || typeof value !== 'string') continue;
    const attribute = name.slice(3);
    if (attribute === 'data' || attribute === 'data_base64')
      return refuse(`In binary mode the body is the data; there is no header ${name}.`);
    const decoded = decodeHeader(value);
    if (decoded === null) return refuse(`The header ${name} is not percent-encoded correctly.`);
    if (decoded.includes('\u0000')) return refuse(`The header ${name} holds a NUL character.`);
    event[attribute] = decoded;
  }
  const contentType = headers['content-type'];
  if (contentType !== undefined) event.datacontenttype = contentType;
  if (data instanceof Uint8Array) event.data_base64 = Buffer.from(data).toString('base64');
  else if (data !== undefined) event.data = data;
  return readStructured(event);
}

/**
 * Percent-decoding in one round (§3.1.3.2). Official SDKs do not encode at all, so a "%" that begins no code stands for
 * itself, and raw bytes are UTF-8 where they read as UTF-8, else Latin-1 as Node took them.
 */
function decodeHeader(value: string): string | null {
  const unquoted = value.replace(/^"(.*)"$/s, '$1');
  try {
    return decodeURIComponent(fromBytes(unquoted).replace(/%(?![0-9A-Fa-f]{2})/g, '%25'));
  } catch {
    return null;
  }
}

function fromBytes(text: string): string {
  if (!/[\u0080-\u00ff]/.test(text)) return text;
  try {
    return utf8.decode(Buffer.from(text, 'latin1'));
  } catch {
    return text;
  }
}

export const isBinary = (headers: IncomingHttpHeaders): boolean =>
  headers['ce-id'] !== undefined ||
  headers['ce-type'] !== undefined ||
  headers['ce-specversion'] !== undefined ||
  headers['ce-source'] !== undefined;
