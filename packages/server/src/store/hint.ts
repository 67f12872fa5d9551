// NOTIFY as a hint between nodes: "something was written, look now". At most one every 50 ms, in a transaction of its own,
// never inside a hot one. Losing it costs a poll's delay and nothing else, so errors only end the hint for a while.
import pg from 'pg';

const CHANNEL = 'relance';
const AT_MOST_EVERY_MS = 50;
const RETRY_MS = 5_000;

/** Whoever is told to look now. */
export interface Hinted {
  wake(): void;
  deliver(): void;
}

export interface Hint {
  tell(): void;
  stop(): Promise<void>;
}

/** `url` must reach the server itself: LISTEN does not work through a pooler in transaction mode. */
export function startHint(url: string, nudge: Hinted, log: { info(fields: object, text: string): void }): Hint {
  let client: pg.Client | null = null;
  let stopped = false;
  let waiting: NodeJS.Timeout | null = null;
  let retry: NodeJS.Timeout | null = null;

  const connect = async (): Promise<void> => {
    const fresh = new pg.Client({ connectionString: url, application_name: 'relance hint', keepAlive: true });
    fresh.on('notification', () => {
      nudge.wake();
      nudge.deliver();
    });
    const lost = (error?: Error) => {
      if (client !== fresh) return;
      client = null;
      if (error !== undefined) log.info({ error: error.message }, 'the hint connection was lost; polling goes on');
      if (!stopped) retry = setTimeout(() => void connect(), RETRY_MS);
    };
    fresh.on('error', lost);
    fresh.on('end', () => lost());
    client = fresh;
    try {
      await fresh.connect();
      await fresh.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      lost(error as Error);
      await fresh.end().catch(() => {}); // connected, but not able to listen: on a standby, say
    }
  };
  const ready = connect();

  return {
    tell() {
      if (waiting !== null || stopped) return;
      waiting = setTimeout(() => {
        waiting = null;
        client?.query(`NOTIFY ${CHANNEL}`).catch(() => {});
      }, AT_MOST_EVERY_MS);
    },
    async stop() {
      stopped = true;
      if (waiting !== null) clearTimeout(waiting);
      if (retry !== null) clearTimeout(retry);
      await ready;
      await client?.end().catch(() => {});
    },
  };
}
