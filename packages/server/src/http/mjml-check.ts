// What the MJML compiler takes without a word and then leaves out: Liquid between its elements, and elements that do not end. And what
// takes it very long: it holds every selector of some elements against every element of the mail.

/** Ours have some 30; a mail of this many takes about a second. */
const ELEMENTS_MAX = 1_000;
const SELECTORS_MAX = 50;

/** Sentences, of a source that has not been compiled. */
export function mjmlExcess(source: string): readonly string[] {
  const elements = source.split('<mj-').length - 1;
  const inline = insidesOf(source, 'mj-style', /\binline\b/).reduce((sum, css) => sum + selectorsIn(css), 0);
  const selectors = source.split(/<mj-selector(?=[\s/>])/).length - 1;
  const allowed = `${SELECTORS_MAX} are allowed`;
  return [
    elements > ELEMENTS_MAX &&
      `it has ${elements} elements, and ${ELEMENTS_MAX} are allowed; write what repeats in a loop, as in <mj-raw>{% for … %}</mj-raw>, or shorten it`,
    inline > SELECTORS_MAX &&
      `\`<mj-style inline="inline">\` has ${inline} selectors, and ${allowed}; put the others into \`<mj-style>\` without \`inline\`, or into \`<mj-attributes>\``,
    selectors > SELECTORS_MAX &&
      `\`<mj-html-attributes>\` has ${selectors} selectors, and ${allowed}; write the attributes on the elements themselves, in \`<mj-raw>\` or \`<mj-text>\``,
  ].filter((one) => one !== false);
}

/** What stands in the elements of a name whose attributes are such. */
function insidesOf(source: string, name: string, attributes: RegExp): readonly string[] {
  const begins = new RegExp(`<${name}(?=[\\s/>])([^<>]*)>`, 'g');
  const found: string[] = [];
  for (let begin = begins.exec(source); begin !== null; begin = begins.exec(source)) {
    const end = source.indexOf(`</${name}`, begins.lastIndex);
    if (end < 0) break;
    if (attributes.test(begin[1] ?? '')) found.push(source.slice(begins.lastIndex, end));
    begins.lastIndex = end;
  }
  return found;
}

/** `a, b { … }` has two. */
const selectorsIn = (css: string): number =>
  css
    .split('{')
    .slice(0, -1)
    .reduce((sum, rule) => sum + rule.slice(rule.lastIndexOf('}') + 1).split(',').length, 0);

/** Sentences, one a mistake; `html`: what came of it. */
export function mjmlMistakes(source: string, html: string): readonly string[] {
  return [...unended(source), ...lost(source, html)];
}

/** Elements of MJML that begin more often than they end. */
function unended(source: string): readonly string[] {
  const open = new Map<string, number>();
  for (const [tag, slash = '', name = ''] of source.matchAll(/<(\/?)(mj[a-z-]{0,30})(?=[\s/>])[^<>]*>/g)) {
    if (slash === '' && tag.endsWith('/>')) continue;
    open.set(name, (open.get(name) ?? 0) + (slash === '' ? 1 : -1));
  }
  return [...open].flatMap(([name, count]) =>
    count === 0 ? [] : [count > 0 ? `\`<${name}>\` does not end` : `\`</${name}>\` ends what has not begun`],
  );
}

/** Liquid that stands between elements, where the compiler keeps nothing. */
function lost(source: string, html: string): readonly string[] {
  const gone = [...new Set(liquidBetween(source))].filter((liquid) => !html.includes(liquid));
  return gone.map(
    (liquid) =>
      `\`${liquid.slice(0, 80)}\` stands between elements, where it is lost; put it into \`<mj-raw>\`, as in <mj-raw>{% if … %}</mj-raw><mj-text>…</mj-text><mj-raw>{% endif %}</mj-raw>`,
  );
}

const ENDS = { '{%': '%}', '{{': '}}' } as const;

/** Every piece of Liquid that is no part of a tag's attributes. */
function liquidBetween(source: string): string[] {
  const found: string[] = [];
  let looked = 0;
  let inTag = false;
  for (let at = source.indexOf('{'); at >= 0; at = source.indexOf('{', at + 1)) {
    const begins = source.slice(at, at + 2);
    if (begins !== '{%' && begins !== '{{') continue;
    const end = source.indexOf(ENDS[begins], at + 2);
    if (end < 0) break;
    for (; looked < at; looked++) if (source[looked] === '<' || source[looked] === '>') inTag = source[looked] === '<';
    if (!inTag) found.push(source.slice(at, end + 2));
    at = end + 1;
  }
  return found;
}
