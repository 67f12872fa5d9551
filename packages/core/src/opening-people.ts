// The people an event names: ids, or whole recipient objects that the shell creates or updates. Only the fields of a
// recipient are taken, each of its kind; whether an id is known is decided when stages run. A locale that nobody can read or a
// webhook that nothing may be sent to is left out, and said so: nobody goes unasked for it.
import { isNoLanguage, LANGUAGE_TAG, readLanguageTag } from './language-tag.ts';
import { phoneOf } from './phone.ts';
import { isChannel } from './policy/policy.ts';
import { ID_LENGTH_MAX } from './policy/scanner.ts';
import { isZone } from './timing.ts';

/** A recipient as an event brings it along: `id` and any of the fields of DESIGN §5, checked. */
export type RecipientInput = Readonly<Record<string, unknown>> & { readonly id: string };

export type ReadPeople<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly detail: string };

/** What was not taken of somebody, so that what is known of them stays. */
export interface LeftOut {
  readonly recipient: string;
  readonly what: 'locale' | 'webhook';
  /** What it was, why, and what to send instead. */
  readonly detail: string;
}
export interface PeopleRead {
  readonly people: readonly (string | RecipientInput)[];
  readonly leftOut: readonly LeftOut[];
}

const FIELD_MAX = 320; // the longest e-mail address (RFC 5321 §4.5.3.1)
const ENDPOINTS_MAX = 20;
const TEXT_FIELDS = ['name', 'email', 'phone', 'locale', 'timeZone', 'manager'] as const;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const fail = (detail: string): { readonly ok: false; readonly detail: string } => ({ ok: false, detail });

/** An id; whole numbers become text, nothing (null, '') is null. */
export function readId(value: unknown): ReadPeople<string | null> {
  if (value === null || value === undefined || value === '') return { ok: true, value: null };
  const id = Number.isSafeInteger(value) ? String(value) : value;
  if (typeof id !== 'string') return fail(`an id is expected, not ${kindOf(value)}`);
  return id.length <= ID_LENGTH_MAX ? { ok: true, value: id } : fail(`an id has at most ${ID_LENGTH_MAX} characters`);
}

/** A list of ids, without doubles and empty ones; a single id is a list of one. */
export function readIds(value: unknown, max: number): ReadPeople<readonly string[]> {
  const people = readPeople(value, max);
  if (!people.ok) return people;
  return { ok: true, value: people.value.people.map((one) => (typeof one === 'string' ? one : one.id)) };
}

/** Why nothing may be sent to a URL; null: it may. */
export type RefusalOf = (url: string) => string | null;

/** Ids and recipient objects, without doubles and empty ones; a single one is a list of one. */
export function readPeople(value: unknown, max: number, refusalOf: RefusalOf = () => null): ReadPeople<PeopleRead> {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > max) return fail(`at most ${max} people are expected, not ${list.length}`);
  const people = new Map<string, string | RecipientInput>();
  const leftOut: LeftOut[] = [];
  for (const one of list) {
    const left: LeftOut[] = [];
    const person = isRecord(one) ? readRecipient(one, refusalOf, (more) => left.push(more)) : readId(one);
    if (!person.ok) return person;
    if (person.value === null) continue;
    const id = typeof person.value === 'string' ? person.value : person.value.id;
    if (people.has(id)) continue;
    people.set(id, person.value);
    leftOut.push(...left);
  }
  return { ok: true, value: { people: [...people.values()], leftOut } };
}

function readRecipient(
  object: Readonly<Record<string, unknown>>,
  refusalOf: RefusalOf,
  leaveOut: (what: LeftOut) => void,
): ReadPeople<RecipientInput> {
  const id = readId(object.id);
  if (!id.ok) return id;
  if (id.value === null) return fail('a recipient object needs an "id"');
  const recipient: Record<string, unknown> & { id: string } = { id: id.value };
  for (const field of TEXT_FIELDS) {
    const value = object[field];
    if (value === undefined || value === null || value === '') continue;
    if (typeof value !== 'string' || value.length > FIELD_MAX)
      return fail(`"${field}" of recipient "${id.value}" is not a text of at most ${FIELD_MAX} characters`);
    recipient[field] = field === 'phone' ? e164(value) : value;
  }
  if (typeof recipient.timeZone === 'string' && !isZone(recipient.timeZone))
    return fail(`"${recipient.timeZone}" of recipient "${id.value}" is not a time zone`);
  if (typeof recipient.locale === 'string') {
    const { locale } = recipient;
    const tag = readLanguageTag(locale);
    if (tag === null) delete recipient.locale;
    else recipient.locale = tag;
    if (tag === null && !isNoLanguage(locale)) {
      const detail = `The locale "${locale}" of recipient "${id.value}" was left out, because it is not ${LANGUAGE_TAG}.`;
      leaveOut({ recipient: id.value, what: 'locale', detail });
    }
  }
  if (object.traits !== undefined && object.traits !== null) {
    if (!isRecord(object.traits)) return fail(`"traits" of recipient "${id.value}" is not a map`);
    recipient.traits = object.traits;
  }
  const endpoints = readEndpoints(object.endpoints);
  if (endpoints === null) return fail(`"endpoints" of recipient "${id.value}" is not a list of {channel, address}`);
  const usable = endpoints.filter((one) => {
    const refusal = refusedWebhook(one, refusalOf);
    const detail = `A webhook of recipient "${id.value}" was left out: ${refusal}.`;
    if (refusal !== null) leaveOut({ recipient: recipient.id, what: 'webhook', detail });
    return refusal === null;
  });
  if (usable.length > 0) recipient.endpoints = usable;
  return { ok: true, value: recipient };
}

/** As it is dialled from everywhere; what cannot be read stays, and whoever sends to it says why it cannot. */
function e164(written: string): string {
  const reading = phoneOf(written);
  return reading.ok ? reading.e164 : written;
}

/** What can never be sent to is told now, and not at the first message. */
export function refusedWebhook({ channel, address }: WrittenEndpoint, refusalOf: RefusalOf): string | null {
  if (channel !== 'webhook') return null;
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol))
    return `"${address.slice(0, FIELD_MAX)}" is not an https:// or http:// address`;
  const refusal = refusalOf(address);
  return refusal === null ? null : `${new URL(address).hostname} ${refusal}`;
}

interface WrittenEndpoint {
  readonly channel: string;
  readonly address: string;
}

function readEndpoints(value: unknown): readonly WrittenEndpoint[] | null {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > ENDPOINTS_MAX) return null;
  const good = value.every(
    (one) => isRecord(one) && isChannel(one.channel) && typeof one.address === 'string' && one.address !== '',
  );
  if (!good) return null;
  return (value as WrittenEndpoint[]).map(({ channel, address }) => ({
    channel,
    address: channel === 'sms' ? e164(address) : address,
  }));
}

export function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : `a ${typeof value}`;
}
