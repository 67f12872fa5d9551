// What the HTTP room needs from the others; app/ fills it in.
import type { Registry } from 'prom-client';
import type { Clock } from '../engine/clock.ts';
import type { Log } from '../engine/engine.ts';
import type { Commands, Ingest, Nudge } from '../engine/ports.ts';
import type { Database } from '../store/database.ts';
import type { Auth } from './auth.ts';

export interface HttpPorts {
  readonly database: Database;
  readonly ingest: Ingest;
  readonly commands: Commands;
  readonly clock: Pick<Clock, 'mode' | 'now' | 'advance'>;
  readonly nudge: Nudge;
  readonly auth: Auth;
  readonly log: Log;
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
