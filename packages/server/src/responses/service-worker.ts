// The service worker that shows our pushes: served at /sw.js, registered as it is or taken into a worker of one's own with
// importScripts('https://…/sw.js'). What it is sent is made by channels/push-words.ts. A later message of the same
// follow-up takes the place of the one before; the same message once more is not heard again; `withdraw` takes it away. An action
// that is pressed is done at once, and what came of it is shown; nothing else than a press does it.
export const SERVICE_WORKER = `'use strict';
(() => {
  const openTab = async (address) => {
    if (!address) return;
    const url = new URL(address, self.registration.scope);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return;
    const tabs = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
    const same = tabs.find((tab) => tab.url === url.href);
    await (same ? same.focus() : self.clients.openWindow(url.href));
  };

  // Where it cannot be done from here, its page can do it, or says why not.
  const act = async ({ message, tag, chosen }) => {
    let said = null;
    if (!chosen.asks)
      try {
        const asked = { method: 'POST', headers: { accept: 'application/json' }, body: new URLSearchParams(), credentials: 'omit' };
        said = await (await fetch(chosen.url, asked)).json();
      } catch {}
    if (!said || typeof said.title !== 'string') return openTab(chosen.url);
    // Beside the tag of the follow-up, whose messages are taken away when it is over.
    const shown = { body: String(said.text || ''), tag: tag + ' answered', data: { message, url: chosen.url, actions: [] } };
    return self.registration.showNotification(said.title, shown);
  };

  const show = async (push) => {
    const before = await self.registration.getNotifications({ tag: push.tag });
    if (push.withdraw) {
      for (const one of before) one.close();
      return;
    }
    const again = before.some((one) => one.data && one.data.message === push.message);
    const actions = push.actions || [];
    await self.registration.showNotification(push.title, {
      body: push.body,
      tag: push.tag,
      renotify: !again,
      requireInteraction: push.urgency === 'urgent',
      actions: actions.slice(0, Notification.maxActions || 2).map(({ action, title }) => ({ action, title })),
      data: { message: push.message, url: push.url, actions },
    });
  };

  // One after the other: a browser that is asked what it shows forgets what it is only about to show.
  let last = Promise.resolve();
  const inTurn = (work) => {
    last = last.then(work, work);
    return last;
  };

  self.addEventListener('push', (event) => {
    let push = null;
    try {
      push = event.data && event.data.json();
    } catch {}
    // A worker may have other senders as well; ours say so.
    if (push && push.relance === 1) event.waitUntil(inTurn(() => show(push)));
  });

  self.addEventListener('notificationclick', (event) => {
    const { message, url, actions } = event.notification.data || {};
    if (!message) return;
    event.notification.close();
    const chosen = (actions || []).find(({ action }) => action === event.action);
    const { tag } = event.notification;
    event.waitUntil(chosen ? act({ message, tag, chosen }) : openTab(url));
  });
})();
`;
