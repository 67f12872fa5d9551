// Whether a port can be listened on, and who does it if not. Asked by `relance doctor`, and before a server makes anything.
import { createServer } from 'node:net';
import { REACH_MAX_MS } from './finding.ts';

/** The code of the error, or null when it can be listened on. */
export const whyNotListen = (host: string, port: number): Promise<string | null> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: Error & { code?: string }) => resolve(error.code ?? error.message));
    probe.listen({ host, port }, () => probe.close(() => resolve(null)));
  });

/** Whether a Relance answers there already. */
export async function isRelance(host: string, port: number): Promise<boolean> {
  const reached = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const url = `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}/openapi.json`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(REACH_MAX_MS) });
    const { info } = (await response.json()) as { info?: { title?: unknown } };
    return info?.title === 'Relance';
  } catch {
    return false;
  }
}
