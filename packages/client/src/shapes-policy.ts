// Policies as they are told: what publishing and checking answer, versions, how their follow-ups stand, those that come ready, and
// whom one may come to.

import type { Group, Recipient, Template } from './shapes.ts';
import type { Calendar, Schedule } from './shapes-schedule.ts';

type Plain = Readonly<Record<string, unknown>>;

export interface StoredPolicy {
  readonly id: string;
  readonly version: number;
  readonly deleted: boolean;
  readonly policy: Plain;
  /** The YAML that it was written in; null where it came as JSON. */
  readonly text: string | null;
}
export interface PolicyAnswer {
  readonly id: string;
  readonly version: number;
  readonly warnings: readonly { readonly path: string; readonly message: string }[];
}
export interface PolicyVersion {
  readonly version: number;
  readonly createdAt: string;
  /** The id of a key, `bootstrap`, or `project`. */
  readonly createdBy: string | null;
  /** What that key is called. */
  readonly createdByName: string | null;
}
export interface PolicyProblem {
  readonly code: string;
  readonly path: string;
  readonly message: string;
  readonly severity: 'error' | 'warning';
  /** 1-based, where the policy was sent as YAML. */
  readonly line?: number;
  readonly column?: number;
}
export interface PolicyCheck {
  readonly ok: boolean;
  readonly id?: string;
  readonly errors: readonly PolicyProblem[];
  readonly warnings: readonly PolicyProblem[];
  /** What is proved of it, or refuted: then it is among the warnings too. */
  readonly proofs: readonly { readonly claim: string; readonly holds: boolean; readonly text: string }[];
}
/** Of a policy that has live follow-ups. */
export interface PolicyStanding {
  readonly policy: string;
  readonly open: number;
  readonly acknowledged: number;
  readonly overdue: number;
  /** They go no further by themselves. */
  readonly attention: number;
}

export interface ReadyPolicy {
  readonly id: string;
  readonly title: string;
  readonly about: string;
}
/** With everything that it names, as it is put to the addresses of each. */
export interface ReadyPolicyWhole extends ReadyPolicy {
  /** YAML. */
  readonly text: string;
  /** An example of what opens it. */
  readonly event: Plain;
  readonly templates: readonly Template[];
  readonly groups: readonly Omit<Group, 'version'>[];
  readonly schedules: readonly Omit<Schedule, 'version'>[];
  readonly calendars: readonly Omit<Calendar, 'version'>[];
  /** Examples, to be replaced by people of one's own. */
  readonly recipients: readonly Recipient[];
  /** What it needs of relance.yaml. */
  readonly settings: Plain;
}

export interface PolicyWorldRequest {
  readonly recipients?: readonly string[];
  readonly groups?: readonly string[];
  readonly schedules?: readonly { readonly id: string; readonly level?: number }[];
  readonly calendar?: string | null;
  readonly at?: string;
}
/** As decisions see them; `readDirectory` of @relance/core reads it. */
export interface PolicyWorld {
  readonly now: string;
  readonly recipients: readonly Plain[];
  readonly groups: readonly Plain[];
  readonly schedules: readonly Plain[];
  readonly calendar: Plain | null;
  readonly activity: readonly Plain[];
  readonly tenant: Plain;
}
