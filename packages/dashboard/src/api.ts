// How the dashboard speaks with its server: the typed client of packages/client, signed in by the session cookie that the browser
// sends by itself. No key is kept here. What concerns signing in alone is below; everything else is the client's.
import { createClient, RelanceProblem } from '@relance/client';
import { fetchSignedIn } from './session-again.ts';
import { fetchInTime, fetchOrSay } from './unreachable.ts';

export const api = createClient({ url: window.location.origin, fetch: fetchOrSay(fetchSignedIn) });
const fetchSession = fetchOrSay(fetchInTime((input, init) => fetch(input, init)));

/** Null: there is none of it, or no longer. */
export async function ifThere<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof RelanceProblem && error.status === 404) return null;
    throw error;
  }
}

export interface Session {
  readonly signedIn: boolean;
  /** Nobody need sign in: the demo. */
  readonly open: boolean;
  readonly tenant: string | null;
  readonly admin: boolean;
  readonly version: string | null;
}

async function sessionCall(method: 'GET' | 'POST' | 'DELETE', body?: unknown): Promise<Session | null> {
  const response = await fetchSession('/session', {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  if (response.status === 204) return null;
  const answer: unknown = await response.json().catch(() => null);
  const known = typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : {};
  if (!response.ok) throw new RelanceProblem(response.status, known);
  return known as unknown as Session;
}

export const readSession = async (): Promise<Session> => (await sessionCall('GET')) as Session;
/** That a key opens nothing says nothing of who is signed in. */
export class WrongKey extends Error {
  override readonly name = 'WrongKey';
}
export async function signIn(key: string): Promise<Session> {
  try {
    return (await sessionCall('POST', { key })) as Session;
  } catch (error) {
    throw isSignedOut(error) ? new WrongKey('That key is not valid') : error;
  }
}
export const signOut = async (): Promise<void> => void (await sessionCall('DELETE'));

export const isSignedOut = (error: unknown): boolean => error instanceof RelanceProblem && error.status === 401;
