// `npm run golden-liquid -- golden_liquid.json`: our Liquid beside the golden cases of all implementations, which are a project of
// their own (github.com/jg-rp/golden-liquid, MIT) and no part of this one. Says of how many we write the same, which we refuse
// because templates do not have that tag or filter, and lists the others; what we do otherwise on purpose, with its reason, is in
// packages/core/src/template/liquid-cases.test-kit.ts, which `npm test` plays. A report: numbers, blank blocks and what is forgiven are
// those of LiquidJS, which this cannot decide.
import { readFileSync } from 'node:fs';
import { ALLOWED, writeText } from '../packages/core/src/template/liquid.ts';

interface Case {
  readonly name: string;
  readonly template: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly result?: string;
  readonly results?: readonly string[];
  readonly invalid?: boolean;
  readonly tags?: readonly string[];
}
type Kind = 'same' | 'not ours' | 'taken though wrong' | 'otherwise' | 'refused though right';

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('Which file? npm run golden-liquid -- golden_liquid.json');
const { tests } = JSON.parse(readFileSync(path, 'utf8')) as { readonly tests: readonly Case[] };
const OURS = new Set([...ALLOWED.tags.map((tag) => `${tag} tag`), ...ALLOWED.filters.map((one) => `${one} filter`)]);
const isOurs = ({ tags = [] }: Case): boolean => tags.every((tag) => !/ (tag|filter)$/.test(tag) || OURS.has(tag));

function play(one: Case): readonly [Kind, string] {
  let written: string;
  try {
    written = writeText(one.template, 'plain', one.data ?? {});
  } catch (error) {
    const [detail = ''] = (error as Error).message.split('\n');
    if (one.invalid) return ['same', detail];
    return isOurs(one) && !/not known|not found|cannot stand/.test(detail)
      ? ['refused though right', detail]
      : ['not ours', detail];
  }
  if (one.invalid) return ['taken though wrong', written];
  return (one.results ?? [one.result]).includes(written) ? ['same', written] : ['otherwise', written];
}

const told = Map.groupBy(
  tests.map((one) => ({ name: one.name, played: play(one) })),
  ({ played: [kind] }) => kind,
);
for (const kind of ['otherwise', 'taken though wrong', 'refused though right'] as const)
  for (const { name, played } of told.get(kind) ?? []) console.log(`${kind}: ${name}: ${JSON.stringify(played[1])}`);
console.log([...told].map(([kind, all]) => `${all.length} ${kind}`).join(', '), `of ${tests.length}`);
