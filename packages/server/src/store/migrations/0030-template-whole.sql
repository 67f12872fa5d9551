-- A template is kept as it was written, and beside it as it is rendered: whole, with what other templates it is made of, so
-- that sending reads nothing else and a change of one finds those made of it.
ALTER TABLE relance.templates ADD COLUMN compiled jsonb, ADD COLUMN uses text[] NOT NULL DEFAULT '{}';
-- Whoever migrates need not have a role that sees the rows of all tenants.
ALTER TABLE relance.templates NO FORCE ROW LEVEL SECURITY;
UPDATE relance.templates SET compiled = body,
  body = (CASE WHEN body #> '{email,mjml}' IS NULL THEN body ELSE body #- '{email,html}' END) || (CASE WHEN body ? 'locales' THEN jsonb_build_object('locales', (
    SELECT coalesce(jsonb_object_agg(l.key, CASE WHEN l.value #> '{email,mjml}' IS NULL THEN l.value ELSE l.value #- '{email,html}' END), '{}')
    FROM jsonb_each(body -> 'locales') AS l)) ELSE '{}' END);
ALTER TABLE relance.templates FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.templates ALTER COLUMN compiled SET NOT NULL;
CREATE INDEX templates_uses ON relance.templates USING gin (uses);
