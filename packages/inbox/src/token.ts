// The recipient token of a page: asked for when it is first needed, and again when the server says that it has ended. However many
// calls find that out at once, it is renewed once. No API key ever comes here.

export type GetToken = () => Promise<string>;

/** `fetch` that shows the token, and asks once more with a new one where the old one has ended. */
export function showingToken(getToken: GetToken, send: typeof fetch): typeof fetch {
  let token: Promise<string> | null = null;
  const current = (): Promise<string> => {
    if (token === null) {
      const asked = getToken();
      token = asked;
      // What failed is not remembered.
      asked.catch(() => {
        if (token === asked) token = null;
      });
    }
    return token;
  };
  return async (input, init) => {
    const shown = current();
    const response = await send(input, showing(init, await shown));
    if (response.status !== 401) return response;
    await response.body?.cancel();
    if (token === shown) token = null;
    return send(input, showing(init, await current()));
  };
}

function showing(init: RequestInit | undefined, token: string): RequestInit {
  const headers = new Headers(init?.headers);
  headers.set('authorization', `Bearer ${token}`);
  return { ...init, headers };
}

/** From an address of the page's own server, which knows who is signed in: it answers `{token}` to a POST. */
export const tokenFrom =
  (url: string, send: typeof fetch): GetToken =>
  async () => {
    const response = await send(url, { method: 'POST', headers: { accept: 'application/json' } });
    const body: unknown = await response.json().catch(() => null);
    const token = (body as { readonly token?: unknown } | null)?.token;
    if (!response.ok || typeof token !== 'string')
      throw new Error(`${url} gave no {"token": "…"} (${response.status}).`);
    return token;
  };
