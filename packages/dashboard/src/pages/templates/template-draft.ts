// A template while it is written: its parts by channel, of its own words and of other languages. What is not shown in a field, such as
// attachments, stays as it is.
import type { Channel, Template, TemplateParts } from '@relance/client';

export type Draft = Omit<Template, 'id' | 'version'>;
/** Of its own words: those that stand under no locale. */
export const OWN = '';

export const TEMPLATE_CHANNELS = [
  'email',
  'sms',
  'push',
  'inbox',
  'chat',
  'webhook',
] as const satisfies readonly Channel[];

/** As it is read, without what the address and the server say. */
export function draftOf({ id: _id, version: _version, ...rest }: Template): Draft {
  return rest;
}

export const partsOf = (draft: Draft, locale: string): TemplateParts =>
  locale === OWN ? draft : (draft.locales?.[locale] ?? {});

/** An empty part is none: what is not written is taken from the template’s own words, or is built in. */
export function withPart(draft: Draft, locale: string, channel: Channel, part: object | null): Draft {
  const said = part === null ? [] : Object.entries(part).filter(([, value]) => value !== undefined && value !== '');
  const parts: Record<string, unknown> = { ...partsOf(draft, locale) };
  if (said.length === 0) delete parts[channel];
  else parts[channel] = Object.fromEntries(said);
  return locale === OWN
    ? (parts as Draft)
    : { ...draft, locales: { ...draft.locales, [locale]: parts as TemplateParts } };
}

export const withLocale = (draft: Draft, locale: string): Draft => ({
  ...draft,
  locales: { ...draft.locales, [locale]: draft.locales?.[locale] ?? {} },
});

export function withoutLocale(draft: Draft, locale: string): Draft {
  const { [locale]: _gone, ...locales } = draft.locales ?? {};
  return { ...draft, locales };
}

export const channelsOf = (parts: TemplateParts): readonly Channel[] =>
  TEMPLATE_CHANNELS.filter((channel) => parts[channel] !== undefined);

/** Without languages in which nothing is written: the server takes none. */
export function writtenOf(draft: Draft): Draft {
  const { locales = {}, ...rest } = draft;
  const said = Object.entries(locales).filter(([, parts]) => channelsOf(parts).length > 0);
  return said.length === 0 ? rest : { ...rest, locales: Object.fromEntries(said) };
}

/**
 * What is previewed: where nothing is written at all, something that has words for another channel alone, so that what is built in
 * shows for this one.
 */
export function shownOf(draft: Draft, channel: Channel): Draft {
  const written = writtenOf(draft);
  if (channelsOf(written).length > 0 || written.locales !== undefined) return written;
  return { ...written, ...(channel === 'sms' ? { chat: { text: '-' } } : { sms: { text: '-' } }) };
}
