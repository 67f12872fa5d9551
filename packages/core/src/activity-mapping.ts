// Which events tell what a recipient did (`activity` of relance.yaml), and what they tell: compiled once, asked of every
// event. An event that has no recipient in it tells nothing; one of the wrong kind is passed over, as its policies are not.
import { z } from 'zod';
import { clauseMatches, type PolicyEvent } from './clause.ts';
import type { Instant } from './instant.ts';
import { readId } from './opening-people.ts';
import { type Asked, readCondition } from './policy/compile-text.ts';
import type { Condition } from './policy/condition.ts';
import { type Path, type Problem, Problems } from './policy/problem.ts';
import { cel, eventTypes, listOf } from './policy/schema-text.ts';

const LIST_MAX = 100;
export const ACTIVITY_TYPE_MAX = 200;

export const activityMappingSchema = z
  .array(
    z.strictObject({
      on: eventTypes,
      when: cel('which of these events').optional(),
      recipient: cel('whose activity it is: an id'),
      type: cel("the type of the activity; the event's own when not given").optional(),
      data: cel("what is kept of it; the event's data when not given").optional(),
      location: cel('where they were: country, region, city').optional(),
    }),
  )
  .max(LIST_MAX);
export type WrittenActivityMapping = z.output<typeof activityMappingSchema>[number];

export interface ActivityMapping {
  readonly on: readonly string[];
  readonly when: Condition | null;
  readonly recipient: Condition | null;
  readonly type: Condition | null;
  readonly data: Condition | null;
  readonly location: Condition | null;
}

/** What one event tells of one recipient. */
export interface ToldActivity {
  readonly recipient: string;
  readonly type: string;
  readonly data: unknown;
  readonly location: { readonly country?: string; readonly region?: string; readonly city?: string } | null;
}

/** Mistakes come with their path in the list, as in `[0].recipient`. */
export function compileActivityMappings(written: readonly WrittenActivityMapping[]): {
  readonly mappings: readonly ActivityMapping[];
  readonly problems: readonly Problem[];
} {
  const problems = new Problems();
  const read = (source: string | undefined, wanted: Asked['wanted'], path: Path): Condition | null =>
    source === undefined ? null : readCondition(source, { seen: 'clause', wanted }, path, problems);
  const mappings = written.map(
    (one, index): ActivityMapping => ({
      on: listOf(one.on),
      when: read(one.when, 'when', [index, 'when']),
      recipient: read(one.recipient, 'recipient', [index, 'recipient']),
      type: read(one.type, 'activityType', [index, 'type']),
      data: read(one.data, 'data', [index, 'data']),
      location: read(one.location, 'location', [index, 'location']),
    }),
  );
  return { mappings, problems: problems.all };
}

/** When it was: what a sender's clock has in the future has happened by now. */
export const activityAt = (time: Instant | null, now: Instant): Instant => (time === null || time > now ? now : time);

/** What an event tells, at most once for each recipient and type. */
export function activitiesIn(mappings: readonly ActivityMapping[], event: PolicyEvent): readonly ToldActivity[] {
  const told = new Map<string, ToldActivity>();
  for (const mapping of mappings) {
    if (clauseMatches({ role: 'update', on: mapping.on, when: mapping.when }, event).kind !== 'matches') continue;
    const recipient = idIn(mapping.recipient, event);
    const type = mapping.type === null ? event.type : textIn(mapping.type, event);
    if (recipient === null || typeof type !== 'string' || type === '' || type.length > ACTIVITY_TYPE_MAX) continue;
    const data = mapping.data === null ? (event.data ?? null) : valueIn(mapping.data, event);
    told.set(`${recipient}\n${type}`, { recipient, type, data, location: placeIn(mapping.location, event) });
  }
  return [...told.values()];
}

const valueIn = (condition: Condition | null, event: PolicyEvent): unknown => {
  const result = condition?.evaluate({ event });
  return result?.ok === true ? result.value : null;
};
/** As the policies that an event opens take it. */
function idIn(condition: Condition | null, event: PolicyEvent): string | null {
  const id = readId(valueIn(condition, event));
  return id.ok ? id.value : null;
}
function textIn(condition: Condition | null, event: PolicyEvent): string | null {
  const value = valueIn(condition, event);
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text !== '' && text.length <= ACTIVITY_TYPE_MAX ? text : null;
}

const PLACE = ['country', 'region', 'city'] as const;
function placeIn(condition: Condition | null, event: PolicyEvent): ToldActivity['location'] {
  const value = valueIn(condition, event);
  if (typeof value !== 'object' || value === null) return null;
  const place = PLACE.flatMap((name) => {
    const part = (value as Record<string, unknown>)[name];
    return typeof part === 'string' && part.length <= ACTIVITY_TYPE_MAX ? [[name, part]] : [];
  });
  return place.length === 0 ? null : Object.fromEntries(place);
}
