// A session that ends while somebody looks is begun again where they are (shell/sign-in-again.tsx): requests wait for it, and are
// sent again, so that nothing that is written is lost. Whoever does not want to goes to the page for signing in.
import { fetchInTime } from './unreachable.ts';

type Answer = 'signed in' | 'leaving';

let waiting: { readonly answer: Promise<Answer>; readonly end: (answer: Answer) => void } | null = null;
const listeners = new Set<() => void>();
const tell = (): void => {
  for (const listener of listeners) listener();
};

/** As useSyncExternalStore takes it. */
export const subscribeToEnding = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
export const hasEnded = (): boolean => waiting !== null;

/** Asks whoever looks, once however many ask. Nobody does where no page of those who are signed in is shown: it is as if they left. */
export function askedToSignIn(): Promise<Answer> {
  if (listeners.size === 0) return Promise.resolve('leaving');
  if (waiting === null) {
    let end: (answer: Answer) => void = () => {};
    const answer = new Promise<Answer>((resolve) => {
      end = resolve;
    });
    waiting = { answer, end };
    tell();
  }
  return waiting.answer;
}

/** Leaving also ends what waits: nothing that was to be sent for one tenant is sent when somebody signs in to another. */
export function endAsking(answer: Answer): void {
  const asked = waiting;
  waiting = null;
  tell();
  asked?.end(answer);
}

const send = fetchInTime((input, init) => fetch(input, init));

/** Refused because nobody is signed in, nothing was done: what is sent again is done once. */
export const fetchSignedIn: typeof fetch = async (input, init) => {
  for (;;) {
    const response = await send(input, init); // whoever signs in again may take longer
    if (response.status !== 401 || (await askedToSignIn()) === 'leaving') return response;
  }
};
