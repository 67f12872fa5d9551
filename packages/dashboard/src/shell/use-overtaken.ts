// Somebody else was faster (overtaken.ts). From then until what one wrote is saved or given up it is known what there is, whether it was
// looked at, and over which version the next saving goes: over what was looked at, as whoever has seen that takes into account what it
// says; until then over what one began from, which is refused again.
import { useState } from 'react';
import { ifThere } from '../api.ts';
import { type Overtaken, overtakenBy } from '../overtaken.ts';

/** A text as it was written, or what is shown as YAML. */
export type Said = string | object;

/** What there is now. */
export interface There {
  readonly version: number;
  readonly said: Said;
}

/** Looks at it; null: there is none any more. */
export async function thereOf<T extends { readonly version?: number | undefined }>(
  asked: Promise<T>,
  saidOf: (now: T) => Said,
): Promise<There | null> {
  const now = await ifThere(asked);
  return now === null ? null : { version: now.version ?? 0, said: saidOf(now) };
}

export interface OvertakenState {
  /** Null: nobody was faster. */
  readonly by: Overtaken | null;
  /** What was looked at since. */
  readonly there: There | null;
  /** Over which version the next saving goes; null: over none. */
  readonly over: number | null;
  failed(error: Error): void;
  /** Null: it was deleted while one looked. */
  saw(there: There | null): void;
  /** It is saved, or given up. */
  settled(): void;
}

/** `from`: what one began from; null: there was none. */
export function useOvertaken(from: number | null): OvertakenState {
  const [by, setBy] = useState<Overtaken | null>(null);
  const [there, setThere] = useState<There | null>(null);
  return {
    by,
    there: by === null ? null : there, // what is looked at may be answered after one has given up
    over: by === null ? from : by.version === null ? null : (there?.version ?? from),
    failed(error) {
      const overtaken = overtakenBy(error);
      if (overtaken === null) return; // refused for another reason: what was looked at stays so
      setBy(overtaken);
      setThere(null);
    },
    saw(found) {
      setThere(found);
      if (found === null) setBy((now) => now && { ...now, version: null });
    },
    settled() {
      setBy(null);
      setThere(null);
    },
  };
}

/** On its button: `Save`, `Save over version 4`, `Save it again`. */
export function savingWords(word: 'Save' | 'Publish', { by, there }: OvertakenState): string {
  if (by !== null && by.version === null) return `${word} it again`;
  return there === null ? word : `${word} over version ${there.version}`;
}
