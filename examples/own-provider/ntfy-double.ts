// What an author writes beside a provider: a stand-in for its server, from its published interface, that takes messages and
// remembers them. This one answers as ntfy does (https://docs.ntfy.sh/publish/#publish-as-json).
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Taken {
  readonly authorization: string | undefined;
  readonly message: {
    readonly topic: string;
    readonly title: string;
    readonly message: string;
    readonly actions: readonly { readonly label: string; readonly url: string }[];
  };
}

export async function startNtfyDouble(status = 200) {
  const taken: Taken[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const message = JSON.parse(Buffer.concat(parts).toString()) as Taken['message'];
    if (status === 200) taken.push({ authorization: request.headers.authorization, message });
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ id: `n${taken.length}`, event: 'message', topic: message.topic }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { taken, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}
