// The demo as a newcomer lives it: three stories told by themselves, then an event and commands of their own, which are
// printed and not over before they can be read; and a second start, which begins anew. Real processes, real time.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createClient } from '@relance/client';
import { afterAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const BIN = join(ROOT, 'packages', 'server', 'bin', 'relance.js');
const TOLD_MAX_MS = 120_000;

const dataDir = mkdtempSync(join(tmpdir(), 'relance-demo-'));
const running = new Set<ChildProcess>();
afterAll(async () => {
  for (const child of running) await stop(child);
  rmSync(dataDir, { recursive: true, force: true });
});

function begin(args: readonly string[], url = ''): ChildProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('RELANCE_'));
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: ROOT,
    env: { ...Object.fromEntries(inherited), RELANCE_DATA_DIR: dataDir, RELANCE_PORT: '0', RELANCE_URL: url },
  });
  running.add(child);
  child.on('exit', () => running.delete(child));
  return child;
}

function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  const ended = new Promise<number | null>((done) => child.on('exit', done));
  child.kill('SIGINT');
  return ended;
}

/** What it prints, as it prints it. */
class Lines {
  readonly all: string[] = [];
  #wake: () => void = () => {};
  #ended = false;
  constructor(child: ChildProcess) {
    child.stderr?.on('data', (part) => this.all.push(String(part)));
    const reader = createInterface({ input: child.stdout as NonNullable<ChildProcess['stdout']> });
    reader.on('line', (line) => {
      this.all.push(line);
      this.#wake();
    });
    reader.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
  }
  /** The first line from `from` on that matches. */
  async next(wanted: RegExp, from = 0): Promise<RegExpExecArray> {
    for (;;) {
      for (const line of this.all.slice(from)) {
        const found = wanted.exec(line);
        if (found !== null) return found;
      }
      if (this.#ended) throw new Error(`It ended without saying ${wanted}. It said:\n${this.all.join('\n')}`);
      await new Promise<void>((done) => {
        this.#wake = done;
      });
    }
  }
}

async function said(args: readonly string[], url = ''): Promise<string> {
  const child = begin(args, url);
  let text = '';
  child.stdout?.on('data', (part) => (text += part));
  child.stderr?.on('data', (part) => (text += part));
  await new Promise((done) => child.on('close', done));
  return text;
}

describe('the demo', () => {
  it('tells its stories, then lets one watch and act', { timeout: TOLD_MAX_MS * 2 }, async () => {
    const demo = begin(['demo']);
    const lines = new Lines(demo);
    const [, url = ''] = await lines.next(/Relance demo {3}(http:\S+)/);
    const [, example = ''] = await lines.next(/npm run relance -- event send (\S+request\.json)/);
    const told = lines.all.join('\n');
    expect(told.match(/ {2}Resolved /g)).toHaveLength(3);
    expect(told).not.toContain('…  Nothing');

    // An event of one's own is printed, with what follows from it.
    const client = createClient({ url });
    const before = lines.all.length;
    const sent = await said(['event', 'send', example], url);
    expect(sent).toMatch(
      /^1 accepted, 0 known already, 0 rejected\.\n {2}access-approval {2}access\/R-2042 {2}open {2}\S+\n$/,
    );
    await lines.next(/Yuki Tanaka asks.*Opened because/, before);
    await lines.next(/Yuki Tanaka asks.*Captured in the mailbox: "notice" to Sam Okafor by email/, before);

    // A snooze can be read and is not over at once: time runs, and the next moment is half a minute away.
    const id = /(\S+)\n$/.exec(sent)?.[1] ?? '';
    await fetch(`${url}/mailbox/follow-ups/${id}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'action=snooze',
    });
    await lines.next(/Yuki Tanaka asks.*Snoozed by Sam Okafor until \w{3} \d/, before);
    const { snoozedUntil } = await client.followUps.get(id);
    const { now } = await client.clock.get();
    expect(Date.parse(snoozedUntil ?? '') - Date.parse(now)).toBeGreaterThan(3_600_000);
    await lines.next(/Yuki Tanaka asks.*Going on because the snooze ran out/, before);
    expect(Date.parse((await client.clock.get()).now)).toBeGreaterThan(Date.parse(now));

    // Another event ends it, and with nothing under way time stands still.
    expect(await said(['event', 'send', example.replace('request', 'granted')], url)).toContain('resolved');
    await lines.next(/Yuki Tanaka asks.*Resolved as "granted" by event/, before);
    await lines.next(/Nothing is under way: time stands still/, before);

    // The same example opens again, however often it is sent.
    expect(await said(['event', 'send', example], url)).toMatch(/^1 accepted, .*\n.* open /);

    expect(await said(['demo'])).toMatch(/Another demo is running[\s\S]*Next: Stop it/);
    expect(await stop(demo)).toBe(0);
  });

  it('begins anew at the next start, unless asked to go on', { timeout: TOLD_MAX_MS }, async () => {
    const again = begin(['demo']);
    const lines = new Lines(again);
    const [, url = ''] = await lines.next(/Relance demo {3}(http:\S+)/);
    await lines.next(/Opened because/);
    expect((await createClient({ url }).followUps.list()).items).toHaveLength(3);
    expect(await stop(again)).toBe(0);

    const kept = begin(['demo', '--keep']);
    const more = new Lines(kept);
    const [, place = ''] = await more.next(/Relance demo {3}(http:\S+)/);
    expect((await createClient({ url: place }).followUps.list()).items).toHaveLength(3);
    expect(await stop(kept)).toBe(0);
    expect(more.all.join('\n')).not.toContain('Opened because');
  });
});
