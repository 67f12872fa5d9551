-- What happened lately, for streams to those who look: lines are only added, so their times grow with the pages they are on.
CREATE INDEX timeline_at ON relance.timeline USING brin (at) WITH (pages_per_range = 16, autosummarize = on);
