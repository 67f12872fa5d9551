// A double of the addresses Teams gives to post cards to, written from the published documents: a workflow (202, nothing said)
// or an incoming webhook (200 and "1"). It refuses what is not a message with one Adaptive Card, larger than 28 KB, or with
// elements and actions that cards of schema 1.5 do not have. Whoever tests may say otherwise for a call.
import { createServer } from 'node:http';

interface Fields {
  readonly [name: string]: unknown;
}
export interface Card extends Fields {
  readonly body: readonly Fields[];
  readonly actions?: readonly Fields[];
}
export type TeamsTwist =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | 'hang up'
  | 'silence';
export interface TeamsDouble {
  readonly url: string;
  readonly cards: Card[];
  /** Of every call, also of those that were refused. */
  readonly paths: string[];
  twist: () => TeamsTwist | null;
  stop(): Promise<void>;
}

const BYTES_MAX = 28 * 1_024;

export async function teamsDouble(): Promise<TeamsDouble> {
  const cards: Card[] = [];
  const paths: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      paths.push(request.url ?? '');
      const twist = double.twist();
      if (twist === 'silence') return;
      if (twist === 'hang up') {
        request.socket.destroy();
        return;
      }
      if (twist !== null) {
        response.writeHead(twist.status, twist.headers).end(twist.body ?? '');
        return;
      }
      const trouble = Buffer.byteLength(body) > BYTES_MAX ? 'more than 28 KB' : troubleWith(body);
      if (trouble !== null) {
        response.writeHead(400).end(trouble);
        return;
      }
      cards.push((JSON.parse(body) as { attachments: [{ content: Card }] }).attachments[0].content);
      response.writeHead(request.url?.startsWith('/webhookb2/') === true ? 200 : 202).end('1');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const double: TeamsDouble = {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    cards,
    paths,
    twist: () => null,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return double;
}

const ELEMENTS: Readonly<Record<string, readonly string[]>> = {
  TextBlock: ['type', 'text', 'wrap', 'size', 'weight', 'style', 'color', 'isSubtle'],
  FactSet: ['type', 'facts'],
  'Action.OpenUrl': ['type', 'title', 'url', 'style'],
};

/** What Teams would not take; null where it would. */
function troubleWith(body: string): string | null {
  const message = JSON.parse(body) as { type?: string; attachments?: { contentType?: string; content?: Card }[] };
  if (message.type !== 'message' || message.attachments?.length !== 1) return 'not a message with one attachment';
  const [{ contentType, content: card } = {}] = message.attachments;
  if (contentType !== 'application/vnd.microsoft.card.adaptive') return 'not an Adaptive Card';
  if (card?.type !== 'AdaptiveCard' || card.version !== '1.5') return 'not a card of schema 1.5';
  if (card.body.length === 0) return 'a card with nothing in it';
  for (const element of [...card.body, ...(card.actions ?? [])]) {
    const known = ELEMENTS[String(element.type)];
    if (known === undefined) return `${String(element.type)} is not expected here`;
    const unknown = Object.keys(element).find((field) => !known.includes(field));
    if (unknown !== undefined) return `${String(element.type)} has no ${unknown}`;
    if (element.type === 'TextBlock' && typeof element.text !== 'string') return 'a text that is none';
    if (element.type === 'Action.OpenUrl' && !URL.canParse(String(element.url))) return 'an address that is none';
  }
  return (card.actions?.length ?? 0) > 6 ? 'more than six actions' : null;
}
