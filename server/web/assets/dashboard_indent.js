// JSON for the eye.

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/**
 * Indents JSON and changes nothing else: strings and numbers stay as they were written, so the escaped slashes that a
 * signature covers can be seen. Returns any other text unchanged.
 */
export function indent(text) {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  let out = '', depth = 0, before = '';
  const line = () => `\n${'  '.repeat(depth)}`;
  for (const token of text.match(TOKENS) ?? []) {
    if (token === '}' || token === ']') {
      depth -= 1;
      out += '{['.includes(before) ? token : line() + token;
    } else {
      const first = before === ',' || before === '{' || before === '[';
      out += (first ? line() : '') + (token === ':' ? ': ' : token);
      if (token === '{' || token === '[') depth += 1;
    }
    before = token;
  }
  return out;
}
