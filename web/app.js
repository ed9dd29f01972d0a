// The pages' scripts. Every page works without them.

// Links to a confirmation open its page in a dialog. On any error the link is followed.
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-dialog]');
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  ask(link).catch(() => location.assign(link.href));
});

async function ask(link) {
  if (link.dataset.asking) return;
  link.dataset.asking = 'yes';
  try {
    const answer = await fetch(link.href, { headers: { Accept: 'text/html' } });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const section = page.querySelector('[data-confirm]');
    if (!answer.ok || !section) throw new Error('no confirmation');
    show(document.importNode(section, true), link);
  } finally {
    delete link.dataset.asking;
  }
}

function show(section, link) {
  const dialog = document.createElement('dialog');
  const heading = section.querySelector('h1');
  dialog.setAttribute('aria-labelledby', heading.id);
  dialog.append(section);
  dialog.addEventListener('click', (event) => {
    if (!event.target.closest('[data-cancel]')) return;
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener('close', () => {
    dialog.remove();
    (link.isConnected ? link : document.getElementById('content')).focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  heading.focus();
}

// Menus close on Esc and on a click elsewhere.
const folds = () => document.querySelectorAll('details.actions[open], details.switch[open]');
document.addEventListener('click', (event) => {
  for (const open of folds()) if (!open.contains(event.target)) open.open = false;
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || document.querySelector('dialog[open]')) return;
  for (const open of folds()) {
    if (open.contains(document.activeElement)) open.querySelector('summary').focus();
    open.open = false;
  }
});

// A form is sent once. The button stays enabled; only a second submission is cancelled.
const sent = new Set();
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!('once' in form.dataset)) return;
  if (sent.has(form)) event.preventDefault();
  sent.add(form);
});
addEventListener('pageshow', () => sent.clear());

const notices = document.getElementById('notices');

// The list updates while its filters change. On any error the form's button still works.
const filters = document.querySelector('form[data-live]');
let pause, asked;
const hold = () => {
  clearTimeout(pause);
  asked?.abort();
};
filters?.addEventListener('submit', hold);
filters?.addEventListener('input', () => {
  hold();
  pause = setTimeout(() => follow().catch(() => {}), 300);
});
filters?.elements.q.setAttribute('aria-description', filters.dataset.live);

async function follow() {
  // A text that may be a fiscal code, or its beginning, waits for the button: it must not be in an address, and typing must
  // not open another page.
  if (/^[a-z]*\d[a-z\d]*$/i.test(filters.elements.q.value.replace(/\s/g, ''))) return;
  asked = new AbortController();
  const answer = await fetch(filters.action, { method: 'POST', body: new URLSearchParams(new FormData(filters)), signal: asked.signal });
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  if (!answer.ok) return;
  const results = page.getElementById('results');
  if (!results) return;
  const held = document.activeElement;
  // As text: options that are moved between lists lose their selection.
  for (const part of page.querySelectorAll('[data-part]')) {
    const old = document.getElementById(part.id);
    if (old) old.innerHTML = part.innerHTML;
  }
  if (!held.isConnected) document.getElementById('results').focus();
  if (answer.url !== filters.action) history.replaceState(history.state, '', answer.url);
  notices.textContent = results.dataset.announce;
  count();
}

// Users are selected one by one, or all those of the page at once.
const ticks = () => [...document.querySelectorAll('input[name=user]')];
document.addEventListener('change', ({ target }) => {
  if ('all' in target.dataset) for (const box of ticks()) box.checked = target.checked;
  else if (target.name !== 'user') return;
  count();
  notices.textContent = document.getElementById('selected').textContent;
});
addEventListener('pageshow', count);

// count shows the number of selected users in the heading of the bulk actions.
function count() {
  const all = document.querySelector('[data-all]');
  if (!all) return;
  const boxes = ticks();
  const n = boxes.filter((box) => box.checked).length;
  all.hidden = false;
  all.checked = n === boxes.length;
  all.indeterminate = n > 0 && !all.checked;
  const selected = document.getElementById('selected');
  const words = selected.dataset;
  words.none ??= selected.textContent;
  selected.textContent = n > 1 ? words.many.replace('#', n) : n ? words.one : words.none;
}

// Shows the copy buttons, which need scripts.
for (const button of document.querySelectorAll('button[data-copy]')) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      notices.textContent = notices.dataset.copied;
      button.dataset.done = 'yes';
    } catch {
      button.hidden = true;
    }
  });
}

// Focuses the banner, so that a screen reader reads it first.
document.querySelector('[data-focus]')?.focus();

// Scrolls to the current tab if the tabs do not fit.
document.querySelector('.tabs [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
