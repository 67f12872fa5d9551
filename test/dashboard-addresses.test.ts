// The addresses of the dashboard are written twice: the router shows a page for each, and the server answers each with the page that the
// router is in. What only one of them knows is an address that leads nowhere. `npm run lighthouse` looks at those of the server.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PAGES } from '../packages/server/src/http/routes/dashboard.ts';

const ROUTER = readFileSync(join(import.meta.dirname, '../packages/dashboard/src/router.tsx'), 'utf8');
const routed = [...ROUTER.matchAll(/ path: '([^']+)'/g)].map(([, path = '']) => path.replaceAll('$', ':'));

/** Whether a page of the server takes an address: part by part, an id takes whatever stands there. */
const takes = (page: string, address: string): boolean => {
  const [asked, given] = [page.split('/'), address.split('/')];
  return asked.length === given.length && asked.every((part, index) => part.startsWith(':') || part === given[index]);
};

describe('the addresses of the dashboard', () => {
  it('are answered by the server, each that the router knows', () => {
    expect(routed.length).toBeGreaterThan(20);
    expect(routed.filter((address) => !PAGES.some((page) => takes(page, address)))).toEqual([]);
  });

  it('are known to the router, each that the server answers', () => {
    expect(PAGES.filter((page) => !routed.includes(page))).toEqual([]);
  });

  it('are not taken for one another', () => {
    expect(takes('/people/:id', '/people')).toBe(false);
    expect(takes('/people/:id', '/groups/ana')).toBe(false);
    expect(takes('/follow-ups/:id', '/follow-ups/import')).toBe(true);
  });
});
