// Calls the control API for the selected account, and the platform's private API as its merchant.

export const account = document.body.dataset.account ?? '';

export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** {a: 1, b: undefined} -> "?a=1"; "" if no value is defined. */
export function query(values) {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return given.length ? `?${new URLSearchParams(given)}` : '';
}

/** Calls that need no account or name it in their path: the selected account may have been deleted. */
const WITHOUT_ACCOUNT = /^\/(accounts|statuses|resolutions)/;

export const controlUrl = (path, values = {}) =>
  `/_mock${path}${query({ account: WITHOUT_ACCOUNT.test(path) ? undefined : account, ...values })}`;

/** What the server says to a program, in the words of a form: [pattern, words]. */
const WORDS = [
  [/^q: /, ''],
  [/; GET \/_mock\/\w+ lists them/g, ''],
  [/This value should be of type integer\./g, 'This must be a whole number.'],
  [/This value should be of type numeric\./g, 'This must be a number.'],
];
const plain = (message) => WORDS.reduce((text, [pattern, words]) => text.replace(pattern, words), message);

async function answer(reply) {
  const text = await reply.text();
  if (reply.ok) return text;
  let error;
  try {
    ({ error } = JSON.parse(text));
  } catch {
    // the body is not an error of the server
  }
  throw new ApiError(reply.status, error?.code ?? '', plain(error?.message ?? `the server answered ${reply.status}`));
}

/** The answers that the page contains, so that the first list need not ask for them. */
const given = new Map([...document.querySelectorAll('[data-given]')].map((one) => [one.dataset.given, one.textContent]));

/** The answer that the page contains, once. */
function takeGiven(url) {
  const body = given.get(url);
  given.delete(url);
  return body;
}

/** What was not taken for the first view is out of date for the next. */
export const forgetGiven = () => given.clear();

const { database } = document.body.dataset;
let tellReplaced = () => {};
let seen = new Date(); // the last answer of the database that the page shows

/** Calls `f(since)` when the server has another database than the page, which shows the state of `since`. */
export const whenReplaced = (f) => { tellReplaced = f; };

/** An answer from another database is never shown with what came from the one before. */
function checkDatabase(reply) {
  const other = reply.headers.get('X-Mock-Database');
  if (other === null || other === database) {
    seen = new Date();
    return;
  }
  tellReplaced(seen);
  throw new ApiError(reply.status, 'replaced', 'the database was replaced');
}

async function ask(method, url, body) {
  const reply = await fetch(url, {
    method,
    headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    body: body === undefined || body instanceof Blob ? body : JSON.stringify(body),
  });
  if (reply.status === 401) location.reload(); // the token has changed: the login page asks for it
  checkDatabase(reply);
  return reply;
}

const send = async (method, url, body) => answer(await ask(method, url, body));

export async function get(path, values) {
  const url = controlUrl(path, values);
  return JSON.parse(takeGiven(url) ?? await send('GET', url));
}
/** Sends a file as it is. */
export const upload = async (path, file) => JSON.parse(await send('PUT', controlUrl(path), file));

/** {json, date}: the answer, and the time of the server's machine in seconds. */
export async function getDated(path) {
  const reply = await ask('GET', controlUrl(path));
  return { json: JSON.parse(await answer(reply)), date: Date.parse(reply.headers.get('Date')) / 1000 };
}

export const text = async (path, values) => send('GET', controlUrl(path, values));
export const call = async (method, path, body, values) =>
  JSON.parse(await send(method, controlUrl(path, values), body));

let keys;

/** The account with its keys. */
export async function ownAccount() {
  keys ??= await get(`/accounts/${account}`);
  return keys;
}

/** Reads the keys again at the next call: they were replaced. */
export const forgetAccount = () => { keys = undefined; };

/** A unique reference. crypto.randomUUID exists only on https and localhost. */
export function newReference() {
  const bytes = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0'));
  return `new-${bytes.join('')}`;
}

/** The header that the forms fill in by a field. */
function rename({ 'X-Mock-Outcome': outcome, ...fields }) {
  return outcome ? { ...fields, outcome: plain(outcome) } : fields;
}

/**
 * The errors of a response of the platform: {path: message} for fields, and messages without a field. A 422 lists
 * its fields in an object or an array, depending on the account's profile.
 */
export function readErrors(errors) {
  if (!Array.isArray(errors)) return { fields: rename(errors), others: [] };
  const fields = {};
  const others = [];
  for (const { source, detail, title, status } of errors) {
    const path = source?.pointer?.replace(/^\/data\/attributes\//, '').replaceAll('/', '.') ?? source?.header;
    if (path) fields[path] = detail;
    else others.push(detail ?? title ?? status);
  }
  return { fields: rename(fields), others };
}

/** Calls the platform's API; returns the response with any status: {status, json}. */
export async function platform(method, path, { body, headers = {} } = {}, again = true) {
  const { id, api_key: key } = await ownAccount();
  const reply = await fetch(path, {
    method,
    credentials: 'omit', // otherwise the browser asks for a password after a 401
    headers: { Authorization: `Basic ${btoa(`${id}:${key}`)}`, 'Content-Type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (reply.status === 401 && again) { // the key may have been replaced
    forgetAccount();
    return platform(method, path, { body, headers }, false);
  }
  return { status: reply.status, json: await reply.json() };
}
