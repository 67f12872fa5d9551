// Templates that an older release stored: the migration keeps them as they were written, and as they are rendered beside it.
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { expect, it } from 'vitest';
import { createTestDatabase } from '../../../../../test/database.ts';

const MIGRATION = new URL('../migrations/0030-template-whole.sql', import.meta.url);

it('templates of an older release lose the HTML that was made of their MJML, and are rendered as before', async () => {
  const { url, drop } = await createTestDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('ALTER TABLE relance.templates DROP COLUMN compiled, DROP COLUMN uses');
    const mail = { subject: 'S', mjml: '<mjml>', html: '<p>' };
    const olds = {
      plain: { sms: { text: 'x' } },
      mail: { email: mail, locales: { fr: { email: mail }, de: { sms: { text: 'y' } } } },
      own: { email: { html: '<b>' }, locales: {} },
    };
    for (const [id, body] of Object.entries(olds))
      await client.query('INSERT INTO relance.templates (tenant, id, body) VALUES ($1, $2, $3)', ['t', id, body]);
    await client.query(readFileSync(MIGRATION, 'utf8'));
    const { rows } = await client.query('SELECT id, body, compiled, uses FROM relance.templates ORDER BY id');
    const { html: _html, ...written } = mail;
    expect(rows).toEqual([
      {
        id: 'mail',
        body: { email: written, locales: { fr: { email: written }, de: { sms: { text: 'y' } } } },
        compiled: olds.mail,
        uses: [],
      },
      { id: 'own', body: olds.own, compiled: olds.own, uses: [] },
      { id: 'plain', body: olds.plain, compiled: olds.plain, uses: [] },
    ]);
  } finally {
    await client.end();
    await drop();
  }
});
