// Which words of a template a person reads on a channel, and in which language those are: the chain of languages.
import type { Template, TemplateParts } from '../content.ts';
import { canonicalTag } from '../language-tag.ts';
import type { Channel } from '../policy/policy.ts';
import { builtInLanguage, builtInParts } from './built-in.ts';

export interface Chosen {
  readonly parts: TemplateParts;
  /** BCP 47: the reader's own where the words are in their language, so that dates are too. */
  readonly locale: string;
}

/** The words of a template, each kind under its language: its own, and those of `locales`. */
type Worded = Pick<Template, 'language' | 'locales'> & TemplateParts;

/** `fr` of `fr-CA`. */
export const languageOf = (locale: string): string => canonicalTag(locale).split('-')[0] ?? '';

/** Scripts that run from the right to the left (Unicode, Bidi_Class R and AL), those that people write today. */
const FROM_THE_RIGHT = new Set([
  'Adlm',
  'Arab',
  'Aran',
  'Hebr',
  'Mand',
  'Mend',
  'Nkoo',
  'Rohg',
  'Samr',
  'Syrc',
  'Thaa',
  'Yezi',
]);

/** How HTML calls the direction in which a language is written, `pa-Arab` otherwise than `pa`. */
export function directionOf(locale: string): 'ltr' | 'rtl' {
  try {
    return FROM_THE_RIGHT.has(new Intl.Locale(locale).maximize().script ?? '') ? 'rtl' : 'ltr';
  } catch {
    return 'ltr';
  }
}

/** `zh-Hant-TW`, then `zh-Hant`, then `zh`: the lookup of RFC 4647, section 3.4. */
export function chainOf(locale: string): readonly string[] {
  const chain: string[] = [];
  const subtags = canonicalTag(locale).split('-');
  while (subtags.length > 0) {
    chain.push(subtags.join('-'));
    subtags.pop();
    // What a single sign introduces went with it.
    if (subtags.at(-1)?.length === 1) subtags.pop();
  }
  return chain;
}

/** What a template says in exactly this language; its own words where it says that they are in it. */
function wordsIn(template: Worded, name: string): TemplateParts | undefined {
  const [, parts] = Object.entries(template.locales ?? {}).find(([own]) => canonicalTag(own) === name) ?? [];
  return parts ?? (isOwn(template, name) ? template : undefined);
}

const isOwn = ({ language }: Worded, name: string): boolean =>
  language !== undefined && canonicalTag(language) === name;

/** What of it there is in a language, the nearest first. */
export const wordsAlong = (template: Worded, locale: string): readonly [name: string, parts: TemplateParts][] =>
  chainOf(locale).flatMap((name) => {
    const own = wordsIn(template, name);
    return own === undefined ? [] : [[name, own] as [string, TemplateParts]];
  });

/** The reader's language (`fr-CA`, then `fr`), then the tenant's, then the template's own words, then the built-in ones. */
export function wordsFor(
  template: Template | null,
  channel: Channel,
  reader: string | null,
  tenant: string | null,
): Chosen {
  const near = (locale: string): string =>
    reader !== null && languageOf(reader) === languageOf(locale) ? reader : locale;
  if (template !== null) {
    for (const wanted of [reader, tenant])
      for (const [name, parts] of wanted === null ? [] : wordsAlong(template, wanted))
        if (parts[channel] !== undefined) return { parts, locale: near(name) };
    if (template[channel] !== undefined)
      return { parts: template, locale: near(template.language ?? tenant ?? reader ?? 'en') };
  }
  const language = builtInLanguage(reader) ?? builtInLanguage(tenant) ?? 'en';
  return { parts: builtInParts(language), locale: near(language) };
}
