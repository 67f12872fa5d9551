// One POST to the fixed address of a brand's interface, over connections that are kept: for addresses that no tenant can
// set (those go through pinned-post.ts). Redirects are not followed, and no more of the answer is read than is asked for.

export interface FetchPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
  /** In bytes. */
  readonly answerMax: number;
}

export interface Fetched {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly date: string | null;
  readonly body: string;
}

/** Rejects with what went wrong below, whose `code` http-judge.ts knows. */
export async function fetchPost({ url, headers, body, signal, answerMax }: FetchPost): Promise<Fetched> {
  try {
    const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
    return {
      status: response.status,
      retryAfter: response.headers.get('retry-after'),
      date: response.headers.get('date'),
      body: await readUpTo(response, answerMax),
    };
  } catch (error) {
    throw (error as Error).cause ?? error;
  }
}

/** Its status counts, however its body ends. */
async function readUpTo(response: Response, max: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let seen = 0;
  try {
    for await (const part of response.body ?? []) {
      parts.push(part);
      seen += part.length;
      if (seen > max) break;
    }
  } catch {}
  return Buffer.concat(parts).subarray(0, max).toString('utf8');
}

/** What was sent as JSON; null for anything else. */
export function readJson(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}
