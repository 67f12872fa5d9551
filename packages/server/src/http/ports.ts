// What the HTTP room needs from the others; app/ fills it in.
import type { Registry } from 'prom-client';
import type { Calendars, Commands, Ingest, Nudge, Previews, StoryClock, TestSend } from '../engine/ports.ts';
import type { Database } from '../store/database.ts';
import type { Auth } from './auth.ts';

/** Structured: fields, then a constant text. Never bodies, keys or addresses of people. */
export interface Log {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

export interface HttpPorts {
  readonly database: Database;
  readonly ingest: Ingest;
  readonly commands: Commands;
  readonly calendars: Calendars;
  readonly clock: StoryClock;
  readonly previews: Previews;
  /** Absent where this server has no connections of its own. */
  readonly testSend?: TestSend;
  readonly nudge: Nudge;
  readonly auth: Auth;
  readonly log: Log;
  /** Real time, for what the world outside checks by its own clock: sessions. */
  readonly wallNow: () => number;
  readonly publicUrl: string;
  /** Signing secret: recipient tokens, mailbox sessions, action links. */
  readonly secret: string;
  readonly version: string;
  readonly registry: Registry | null;
  /** True when every loop turns. */
  readonly healthy: () => boolean;
  /** True while stopping: not ready for new work. */
  readonly stopping: () => boolean;
  /** By key, or by address without one; generous by default. */
  readonly requestsAMinute?: number;
}
