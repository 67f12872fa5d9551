// Whatever changes what is counted leaves a mark in the same transaction, so that no figure stays as it was: in a database that writes
// down each such change and each mark. Every place that sets marks is then made to forget it, and that is noticed.
import { describe, expect, it } from 'vitest';
import { ENGINE, type Tx } from '../store/database.ts';
import { addEngagement } from '../store/sql/message.ts';
import { COUNTED_KINDS } from '../store/sql/metric-fact.ts';
import { idOf, inAWorld, messagesOf, sql, story, world } from './figure-world.test-kit.ts';

inAWorld();

/** What is counted of a follow-up itself; the rest of it is in its timeline and its messages. */
const WRITTEN_DOWN = `
CREATE TABLE public.seen (txid bigint, follow_up uuid, what text);
CREATE FUNCTION public.note_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF TG_TABLE_NAME LIKE 'timeline%' THEN
    IF NEW.kind <> ALL ($1) AND (NEW.kind, NEW.reason) IS DISTINCT FROM ('alarm', 'nobody_reached') THEN RETURN NULL; END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF TG_TABLE_NAME LIKE 'messages%' THEN
      IF (NEW.status, NEW.engagement, NEW.sent_at, NEW.carrier) IS NOT DISTINCT FROM (OLD.status, OLD.engagement, OLD.sent_at, OLD.carrier) THEN RETURN NULL; END IF;
    ELSIF (NEW.version, NEW.generation, NEW.team, NEW.waits_for) IS NOT DISTINCT FROM (OLD.version, OLD.generation, OLD.team, OLD.waits_for) THEN RETURN NULL;
    END IF;
  ELSIF TG_TABLE_NAME LIKE 'messages%' AND NEW.status = 'suppressed' THEN RETURN NULL;
  END IF;
  INSERT INTO public.seen VALUES (txid_current(), coalesce(to_jsonb(NEW) ->> 'follow_up_id', to_jsonb(NEW) ->> 'id')::uuid, TG_TABLE_NAME);
  RETURN NULL;
END $$;
CREATE FUNCTION public.note_mark() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF current_query() LIKE (SELECT what FROM public.seen WHERE txid = 0) THEN RETURN NULL; END IF;
  INSERT INTO public.seen VALUES (txid_current(), NEW.follow_up_id, 'mark');
  RETURN NEW;
END $$;
CREATE TRIGGER note AFTER INSERT OR UPDATE ON relance.follow_ups FOR EACH ROW EXECUTE FUNCTION public.note_change();
CREATE TRIGGER note AFTER INSERT OR UPDATE ON relance.messages FOR EACH ROW EXECUTE FUNCTION public.note_change();
CREATE TRIGGER note AFTER INSERT ON relance.timeline FOR EACH ROW EXECUTE FUNCTION public.note_change();
CREATE TRIGGER note BEFORE INSERT ON relance.metric_marks FOR EACH ROW EXECUTE FUNCTION public.note_mark();
`;

/** Roles of the engine may neither make triggers nor read what they write. */
const asOwner = <R>(work: (tx: Tx) => Promise<R>): Promise<R> =>
  world.database.transaction(ENGINE, async (tx) => {
    await tx.query('SET LOCAL ROLE NONE');
    return work(tx);
  });

/** From here on everything is written down; marks set by a statement like that are forgotten. */
async function writeDown(forgotten: string | null): Promise<void> {
  const kinds = `ARRAY[${COUNTED_KINDS.map((kind) => `'${kind}'`).join(', ')}]`;
  await asOwner(async (tx) => {
    await tx.query(WRITTEN_DOWN.replace('($1)', `(${kinds})`));
    if (forgotten !== null) await tx.query('INSERT INTO public.seen VALUES (0, NULL, $1)', [forgotten]);
  });
}
/** Changes of a follow-up without a mark of their transaction, by where they were. */
async function unmarked(): Promise<readonly string[]> {
  return asOwner(async (tx) => {
    const rows = await tx.query<{ what: string }>(
      `SELECT DISTINCT regexp_replace(c.what, '_[0-9].*', '') AS what FROM public.seen c WHERE c.txid > 0 AND c.what <> 'mark'
         AND NOT EXISTS (SELECT FROM public.seen m WHERE m.txid = c.txid AND m.follow_up = c.follow_up AND m.what = 'mark') ORDER BY 1`,
    );
    return rows.map(({ what }) => what);
  });
}
const seen = (): Promise<number> => asOwner(async (tx) => (await tx.query('SELECT FROM public.seen')).length);

/** The story of figures, and what it leaves out: nobody is reached, and somebody reads what lies in their inbox. */
async function everything(): Promise<void> {
  await story(async () => {});
  await world.event('note.made', { id: 'x', who: 'nobody-known' });
  await world.advance('3 days');
  const item = (await messagesOf('1')).find(({ channel }) => channel === 'inbox');
  await world.database.transaction({ kind: 'tenant', tenant: 'default' }, (tx) =>
    addEngagement(tx, 'default', item?.id ?? '', 'read'),
  );
}

describe('what is marked', () => {
  it('is everything that changes what is counted, in the same transaction', { timeout: 120_000 }, async () => {
    await writeDown(null);
    await everything();
    expect(await idOf('1')).not.toBe('');
    expect((await sql('SELECT FROM relance.messages')).length).toBeGreaterThan(10);
    expect(await seen()).toBeGreaterThan(60);
    expect(await sql(`SELECT FROM relance.timeline WHERE kind = 'alarm' AND reason = 'nobody_reached'`)).not.toEqual(
      [],
    );
    expect(await unmarked()).toEqual([]);
  });

  it.each([
    ['the step of a follow-up', 'INSERT INTO relance.metric_marks%SELECT * FROM%', 'timeline'],
    [
      'a receipt, or what somebody did with a message',
      'INSERT INTO relance.metric_marks%relance.messages%',
      'messages',
    ],
  ])('is missed where %s sets no mark', { timeout: 120_000 }, async (_name, forgotten, where) => {
    await writeDown(forgotten);
    await everything();
    expect(await unmarked()).toContain(where);
  });
});
