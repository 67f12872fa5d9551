// Something that may take long, done piece by piece: between two of them whoever asked for it may rest. Pure code does not wait by
// itself; a server rests by its own clock (http/playing.ts), and what has nothing else to do finishes at once.

export type Steps<T = void> = Generator<void, T, void>;

export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
