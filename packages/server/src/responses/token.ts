// What all our links have in common: an opaque token of 22 characters (128 bits), known to the store by its hash alone.
import { createHash } from 'node:crypto';

export const TOKEN_BYTES = 16;
export const TOKEN = /^[A-Za-z0-9_-]{22}$/;
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();
