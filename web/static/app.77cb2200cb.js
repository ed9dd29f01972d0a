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
const sent = new Set();
document.addEventListener('submit', (event) => {
const form = event.target;
if (!('once' in form.dataset)) return;
if (sent.has(form)) event.preventDefault();
sent.add(form);
});
addEventListener('pageshow', () => sent.clear());
const notices = document.getElementById('notices');
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
if (/^(?!.{16})[a-z]*\d[a-z\d]*$/i.test(filters.elements.q.value.replace(/\s/g, ''))) return;
asked = new AbortController();
const answer = await fetch(filters.action, { method: 'POST', body: new URLSearchParams(new FormData(filters)), signal: asked.signal });
const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
if (!answer.ok) return;
const results = page.getElementById('results');
if (!results) {
location.assign(answer.url);
return;
}
const held = document.activeElement;
for (const part of page.querySelectorAll('[data-part]')) document.getElementById(part.id)?.replaceChildren(...part.childNodes);
if (!held.isConnected) document.getElementById('results').focus();
if (answer.url !== filters.action) history.replaceState(history.state, '', answer.url);
notices.textContent = results.dataset.said;
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
document.querySelector('[data-focus]')?.focus();
document.querySelector('.tabs [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
