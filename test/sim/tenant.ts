// What the tenant of a world sets, at random, and its budget as a judge counts it: by what was handed over and not refused, from
// when there was a budget on. What had been prepared when it was set is neither counted nor judged. Partner: judge.ts.
import { type Channel, type Instant, interrupts, type WrittenBudget } from '@relance/core';
import type { Random } from '../random.ts';

export interface Settings {
  readonly quietHours?: string;
  readonly budget?: WrittenBudget;
}

export function randomSettings(random: Random): Settings {
  return {
    ...(random.chance(0.3) ? { quietHours: random.pick(['21:00-08:00', '12:00-13:00']) } : {}),
    ...(random.chance(0.6)
      ? {
          budget: {
            ...(random.chance(0.8) ? { perDay: 1 + random.below(3) } : {}),
            ...(random.chance(0.4) ? { channels: { [random.pick(['email', 'sms'])]: 1 } } : {}),
            ...(random.chance(0.3) ? { outOfHours: random.below(2) } : {}),
          },
        }
      : {}),
  };
}

/** One message that was handed over, whatever it carries. */
export interface Use {
  readonly id: string;
  readonly recipient: string;
  readonly channel: Channel;
  readonly at: Instant;
  readonly zone: string;
  /** It was refused, and its place given back. */
  readonly isFree: () => boolean;
}
const MORNING = '08:00';
const EVENING = '20:00';

export class Tenant {
  settings: Settings = {};
  #prepared: ReadonlySet<string> = new Set();
  readonly #uses = new Map<string, Use>();

  sets(settings: Settings, prepared: ReadonlySet<string>): void {
    this.settings = settings;
    this.#prepared = prepared;
  }

  isExcused(id: string): boolean {
    return this.#prepared.has(id);
  }

  /** Counts it; answers what it is over. `held`: what is not urgent; `byNight`: it may have no hour but at night. */
  counts(use: Use, { held, byNight }: { readonly held: boolean; readonly byNight: boolean }): string | null {
    const { budget } = this.settings;
    if (budget === undefined || !interrupts(use.channel) || this.isExcused(use.id)) return null;
    const others = [...this.#uses.values()].filter(
      (one) => one.recipient === use.recipient && one.id !== use.id && !one.isFree(),
    );
    this.#uses.set(use.id, use);
    if (!held) return null;
    const { outOfHours, perDay = Number.POSITIVE_INFINITY, channels = {} } = budget;
    const isNight = (at: Instant): boolean => outOfHours !== undefined && nightOf(at, use.zone) !== null;
    if (outOfHours !== undefined && isNight(use.at)) {
      const night = nightOf(use.at, use.zone);
      const same = others.filter(({ at }) => nightOf(at, use.zone) === night);
      return same.length >= outOfHours && !byNight ? `over its budget of ${outOfHours} a night` : null;
    }
    const day = dayOf(use.at, use.zone);
    const today = others.filter(({ at }) => dayOf(at, use.zone) === day && !isNight(at));
    if (today.length >= perDay) return `over its budget of ${perDay} a day`;
    const most = (channels as Partial<Record<Channel, number>>)[use.channel] ?? Number.POSITIVE_INFINITY;
    const same = today.filter(({ channel }) => channel === use.channel);
    return same.length >= most ? `over its budget of ${most} a day by ${use.channel}` : null;
  }
}

/** `2026-11-02 09:30`, on the wall there. */
export function wallOf(at: Instant, zone: string): string {
  const wall =
    WALLS.get(zone) ?? new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short', timeZone: zone });
  WALLS.set(zone, wall);
  return wall.format(at);
}
const WALLS = new Map<string, Intl.DateTimeFormat>();
const dayOf = (at: Instant, zone: string): string => wallOf(at, zone).slice(0, 10);

/** The day on which the night began; null in hours. */
function nightOf(at: Instant, zone: string): string | null {
  const time = wallOf(at, zone).slice(11);
  if (time >= MORNING && time < EVENING) return null;
  return dayOf((time < '12:00' ? at - 43_200_000 : at) as Instant, zone);
}
