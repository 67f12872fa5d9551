// Who is on call when, and when people work, as the HTTP interface writes them.

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
export interface Handover {
  readonly day?: Weekday;
  /** `09:00`, by the clocks of the schedule's zone. */
  readonly at: string;
}
export interface Rotation {
  /** `1 week`, `2 days`, `8 hours`, or a week or day of its own. */
  readonly every: string | { readonly handovers: readonly Handover[] };
  readonly handover?: Handover;
  /** A date, such as `2026-01-05`. */
  readonly start: string;
  readonly end?: string | null;
  /** Recipient ids in turn; a list is on call together. */
  readonly members: readonly (string | readonly string[])[];
}
export interface Override {
  readonly id: string;
  /** RFC 3339, or a date or local time of the schedule's zone. */
  readonly from: string;
  readonly to: string;
  /** null: nobody. */
  readonly recipient?: string | null;
  readonly recipients?: readonly string[];
  readonly replaces?: string;
  readonly level?: number;
}
export interface Schedule {
  readonly id: string;
  readonly version: number;
  readonly name?: string | null;
  readonly timeZone: string;
  /** Later ones win over earlier ones of their level. */
  readonly layers?: readonly {
    readonly id?: string;
    readonly level?: number;
    readonly rotation: Rotation;
    readonly restrictions?: readonly { readonly days?: string; readonly from?: string; readonly to?: string }[];
  }[];
  readonly overrides?: readonly Override[];
}
export interface ScheduleAnswer extends Schedule {
  readonly warnings: readonly { readonly path: string; readonly message: string }[];
}
/** Who is on call for how long, and which layer or override says so. `from` and `until` are null for ever. */
export interface OnCallLevel {
  readonly level: number;
  readonly recipients: readonly string[];
  readonly from: string | null;
  readonly until: string | null;
  readonly source: 'layer' | 'override' | 'gap';
  readonly sourceId: string | null;
}
export interface OnCall {
  readonly at: string;
  readonly onCall: readonly OnCallLevel[];
  /** Nobody who is known is on call at level 1. */
  readonly gap: boolean;
}
export interface Shift extends OnCallLevel {
  readonly from: string;
  readonly until: string;
  readonly source: 'layer' | 'override';
  readonly sourceId: string;
}
export interface Gap {
  readonly level: number;
  readonly from: string;
  readonly until: string;
}
export interface ScheduleImport {
  readonly id: string;
  readonly version: number;
  readonly imported: number;
  readonly removed: number;
  readonly skippedCount: number;
  readonly skipped: readonly { readonly uid: string | null; readonly summary: string; readonly reason: string }[];
}
/** A country with its state and region as in `DE-BY`, the same by field, or the text of an iCalendar file. */
export type HolidayPlace =
  | string
  | { readonly country: string; readonly state?: string; readonly region?: string }
  | { readonly icalendar: string };
export interface Calendar {
  readonly id: string;
  readonly version: number;
  readonly name?: string | null;
  readonly zone: string;
  /** By day: `{ 'mon-fri': '09:00-12:30, 14:00-18:00' }`; 09:00 to 17:00, Monday to Friday, when not given. */
  readonly hours?: Readonly<Record<string, string>>;
  readonly holidays?: HolidayPlace | readonly HolidayPlace[];
  /** By date: other hours, or `closed`. */
  readonly exceptions?: Readonly<Record<string, string>>;
}
export interface CalendarDay {
  readonly date: string;
  readonly weekday: Weekday;
  readonly hours: string;
}
/** The next working days from `from` to `to`, and the holidays and exceptions there. */
export interface CalendarDays {
  readonly id: string;
  readonly version: number;
  readonly zone: string;
  readonly from: string;
  readonly to: string;
  readonly days: readonly (CalendarDay & { readonly opensAt: string; readonly closesAt: string })[];
  /** `name` is the holiday's; null is an exception. */
  readonly special: readonly (CalendarDay & { readonly name: string | null })[];
}
