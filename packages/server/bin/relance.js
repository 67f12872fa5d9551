#!/usr/bin/env node
// The `relance` command. Runs on Node 22.18 or newer; when the running one is older, the Node that npm installed beside
// it (package `node`) is used instead. From a checkout it runs the source, from an installed package the build.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import module from 'node:module';
import { homedir, userInfo } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, '..', 'src', 'cli', 'main.ts');
const main = existsSync(source) ? source : join(here, '..', 'dist', 'cli', 'main.js');
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

function pinnedNode() {
  for (let folder = here; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) return null;
  }
}

// What Node has compiled is kept for the next command, which then begins in a third of the time: in the user's own cache, a folder
// that nobody else can write (root's own, whosever home it runs with). Where that cannot be, all is compiled anew.
function keepCompiled() {
  if (process.env.NODE_COMPILE_CACHE) return; // Node does so by itself
  try {
    const uid = process.getuid?.();
    const named = uid === 0 ? '' : (process.env.XDG_CACHE_HOME ?? '');
    const home = uid === 0 ? userInfo().homedir : homedir();
    const folder = join(isAbsolute(named) ? named : join(home, '.cache'), 'relance', 'compiled');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid: owner, mode } = statSync(folder);
    if (uid === undefined || (owner === uid && (mode & 0o022) === 0)) module.enableCompileCache?.(folder);
  } catch {
    // no home, or none that can be written
  }
}

if (major > 22 || (major === 22 && minor >= 18)) {
  keepCompiled();
  const { run } = await import(pathToFileURL(main).href);
  await run(process.argv.slice(2));
} else {
  const node = pinnedNode();
  if (node === null) {
    process.stderr.write(
      `relance: Node ${process.versions.node} is too old; it needs 22.18 or newer.\nNext: install a newer Node, or run \`npm install node@24\` beside relance.\n`,
    );
    process.exit(1);
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // The child drains, and this process waits for it. A terminal sends Ctrl-C to both; the child takes the two for one.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  // npm and its shell end without a word to us.
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 1_000).unref();
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 130)));
}
