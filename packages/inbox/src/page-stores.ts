// The elements of a page that ask for the same inbox have one store, and so one stream: the first begins it, the last ends it. Of those
// that could say aloud what has come, one does.
import { browser } from './platform.ts';
import { createInboxStore, type InboxStore } from './store.ts';
import { type GetToken, tokenFrom } from './token.ts';

export interface InboxAt {
  readonly url: string;
  /** A function, or the address of the page's own server that gives one. */
  readonly token: GetToken | string;
}

interface Kept extends InboxAt {
  readonly store: InboxStore;
  users: number;
}
const kept: Kept[] = [];

export interface Seat {
  readonly store: InboxStore;
  leave(): void;
}

/** `again`: by an element that is moved. What others have left is for nobody else: somebody else may have signed in since. */
export function takeSeat({ url, token }: InboxAt, again: boolean): Seat {
  let own = kept.find((one) => one.url === url && one.token === token && (again || one.users > 0));
  if (own === undefined) {
    const getToken = typeof token === 'string' ? tokenFrom(token, browser.fetch) : token;
    own = { url, token, store: createInboxStore({ url, getToken }), users: 0 };
    kept.push(own);
  }
  const seat = own;
  seat.users += 1;
  seat.store.start();
  return {
    store: seat.store,
    leave() {
      seat.users -= 1;
      // An element that is moved leaves and comes back within one task.
      browser.after(0, () => {
        if (seat.users > 0 || !kept.includes(seat)) return;
        kept.splice(kept.indexOf(seat), 1);
        seat.store.stop();
      });
    },
  };
}

const speakers = new WeakMap<InboxStore, object[]>();

export function speakFor(store: InboxStore, element: object): () => void {
  const all = speakers.get(store) ?? [];
  speakers.set(store, all);
  all.push(element);
  return () => void all.splice(all.indexOf(element), 1);
}

export const speaks = (store: InboxStore, element: object): boolean => speakers.get(store)?.[0] === element;
