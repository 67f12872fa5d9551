// The inbox of one person in a page: what there is, how much, and every change as it happens. No library, no build step.
/**
 * url: where Relance is, '' on the same origin. getToken: asks your own server for a recipient token.
 * show: called with the items, newest first, and the counts, at first and whenever they change.
 */
export async function openInbox({ url = '', getToken, show }) {
  let token = await getToken();
  const { items: newest, lastEventId: start, ...page } = await call('GET', '/v1/inbox?limit=50');
  const items = new Map(newest.map((item) => [item.id, item]));
  let counts = { unread: page.unread, total: page.total, urgent: page.urgent };
  let place = start; // up to here everything is known
  let source = null;
  let closed = false;

  async function call(method, path, body) {
    const ask = () =>
      fetch(url + path, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
        body: body && JSON.stringify(body),
      });
    let answer = await ask();
    if (answer.status === 401) {
      token = await getToken(); // it lasts an hour
      answer = await ask();
    }
    const said = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(said.detail), said);
    return said;
  }

  function draw() {
    show(
      [...items.values()].sort((a, b) => b.seq - a.seq),
      counts,
    );
  }

  function follow() {
    source = new EventSource(`${url}/v1/inbox/stream?${new URLSearchParams({ token, lastEventId: place })}`);
    for (const name of ['message', 'read', 'archived'])
      source.addEventListener(name, (event) => {
        place = event.lastEventId;
        const item = JSON.parse(event.data);
        if (name === 'archived') items.delete(item.id);
        else items.set(item.id, item);
        draw();
      });
    source.addEventListener('changed', (event) => {
      counts = JSON.parse(event.data);
      draw();
    });
    source.addEventListener('error', async () => {
      if (source.readyState !== EventSource.CLOSED) return; // it connects again by itself, from the place it had
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      token = await getToken().catch(() => token); // the token has ended, or the server was away
      if (!closed) follow();
    });
  }

  draw();
  follow();
  return {
    read: (id) => call('POST', `/v1/inbox/${id}/read`),
    archive: (id) => call('POST', `/v1/inbox/${id}/archive`),
    readAll: () => call('POST', '/v1/inbox/read', { all: true }),
    act: (id, action, more = {}) => call('POST', `/v1/inbox/${id}/act`, { action, ...more }),
    close() {
      closed = true;
      source.close();
    },
  };
}
