-- The callbacks whose last attempt failed (server/store/store_callback_find.c). They are few, and are listed, counted and
-- grouped without reading the others.
CREATE INDEX callback_failing ON callback (account, seq, invoice, state, attempts, code)
WHERE attempts > 0 AND code <> 200 AND state <> 4;
