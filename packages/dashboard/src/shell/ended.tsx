// Whether the session of whoever looks has ended: then they are asked to sign in again, where they are.
import { lazy, Suspense, useSyncExternalStore } from 'react';
import { hasEnded, subscribeToEnding } from '../session-again.ts';

const SignInAgain = lazy(async () => ({ default: (await import('./sign-in-again.tsx')).SignInAgain }));

export function Ended({ tenant }: { readonly tenant: string | null }) {
  const ended = useSyncExternalStore(subscribeToEnding, hasEnded);
  return <Suspense>{ended && <SignInAgain tenant={tenant} />}</Suspense>;
}
