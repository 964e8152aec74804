-- 3-D Secure: what follows when the payer passes the open challenge, and the card to show then. Null: none is open.
ALTER TABLE invoice ADD COLUMN challenge_outcome TEXT;
ALTER TABLE invoice ADD COLUMN challenge_payload TEXT; -- JSON, as payload
