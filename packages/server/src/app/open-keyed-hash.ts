// The key of keyed hashes (store/keyed-hash.ts): made at the first start with a database, sealed with the server's secret like all
// that is secret there, and opened before anything is asked of it.
import { randomBytes } from 'node:crypto';
import { ENGINE, openDatabase } from '../store/database.ts';
import { HASH_KEY_CONTEXT, type KeyedHash, keyedHash } from '../store/keyed-hash.ts';
import { SealedError, type SecretBox } from '../store/secret-box.ts';
import { insertHashKey, readHashKey, replaceHashKey } from '../store/sql/hash-key.ts';

const KEY_BYTES = 32;

/** Throws where the secret does not open what is known by it: addresses that are suppressed would be written to again. */
export async function openKeyedHash(url: string, box: SecretBox): Promise<KeyedHash> {
  const database = openDatabase({ url, connectionsMax: 1 });
  const made = box.seal(randomBytes(KEY_BYTES).toString('base64url'), HASH_KEY_CONTEXT);
  try {
    return await database.transaction(ENGINE, async (tx) => {
      await insertHashKey(tx, made);
      const { sealed, used } = await readHashKey(tx);
      try {
        return hashWith(box, sealed);
      } catch (error) {
        if (!(error instanceof SealedError)) throw error;
        if (used)
          throw new Error(
            `the key of erased addresses cannot be opened: ${error.message} Start with the secret key it was sealed with, or give that one in secretKeysAccepted.`,
          );
        // Nothing is known by it yet, so another one does as well.
        await replaceHashKey(tx, sealed, made);
        return hashWith(box, (await readHashKey(tx)).sealed);
      }
    });
  } finally {
    await database.close();
  }
}

const hashWith = (box: SecretBox, sealed: string): KeyedHash =>
  keyedHash(Buffer.from(box.open(sealed, HASH_KEY_CONTEXT), 'base64url'));
