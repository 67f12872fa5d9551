-- When and how often somebody wants to be told, as core/preference.ts reads it. What they do not want at all is in opt_outs.
ALTER TABLE relance.recipients ADD COLUMN preferences jsonb;
