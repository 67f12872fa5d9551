// What `npm install` meets in a fresh checkout: packages with install scripts are allowed or refused by name, so that npm
// has nothing to ask; our own packages take the Node that the README asks for; the lock names no registry.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Record<string, unknown>;
const lock = read('package-lock.json').packages as Readonly<
  Record<string, { readonly hasInstallScript?: boolean; readonly resolved?: string }>
>;

describe('npm install', () => {
  it('knows what to do about every install script', () => {
    const scripted = Object.entries(lock)
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([path]) => path.replace(/^.*node_modules\//, ''));
    expect(scripted.sort()).toEqual(Object.keys(read('package.json').allowScripts as object).sort());
  });

  it('takes the Node that the README asks for', () => {
    const wanted = /You need Node (\d+) or newer/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))?.[1];
    for (const path of [
      '',
      'packages/core/',
      'packages/client/',
      'packages/dashboard/',
      'packages/inbox/',
      'packages/server/',
    ])
      expect([path, read(`${path}package.json`).engines]).toEqual([path, { node: `>=${wanted}` }]);
  });

  it('finds no registry in the lock', () => {
    const resolved = Object.values(lock).flatMap((one) => one.resolved ?? []);
    expect(resolved.filter((place) => /^\w+:/.test(place))).toEqual([]);
  });
});
