// The shapes of who is on call when, and of when people work: schedules and calendars. Part of shape.ts.
import { z } from 'zod';
import { WEEKDAYS } from '../policy/hours.ts';
import { calendarSchema } from '../policy/schema-calendar.ts';
import { scheduleSchema } from '../schedule-schema.ts';

const time = z.iso.datetime().describe('RFC 3339, UTC');
const maybeTime = time.nullable();
const date = z.iso.date();
const id = z.string().min(1);

export const scheduleShape = z.strictObject({
  ...scheduleSchema.shape,
  id,
  version: z.int(),
  name: z.string().nullable(),
});
export const calendarShape = z.strictObject({
  ...calendarSchema.shape,
  id,
  version: z.int(),
  name: z.string().nullable(),
});
const onCall = z.strictObject({
  level: z.int().min(1),
  recipients: z.array(id).describe('empty: nobody'),
  from: maybeTime.describe('since when nothing about it has changed; null: ever'),
  until: maybeTime.describe('when something changes; null: never'),
  source: z.enum(['layer', 'override', 'gap']),
  sourceId: id.nullable().describe('the layer or override that says so'),
});

export const SCHEDULE_SHAPES = {
  Schedule: scheduleShape,
  ScheduleAnswer: scheduleShape.extend({
    warnings: z.array(z.strictObject({ path: z.string(), message: z.string() })),
  }),
  OnCall: z.strictObject({
    at: time,
    onCall: z.array(onCall),
    gap: z.boolean().describe('nobody who is known is on call at level 1'),
  }),
  Shift: onCall.extend({ from: time, until: time, source: z.enum(['layer', 'override']), sourceId: id }),
  Gap: z.strictObject({ level: z.int().min(1), from: time, until: time }),
  ScheduleImport: z.strictObject({
    id,
    version: z.int(),
    imported: z.int(),
    removed: z.int().describe('overrides of cancelled events'),
    skippedCount: z.int(),
    skipped: z
      .array(z.strictObject({ uid: z.string().nullable(), summary: z.string(), reason: z.string() }))
      .describe('the first 500'),
  }),
  Calendar: calendarShape,
  CalendarDays: z.strictObject({
    id,
    version: z.int(),
    zone: z.string(),
    from: date.describe('the first date that was looked at'),
    to: date.describe('the last one'),
    days: z.array(
      z.strictObject({
        date,
        weekday: z.enum(WEEKDAYS),
        hours: z.string().describe('as in 09:00-12:30, 14:00-18:00'),
        opensAt: time,
        closesAt: time,
      }),
    ),
    special: z
      .array(
        z.strictObject({
          date,
          weekday: z.enum(WEEKDAYS),
          hours: z.string().describe('`closed`, or the hours of that date'),
          name: z.string().nullable().describe('the holiday; null: an exception'),
        }),
      )
      .describe('holidays and exceptions from `from` to `to`'),
  }),
};
