-- Rows of sweeps about people, in the same three columns as all others: who was asked and told, one job
-- for each profile, what somebody adds to the counts until the sweep is closed, what of their lifetime
-- budget was spent, what to tell them at the next log-in, and which school's pack is theirs.
CREATE TABLE invitations (id UUID PRIMARY KEY, tag BLOB NOT NULL, body BLOB NOT NULL);
CREATE TABLE jobs        (id UUID PRIMARY KEY, tag BLOB NOT NULL, body BLOB NOT NULL);
CREATE TABLE tallies     (id UUID PRIMARY KEY, tag BLOB NOT NULL, body BLOB NOT NULL);
CREATE TABLE spendings   (id UUID PRIMARY KEY, tag BLOB NOT NULL, body BLOB NOT NULL);
CREATE TABLE notes       (id UUID PRIMARY KEY, tag BLOB NOT NULL, body BLOB NOT NULL);
CREATE TABLE memberships (id UUID PRIMARY KEY, tag BLOB NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS addresses (id UUID PRIMARY KEY, tag BLOB NOT NULL, body BLOB NOT NULL);
-- Rows that say nothing about anybody. A host stands under a keyed hash, as a host can be a person's own.
CREATE TABLE sweeps   (id VARCHAR PRIMARY KEY, body VARCHAR NOT NULL);
CREATE TABLE hosts    (id VARCHAR PRIMARY KEY, body VARCHAR NOT NULL);
CREATE TABLE releases (id VARCHAR PRIMARY KEY, body VARCHAR NOT NULL);
