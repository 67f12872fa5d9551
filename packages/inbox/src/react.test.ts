// The door for React where there is no browser: what a server renders is an empty element, which the browser fills.
import { createElement, Fragment } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, it } from 'vitest';
import { RelanceInbox, RelanceToasts, useInbox, useInboxStore } from './react.ts';

let asked = 0;
const getToken = async (): Promise<string> => {
  asked += 1;
  return 'token';
};

function App() {
  const store = useInboxStore({ url: 'http://relance.test', getToken });
  const { counts, status } = useInbox(store);
  const inbox = createElement(RelanceInbox, { store, lang: 'fr', className: 'bell', inline: true });
  return createElement(Fragment, null, inbox, createElement(RelanceToasts, { store }), `${counts.unread} ${status}`);
}

it('renders on a server, and asks for nothing there', () => {
  expect(renderToString(createElement(App))).toBe(
    '<relance-inbox class="bell" lang="fr"></relance-inbox><relance-toasts></relance-toasts>0 idle',
  );
  expect(asked).toBe(0);
});
