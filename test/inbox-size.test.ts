// What a page loads for the inbox: elements, store, client and lit in one file, as it is published. It stays small, and has nothing that a
// strict Content-Security-Policy refuses.
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { bundleInbox } from '../scripts/bundle-inbox.ts';

const BYTES_MAX = 20_000;

it('the inbox is less than 20 kB, compressed as a web server does', async () => {
  const code = await bundleInbox();
  expect(gzipSync(code, { level: 9 }).length).toBeLessThan(BYTES_MAX);
  expect(code).toContain('relance-preferences');
  expect(code).not.toMatch(/\beval\(|new Function\(|<style|\sstyle=|\son\w+="/);
});
