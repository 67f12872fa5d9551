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
 * What is undefined in every browser that knows `light-dark()`, where no other program puts it there: what lit asks for old browsers, for
 * decorators, and to warn of another lit in the page. Nothing that runs is taken away. Of a lit that says it otherwise, this tells.
 */
const LEFT_OUT: readonly (readonly [RegExp, string])[] = [
  [/\w+\.(?:reactiveElement|litHtml|litElement)(?:PolyfillSupport|HydrateSupport)/g, '(void 0)'],
  [/Symbol\.metadata\?\?=.*?new WeakMap/g, '0'],
  [/this\[Symbol\.metadata\]/g, 'null'],
  [/\(\w+\.\w+Versions\?\?=\[\]\)\.push\([^)]*\)/g, '0'],
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
