-- A calendar that changes moves what its follow-ups do next: how far they have been looked at again, in chunks.
ALTER TABLE relance.calendars ADD COLUMN replanned integer NOT NULL DEFAULT 1, ADD COLUMN replanned_to uuid;
