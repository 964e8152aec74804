// The page with the kill matrix: server/docs/rehearse-matrix.md.

export const cell = (text) => text.replaceAll('|', '\\|');
export const table = (heads, rows) =>
  [heads, heads.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |\n`).join('');
const ids = (list) => list.join(', ');

/** `mutants` as in mutants.js, `scenarios` as in server/rehearse/scenarios.json. */
export function matrixPage(mutants, scenarios) {
  const defects = Object.entries(mutants)
    .map(([name, { about, kills }]) => [cell(name), cell(about), ids(kills)]);
  const killers = (id) => Object.keys(mutants).filter((name) => mutants[name].kills.includes(id));
  const kills = scenarios.map(({ id, name, grade }) => [id, cell(name), grade, cell(ids(killers(id))) || 'none']);
  return `# Does a rehearsal find mistakes?

This page shows which mistake of a shop makes which scenario of a rehearsal fail. It is generated from the
tests that check it: \`tests/rehearse/verdicts.test.js\` takes the [demo shop](demo-shop.md), puts one defect into a copy,
rehearses the copy, and compares the scenarios that fail with this page. A defect must fail these scenarios and no other.
If the ordinary purchase (E0) fails, the scenarios that build on it are not tested, or are judged without its mistake.

The demo shop and the shops of the [helpers](clients.md), in Node.js, Python, PHP, Java, Go and Ruby, fail none.

## Defects

${table(['defect', 'the shop', 'fails'], defects)}
## Scenarios

${table(['scenario', 'name', 'grade', 'defects that it finds'], kills)}`;
}
