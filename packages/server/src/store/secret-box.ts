// Secrets at rest: sealed with AES-256-GCM under a key derived from the server's secret (HKDF, RFC 5869), with the id of that
// key in front, so that a new secret can be brought in while the old one still opens what it sealed. What a sealed text stands
// for (its context) is authenticated with it: a row's secret moved to another row does not open.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

export interface SecretBox {
  /** Which key seals from now on. */
  readonly keyId: string;
  seal(plain: string, context: string): string;
  /** Throws SealedError when no key of ours opens it, or it is not what the context says. */
  open(sealed: string, context: string): string;
  /** True for what another key than the current one has sealed: to be sealed anew. */
  isOld(sealed: string): boolean;
}

export class SealedError extends Error {
  readonly keyId: string;
  constructor(message: string, keyId: string) {
    super(message);
    this.name = 'SealedError';
    this.keyId = keyId;
  }
}

const VERSION = 'v1';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID_LENGTH = 12;

interface Key {
  readonly id: string;
  readonly bytes: Buffer;
}
const keyOf = (secret: string): Key => ({
  id: createHmac('sha256', secret).update('relance key id').digest('hex').slice(0, KEY_ID_LENGTH),
  bytes: Buffer.from(hkdfSync('sha256', secret, 'relance', 'secrets at rest', KEY_BYTES)),
});

/** `secret` seals; the `accepted` ones only open: the one before it, or the next one, while nodes are changed one by one. */
export function secretBox(secret: string, accepted: readonly string[] = []): SecretBox {
  const current = keyOf(secret);
  const keys = new Map([current, ...accepted.map(keyOf)].map((key) => [key.id, key]));
  return {
    keyId: current.id,
    seal(plain, context) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', current.bytes, iv).setAAD(Buffer.from(context));
      const sealed = Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `${VERSION}.${current.id}.${sealed.toString('base64url')}`;
    },
    open(sealed, context) {
      const { keyId, body } = partsOf(sealed);
      const key = keys.get(keyId);
      if (key === undefined) throw new SealedError(`It was sealed with another secret (key ${keyId}).`, keyId);
      const tag = body.subarray(-TAG_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', key.bytes, body.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(Buffer.from(context))
        .setAuthTag(tag);
      try {
        const plain = [decipher.update(body.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()];
        return Buffer.concat(plain).toString('utf8');
      } catch {
        throw new SealedError('It has been altered, or belongs elsewhere.', keyId);
      }
    },
    isOld: (sealed) => partsOf(sealed).keyId !== current.id,
  };
}

function partsOf(sealed: string): { readonly keyId: string; readonly body: Buffer } {
  const [version, keyId = '', body = ''] = sealed.split('.');
  const bytes = Buffer.from(body, 'base64url');
  if (version !== VERSION || bytes.length < IV_BYTES + TAG_BYTES)
    throw new SealedError('It is not a sealed secret of this version.', keyId);
  return { keyId, body: bytes };
}
