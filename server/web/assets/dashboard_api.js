// Calls of the control API for the account that the page shows, and of the platform's private API as its merchant.

export const account = document.body.dataset.account ?? '';

export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** {a: 1, b: undefined} -> "?a=1", "" when there is nothing. */
export function query(values) {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return given.length ? `?${new URLSearchParams(given)}` : '';
}

/** What needs no account, or has it in its path: the one that is shown may be gone. */
const WITHOUT_ACCOUNT = /^\/(accounts|statuses)/;

export const controlUrl = (path, values = {}) =>
  `/_mock${path}${query({ account: WITHOUT_ACCOUNT.test(path) ? undefined : account, ...values })}`;

async function answer(reply) {
  const text = await reply.text();
  if (reply.ok) return text;
  let error;
  try {
    ({ error } = JSON.parse(text));
  } catch {
    // no words of the server's own
  }
  throw new ApiError(reply.status, error?.code ?? '', error?.message ?? `the server answered ${reply.status}`);
}

async function send(method, url, body) {
  const reply = await fetch(url, {
    method,
    headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (reply.status === 401) location.reload(); // the token is another one: its page asks for it
  return answer(reply);
}

export const get = async (path, values) => JSON.parse(await send('GET', controlUrl(path, values)));
export const text = async (path, values) => send('GET', controlUrl(path, values));
export const call = async (method, path, body) => JSON.parse(await send(method, controlUrl(path), body));

let keys;

/** The account with its keys. */
export async function ownAccount() {
  keys ??= await get(`/accounts/${account}`);
  return keys;
}

/** A reference that no other order has. crypto.randomUUID is only there on https and localhost. */
export function newReference() {
  const bytes = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0'));
  return `new-${bytes.join('')}`;
}

/**
 * What a refusal of the platform says: {path: message} of fields, and what is of none. A 422 names its fields in an
 * object or in a list, by the account's profile.
 */
export function readErrors(errors) {
  if (!Array.isArray(errors)) return { fields: errors, others: [] };
  const fields = {};
  const others = [];
  for (const { source, detail, title, status } of errors) {
    const path = source?.pointer?.replace(/^\/data\/attributes\//, '').replaceAll('/', '.') ?? source?.header;
    if (path) fields[path] = detail;
    else others.push(detail ?? title ?? status);
  }
  return { fields, others };
}

/** The platform's own answer, whatever it is: {status, json}. */
export async function platform(method, path, { body, headers = {} } = {}) {
  const { id, api_key: key } = await ownAccount();
  const reply = await fetch(path, {
    method,
    credentials: 'omit', // else the browser would ask for a password after a 401
    headers: { Authorization: `Basic ${btoa(`${id}:${key}`)}`, 'Content-Type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: reply.status, json: await reply.json() };
}
