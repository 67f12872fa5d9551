// A moment as the mailbox and the demo write it: short, UTC, with the year where it is another one than now.
import type { Instant } from '@relance/core';

const formatOf = (year: boolean): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    ...(year ? { year: 'numeric' } : {}),
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'UTC',
  });
const WITHOUT_YEAR = formatOf(false);
const WITH_YEAR = formatOf(true);
const yearOf = (at: Instant): number => new Date(at).getUTCFullYear();

const written = (format: Intl.DateTimeFormat, at: Instant): string => format.format(at).replaceAll(',', '');

export const momentWithYear = (at: Instant): string => written(WITH_YEAR, at);
export const momentText = (at: Instant, now: Instant): string =>
  written(yearOf(at) === yearOf(now) ? WITHOUT_YEAR : WITH_YEAR, at);
