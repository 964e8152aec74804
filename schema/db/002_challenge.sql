-- 3-D Secure: the outcome after the payer passes the open challenge, and the card to show then. Null if none is open.
ALTER TABLE invoice ADD COLUMN challenge_outcome TEXT;
ALTER TABLE invoice ADD COLUMN challenge_payload TEXT; -- JSON, as payload
