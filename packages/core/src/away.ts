// Who is away, and who acts for them meanwhile (POLICY.md, *People*: away periods with a delegate). A period is written with
// dates, the last one included, or with instants; dates are those of the person's zone, else the tenant's.
import { DAY_MS, type Instant } from './instant.ts';
import { type Away, DEFAULT_ZONE, type Directory, type Recipient } from './recipient.ts';
import { readMoment } from './schedule-schema.ts';
import { fromLocal, isDate } from './timing.ts';

export interface AwayPeriod {
  readonly from: Instant;
  /** The first instant at which they are back. */
  readonly until: Instant;
  readonly delegate: string | null;
}

/** As instants; null for what is no period. */
export function readAway({ from, to, delegate }: Away, zone: string): AwayPeriod | null {
  const start = readMoment(from, zone);
  const end = isDate(to) ? fromLocal(Date.parse(`${to}T00:00:00Z`) + DAY_MS, zone) : readMoment(to, zone);
  return start === null || end === null || end <= start
    ? null
    : { from: start, until: end, delegate: delegate ?? null };
}

/** All periods of somebody. */
export const awayPeriods = (
  { away, timeZone }: Recipient,
  { tenant }: Pick<Directory, 'tenant'>,
): readonly AwayPeriod[] =>
  away.map((written) => readAway(written, timeZone ?? tenant.zone ?? DEFAULT_ZONE)).filter((one) => one !== null);

/** The period that somebody is in, if any. */
export const awayAt = (recipient: Recipient, directory: Pick<Directory, 'tenant'>, at: Instant): AwayPeriod | null =>
  awayPeriods(recipient, directory).find(({ from, until }) => from <= at && at < until) ?? null;

/** Who acts for a known recipient: themselves, or whoever they named while they are away; null when that is nobody. */
export function actingFor(directory: Pick<Directory, 'recipients' | 'tenant'>, id: string, at: Instant): string | null {
  const seen = new Set<string>();
  let person: string | null = id;
  while (person !== null && !seen.has(person)) {
    seen.add(person);
    const recipient = directory.recipients.get(person);
    if (recipient === undefined) return null;
    const period = awayAt(recipient, directory, at);
    if (period === null) return person;
    person = period.delegate;
  }
  return null;
}
