// Copies texts to the clipboard.

const SHOWN_MS = 2000;

/** Without https or loopback, browsers offer the older way only. */
export async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const before = document.activeElement;
  const area = document.createElement('textarea');
  area.value = text;
  area.readOnly = true;
  document.body.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  before?.focus();
  if (!copied) throw new Error('The browser does not allow copying.');
}

/** Makes `button` copy `text`. Its part `says`, a role=status, tells `copied` or `refused` for a while. */
export function copyOnClick(button, says, text, { copied, refused }) {
  const before = says.textContent;
  let back;
  button.addEventListener('click', async () => {
    says.textContent = await copyText(text).then(() => copied, () => refused);
    button.focus(); // some browsers do not focus a button that is clicked
    clearTimeout(back);
    back = setTimeout(() => { says.textContent = before; }, SHOWN_MS);
  });
}
