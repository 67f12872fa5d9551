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

/** The period that somebody is in, if any. */
export function awayAt(recipient: Recipient, { tenant }: Pick<Directory, 'tenant'>, at: Instant): AwayPeriod | null {
  for (const written of recipient.away) {
    const period = readAway(written, recipient.timeZone ?? tenant.zone ?? DEFAULT_ZONE);
    if (period !== null && period.from <= at && at < period.until) return period;
  }
  return null;
}

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
