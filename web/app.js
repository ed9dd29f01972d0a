// The pages' scripts. Every page works without them.

// Links to a confirmation open its page in a dialog. On any error the link is followed.
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-dialog], [name=actions] a');
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  openDialog(link).catch(() => location.assign(link.href));
});

async function openDialog(link) {
  if (link.dataset.asking) return;
  link.dataset.asking = 'yes';
  try {
    const answer = await fetch(link.href, { headers: { Accept: 'text/html' }, signal: AbortSignal.timeout(10000) });
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
const folds = () => document.querySelectorAll('details[name=actions][open], details.switch[open]');
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

// A double click sends a form once. After that the button works again: the person may have stopped a request that stalled,
// and the server executes a form once.
const sent = new Set();
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!('once' in form.dataset)) return;
  if (sent.has(form)) event.preventDefault();
  sent.add(form);
  setTimeout(() => sent.delete(form), 2000);
});
addEventListener('pageshow', () => sent.clear());

const notices = document.getElementById('notices');

// The list updates while its filters change. Until the answer is shown, the rows of the old filter can't be used.
const filters = document.querySelector('form[data-live]');
const results = document.getElementById('results');
let pause, asked, typing, shown = location.search;
const hold = () => {
  clearTimeout(pause);
  asked?.abort();
  asked = null;
};
const wait = (on) => {
  results.toggleAttribute('inert', on);
  results.setAttribute('aria-busy', on);
};
filters?.addEventListener('submit', hold);
filters?.addEventListener('input', ({ target }) => {
  hold();
  wait(true);
  pause = setTimeout(follow, 300, target.id === 'q');
});
filters?.elements.q.setAttribute('aria-description', filters.dataset.live);

// Back and Forward walk through the filters that were applied.
addEventListener('popstate', () => {
  if (!filters || location.search === shown) return;
  hold();
  wait(true);
  typing = false;
  shown = location.search;
  ask(location.href);
});

// A text that may be the beginning of a fiscal code waits for the button: it must not be in an address, and typing must not
// open another page.
const mayBeCode = (text) => /\d/.test(text.normalize('NFKC')) && !text.includes('@');

async function follow(isTyped) {
  if (mayBeCode(filters.elements.q.value)) return replaceRows('filters-code');
  const answer = await ask(filters.action, { method: 'POST', body: new URLSearchParams(new FormData(filters)) });
  if (!answer || answer.url === filters.action) return;
  // The letters of one text are one step of Back.
  history[isTyped && typing ? 'replaceState' : 'pushState'](null, '', answer.url);
  typing = isTyped;
  shown = location.search;
}

// ask shows the list that an address answers with, and returns the answer; nothing if the list isn't shown. A failure is
// reported in place of the rows. With any other page the browser goes where it leads.
async function ask(url, options) {
  const mine = asked = new AbortController();
  const late = setTimeout(() => mine.abort(), 20000);
  try {
    const answer = await fetch(url, { ...options, signal: mine.signal });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (asked !== mine) return;
    if (answer.status === 429 || answer.status >= 500) return replaceRows('filters-failed');
    if (!replaceParts(page)) return options ? filters.submit() : location.reload();
    if (!options) filters.elements.q.value = page.getElementById('q').value;
    return answer;
  } catch {
    if (asked === mine) replaceRows('filters-failed');
  } finally {
    clearTimeout(late);
  }
}

// replaceParts shows another list in place of this one, and reports whether the page has one with the same parts.
function replaceParts(page) {
  const parts = [...document.querySelectorAll('[data-part]')];
  if (!parts.every((part) => page.getElementById(part.id))) return false;
  const held = document.activeElement;
  const chosen = new Set(ticks().filter((box) => box.checked).map((box) => box.value));
  // As text: options that are moved between lists lose their selection.
  for (const part of parts) part.innerHTML = page.getElementById(part.id).innerHTML;
  document.title = page.title;
  wait(false);
  if (!held.isConnected) results.focus();
  for (const box of ticks()) box.checked = chosen.delete(box.value);
  const lost = chosen.size ? '. ' + results.dataset.lost.replace('#', chosen.size) : '';
  notices.textContent = page.getElementById('results').dataset.announce + lost;
  count();
  return true;
}

// replaceRows shows a message of the page in place of the rows, which no longer match the filters.
function replaceRows(id) {
  hold();
  results.replaceChildren(document.getElementById(id).content.cloneNode(true));
  wait(false);
  notices.textContent = results.textContent.trim();
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

// Focuses the banner, so that a screen reader reads it first. A list stays at the row that was acted on, where the banner sticks.
document.querySelector('[data-focus]')?.focus({ preventScroll: Boolean(document.querySelector('tr:target')) });

// Scrolls to the current tab if the tabs do not fit.
document.querySelector('.tabs [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
