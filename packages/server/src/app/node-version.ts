// Which Node this needs. The `relance` command finds a newer one by itself (bin/relance.js says the same sentence where
// there is none); whoever imports the library brings their own, and require-node.ts refuses one that is too old.
export const NODE_MIN = '22.18';

export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [least = 0, leastMinor = 0] = NODE_MIN.split('.').map(Number);
  return major > least || (major === least && minor >= leastMinor);
}

export const tooOld = (version: string): Error & { readonly next: string } =>
  Object.assign(
    new Error(`relance: Node ${version} is too old; it needs ${NODE_MIN} or newer. Next: install a newer Node.`),
    { next: `Install Node ${NODE_MIN} or newer.` },
  );
