// What is wrong with a template before it is stored, each with its place and with what to write instead: empty words, no Liquid,
// names and filters that can never come out right. What depends on the policy that uses it is proof-template.ts.
import type { Template, TemplateParts, WrittenParts } from '../content.ts';
import { fromRfc3339 } from '../instant.ts';
import { didYouMean } from '../policy/nearest.ts';
import { type TemplateProblem, textsOf } from '../render.ts';
import { FILTER_NAMES, filterMistakes } from './filter-check.ts';
import { ALLOWED, parseText, type Writing } from './liquid.ts';
import { nameMistakes } from './name-check.ts';
import { readsOf } from './reads.ts';
import { MADE_TAGS_MAX, tooManyTags } from './tag-count.ts';

/** Of a template that is whole; empty when it can be stored. What was accepted before (`isKept`) is only parsed. */
export function checkTemplate(
  template: Omit<Template, 'id'>,
  isKept: (path: string) => boolean = () => false,
): readonly TemplateProblem[] {
  const tooMany = tooManyTags(template, MADE_TAGS_MAX, isKept);
  if (tooMany.length > 0) return tooMany;
  return textsOf(template).flatMap(({ path, text, writing }) => {
    if (isKept(path)) return parseMistakes(text, writing).map((message) => ({ path, message }));
    const fault = faultOf(path, text.trim());
    const messages = fault === null ? checkText(text, writing, isOfWholeMail(template, path)) : [fault];
    return messages.map((message) => ({ path, message }));
  });
}

/** What has a subject is a mail, and no part of others, which may pass it any names. Of other texts nobody can tell. */
function isOfWholeMail(template: Omit<Template, 'id'>, path: string): boolean {
  const [, locale] = /^locales\.([^.]+)\.email\./.exec(path) ?? [];
  const own = locale === undefined ? undefined : template.locales?.[locale]?.email?.subject;
  return /^(?:locales\.[^.]+\.)?email\./.test(path) && (own ?? template.email?.subject) !== undefined;
}

/** Sentences; the consequence of a stage is such a text as well. `isWhole`: nothing is passed to it by others. */
export function checkText(text: string, writing: Writing, isWhole = true): readonly string[] {
  const mistakes = parseMistakes(text, writing);
  if (mistakes.length > 0) return mistakes;
  return [...filterMistakes(text, writing), ...nameMistakes(readsOf(text, writing), isWhole)];
}

/** That it is Liquid, with the tags and filters there are. */
export function parseMistakes(text: string, writing: Writing): readonly string[] {
  try {
    parseText(text, writing);
  } catch (error) {
    const [first = 'It cannot be parsed'] = (error as Error).message.split('\n');
    return [`${first}. Correct the Liquid there.${hintOf(first)}`];
  }
  return [];
}

const TAGS = [...ALLOWED.tags, 'render', 'layout', 'block'];
function hintOf(message: string): string {
  const [, filter] = /^undefined filter: ([\w-]+)/.exec(message) ?? [];
  if (filter !== undefined) return didYouMean(filter, FILTER_NAMES);
  const [, tag] = /^tag "([\w-]+)" not found/.exec(message) ?? [];
  return tag === undefined ? '' : didYouMean(tag, TAGS);
}

/** Of a text that is the same for everybody, what would be wrong with it for everybody. */
function faultOf(path: string, text: string): string | null {
  if (text === '' || text.includes('{{') || text.includes('{%')) return null;
  if (/inbox\.until$/.test(path) && fromRfc3339(text) === null)
    return `"${text.slice(0, 80)}" is no time; write RFC 3339, or Liquid that gives it, as in {{ data.offer.until }}.`;
  if (/attachments\[\d+\]\.url$/.test(path) && !/^https:\/\//i.test(text))
    return `"${text.slice(0, 80)}" is no https:// address.`;
  return null;
}

/** What people read of each channel. */
const WORDS = {
  email: ['subject', 'mjml', 'html', 'text'],
  sms: ['text'],
  push: ['title', 'body'],
  inbox: ['title', 'body'],
  chat: ['text'],
  webhook: ['text'],
} as const satisfies Record<keyof TemplateParts, readonly string[]>;
const CHANNELS = Object.keys(WORDS) as readonly (keyof TemplateParts)[];

/** Words that are none, of a template as it is written: whoever got them would read nothing. */
export function emptyWords(written: WrittenParts): readonly TemplateProblem[] {
  const everywhere: readonly (readonly [string, TemplateParts])[] = [
    ['', written],
    ...Object.entries(written.locales ?? {}).map(([name, parts]) => [`locales.${name}.`, parts] as const),
  ];
  if (everywhere.every(([, parts]) => CHANNELS.every((channel) => parts[channel] === undefined)))
    return [{ path: '', message: 'It has no words; write some for a channel, as in sms: { text: "…" }.' }];
  return everywhere.flatMap(([place, parts]) =>
    CHANNELS.flatMap((channel): readonly TemplateProblem[] => {
      const part = parts[channel] as Readonly<Record<string, unknown>> | undefined;
      if (part === undefined) return [];
      const own = WORDS[channel].filter((field) => part[field] !== undefined);
      const path = `${place}${channel}`;
      const blank = own.filter((field) => String(part[field]).trim() === '');
      if (blank.length > 0)
        return blank.map((field) => ({
          path: `${path}.${field}`,
          message: `It is empty, so whoever gets it would read nothing; write it, or leave \`${own.length > 1 ? `${channel}.${field}` : channel}\` out.`,
        }));
      // What goes with it in every language may stand by itself, where the words are those of a language.
      const isShared =
        place === '' && everywhere.some(([, { [channel]: other }]) => other !== part && other !== undefined);
      if (own.length > 0 || isShared) return [];
      const wanted = WORDS[channel].map((field) => `\`${field}\``).join(' or ');
      return [{ path, message: `It has no words; write ${wanted}, or leave \`${channel}\` out.` }];
    }),
  );
}
