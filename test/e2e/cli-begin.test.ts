// How the `relance` command begins, before anything of ours runs: what Node has compiled, and a Node that is too old. No server.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BIN, beginCommand, type Environment, finished } from '../command.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'relance-begin-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const begin = (args: readonly string[], more: Environment = {}, nodeArgs: readonly string[] = [], bin = BIN) =>
  beginCommand(folder, args, more, nodeArgs, bin);

describe('what Node has compiled', () => {
  it('is kept where nobody else writes, and done without where that cannot be', async () => {
    const cache = join(folder, 'compiled-by-test');
    const asRoot = process.getuid?.() === 0;
    const kept = await finished(begin(['--version'], { XDG_CACHE_HOME: cache }));
    expect(kept).toMatchObject({ code: 0, err: '' });
    // Root's is in root's own home, whatever the environment says.
    expect(existsSync(join(cache, 'relance', 'compiled'))).toBe(!asRoot);
    expect(await finished(begin(['--version'], { HOME: '/nonexistent', XDG_CACHE_HOME: 'relative' }))).toMatchObject({
      code: 0,
      err: '',
    });
    expect(existsSync(join(folder, 'relative'))).toBe(false);
  });
});

describe('an older Node', () => {
  /** As far as the program can tell. */
  const older = [
    '--import',
    `data:text/javascript,${encodeURIComponent("Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });")}`,
  ];
  const version = (
    JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'packages', 'server', 'package.json'), 'utf8')) as {
      version: string;
    }
  ).version;

  it('hands over to the Node that was installed beside it', async () => {
    expect(await finished(begin(['--version'], {}, older))).toEqual({ code: 0, out: `${version}\n`, err: '' });
    expect(await finished(begin(['frobnicate'], {}, older))).toMatchObject({ code: 2 });
  });

  it('is refused by the library as it is imported, in the same words', async () => {
    const face = join(import.meta.dirname, '..', '..', 'packages', 'server', 'src', 'index.ts');
    writeFileSync(
      join(folder, 'own.mjs'),
      `import { createRelance } from ${JSON.stringify(face)};\ncreateRelance();\n`,
    );
    const said = await finished(beginCommand(folder, [], {}, older, join(folder, 'own.mjs')));
    expect(said).toMatchObject({ code: 1, out: '' });
    expect(said.err).toMatch(
      /relance: Node 20\.20\.2 is too old; it needs 22\.18 or newer\. Next: install a newer Node/,
    );
  });

  it('says what to install where there is none', async () => {
    const alone = join(folder, 'alone', 'bin');
    mkdirSync(alone, { recursive: true });
    writeFileSync(join(folder, 'alone', 'package.json'), '{"type": "module"}');
    copyFileSync(BIN, join(alone, 'relance.js'));
    expect(readdirSync(alone)).toEqual(['relance.js']);
    const said = await finished(begin(['--version'], {}, older, join(alone, 'relance.js')));
    expect(said).toMatchObject({ code: 1, out: '' });
    expect(said.err).toMatch(/Node 20\.20\.2 is too old[\s\S]*Next: install a newer Node/);
  });
});
