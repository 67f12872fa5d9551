// The tracked picture and links of messages. Whoever asks gets the picture, or is led to where the link was stored to lead: an
// address is never read from the request, so what is unknown, forged, cut or too old leads nowhere. It may note an engagement
// and changes nothing else; when it cannot be noted, people are led on all the same.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Tracked } from '../../engine/ports.ts';
import { unknownPage } from '../../responses/gone-view.ts';
import { sendPage } from '../../responses/html.ts';
import { hashToken, TOKEN } from '../../responses/token.ts';
import { ENGINE } from '../../store/database.ts';
import { findTrackToken } from '../../store/sql/track-token.ts';
import type { HttpPorts } from '../ports.ts';

type ByToken = { Params: { token: string } };
type Asked = FastifyRequest<ByToken>;

/** One transparent pixel: 43 bytes, the smallest GIF that every reader shows. */
const PICTURE = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64');

export function trackRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.get<ByToken>('/t/o/:token', async (request, reply) => {
    const tracked = await find(ports, request.params.token);
    const isPicture = tracked !== null && tracked.target === null;
    if (isPicture) await note(ports, request, tracked);
    // A picture in any case: a reader is not shown that one is missing.
    return (
      quiet(reply)
        .code(isPicture ? 200 : 404)
        // Mail is read on pages of others, whose browsers leave out pictures that are not meant for them.
        .header('cross-origin-resource-policy', 'cross-origin')
        .type('image/gif')
        .send(PICTURE)
    );
  });
  app.get<ByToken>('/t/c/:token', async (request, reply) => {
    const tracked = await find(ports, request.params.token);
    if (tracked === null || tracked.target === null) return sendPage(reply, unknownPage(), 404);
    await note(ports, request, tracked);
    return quiet(reply).code(302).header('location', tracked.target).send();
  });
}

async function find({ database }: HttpPorts, text: string): Promise<Tracked | null> {
  if (!TOKEN.test(text)) return null;
  return database.transaction(ENGINE, (tx) => findTrackToken(tx, hashToken(text)));
}

async function note({ visits, log }: HttpPorts, request: Asked, tracked: Tracked): Promise<void> {
  try {
    await visits.visit(tracked, { agent: request.headers['user-agent'], manner: mannerOf(request) });
  } catch (error) {
    log.warn({ error }, 'a visit could not be noted; whoever came was led on');
  }
}

/** Browsers say when they fetch ahead: Sec-Purpose (Fetch Metadata), and what was there before it. */
function mannerOf({ method, headers }: Asked): 'plain' | 'head' | 'prefetch' {
  if (method === 'HEAD') return 'head';
  const purposes = [headers['sec-purpose'], headers.purpose, headers['x-purpose'], headers['x-moz']];
  return purposes.some((one) => /prefetch|prerender|preview/i.test(String(one ?? ''))) ? 'prefetch' : 'plain';
}

/** Nothing kept, nothing indexed, and whoever is led on is not told from where. */
const quiet = (reply: FastifyReply): FastifyReply =>
  reply
    .header('cache-control', 'no-store')
    .header('x-robots-tag', 'noindex, nofollow')
    .header('referrer-policy', 'no-referrer');
