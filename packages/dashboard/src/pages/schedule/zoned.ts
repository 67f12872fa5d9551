// Times by the clocks of a schedule's zone, which is always named: whoever reads them may be elsewhere.

const formatOf = (zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options });

/** `Mon 30 Nov 09:00 CET`. */
export const zonedText = (at: number, zone: string): string =>
  formatOf(zone, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  })
    .format(at)
    .replaceAll(',', '');

/** `09:00`. */
export const timeText = (at: number, zone: string): string =>
  formatOf(zone, { hour: '2-digit', minute: '2-digit' }).format(at);

/** `Mon 30`, of a date. */
export const dayText = (date: string): string =>
  formatOf('UTC', { weekday: 'short', day: 'numeric' })
    .format(Date.parse(`${date}T00:00:00Z`))
    .replace(',', '');

/** `November 2026`, or the week from its Monday to its Sunday. */
export const monthText = (date: string): string =>
  formatOf('UTC', { month: 'long', year: 'numeric' }).format(Date.parse(`${date}T00:00:00Z`));

export const dateText = (date: string): string =>
  formatOf('UTC', { day: 'numeric', month: 'long', year: 'numeric' }).format(Date.parse(`${date}T00:00:00Z`));
