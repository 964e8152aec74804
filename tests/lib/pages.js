// The payer's pages for a client without JavaScript. It submits forms as rendered.

export const BROWSER = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

/** The path of a URL of the server. */
export const local = (server, url) => (url.startsWith(server.url) ? url.slice(server.url.length) : url);

const NAMES = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'", '#34': '"' };
export const unescaped = (text) => text.replace(/&(amp|lt|gt|quot|#39|#x27|#34);/g, (_, name) => NAMES[name]);

/** The attributes of a tag. */
export function attributes(tag) {
  return Object.fromEntries([...tag.matchAll(/([a-zA-Z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/g)].slice(1)
    .map(([, name, a, b, c]) => [name.toLowerCase(), unescaped(a ?? b ?? c ?? '')]));
}

/** The page's forms: {action, method, inputs: {name: value}, buttons: [{name, value}]}. */
export function forms(html) {
  return [...html.matchAll(/<form\b[^>]*>[^]*?<\/form>/gi)].map(([text]) => {
    const { action = '', method = 'get' } = attributes(/<form\b[^>]*>/i.exec(text)[0]);
    const inputs = {};
    for (const [tag] of text.matchAll(/<input\b[^>]*>/gi)) {
      const { name, value = '', type = 'text' } = attributes(tag);
      if (name && !['submit', 'button', 'checkbox', 'radio', 'image'].includes(type)) inputs[name] = value;
    }
    const buttons = [...text.matchAll(/<button\b[^>]*>|<input\b[^>]*type\s*=\s*["']?submit[^>]*>/gi)]
      .map(([tag]) => attributes(tag)).filter(({ name }) => name);
    return { action, method: method.toLowerCase(), inputs, buttons };
  });
}

/** Follows redirects within the server, and stops at a redirect to another site. */
export async function follow(api, reply) {
  for (let i = 0; i < 5 && reply.status >= 300 && reply.status < 400; i++) {
    const path = local(api.server, new URL(reply.headers.location, api.server.url).href);
    if (/^https?:/.test(path)) break;
    reply = await api.send('GET', path, { headers: BROWSER });
  }
  return reply;
}

export const open = async (api, path) => follow(api, await api.send('GET', path, { headers: BROWSER }));

/** Submits a form of a page with these fields and follows redirects. */
export const send = async (api, form, fields) =>
  follow(api, await api.send('POST', form.action, { form: { ...form.inputs, ...fields }, headers: BROWSER }));

/** {status, resolution} of the result on a page, undefined if there is no result. */
export function result(html) {
  const tag = /<section\b[^>]*data-testid="result"[^>]*>/.exec(html);
  if (!tag) return undefined;
  const { 'data-status': status, 'data-resolution': resolution } = attributes(tag[0]);
  return { status, resolution };
}

/** The text of the element with a data-testid. */
export const text = (html, testid) => {
  const found = new RegExp(`data-testid="${testid}"[^>]*>([^<]*)<`).exec(html);
  return found && unescaped(found[1]);
};
