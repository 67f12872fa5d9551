// Signing in to the pages of this server: an API key is exchanged for a session, which the browser keeps in a cookie that no
// script can read. What the cookie is and what protects it: session-cookie.ts.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Caller } from '../auth.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { read } from '../route.ts';
import { checkOrigin, clearSessionCookie, sessionTokensOf, setSessionCookie } from '../session-cookie.ts';

const KEY_MAX = 512;
export const signInSchema = z.strictObject({ key: z.string().min(1).max(KEY_MAX) });

export function sessionRoutes(app: FastifyInstance, ports: HttpPorts): void {
  const { auth, publicUrl } = ports;
  const seen = (caller: Caller | null, signedIn: boolean) => ({
    // Nobody need sign in to the demo, and nobody can sign out of it.
    signedIn: caller !== null,
    open: auth.open && !signedIn,
    tenant: caller?.tenant ?? null,
    admin: caller?.admin ?? false,
    version: caller === null ? null : ports.version,
  });
  app.get('/session', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const session = await auth.signedIn(request);
    return seen(session ?? (auth.open ? await auth.caller(request) : null), session !== null);
  });
  app.post('/session', async (request, reply) => {
    checkOrigin(request, publicUrl);
    const key = read(signInSchema, request.body).key.trim();
    const token = await auth.signIn(key, request.ip);
    if (token === null) throw new Problem('unauthorized', 'The API key is not valid.');
    setSessionCookie(request, reply, token, publicUrl);
    return seen(await auth.byKey(key), true);
  });
  app.delete('/session', async (request, reply) => {
    checkOrigin(request, publicUrl);
    for (const token of sessionTokensOf(request, publicUrl)) await auth.signOut(token);
    clearSessionCookie(reply);
    reply.header('clear-site-data', '"cache"'); // what was kept before it was said that nothing is
    return reply.code(204).send();
  });
}
