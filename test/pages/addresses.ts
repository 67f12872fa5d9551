// Every address of the dashboard at which there is something: those of its pages (PAGES), of those with an id one that is there, and
// what else is shown at one. Whatever looks at all of them takes them from here (lighthouse.ts, test/e2e/dashboard-every-page.test.ts).
import type { Client } from '../../packages/client/src/index.ts';
import { PAGES } from '../../packages/server/src/http/routes/dashboard.ts';

/** What else stands at the address of a page, or is one of those with an id. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  '/follow-ups/:id': ['/follow-ups/import'],
  '/templates/:id': ['/templates/new-one'],
  '/groups/:id': ['/groups/on-duty'],
  '/schedules/:id': ['/schedules/primary', '/schedules/primary?view=month'],
  '/new-policy': ['/new-policy?from=invoice-payment', '/new-policy?from=nothing'],
};
const scheduleOf = (person: string) => ({
  timeZone: 'Europe/Paris',
  layers: [
    {
      rotation: {
        every: '1 week',
        handover: { day: 'mon' as const, at: '09:00' },
        start: '2026-01-05',
        members: [person],
      },
    },
  ],
});

/** Makes a group and a schedule; a follow-up, a policy and a person are there already. */
export async function addressesOf({
  followUps,
  policies,
  recipients,
  groups,
  schedules,
}: Client): Promise<readonly string[]> {
  const first = async (list: { readonly items: readonly { readonly id: string }[] }): Promise<string> => {
    const id = list.items[0]?.id;
    if (id === undefined) throw new Error('A follow-up, a policy or a person is missing: there is no address of one.');
    return id;
  };
  const followUp = await first(await followUps.list({ limit: 1 }));
  const policy = await first(await policies.list());
  const person = await first(await recipients.list());
  await groups.put('on-duty', { members: [person] });
  await schedules.put('primary', scheduleOf(person));
  const found: Readonly<Record<string, readonly string[]>> = {
    '/follow-ups/:id': [`/follow-ups/${followUp}`],
    '/people/:id': [`/people/${person}`],
    '/policies/:id': ['', '?part=edit', '?part=check', '?part=versions'].map((part) => `/policies/${policy}${part}`),
  };
  return PAGES.flatMap((page) => {
    const addresses = [...(page.includes(':') ? [] : [page]), ...(found[page] ?? []), ...(ALSO[page] ?? [])];
    if (addresses.length === 0) throw new Error(`No address of ${page} is known here. Add one to ALSO.`);
    return addresses;
  });
}
