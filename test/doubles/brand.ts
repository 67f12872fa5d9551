// What the doubles of mail brands share: an HTTP server on a free port that keeps what it was asked, and answers as it is told to, once or
// always. A double is written from the brand's published API document, which stands at its head; it is no copy of the brand.
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}
export type Answer = { readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> };
/** Instead of an answer: what a broken server does. */
export type Fault = 'reset after reading' | 'silence' | 'half an answer' | 'endless answer' | 'not JSON';

export interface BrandDouble {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** How many different mails it has taken. */
  taken(): number;
  /** What it does from now on; null: what the brand does. */
  does(answer: Answer | Fault | null): void;
  stop(): Promise<void>;
}

/** `behave` answers as the brand does, and says under which id it has taken a mail. */
export async function startBrand(
  behave: (asked: Asked) => { readonly answer: Answer; readonly taken: string | null },
): Promise<BrandDouble> {
  const asked: Asked[] = [];
  const taken = new Set<string>();
  let instead: Answer | Fault | null = null;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString('utf8');
      const one: Asked = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      };
      asked.push(one);
      if (typeof instead === 'string') return misbehave(instead, response);
      if (instead !== null) return write(response, instead);
      const { answer, taken: id } = behave(one);
      if (id !== null) taken.add(id);
      write(response, answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    asked,
    taken: () => taken.size,
    does: (answer) => {
      instead = answer;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const write = (response: ServerResponse, { status, body, headers = {} }: Answer): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};

function misbehave(fault: Fault, response: ServerResponse): void {
  switch (fault) {
    case 'silence':
      return;
    case 'reset after reading':
      response.socket?.resetAndDestroy();
      return;
    case 'half an answer':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
      response.write('{"Mess', () => response.destroy());
      return;
    case 'not JSON':
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>');
      return;
    case 'endless answer': {
      response.writeHead(500, { 'content-type': 'text/plain' });
      const more = (): void => {
        if (!response.destroyed) response.write('x'.repeat(65_536), more);
      };
      more();
      return;
    }
  }
}
