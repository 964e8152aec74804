// The search of the documentation, in an index that render.py makes. "/" focuses the field, the arrows move through the
// results, Enter opens the first or the focused one, Escape closes them.

const INDEX = '/_mock/docs/search.json';
const CHANGELOG = '/_mock/docs/changelog';
const MOST = 12; // results
const KEYS_STORED = 'milkypay-mock-keys'; // the dashboard's switch of single-letter shortcuts

let index;

/** [{page, heading, excerpt, url, factor, places}]: texts in the order of WEIGHTS, each word after a blank. */
async function load() {
  const reply = await fetch(INDEX);
  if (!reply.ok) throw new Error(`the server answered ${reply.status}`);
  const pages = await reply.json();
  return pages.flatMap(([url, page, generated, sections]) => sections.map(([anchor, heading, excerpt, text], at) => ({
    page,
    heading,
    excerpt,
    url: at ? `${url}#${anchor}` : url, // the first heading is the page itself
    factor: generated || url === CHANGELOG ? 0.1 : 1, // behind what explains it
    places: [at ? '' : `${page} ${heading}`, heading, page, text].map((one) => ` ${words(one).join(' ')}`),
  })));
}

const words = (text) => text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];

const WEIGHTS = [12, 8, 3, 1]; // of the title of a page, a heading, the page around it, the text
const PART = 0.5; // of what the words are worth: a section has so much, if none has all words

/** Words that people use for those of these pages. */
const MEANT = new Map(Object.entries({
  eaddrinuse: ['port'], econnrefused: ['connect'], enotfound: ['resolve'], ssl: ['tls'],
  webhook: ['callback'], notification: ['callback'], ipn: ['callback'], postback: ['callback'],
  idempotency: ['reference_id', 'idempotent'], idempotent: ['reference_id'], mismatch: ['rejected', 'wrong'],
  arriv: ['arrives', 'received'], jest: ['node'], mocha: ['node'], vitest: ['node'], sandbox: ['mock'],
}));

/** The word without its ending, which then begins its other forms: "webhooks" -> "webhook". */
const stem = (word) => word.replace(/^(\p{L}{4,}?)(?:ings?|e[ds]|s)$/u, '$1');

const meanings = (word) => [stem(word), ...MEANT.get(word) ?? MEANT.get(stem(word)) ?? []];

/** The weight of the best place where one of the words begins a word; 0 if there is none. */
const weigh = ({ places }, alternatives) =>
  WEIGHTS[places.findIndex((place) => alternatives.some((word) => place.includes(` ${word}`)))] ?? 0;

/** How much a word says: the more, the fewer rows have it; nothing if none has. */
function worth(rows, at) {
  const n = rows.filter(({ weights }) => weights[at]).length;
  return n ? Math.log(rows.length / n) : 0;
}

const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);

/**
 * {whole, sections}: the sections that have all words, the best ones first. If there is none, those that have most of
 * what the words are worth: pasted messages have common words, and values that no page knows.
 */
function find(text) {
  const asked = words(text).map(meanings);
  const rows = index.map((section) => ({ section, weights: asked.map((word) => weigh(section, word)) }));
  const all = rows.filter(({ weights }) => weights.every(Boolean));
  const whole = all.length > 0;
  const worths = asked.map((_, at) => (whole ? 1 : worth(rows, at)));
  const least = PART * sum(worths);
  const base = whole ? 0 : WEIGHTS[0]; // without all words, how many there are counts more than where they are
  const enough = ({ weights }) => least && sum(worths.filter((_, at) => weights[at])) >= least;
  const score = ({ section: { factor }, weights }) =>
    factor * sum(weights.map((weight, at) => weight && (base + weight) * worths[at]));
  const scored = (whole ? all : rows).filter(enough).map((row) => ({ section: row.section, score: score(row) }));
  scored.sort((a, b) => b.score - a.score); // equal ones stay in the order of the pages
  return { whole, sections: scored.map(({ section }) => section) };
}

/** What is shown above the results. */
function summary({ whole, sections: { length } }) {
  const counted = length > MOST ? `The first ${MOST} of ${length} results` : `${length} result${length === 1 ? '' : 's'}`;
  return whole || !length ? counted : `No section has all words. ${counted}`;
}

/** Shown when nothing is found. */
const ELSEWHERE = {
  page: '', heading: 'Troubleshooting', excerpt: 'what is wrong, by symptom', url: '/_mock/docs/troubleshooting',
};

function result({ page, heading, excerpt, url }) {
  const [item, link, title, where] = ['li', 'a', 'b', 'span'].map((tag) => document.createElement(tag));
  link.href = url;
  link.dataset.testid = 'result';
  title.textContent = heading;
  where.className = 'quiet';
  where.textContent = [heading === page ? '' : page, excerpt].filter(Boolean).join(': ');
  link.append(title, where);
  item.append(link);
  return item;
}

export function startSearch(search) {
  const input = search.querySelector('input');
  const found = search.querySelector('.found');
  const status = found.querySelector('[role="status"]');
  const list = found.querySelector('ul');
  const links = () => [...list.querySelectorAll('a')];

  const show = async () => {
    const text = input.value;
    try {
      index ??= await load();
    } catch (error) {
      status.textContent = `The search does not work: ${error.message}`;
      found.hidden = false;
      return;
    }
    if (text !== input.value) return; // the next letter was typed meanwhile
    const answer = find(text);
    list.replaceChildren(...(answer.sections.length ? answer.sections.slice(0, MOST) : [ELSEWHERE]).map(result));
    status.textContent = summary(answer);
    found.hidden = !words(text).length;
  };
  const close = () => { found.hidden = true; };

  const moves = {
    ArrowDown: (at, all) => all[Math.min(at + 1, all.length - 1)]?.focus(),
    ArrowUp: (at, all) => (at > 0 ? all[at - 1] : input).focus(),
    Enter: (at, all) => (at < 0 ? all[0] : all[at])?.click(),
    Escape: () => {
      if (found.hidden) input.value = '';
      input.focus();
      close();
    },
  };
  search.addEventListener('keydown', (event) => {
    const move = moves[event.key];
    if (!move || event.isComposing) return;
    event.preventDefault();
    const all = found.hidden ? [] : links();
    move(all.indexOf(document.activeElement), all);
  });
  input.addEventListener('input', show);
  input.addEventListener('focus', () => input.value && show());
  search.addEventListener('focusout', ({ relatedTarget }) => {
    if (!search.contains(relatedTarget)) close();
  });
  list.addEventListener('click', close); // a link to an anchor of this page loads nothing
  document.addEventListener('keydown', (event) => {
    const typing = event.ctrlKey || event.metaKey || event.altKey || event.target.matches('input, textarea, select');
    if (event.key !== '/' || typing || localStorage.getItem(KEYS_STORED) === 'off') return;
    event.preventDefault();
    input.focus();
    input.select();
  });
  search.hidden = false;
}
