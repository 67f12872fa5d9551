-- Which groups somebody is in: whom they may give to what they are asked.
CREATE INDEX group_members_of ON relance.group_members (tenant, recipient);
