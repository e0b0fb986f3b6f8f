-- Every table about people has the same three columns: a random id, a tag that only the person's data
-- key can make (it differs per table, so rows of two tables cannot be matched), and the encrypted row.
CREATE TABLE owners      (id UUID PRIMARY KEY, tag BLOB NOT NULL, body BLOB NOT NULL);
CREATE TABLE consents    (id UUID PRIMARY KEY, tag BLOB NOT NULL, body BLOB NOT NULL);
CREATE TABLE submissions (id UUID PRIMARY KEY, tag BLOB NOT NULL, body BLOB NOT NULL);
CREATE TABLE scans       (id UUID PRIMARY KEY, tag BLOB NOT NULL, body BLOB NOT NULL);
CREATE TABLE reports     (id UUID PRIMARY KEY, tag BLOB NOT NULL, body BLOB NOT NULL);
CREATE TABLE memories    (id UUID PRIMARY KEY, tag BLOB NOT NULL, body BLOB NOT NULL);
