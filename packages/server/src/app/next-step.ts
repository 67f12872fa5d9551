// What to do about an error that reached the top: its own next step, or one for the commonest troubles of a start.
import { isDatabaseDown } from '../store/database.ts';

/** Null where nothing better than the error's own words can be said. */
export function nextStepOf(error: unknown): string | null {
  const { next, code, syscall } = error as { next?: string; code?: string; syscall?: string };
  if (next !== undefined) return next;
  if (code === 'EADDRINUSE') return 'Something listens there already. Stop it, or set RELANCE_PORT to another port.';
  if (code === 'EACCES' && syscall === 'listen') return 'Set RELANCE_PORT to a port above 1023.';
  if (code === 'ENOENT') return 'Give a path that exists.';
  // PostgreSQL's own codes: wrong password, no such role, no such database.
  if (code === '28P01' || code === '28000') return 'Check the user and password in RELANCE_DATABASE_URL.';
  if (code === '3D000') return 'Create the database that RELANCE_DATABASE_URL names.';
  return isDatabaseDown(error) ? 'Start the database, or check RELANCE_DATABASE_URL.' : null;
}
