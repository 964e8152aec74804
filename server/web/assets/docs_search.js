// The search of the documentation, in an index that render.py makes. "/" focuses the field, the arrows move through the
// results, Enter opens the first or the focused one, Escape closes them.

const INDEX = '/_mock/docs/search.json';
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
    factor: generated ? 0.1 : 1, // the reference comes behind what explains it
    places: [at ? '' : `${page} ${heading}`, heading, page, text].map((one) => ` ${words(one).join(' ')}`),
  })));
}

const words = (text) => text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];

const WEIGHTS = [12, 8, 3, 1]; // of the title of a page, a heading, the page around it, the text

/** 0 if a word begins none of the words of the section. */
function score({ factor, places }, asked) {
  let sum = 0;
  for (const word of asked) {
    const at = places.findIndex((place) => place.includes(` ${word}`));
    if (at < 0) return 0;
    sum += WEIGHTS[at];
  }
  return sum * factor;
}

function find(text) {
  const asked = words(text);
  if (!asked.length) return [];
  return index.map((section) => ({ section, score: score(section, asked) })).filter((one) => one.score)
    .sort((a, b) => b.score - a.score).map(({ section }) => section); // equal ones stay in the order of the pages
}

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
    const all = find(text);
    list.replaceChildren(...all.slice(0, MOST).map(result));
    status.textContent = all.length > MOST ? `The first ${MOST} of ${all.length} results`
      : all.length === 1 ? '1 result' : `${all.length} results`;
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
