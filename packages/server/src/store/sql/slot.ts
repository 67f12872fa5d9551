// Where a set statement may look. Rows always carry their own slot; statements of wake, deliver and commands also name the
// one slot by equality, so that on a distributed PostgreSQL they run on one shard. Only ingest's span slots.
export type Slots = number | 'each';

/** The condition that keeps a statement in its slot; nothing where it spans slots. A slot is a small whole number of ours. */
export const inSlot = (slots: Slots, alias: string): string =>
  slots === 'each' ? '' : ` AND ${alias}.slot = ${Math.trunc(slots)}`;
