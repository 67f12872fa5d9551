// Names of people in the place of their ids. A list shows many at once, so whoever is asked for within a moment is asked for in one
// request; somebody who is not known keeps their id.
import type { Recipient } from '@relance/client';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { api } from './api.ts';
import { PageLink } from './shell/page-link.tsx';

const GATHERED_MS = 10;
/** As many as the server takes (IDS_MAX in packages/server/src/http/routes/recipient.ts). */
const AT_ONCE_MAX = 200;

interface Asker {
  readonly tell: (recipient: Recipient | null) => void;
  readonly fail: (error: Error) => void;
}
type Waiting = Map<string, Asker[]>;
let waiting: Waiting = new Map();

async function askFor(asked: Waiting): Promise<void> {
  const ids = [...asked.keys()];
  const known = new Map<string, Recipient>();
  for (let from = 0; from < ids.length; from += AT_ONCE_MAX) {
    const part = ids.slice(from, from + AT_ONCE_MAX);
    const page = await api.recipients.list({ ids: part.join('/'), limit: AT_ONCE_MAX });
    for (const one of page.items) known.set(one.id, one);
  }
  for (const [id, all] of asked) for (const { tell } of all) tell(known.get(id) ?? null);
}

function loadPerson(id: string): Promise<Recipient | null> {
  if (waiting.size === 0)
    setTimeout(() => {
      const asked = waiting;
      waiting = new Map();
      void askFor(asked).catch((error: Error) => {
        for (const { fail } of [...asked.values()].flat()) fail(error);
      });
    }, GATHERED_MS);
  return new Promise((tell, fail) => {
    waiting.set(id, [...(waiting.get(id) ?? []), { tell, fail }]);
  });
}

export const personQuery = (id: string) =>
  queryOptions({
    queryKey: ['person', id],
    queryFn: () => loadPerson(id),
    staleTime: 300_000,
    refetchInterval: false,
  });

export function Person({ id }: { readonly id: string }) {
  const { data } = useQuery(personQuery(id));
  return <span title={id}>{data?.name ?? id}</span>;
}

/** Leads to their page; who is not known has none. */
export function PersonLink({ id }: { readonly id: string }) {
  const { data } = useQuery(personQuery(id));
  return data == null ? (
    <span>{id}</span>
  ) : (
    <PageLink to="/people/$id" params={{ id }} size="sm" title={id}>
      {data.name ?? id}
    </PageLink>
  );
}

export function People({ ids }: { readonly ids: readonly string[] }) {
  return ids.map((id, index) => (
    <span key={id}>
      {index > 0 && ', '}
      <Person id={id} />
    </span>
  ));
}
