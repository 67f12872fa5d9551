// Telephone numbers as people write them, read once, when they are stored: E.164 (ITU-T E.164 §6) afterwards. The plans are
// those of libphonenumber, in the edition with all details (`max`): only that one knows which numbers are premium rate, and a
// message to those costs whoever sends it. A number that its country could have is taken although the plan does not list it:
// plans change faster than tables, and to lock a person out is worse than to be told by the carrier. Pure.
import { type NumberType, ParseError, type PhoneNumber, parsePhoneNumberWithError } from 'libphonenumber-js/max';

export type PhoneReading =
  | { readonly ok: true; readonly e164: string; readonly country: string | null }
  /** `problem`: what is wrong and what to do, to stand behind the name of a field. */
  | { readonly ok: false; readonly problem: string };

/** Longer than any number with its separators, and short enough to be looked at. */
export const PHONE_TEXT_MAX = 60;

/** What is pasted along from web pages and never seen: marks of direction, joiners, a byte order mark. */
const UNSEEN = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
/** Numbers that charge whoever writes to them, or that nobody reads. */
const NOT_FOR_MESSAGES: readonly NumberType[] = ['PREMIUM_RATE', 'SHARED_COST', 'UAN', 'VOICEMAIL'];
const NORTH_AMERICA = '1';

/** `country`: two letters (ISO 3166-1), for numbers written as they are dialled at home; null where it is not known. */
export function phoneOf(text: string, country: string | null = null): PhoneReading {
  if (text.length > PHONE_TEXT_MAX) return refused(`is longer than ${PHONE_TEXT_MAX} characters; ${WRITE_IT}`);
  const number = parse(text, country);
  if (number === null)
    return refused(
      country === null && !isInternational(text)
        ? 'has no country code; begin with + and the code, such as +34600000000, or set location.country'
        : `is not a telephone number; ${WRITE_IT}`,
    );
  if (number.ext !== undefined)
    return refused('has an extension, which messages cannot reach; write the direct number, or another one');
  if (!number.isPossible())
    return refused(
      `cannot be a number of ${number.country ?? `+${number.countryCallingCode}`}: it has too few or too many digits ` +
        `(short codes are no address); ${WRITE_IT}`,
    );
  if (isDear(number)) return refused('is a premium-rate or shared-cost number, which is never written to; use another');
  return { ok: true, e164: number.number, country: number.country ?? null };
}

const WRITE_IT = 'write the whole number with + and its country code, such as +34600000000';
const refused = (problem: string): PhoneReading => ({ ok: false, problem });

/** `00` is what most of the world dials for the plus; no number begins with it at home. */
const international = (text: string): string =>
  text
    .normalize('NFKC') // full-width digits and plus
    .replace(UNSEEN, '')
    .trim()
    .replace(/^tel:/i, '')
    .replace(/^[0٠۰]\s?[0٠۰]/, '+');
const isInternational = (text: string): boolean => /^\+/.test(international(text));

function parse(text: string, country: string | null): PhoneNumber | null {
  const defaultCountry = country?.toUpperCase();
  try {
    return parsePhoneNumberWithError(international(text), {
      extract: false,
      ...(defaultCountry !== undefined && /^[A-Z]{2}$/.test(defaultCountry)
        ? { defaultCountry: defaultCountry as never }
        : {}),
    });
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

function isDear(number: PhoneNumber): boolean {
  const type = number.getType();
  if (type === undefined) return false;
  // Personal numbers are forwarded at the caller's cost; the North American ones are ordinary.
  if (type === 'PERSONAL_NUMBER') return number.countryCallingCode !== NORTH_AMERICA;
  return NOT_FOR_MESSAGES.includes(type);
}
