// What a refusal of the control API looks like.

import assert from 'node:assert/strict';

/** Checks the reply, by default one of 400 or 422, and returns its `error`. */
export function refused(reply, ...statuses) {
  const { error } = reply.expect(...(statuses.length ? statuses : [400, 422])).json;
  assert.deepEqual(Object.keys(reply.json).filter((key) => key !== 'now'), ['error']);
  assert.match(error.code, /^[a-z0-9_]+$/);
  assert.notEqual(error.message, '');
  return error;
}
