// A change of one part of something, laid over the whole as it is at that moment: where somebody else was faster, over what they have
// made of it, so that both changes stay.
import { overtakenBy } from './overtaken.ts';

const TRIES = 5;

interface Stored {
  readonly id: string;
  readonly version: number;
}
interface Kind<T extends Stored, A> {
  get(id: string): Promise<T>;
  put(id: string, body: Omit<T, 'id' | 'version'>, over: { readonly over: number }): Promise<A>;
}

export async function laidOver<T extends Stored, A>(
  kind: Kind<T, A>,
  id: string,
  change: (now: Omit<T, 'id' | 'version'>) => Omit<T, 'id' | 'version'>,
  tries = TRIES,
): Promise<A> {
  const { id: _id, version: over, ...now } = await kind.get(id);
  try {
    return await kind.put(id, change(now), { over });
  } catch (error) {
    if (tries <= 1 || overtakenBy(error) === null) throw error;
    return laidOver(kind, id, change, tries - 1);
  }
}
