-- What the school's server keeps besides, sealed to its person: what they decided about findings, and what
-- was opened for them.
CREATE TABLE decisions (id UUID PRIMARY KEY, tag BLOB NOT NULL, body BLOB NOT NULL);
CREATE TABLE openings  (id UUID PRIMARY KEY, tag BLOB NOT NULL, body BLOB NOT NULL);
