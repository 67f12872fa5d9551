-- Who counted a message last: only they give its place back. A node that lost its lease is stopped at the gate while another sends
-- what it had in hand, and took back what that one had counted.
ALTER TABLE relance.usages ADD COLUMN fence integer NOT NULL DEFAULT 0;
