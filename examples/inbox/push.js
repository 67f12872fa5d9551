// This browser takes pushes for whoever the token is of. To be called when somebody presses a button: browsers ask only then.
/** device: an id of this browser that stays the same, from localStorage. Answers whether pushes will come. */
export async function takePushes({ url = '', token, device }) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  if ((await Notification.requestPermission()) !== 'granted') return false;
  const key = await fetch(`${url}/v1/inbox/push-key`, { headers });
  if (!key.ok) return false; // no connection for web push is set up
  const { publicKey } = await key.json();
  await navigator.serviceWorker.register('/sw.js');
  const { pushManager } = await navigator.serviceWorker.ready;
  const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
  const body = JSON.stringify({ kind: 'web', subscription });
  const answer = await fetch(`${url}/v1/inbox/devices/${device}`, { method: 'PUT', headers, body });
  return answer.ok;
}

/** When they sign out: the device is forgotten, and the browser takes no more. */
export async function refusePushes({ url = '', token, device }) {
  await fetch(`${url}/v1/inbox/devices/${device}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${token}` },
  });
  const { pushManager } = await navigator.serviceWorker.ready;
  await (await pushManager.getSubscription())?.unsubscribe();
}
