// Which words of a template a person reads on a channel, and in which language those are: the chain of languages.
import type { Template, TemplateParts } from '../content.ts';
import type { Channel } from '../policy/policy.ts';
import { builtInLanguage, builtInParts } from './built-in.ts';

export interface Chosen {
  readonly parts: TemplateParts;
  /** BCP 47: the reader's own where the words are in their language, so that dates are too. */
  readonly locale: string;
}

const languageOf = (locale: string): string => locale.split('-')[0]?.toLowerCase() ?? '';

/** `fr-CA`, then `fr`. */
export const chainOf = (locale: string): readonly string[] => [...new Set([locale, locale.split('-')[0] ?? locale])];

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
      for (const name of wanted === null ? [] : chainOf(wanted)) {
        const own = template.locales?.[name];
        if (own?.[channel] !== undefined) return { parts: own, locale: near(name) };
      }
    if (template[channel] !== undefined) return { parts: template, locale: near(tenant ?? reader ?? 'en') };
  }
  const language = builtInLanguage(reader) ?? builtInLanguage(tenant) ?? 'en';
  return { parts: builtInParts(language), locale: near(language) };
}
