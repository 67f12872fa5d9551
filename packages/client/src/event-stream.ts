// Server-sent events, read from the body of an answer (WHATWG HTML §9.2.6). Of an event its name, its data and the id that a client
// goes on from; comments only say that somebody is there. EventSource does the same, and cannot show a token but in the address. The
// stream of the client is stream.ts; that of the inbox, which waits by its page's clock, is packages/inbox/src/stream.ts.
import { RelanceProblem } from './problem.ts';

export interface StreamEvent {
  readonly name: string;
  readonly data: string;
  /** The last that was given, by this event or one before. */
  readonly id: string;
}

const LINE_END = /\r\n|\r|\n/;
/** An item has a few kilobytes; whoever sends a megabyte without an end is no Relance. */
const WAITING_MAX = 1_048_576;

/** Takes text as it comes, however it is cut, and answers the events that are complete. `wait`: how long not to come back, once it ends. */
export function eventReader(
  lastId: string,
  wait: (ms: number) => void = () => {},
): (text: string) => readonly StreamEvent[] {
  let rest = '';
  let id = lastId;
  let name = '';
  let data: string[] = [];
  const take = (line: string): StreamEvent | null => {
    if (line === '') {
      const event = data.length === 0 ? null : { name: name || 'message', data: data.join('\n'), id };
      name = '';
      data = [];
      return event;
    }
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'event') name = value;
    else if (field === 'data') data.push(value);
    else if (field === 'id' && !value.includes('\0')) id = value;
    else if (field === 'retry' && /^\d{1,9}$/.test(value)) wait(Number(value));
    return null;
  };
  return (text) => {
    rest += text;
    // What ends with CR may be half of CRLF.
    const whole = rest.endsWith('\r') ? rest.slice(0, -1) : rest;
    const lines = whole.split(LINE_END);
    const last = lines.pop() ?? '';
    rest = last + rest.slice(whole.length);
    if (rest.length > WAITING_MAX) throw new Error('no event that ends');
    return lines.flatMap((line) => take(line) ?? []);
  };
}

/** Of an answer that is a stream. A proxy may answer in its place, and well, with a page of its own, such as one to sign in on. */
export function streamOf({ ok, status, headers, body }: Response): ReadableStream<Uint8Array> {
  const type = headers.get('content-type');
  if (ok && body !== null && type?.startsWith('text/event-stream')) return body;
  const detail = `The server answered ${status} with ${type} in the place of a stream.`;
  throw new RelanceProblem(status, { code: 'unreachable', detail });
}

/** The text of an answer as it comes. Browsers do not all iterate over a body. */
export async function* textsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield decoder.decode(value, { stream: true });
  }
}

const WAIT_MIN_MS = 500;
const WAIT_MAX_MS = 30_000;

/**
 * Before a stream is opened again: twice as long after every try, or as long as the server has asked for, up to half a minute; less by
 * up to half, by chance.
 */
export const waitAfter = (triesInVain: number, chance: number, askedMs = 0): number =>
  Math.min(WAIT_MAX_MS, Math.max(askedMs, WAIT_MIN_MS * 2 ** Math.min(triesInVain, 10))) * (1 - chance / 2);

/** The server says something every fifteen seconds. Three times as long, and the line is dead, whatever the system thinks. */
export const SILENCE_MAX_MS = 45_000;
