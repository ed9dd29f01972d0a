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
addEventListener('popstate', () => {
if (!filters || location.search === shown) return;
hold();
wait(true);
typing = false;
shown = location.search;
ask(location.href);
});
const mayBeCode = (text) => /\d/.test(text.normalize('NFKC')) && !text.includes('@');
async function follow(isTyped) {
if (mayBeCode(filters.elements.q.value)) return replaceRows('filters-code');
const answer = await ask(filters.action, { method: 'POST', body: new URLSearchParams(new FormData(filters)) });
if (!answer || answer.url === filters.action) return;
history[isTyped && typing ? 'replaceState' : 'pushState'](null, '', answer.url);
typing = isTyped;
shown = location.search;
}
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
function replaceParts(page) {
const parts = [...document.querySelectorAll('[data-part]')];
if (!parts.every((part) => page.getElementById(part.id))) return false;
const held = document.activeElement;
const chosen = new Set(ticks().filter((box) => box.checked).map((box) => box.value));
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
function replaceRows(id) {
hold();
results.replaceChildren(document.getElementById(id).content.cloneNode(true));
wait(false);
notices.textContent = results.textContent.trim();
}
const ticks = () => [...document.querySelectorAll('input[name=user]')];
document.addEventListener('change', ({ target }) => {
if ('all' in target.dataset) for (const box of ticks()) box.checked = target.checked;
else if (target.name !== 'user') return;
count();
notices.textContent = document.getElementById('selected').textContent;
});
addEventListener('pageshow', count);
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
document.querySelector('[data-focus]')?.focus({ preventScroll: Boolean(document.querySelector('tr:target')) });
document.querySelector('.tabs [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
