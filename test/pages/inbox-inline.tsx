// An application in React that writes the function for its token inline, in every drawing anew: what test/e2e/inbox-elements.test.ts opens.
import { RelanceInbox, RelanceToasts } from '@relance/inbox/react';
import { useState } from 'react';
import { createRoot } from 'react-dom/client';

function App() {
  const [drawings, setDrawings] = useState(1);
  const getToken = async () => `token-${drawings}`;
  return (
    <>
      <button type="button" onClick={() => setDrawings(drawings + 1)}>
        Draw
      </button>
      <p id="drawings">{drawings}</p>
      <RelanceInbox getToken={getToken} />
      <RelanceToasts getToken={getToken} />
    </>
  );
}

createRoot(document.body).render(<App />);
