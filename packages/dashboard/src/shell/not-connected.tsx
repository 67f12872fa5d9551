// That what is shown may be old: the server's stream has been away for some seconds. It lies over the page, so that nothing moves.
import { useSyncExternalStore } from 'react';
import { isAway, subscribeToConnection } from '../connection.ts';

export function NotConnected() {
  const away = useSyncExternalStore(subscribeToConnection, isAway);
  return (
    <div role="status" className="not-connected">
      {away && <span>Not connected. Trying again…</span>}
    </div>
  );
}
