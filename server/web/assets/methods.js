// Filters the list of methods while the payer types.

const search = document.querySelector('#q');
const items = [...document.querySelectorAll('.methods li')];
const none = document.querySelector('[data-testid="no-match"]');

search?.addEventListener('input', () => {
  const wanted = search.value.trim().toLocaleLowerCase();
  for (const item of items) item.hidden = !item.dataset.name.toLocaleLowerCase().includes(wanted);
  if (items.length) none.hidden = items.some((item) => !item.hidden);
});
