// What the MJML compiler takes without a word and then leaves out: Liquid between its elements, and elements that do not end.

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
