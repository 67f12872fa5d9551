// The door for React, as thin as it can be: the elements as components that take properties and handlers, and the store as a hook for
// whoever draws everything themselves. Works with React 18 and 19, and renders empty elements on a server.
'use client';
import {
  createElement,
  type ReactElement,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import './define.ts';
import { createInboxStore, type InboxState, type InboxStore, type InboxStoreOptions, type ShownItem } from './store.ts';
import type { GetToken } from './token.ts';
import type { OwnWords } from './words.ts';

/** What every component takes: a store, or where the inbox is and whose it is. */
export interface InboxProps {
  readonly store?: InboxStore;
  readonly url?: string;
  readonly tokenUrl?: string;
  readonly getToken?: GetToken;
  readonly words?: OwnWords;
  readonly lang?: string;
  readonly theme?: 'light' | 'dark';
  readonly id?: string;
  readonly className?: string;
  /** Something was done. */
  readonly onAct?: (did: { readonly item: ShownItem; readonly action: string }) => void;
  /** A link of an item is followed; answer false to go there by your own router. */
  readonly onLink?: (link: { readonly item: ShownItem; readonly url: string }) => boolean | undefined;
}
export interface BellProps extends InboxProps {
  readonly open?: boolean;
  /** The list without a bell. */
  readonly inline?: boolean;
}

/** These are attributes; everything else is a property of the element, which React 18 does not set. */
const ATTRIBUTES: readonly string[] = ['id', 'lang', 'theme'];

interface Asking {
  newest: GetToken;
  readonly ask: GetToken;
}
/** By the function that was given first, so that components which are given the same have one store. */
const asking = new WeakMap<GetToken, Asking>();

/** The same in every drawing, and asks the newest: an element that gets another begins its inbox anew. */
function useNewest(getToken: GetToken | undefined): GetToken | undefined {
  const first = useRef(getToken);
  first.current ??= getToken;
  if (getToken === undefined || first.current === undefined) return undefined;
  const own: Asking = asking.get(first.current) ?? { newest: getToken, ask: () => own.newest() };
  asking.set(first.current, own);
  own.newest = getToken;
  return own.ask;
}

function useElement(tag: string, { onAct, onLink, className, getToken, ...rest }: InboxProps): ReactElement {
  const element = useRef<HTMLElement>(null);
  const heard = useRef({ onAct, onLink });
  heard.current = { onAct, onLink };
  const given = Object.entries({ ...rest, getToken: useNewest(getToken) });
  const set = useRef<Readonly<Record<string, unknown>>>({});
  useBrowserLayout(() => {
    // What is the same stays as its reader has made it: `open` is how it begins, and is another by a click.
    for (const [name, value] of given)
      if (!ATTRIBUTES.includes(name) && element.current !== null && set.current[name] !== value)
        Reflect.set(element.current, name, value ?? null);
    set.current = Object.fromEntries(given);
  });
  useEffect(() => {
    const here = element.current;
    const acted = (event: Event): void => heard.current.onAct?.((event as CustomEvent).detail);
    const linked = (event: Event): void => {
      if (heard.current.onLink?.((event as CustomEvent).detail) === false) event.preventDefault();
    };
    here?.addEventListener('relance-act', acted);
    here?.addEventListener('relance-link', linked);
    return () => {
      here?.removeEventListener('relance-act', acted);
      here?.removeEventListener('relance-link', linked);
    };
  }, []);
  const attributes = Object.fromEntries(given.filter(([name]) => ATTRIBUTES.includes(name)));
  return createElement(tag, { ref: element, class: className, ...attributes });
}
/** React 18 warns of layout effects where there is no layout. */
const useBrowserLayout = typeof document === 'undefined' ? useEffect : useLayoutEffect;

export const RelanceInbox = (props: BellProps): ReactElement => useElement('relance-inbox', props);
export const RelanceBanner = (props: InboxProps): ReactElement => useElement('relance-banner', props);
export const RelanceToasts = (props: InboxProps & { readonly seconds?: number }): ReactElement =>
  useElement('relance-toasts', props);
export const RelanceModal = (props: InboxProps): ReactElement => useElement('relance-modal', props);
export const RelancePreferences = (props: InboxProps): ReactElement => useElement('relance-preferences', props);

/** A store that lives as long as the component; give it to others as `store`. The newest `getToken` is the one that is asked. */
export function useInboxStore(options: InboxStoreOptions): InboxStore {
  const newest = useRef(options.getToken);
  newest.current = options.getToken;
  const [store] = useState(() => createInboxStore({ ...options, getToken: () => newest.current() }));
  useEffect(() => {
    store.start();
    return () => store.stop();
  }, [store]);
  return store;
}

/** What there is, drawn anew whenever it is another. */
export const useInbox = (store: InboxStore): InboxState =>
  useSyncExternalStore(store.subscribe, store.getState, store.getState);
