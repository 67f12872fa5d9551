// A push service that nobody here wrote: `web-push-testing` (npm), which checks our VAPID token, decrypts what we send as a
// browser would, and answers 410 once a subscription has ended. Its own server listens on every address of a fixed port;
// here the same handlers listen on one free port of this machine.

import type { Server } from 'node:http';
import { createRequire } from 'node:module';

interface Handlers {
  readonly _app: { listen(port: number, host: string, done: () => void): Server };
  setRequestHandlers(): void;
}
interface Model {
  notifyUrl: string;
}
const require = createRequire(import.meta.url);
const { PushApiModel } = require('web-push-testing/src/PushApiModel.js') as { PushApiModel: new () => Model };
const PushServer = require('web-push-testing/src/server.js') as new (model: Model, port: number) => Handlers;

export interface PushService {
  subscribe(publicKey: string): Promise<PushSubscription>;
  /** What the browser of the subscription has decrypted so far. */
  received(subscription: PushSubscription): Promise<Record<string, unknown>[]>;
  expire(subscription: PushSubscription): Promise<void>;
  stop(): Promise<void>;
}
export interface PushSubscription {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
  readonly clientHash: string;
}

/** One a process: its handlers share what they know. */
export async function startPushService(): Promise<PushService> {
  const model = new PushApiModel();
  const handlers = new PushServer(model, 0);
  handlers.setRequestHandlers();
  const server = await new Promise<Server>((resolve) => {
    const started: Server = handlers._app.listen(0, '127.0.0.1', () => resolve(started));
  });
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  model.notifyUrl = `${url}/notify/`;
  const post = async (path: string, body: unknown): Promise<Response> => {
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return answer;
  };
  return {
    async subscribe(publicKey) {
      const answer = await post('/subscribe', { userVisibleOnly: 'true', applicationServerKey: publicKey });
      return ((await answer.json()) as { data: PushSubscription }).data;
    },
    async received({ clientHash }) {
      const answer = await post('/get-notifications', { clientHash });
      const { data } = (await answer.json()) as { data?: { messages: string[] } };
      return (data?.messages ?? []).map((text) => JSON.parse(text) as Record<string, unknown>);
    },
    async expire({ clientHash }) {
      await post(`/expire-subscription/${clientHash}`, {});
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
