// Tags of languages, as BCP 47 writes them: `zh-hant-tw` is `zh-Hant-TW`, and of other systems `pt_BR` is `pt-BR` and
// `en_US.UTF-8` is `en-US`. What the tag says to a reader is template/words-for.ts.

/** Language, place, encoding and variant, as POSIX writes a locale. */
const POSIX = /^([A-Za-z]{2,3}(?:_[A-Za-z0-9]{2,8})*)(?:\.[\w-]+)?(?:@[\w-]+)?$/;
/** What a machine without a language says. */
export const isNoLanguage = (tag: string): boolean => /^(?:C|POSIX)(?:[.@].*)?$/.test(tag);

/** As BCP 47 writes it; null where it is none. */
export function readLanguageTag(tag: string): string | null {
  if (isNoLanguage(tag)) return null;
  const [, plain = tag] = POSIX.exec(tag) ?? [];
  try {
    return Intl.getCanonicalLocales(plain.replaceAll('_', '-'))[0] ?? null;
  } catch {
    return null;
  }
}

/** What is no tag stays as it is. */
export const canonicalTag = (tag: string): string => readLanguageTag(tag) ?? tag;
export const isLanguageTag = (tag: string): boolean => readLanguageTag(tag) !== null;

/** What a language must be, for whoever wrote something else. */
export const LANGUAGE_TAG = 'a BCP 47 language tag, such as fr or pt-BR';
