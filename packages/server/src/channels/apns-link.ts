// One HTTP/2 connection to Apple, kept and shared by many requests (RFC 9113). When the other side says GOAWAY, or falls silent,
// what is under way on it is let finish and the next request opens another. A request that the other side has surely not
// looked at (refused, or above the last stream that GOAWAY names) fails with `sent: false`.
import { type ClientHttp2Session, connect, constants, type IncomingHttpHeaders } from 'node:http2';

const { NGHTTP2_CANCEL, NGHTTP2_REFUSED_STREAM } = constants;
const ANSWER_MAX = 4_096;
/** Apple wants connections kept, but not for nothing. */
const IDLE_MS = 600_000;

export interface LinkAnswer {
  readonly status: number;
  /** `apns-id`. */
  readonly id: string | null;
  readonly retryAfter: string | null;
  readonly body: string;
}

/** What `post` rejects with. */
export interface LinkFailure extends Error {
  readonly code?: string;
  /** Whether it may have arrived. */
  readonly sent: boolean;
}

export class ApnsLink {
  readonly #origin: string;
  #session: ClientHttp2Session | null = null;
  readonly #open = new Set<ClientHttp2Session>();
  /** By session: the last stream that the other side has looked at. */
  readonly #lastLookedAt = new WeakMap<ClientHttp2Session, number>();

  constructor(origin: string) {
    this.#origin = origin;
  }

  post(
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    signal: AbortSignal,
  ): Promise<LinkAnswer> {
    const session = this.#current();
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        signal.removeEventListener('abort', callOff);
        const looked = this.#lastLookedAt.get(session);
        const passedOver = looked !== undefined && stream.id !== undefined && stream.id > looked;
        const sent = !(session.connecting || stream.pending || passedOver || stream.rstCode === NGHTTP2_REFUSED_STREAM);
        reject(Object.assign(error, { sent }));
      };
      const callOff = (): void => {
        // Whoever does not answer one request is not asked the next on the same connection.
        this.#leave(session);
        fail(new Error('no answer in time'));
        stream.close(NGHTTP2_CANCEL);
      };
      const stream = session.request({
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/json',
        ...headers,
      });
      let answer: IncomingHttpHeaders & { ':status'?: number | undefined } = {};
      let text = '';
      signal.addEventListener('abort', callOff, { once: true });
      stream.setEncoding('utf8');
      stream.on('response', (given) => {
        answer = given;
      });
      stream.on('data', (part: string) => {
        if (text.length < ANSWER_MAX) text += part;
      });
      stream.on('error', fail);
      stream.on('close', () => {
        if (answer[':status'] === undefined) return fail(new Error('the connection was closed without an answer'));
        signal.removeEventListener('abort', callOff);
        const id = answer['apns-id'];
        const retryAfter = answer['retry-after'] ?? null;
        resolve({ status: answer[':status'], id: typeof id === 'string' ? id : null, retryAfter, body: text });
      });
      stream.end(body);
    });
  }

  async close(): Promise<void> {
    this.#session = null;
    await Promise.all(
      [...this.#open].map(
        (session) =>
          new Promise<void>((resolve) => {
            if (session.destroyed) resolve();
            else session.close(resolve);
          }),
      ),
    );
  }

  #current(): ClientHttp2Session {
    if (this.#session !== null && !this.#session.closed && !this.#session.destroyed) return this.#session;
    const session = connect(this.#origin);
    this.#session = session;
    this.#open.add(session);
    session.on('goaway', (_code, lastStream) => {
      this.#lastLookedAt.set(session, lastStream);
      this.#leave(session);
    });
    session.on('error', () => this.#leave(session)); // each of its requests is told as well
    session.on('close', () => {
      this.#open.delete(session);
      this.#leave(session);
    });
    session.setTimeout(IDLE_MS, () => this.#leave(session));
    return session;
  }

  /** What is under way on it goes on; nothing new does. */
  #leave(session: ClientHttp2Session): void {
    if (this.#session === session) this.#session = null;
    if (!session.closed) session.close();
  }
}
