// How many outputs and tags a template may have. Each is parsed, placed and looked through when the template is stored, while the
// process does nothing else, so what has thousands of them is refused by a count of its signs, before any of that.
import type { Template } from '../content.ts';
import { type TemplateProblem, textsOf } from '../render.ts';

interface TagsMax {
  readonly text: number;
  readonly whole: number;
}
/** Of a template with what it is made of in it. Ours have 45 in their longest mail; 24 languages of such mails have some 2,000. */
export const WRITTEN_TAGS_MAX: TagsMax = { text: 1_000, whole: 5_000 };
/** MJML writes one several times, for programs that show mails differently. */
export const MADE_TAGS_MAX: TagsMax = { text: 5_000, whole: 20_000 };

/** What has too many, at most one problem a text; texts that were accepted before (`isKept`) may have as many as they have. */
export function tooManyTags(
  template: Omit<Template, 'id'>,
  { text: textMax, whole: wholeMax }: TagsMax,
  isKept: (path: string) => boolean,
): readonly TemplateProblem[] {
  const texts = textsOf(template, '', 'mjml').filter(({ path }) => !isKept(path));
  const counted = texts.map(({ path, text }) => ({ path, count: tagsIn(text) }));
  const over = counted.filter(({ count }) => count > textMax);
  if (over.length > 0)
    return over.map(({ path, count }) => ({
      path,
      message: `It has ${told(count)} outputs and tags, and ${told(textMax)} are allowed; write what repeats once, in {% for %}, or shorten it.`,
    }));
  const all = counted.reduce((sum, { count }) => sum + count, 0);
  if (all <= wholeMax) return [];
  const message = `Its texts have ${told(all)} outputs and tags, and ${told(wholeMax)} are allowed in all; write what repeats once, in {% for %}, or make several templates of it.`;
  return [{ path: '', message }];
}

const told = (count: number): string => count.toLocaleString('en');

/** By the signs they begin with, each line of `{% liquid %}` being one; it need not be Liquid. */
export function tagsIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('{'); at >= 0; at = text.indexOf('{', at + 1)) {
    const sign = text[at + 1];
    if (sign !== '{' && sign !== '%') continue;
    count += 1;
    at += 1;
    if (sign !== '%' || !LIQUID.test(text.slice(at + 1, at + 1 + LIQUID_WITHIN))) continue;
    const end = text.indexOf('%}', at);
    const last = end < 0 ? text.length : end;
    for (let line = text.indexOf('\n', at); line >= 0 && line < last; line = text.indexOf('\n', line + 1)) count += 1;
    at = last;
  }
  return count;
}
const LIQUID = /^-?\s*liquid/;
/** Blanks may stand before the name of a tag; behind more of them each tag is still counted as one. */
const LIQUID_WITHIN = 40;
