// What a form holds of a person, as text, and the body that it stands for: what was not changed is not in it, so that what others
// change meanwhile stays.
import type { Channel, NewRecipient, Recipient } from '@relance/client';

export interface TypedEndpoint {
  readonly key: number;
  readonly channel: Channel;
  readonly address: string;
  readonly copy: 'cc' | 'bcc' | undefined;
}
export interface TypedAway {
  readonly key: number;
  readonly from: string;
  readonly to: string;
  readonly delegate: string;
}
export interface TypedRecipient {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly locale: string;
  readonly timeZone: string;
  readonly manager: string;
  readonly country: string;
  readonly region: string;
  readonly city: string;
  /** JSON. */
  readonly traits: string;
  readonly endpoints: readonly TypedEndpoint[];
  readonly away: readonly TypedAway[];
}
/** Those that are one line each. */
export type TypedLine = Exclude<keyof TypedRecipient, 'endpoints' | 'away'>;

export function typedOf(known: Recipient | null): TypedRecipient {
  const { traits = {}, location, endpoints = [], away = [] }: Partial<Recipient> = known ?? {};
  return {
    id: known?.id ?? '',
    name: known?.name ?? '',
    email: known?.email ?? '',
    phone: known?.phone ?? '',
    locale: known?.locale ?? '',
    timeZone: known?.timeZone ?? '',
    manager: known?.manager ?? '',
    country: location?.country ?? '',
    region: location?.region ?? '',
    city: location?.city ?? '',
    traits: Object.keys(traits).length === 0 ? '' : JSON.stringify(traits, null, 2),
    endpoints: endpoints.map(({ channel, address, copy }, key) => ({ key, channel, address, copy })),
    away: away.map(({ from, to, delegate }, key) => ({ key, from, to, delegate: delegate ?? '' })),
  };
}

type Body = Omit<NewRecipient, 'id'>;
export type Changed =
  | { readonly ok: true; readonly body: Body }
  | { readonly ok: false; readonly path: string; readonly message: string };

const wordOf = (text: string): string | null => (text.trim() === '' ? null : text.trim());

/** The fields that differ from `before`; a field that was emptied is null, or an empty list. */
export function changedIn(before: TypedRecipient, now: TypedRecipient): Changed {
  const traits = traitsOf(now.traits);
  if (traits === null)
    return { ok: false, path: 'traits', message: 'This is not a JSON object. Write one, such as {"plan": "pro"}.' };
  const { country, region, city } = now;
  const location = Object.fromEntries(
    Object.entries({ country, region, city }).flatMap(([name, text]) => {
      const word = wordOf(text);
      return word === null ? [] : [[name, word]];
    }),
  );
  const whole: Required<Omit<Body, 'plan'>> = {
    name: wordOf(now.name),
    email: wordOf(now.email),
    phone: wordOf(now.phone),
    locale: wordOf(now.locale),
    timeZone: wordOf(now.timeZone),
    manager: wordOf(now.manager),
    location: Object.keys(location).length === 0 ? null : location,
    traits,
    endpoints: now.endpoints.map(({ channel, address, copy }) => ({
      channel,
      address: address.trim(),
      ...(copy === undefined ? {} : { copy }),
    })),
    away: now.away.map(({ from, to, delegate }) => ({
      from: from.trim(),
      to: to.trim(),
      ...(wordOf(delegate) === null ? {} : { delegate: delegate.trim() }),
    })),
  };
  const touched = (field: string): boolean =>
    field === 'location'
      ? country !== before.country || region !== before.region || city !== before.city
      : now[field as keyof TypedRecipient] !== before[field as keyof TypedRecipient];
  return { ok: true, body: Object.fromEntries(Object.entries(whole).filter(([field]) => touched(field))) };
}

function traitsOf(text: string): Readonly<Record<string, unknown>> | null {
  if (text.trim() === '') return {};
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? (read as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
