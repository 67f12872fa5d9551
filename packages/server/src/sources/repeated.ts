// Senders that repeat a notification for as long as the trouble lasts, as Alertmanager does: while somebody follows it the
// repetition is a duplicate. When nothing follows it any more (resolved by hand too early, resolved by a monitoring outage,
// no policy yet when it first came) the same words mean "it still holds", and it is taken as new. Nothing is forgotten.
import type { EventOutcome, IncomingEvent, Ingest } from '../engine/ports.ts';
import type { Database } from '../store/database.ts';
import { forgetSettled } from '../store/sql/event-again.ts';

/** Ingest for a source whose events of type `holds` say that something is so, not that something happened. */
export function repeatingIngest(
  ports: { readonly ingest: Ingest; readonly database: Database },
  holds: string,
): Ingest {
  return {
    async submit(tenant, events) {
      const first = await ports.ingest.submit(tenant, events);
      const again = await forgetAll(ports.database, tenant, repeatedOf(events, first, holds));
      if (again.size === 0) return first;
      const indexes = events.flatMap((event, index) => (again.has(event) ? [index] : []));
      const second = await ports.ingest.submit(
        tenant,
        indexes.map((index) => events[index] as IncomingEvent),
      );
      return first.map((outcome, index) => second[indexes.indexOf(index)] ?? outcome);
    },
  };
}

const repeatedOf = (
  events: readonly IncomingEvent[],
  outcomes: readonly EventOutcome[],
  holds: string,
): readonly IncomingEvent[] =>
  events.filter((event, index) => event.type === holds && outcomes[index]?.kind === 'duplicate');

async function forgetAll(
  database: Database,
  tenant: string,
  events: readonly IncomingEvent[],
): Promise<ReadonlySet<IncomingEvent>> {
  const sources = new Set(events.map(({ source }) => source));
  const forgotten = new Set<IncomingEvent>();
  for (const source of sources) {
    const own = events.filter((event) => event.source === source);
    const ids = await database.transaction({ kind: 'tenant', tenant }, (tx) =>
      forgetSettled(
        tx,
        tenant,
        source,
        own.map(({ id }) => id),
      ),
    );
    for (const event of own) if (ids.has(event.id)) forgotten.add(event);
  }
  return forgotten;
}
