// Every route that is registered, in the order of registration: the reference is made from it, and an address asked with
// the wrong method is told which ones it takes.
import type { FastifyInstance } from 'fastify';

export interface RouteSeen {
  readonly method: string;
  /** As Fastify writes it: `/v1/recipients/:id`. */
  readonly path: string;
}

export interface RouteTable {
  readonly routes: readonly RouteSeen[];
  /** The methods an address takes; empty when there is no such address. */
  methodsAt(path: string): readonly string[];
}

export function watchRoutes(app: FastifyInstance): RouteTable {
  const routes: RouteSeen[] = [];
  app.addHook('onRoute', (route) => {
    for (const method of Array.isArray(route.method) ? route.method : [route.method]) {
      if (method !== 'HEAD' && method !== 'OPTIONS') routes.push({ method: String(method), path: route.url });
    }
  });
  return {
    routes,
    methodsAt: (path) => [...new Set(routes.filter((route) => matches(route.path, path)).map(({ method }) => method))],
  };
}

/** Parameters take one part of the path, a star the rest. */
function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.at(-1) !== '*' && wanted.length !== given.length) return false;
  return wanted.every((part, index) => part === '*' || (part.startsWith(':') ? given[index] : part) === given[index]);
}
