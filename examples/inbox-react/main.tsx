// A React application with the inbox: the elements as components that share a store, and the same store as a hook for what the
// application draws itself.
import {
  RelanceBanner,
  RelanceInbox,
  RelanceModal,
  RelanceToasts,
  useInbox,
  useInboxStore,
} from '@relance/inbox/react';
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';

async function getToken(): Promise<string> {
  const answer = await fetch('/inbox-token', { method: 'POST' });
  if (!answer.ok) throw new Error(`no token: ${answer.status}`); // it is asked for again
  return (await answer.json()).token;
}

function App() {
  const store = useInboxStore({ getToken });
  const { items, counts } = useInbox(store);
  const [did, setDid] = useState('nothing yet');
  return (
    <>
      <header>
        <RelanceInbox store={store} onAct={({ item, action }) => setDid(`${action}: ${item.title}`)} />
      </header>
      <main>
        <RelanceBanner store={store} />
        <h1>Acme</h1>
        <p id="waits">
          {counts.unread} of {counts.total} unread; the newest: {items[0]?.title ?? 'none'}
        </p>
        <p id="did">You did {did}.</p>
      </main>
      <RelanceToasts store={store} />
      <RelanceModal store={store} />
    </>
  );
}

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
