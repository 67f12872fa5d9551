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
  app.get('/docs', (_request, reply) =>
    sendPage(reply, {
      title: 'Relance HTTP reference',
      language: 'en',
      style: STYLE,
      body: page(openApi(table.routes, ports)),
    }),
  );
}

type Document = ReturnType<typeof openApi>;
interface Row {
  readonly method: string;
  readonly path: string;
  readonly operation: Document['paths'][string][string];
}

function page(document: Document) {
  const rows: readonly Row[] = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const groups = Map.groupBy(rows, ({ operation }) => operation.tags[0] ?? 'other');
  return html`<h1>Relance HTTP reference</h1>
<p>JSON, camelCase, times in RFC 3339 UTC. <code>Authorization: Bearer &lt;key&gt;</code>; the key fixes the tenant. Errors are <code>application/problem+json</code> with <code>code</code>, <code>detail</code> and <code>next</code>. <code>Idempotency-Key</code> is honoured on every POST. The machine-readable form, with every field, is <a href="/openapi.json">/openapi.json</a>.</p>
${[...groups].map(([tag, all]) => html`<h2>${tag}</h2><table><tbody>${all.map(row)}</tbody></table>`)}
<h2>Errors</h2><table><tbody>${Object.entries(ERRORS).map(errorRow)}</tbody></table>`;
}

function row({ method, path, operation }: Row) {
  const asked = [...namesOf(operation.parameters, 'query'), ...fieldsOf(operation.requestBody)];
  const fields = asked.length === 0 ? '' : html`<br><code>${asked.join(', ')}</code>`;
  return html`<tr><td><code><span class="m">${method.toUpperCase()}</span> ${path}</code></td>
<td>${operation.summary}${fields}</td></tr>`;
}

function errorRow([code, kind]: [string, (typeof ERRORS)[keyof typeof ERRORS]]) {
  return html`<tr id="${code}"><td><code>${code}</code></td><td>${kind.status}</td><td>${kind.title}. ${kind.next}</td></tr>`;
}

const namesOf = (parameters: unknown, where: string): readonly string[] =>
  (parameters as readonly { name: string; in: string }[]).filter((one) => one.in === where).map(({ name }) => name);

/** The fields of a JSON body; a star marks those that must be there. */
function fieldsOf(requestBody: unknown): readonly string[] {
  const { content } = (requestBody ?? {}) as { content?: Readonly<Record<string, { schema: Schema }>> };
  const schema = content?.['application/json']?.schema;
  return Object.keys(schema?.properties ?? {}).map((name) =>
    schema?.required?.includes(name) === true ? `${name}*` : name,
  );
}
interface Schema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
}
