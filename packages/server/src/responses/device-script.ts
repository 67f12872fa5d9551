// What the page of everything that waits runs in a browser that can be told by pushes: the button that subscribes this device. The
// page works without it. The worker that shows the pushes is service-worker.ts, served beside the page.
export const DEVICE_SCRIPT = `'use strict';
(() => {
  const button = document.querySelector('button.device');
  if (!button || !('serviceWorker' in navigator) || !('PushManager' in window) || !('Notification' in window)) return;
  const { key, post, on, no } = button.dataset;
  const said = button.parentElement.querySelector('[role=status]');
  const say = (text) => {
    said.textContent = text;
  };
  const bytes = (text) => {
    const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(plain, (one) => one.charCodeAt(0));
  };
  const tell = async () => {
    button.disabled = true;
    try {
      if ((await Notification.requestPermission()) !== 'granted') return say(no);
      await navigator.serviceWorker.register('../sw.js');
      const worker = await navigator.serviceWorker.ready;
      const subscription = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
      const answer = await fetch(post, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ subscription }),
      });
      if (!answer.ok) return say(no);
      button.hidden = true;
      say(on);
    } catch {
      say(no);
    } finally {
      button.disabled = false;
    }
  };
  button.addEventListener('click', tell);
  button.hidden = false;
})();
`;
