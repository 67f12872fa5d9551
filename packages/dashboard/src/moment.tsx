// Times as people read them: in the zone of this browser, which is always named; the exact one in UTC is in the title. How long from
// now is counted by the server's clock, which is not this browser's: in the demo days pass in seconds.
import { useQuery } from '@tanstack/react-query';
import { clockQuery } from './queries.ts';

/** IANA name, as the server is told it for its sentences. */
export const ZONE = new Intl.DateTimeFormat().resolvedOptions().timeZone;

const formatOf = (year: boolean): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    ...(year ? { year: 'numeric' } : {}),
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  });
const WITHOUT_YEAR = formatOf(false);
const WITH_YEAR = formatOf(true);

export function momentText(at: string, now: string | undefined): string {
  const format = now === undefined || at.slice(0, 4) === now.slice(0, 4) ? WITHOUT_YEAR : WITH_YEAR;
  return format.format(new Date(at)).replaceAll(',', '');
}

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];
const RELATIVE = new Intl.RelativeTimeFormat('en-GB', { numeric: 'always', style: 'long' });

/** `in 3 hours`, `2 days ago`. */
export function fromNow(at: string, now: string): string {
  const ms = Date.parse(at) - Date.parse(now);
  const [unit, size] = STEPS.find(([, step]) => Math.abs(ms) >= step) ?? ['minute', 60_000];
  const count = Math.round(ms / size);
  return count === 0 ? 'now' : RELATIVE.format(count, unit);
}

export const useNow = (): string | undefined => useQuery(clockQuery).data?.now;

export function Moment({ at, relative = false }: { readonly at: string; readonly relative?: boolean }) {
  const now = useNow();
  return (
    <time dateTime={at} title={`${at} (UTC)`}>
      {momentText(at, now)}
      {relative && now !== undefined && ` (${fromNow(at, now)})`}
    </time>
  );
}
