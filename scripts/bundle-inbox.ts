// Makes packages/inbox/bundle/relance-inbox.js: the elements, the store and lit in one file, which a page without a bundler loads as it
// is. Run by scripts/build.ts for what is published, by tests, and by hand in a checkout: `node scripts/bundle-inbox.ts`.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { minify } from 'terser';
import { build } from 'vite';

const HOME = join(import.meta.dirname, '..', 'packages', 'inbox');
export const BUNDLE = join(HOME, 'bundle', 'relance-inbox.js');

/** Names of lit's own for what is within it, beside `_$…`: all of lit is in this file, and nobody else calls them. */
const WITHIN = [
  'createProperty getPropertyDescriptor getPropertyOptions finalizeStyles elementStyles fromAttribute toAttribute hasChanged',
  'useDefault wrapped isUpdatePending hasUpdated enableUpdating scheduleUpdate performUpdate shouldUpdate willUpdate firstUpdated',
  'getUpdateComplete createRenderRoot shadowRootOptions renderOptions renderBefore creationScope setConnected',
].flatMap((names) => names.split(' '));

/**
 * What lit has for browsers that know no `light-dark()` either, for decorators, controllers and directives, for templates of SVG and
 * MathML, for another lit in the page and for its developers. Of a lit that says it otherwise, this tells.
 */
const LEFT_OUT: readonly (readonly [RegExp, string])[] = [
  [/\w+\.ShadowRoot&&\(.*?\.prototype(?=[,;])/g, '!0'],
  [/\w+\.(?:reactiveElement|litHtml|litElement)(?:PolyfillSupport|HydrateSupport)/g, '(void 0)'],
  [/Symbol\.metadata\?\?=.*?new WeakMap/g, '0'],
  [/this\[Symbol\.metadata\]/g, 'null'],
  [/static addInitializer\(.*?\)\.push\(\w+\)\}/g, ''],
  [/addController\(.*?this\._\$EO\?\.delete\(\w+\)\}/g, ''],
  [/this\._\$EO\?\.forEach\(\w+=>\w+\.\w+\?\.\(\)\)/g, '0'],
  [/\w+===2\?`<\/?svg>`:\w+===3\?`<\/?math>`:``/g, '``'],
  [/\w+===2\|\|\w+===3\)\{let \w+=this\.el\.content\.firstChild;.*?childNodes\)\}/g, '0);'],
  [/let \w+=\w+===void 0\?\w+\._\$Cl:\w+\._\$Co.*?,(\w+)\}(?=var )/g, 'return $1}'],
  [/\(\w+\.\w+Versions\?\?=\[\]\)\.push\([^)]*\)/g, '0'],
  [/\bError\(.(?:CSSResult|invalid template)[^)]*\)/g, 'Error()'],
];

function leavingOut(code: string): string {
  return LEFT_OUT.reduce((left, [what, instead]) => {
    if (left.search(what) < 0) throw new Error(`Nothing of lit looks like ${what} any more.`);
    return left.replaceAll(what, instead);
  }, code);
}

export async function bundleInbox(): Promise<string> {
  const built = await build({
    root: HOME,
    configFile: false,
    logLevel: 'warn',
    // Whatever NODE_ENV says: what is published is what is tested.
    resolve: { conditions: ['browser', 'module', 'production'] },
    build: {
      minify: true,
      write: false,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: {
        input: join(HOME, 'src', 'page.ts'),
        preserveEntrySignatures: 'strict',
        output: { format: 'es', entryFileNames: 'relance-inbox.js' },
      },
    },
  });
  const [result] = Array.isArray(built) ? built : [built];
  const [file, ...others] = result !== undefined && 'output' in result ? result.output : [];
  if (file?.type !== 'chunk' || others.length > 0) throw new Error('The inbox must become one file.');
  // After minifying, only templates have indents, and only style sheets have lines that end with a brace. What stands side by side in a
  // template has its distance from the style sheet.
  const tight = file.code
    .replaceAll(/\n {2,}/g, ' ')
    .replaceAll(/\}\n|`\n(?=:|dialog)/g, (end) => end.trim())
    .replaceAll(/(?<=>) (?=\$\{)|(?<=[>}]) (?=<)/g, '');
  // Once more, for half a hundredth.
  const { code } = await minify(leavingOut(tight), {
    module: true,
    ecma: 2020,
    compress: { passes: 3, unsafe_arrows: true, pure_getters: true, keep_fargs: false },
    mangle: { properties: { regex: new RegExp(`^(_\\$.*|${WITHIN.join('|')})$`) } },
  });
  if (code === undefined) throw new Error('Nothing is left of the inbox.');
  mkdirSync(join(HOME, 'bundle'), { recursive: true });
  const draft = `${BUNDLE}.${process.pid}`;
  writeFileSync(draft, code);
  renameSync(draft, BUNDLE); // whole for whoever reads it meanwhile
  return code;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const code = await bundleInbox();
  console.log(`bundled packages/inbox/bundle/relance-inbox.js, ${code.length} characters`);
}
