-- The first lines of each exchange: "POST /callback HTTP/1.1" and "HTTP/1.1 200 OK". Null for attempts of earlier versions,
-- for a request that was not sent and for a response that did not come.
ALTER TABLE attempt ADD COLUMN request_line TEXT;
ALTER TABLE attempt ADD COLUMN response_line TEXT;
-- The snapshot tables (004) must have the same columns.
ALTER TABLE snapshot_attempt ADD COLUMN request_line TEXT;
ALTER TABLE snapshot_attempt ADD COLUMN response_line TEXT;
