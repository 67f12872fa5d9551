// The reference: /openapi.json made from the routes that are really there, and /docs, the same for people. Shapes are in
// core/contract; what each address means is openapi.ts.

import { ERRORS } from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { html, sendPage } from '../../responses/html.ts';
import { openApi } from '../openapi.ts';
import type { HttpPorts } from '../ports.ts';
import type { RouteTable } from '../route-table.ts';

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1.5rem 1rem 4rem}code{font:14px ui-monospace,monospace}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.35rem .5rem;border-bottom:1px solid #8884;vertical-align:top}td:first-child{white-space:nowrap}h2{margin-top:2rem}.m{display:inline-block;width:4rem;font-weight:700}`;

export function docsRoutes(app: FastifyInstance, ports: HttpPorts, table: RouteTable): void {
  app.get('/openapi.json', async () => openApi(table.routes, ports));
  app.get('/docs', (_request, reply) => {
    const document = openApi(table.routes, ports);
    const groups = Map.groupBy(
      Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
      ),
      ({ operation }) => operation.tags[0] ?? 'other',
    );
    return sendPage(reply, {
      title: 'Relance HTTP reference',
      language: 'en',
      style: STYLE,
      body: html`<h1>Relance HTTP reference</h1><p>JSON, camelCase, times in RFC 3339 UTC. <code>Authorization: Bearer &lt;key&gt;</code>; the key fixes the tenant. Errors are <code>application/problem+json</code> with <code>code</code>, <code>detail</code> and <code>next</code>. <code>Idempotency-Key</code> is honoured on every POST. The machine-readable form is <a href="/openapi.json">/openapi.json</a>.</p>
${[...groups].map(([tag, operations]) => html`<h2>${tag}</h2><table><tbody>${operations.map(({ path, method, operation }) => html`<tr><td><code><span class="m">${method.toUpperCase()}</span> ${path}</code></td><td>${operation.summary}</td></tr>`)}</tbody></table>`)}
<h2>Errors</h2><table><tbody>${Object.entries(ERRORS).map(([code, kind]) => html`<tr id="${code}"><td><code>${code}</code></td><td>${kind.status}</td><td>${kind.title}. ${kind.next}</td></tr>`)}</tbody></table>`,
    });
  });
}
