// Takes Relance's webhooks: verifies each, takes none twice, and answers at once. WEBHOOK_SECRET is the secret of the endpoint.
import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';

const webhook = new Webhook(process.env.WEBHOOK_SECRET);
const seen = new Set(); // in earnest a table with a unique key, written in the transaction that does the work

function verified(body, headers) {
  try {
    return webhook.verify(body, headers); // also refuses what is older than five minutes
  } catch {
    return null;
  }
}

const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts).toString('utf8'); // the very bytes are signed: read them before they are parsed
  const told = verified(body, request.headers);
  if (told === null) return response.writeHead(401).end();
  const id = request.headers['webhook-id']; // the same at every try
  if (!seen.has(id)) {
    seen.add(id);
    const { message, followUp } = told.data;
    console.log(`${message.stage} of ${followUp.key}: ${message.text.split('\n')[0]}`);
  }
  response.writeHead(204).end();
});
server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () =>
  console.log(`listening on ${server.address().port}`),
);
