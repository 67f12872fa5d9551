// Whether the session of whoever looks has ended: then they are asked to sign in again, where they are. The form is loaded while there is
// a session, after everything that one looks at.
import { Suspense, useEffect, useSyncExternalStore } from 'react';
import { endAsking, hasEnded, subscribeToEnding } from '../session-again.ts';
import { lazyPart } from './lazy-part.tsx';

const form = () => import('./sign-in-again.tsx');
const SignInAgain = lazyPart(async () => (await form()).SignInAgain);
const LATER_MS = 3_000;

export function Ended({ tenant }: { readonly tenant: string | null }) {
  const ended = useSyncExternalStore(subscribeToEnding, hasEnded);
  useEffect(() => {
    const later = setTimeout(() => void form().catch(() => {}), LATER_MS);
    return () => clearTimeout(later);
  }, []);
  // What waits is this tenant's, and of whoever is inside.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tenant is another session.
  useEffect(() => () => endAsking('leaving'), [tenant]);
  return <Suspense>{ended && <SignInAgain tenant={tenant} />}</Suspense>;
}
