// "Snapshots" of the selected account: take, restore, download, upload, delete.

import { call, controlUrl, get, upload } from './dashboard_api.js';
import { el, fill } from './dashboard_dom.js';
import { button, complain, counted, field, form, sure, time, toast } from './dashboard_parts.js';

const pathOf = (name) => `/snapshots/${encodeURIComponent(name)}`;

function row({ name, created, invoices }, load) {
  const named = (label) => ({ class: 'small', 'data-key': `${label}-${name}`, 'aria-label': `${label} ${name}` });
  const restore = sure(`Replace the state of this account by the snapshot ${name}?`, async () => {
    await call('POST', `${pathOf(name)}/restore`);
    toast(`The state is that of ${name}.`);
  });
  const remove = sure(`Delete the snapshot ${name}?`, async () => {
    await call('DELETE', pathOf(name));
    await load();
  });
  return el('li.line', { 'data-testid': 'snapshot' }, el('b', {}, name), time(created * 1000),
    el('span.quiet', {}, counted(invoices, 'invoice')),
    el('span.actions', {},
      button('Restore', restore, { ...named('Restore'), 'data-testid': 'restore-snapshot' }),
      el('a.button.small', { href: controlUrl(pathOf(name)), download: `${name}.json`, 'data-testid': 'download-snapshot',
        'aria-label': `Download ${name}` }, 'Download'),
      button('Delete', remove, { ...named('Delete'), 'data-testid': 'delete-snapshot' })));
}

/** The form that saves the state now, or a file, under a name. */
function saver(load) {
  const name = el('input', {
    name: 'name', id: 'snapshot-name', maxlength: 64, placeholder: 'seeded', 'data-testid': 'snapshot-name',
  });
  const file = el('input', { type: 'file', id: 'snapshot-file', accept: '.json,application/json', 'data-testid': 'snapshot-file' });
  const save = button('Save', async () => {
    const asked = name.value.trim();
    if (!asked) throw new Error('name: must not be empty');
    if (file.files.length) await upload(pathOf(asked), file.files[0]);
    else await call('POST', pathOf(asked));
    toast(`The snapshot ${asked} is saved.`);
    name.value = file.value = '';
    await load();
  }, { class: 'main', 'data-testid': 'take-snapshot' });
  return form('New snapshot', save, { class: 'stack' },
    el('div.fields', {}, field('Name', name, 'A snapshot of this name is replaced.'),
      field('File', file, 'A downloaded snapshot. Without a file, the state of now is saved.')),
    el('div.actions', {}, save));
}

/** The part of the account's card; it loads when opened. */
export function snapshotsOf() {
  const list = el('ul.lines', {});
  const load = async () => {
    const { items } = await get('/snapshots', { limit: 1000 });
    fill(list, items.length ? items.map((one) => row(one, load)) : el('li.quiet', {}, 'No snapshots.'));
  };
  const box = el('details', { 'data-key': 'snapshots', 'data-testid': 'snapshots', ontoggle: () => box.open && load().catch(complain) },
    el('summary', {}, 'Snapshots'), list, saver(load));
  return box;
}
