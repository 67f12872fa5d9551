// Tags of languages, as BCP 47 writes them: `zh-hant-tw` is `zh-Hant-TW`, and the `pt_BR` of other systems is `pt-BR`. What the
// tag says to a reader is template/words-for.ts.

/** As BCP 47 writes it; null where it is none. */
export function readLanguageTag(tag: string): string | null {
  try {
    return Intl.getCanonicalLocales(tag.replaceAll('_', '-'))[0] ?? null;
  } catch {
    return null;
  }
}

/** What is no tag stays as it is. */
export const canonicalTag = (tag: string): string => readLanguageTag(tag) ?? tag;
export const isLanguageTag = (tag: string): boolean => readLanguageTag(tag) !== null;

/** What a language must be, for whoever wrote something else. */
export const LANGUAGE_TAG = 'a BCP 47 language tag, such as fr or pt-BR';
