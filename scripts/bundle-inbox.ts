// Makes packages/inbox/bundle/relance-inbox.js: the elements, the store and lit in one file, which a page without a bundler loads as it
// is. Run by scripts/build.ts for what is published, by tests, and by hand in a checkout: `node scripts/bundle-inbox.ts`.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { minify } from 'terser';
import { build } from 'vite';

const HOME = join(import.meta.dirname, '..', 'packages', 'inbox');
export const BUNDLE = join(HOME, 'bundle', 'relance-inbox.js');

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
  // template has its distance from the style sheet. Which versions of lit a page has lit notes for a warning; this one is nobody else's.
  const tight = file.code
    .replaceAll(/\n {2,}/g, ' ')
    .replaceAll('}\n', '}')
    .replaceAll(/(?<=>) (?=\$\{)|(?<=[>}]) (?=<)/g, '')
    .replaceAll(/\(\w+\.\w+Versions\?\?=\[\]\)\.push\([^)]*\)/g, '0');
  // Once more, for half a hundredth. What lit calls `_$…` is its own, and all of lit is in this file.
  const { code } = await minify(tight, {
    module: true,
    ecma: 2020,
    compress: { passes: 3, unsafe_arrows: true, pure_getters: true, keep_fargs: false },
    mangle: { properties: { regex: /^_\$/ } },
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
