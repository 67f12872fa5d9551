// Whether this server can open what is sealed in its database, looked at when it starts; and what an older key has sealed is
// sealed anew on the way. What is sealed, and where, is store/sql/sealed.ts.
import { type Database, ENGINE } from '../store/database.ts';
import { SealedError, type SecretBox } from '../store/secret-box.ts';
import { allSealed, contextOf, reseal } from '../store/sql/sealed.ts';

/**
 * Before anything is sent: with the wrong secret this server would fail every hand-over, so it does not start. Answers what
 * is wrong, else null. What the current key has not sealed is sealed anew, so that the old one can be dropped.
 */
export async function checkSecrets(database: Database, box: SecretBox): Promise<string | null> {
  return database.transaction(ENGINE, async (tx) => {
    for (const one of await allSealed(tx)) {
      try {
        const plain = box.open(one.sealed, contextOf(one));
        if (box.isOld(one.sealed)) await reseal(tx, one, box.seal(plain, contextOf(one)));
      } catch (error) {
        if (!(error instanceof SealedError)) throw error;
        if (one.kind === 'hash_key') return `the key of erased addresses cannot be opened: ${error.message}`;
        const what = one.kind === 'connection' ? 'connection' : 'webhook';
        return `the secret of ${what} "${one.id}" of tenant "${one.tenant}" cannot be opened: ${error.message}`;
      }
    }
    return null;
  });
}
