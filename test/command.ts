// The `relance` command as a process of its own, for tests that read what it says and how it ends.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const BIN = join(import.meta.dirname, '..', 'packages', 'server', 'bin', 'relance.js');

export type Environment = Readonly<Record<string, string>>;
export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Of the variables of the tests themselves, those of Relance stay out. */
export function beginCommand(
  cwd: string,
  args: readonly string[],
  env: Environment,
  nodeArgs: readonly string[] = [],
  bin = BIN,
): ChildProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('RELANCE_'));
  return spawn(process.execPath, [...nodeArgs, bin, ...args], {
    cwd,
    env: { ...Object.fromEntries(inherited), ...env },
  });
}

export async function finished(child: ChildProcess, input = ''): Promise<Said> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (part) => (out += part));
  child.stderr?.on('data', (part) => (err += part));
  child.stdin?.end(input);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out, err };
}

/** The first line that matches; a process that ends before fails the test with what it said. */
export async function lineOf(child: ChildProcess, wanted: RegExp): Promise<RegExpExecArray> {
  const said: string[] = [];
  child.stderr?.on('data', (part) => said.push(String(part)));
  if (child.stdout === null) throw new Error('no output to read');
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    const found = wanted.exec(line);
    if (found !== null) return found;
  }
  throw new Error(`It ended without saying ${wanted}. It said:\n${said.join('\n')}`);
}
