// Builds web/static from web/style, web/app.js, web/icon.svg, Bootstrap Italia and Titillium Web. The same input gives
// the same bytes: file names have a hash of the content, and no file has a date.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { buildCSS } from './assets/css.mjs';
import { lean, split } from './assets/fonts.mjs';
import { buildSprite } from './assets/sprite.mjs';
import { compressed } from './assets/compress.mjs';

const tools = fileURLToPath(new URL('.', import.meta.url));
const web = join(tools, '..', 'web');
const out = join(web, 'static');
const npm = (...path) => join(tools, 'node_modules', ...path);

const styles = ['fonts', 'frame', 'parts', 'pages', 'forms', 'activity', 'groups', 'files', 'media', 'print'];
const weights = [400, 600];

const manifest = {};
const files = new Map();

// add writes a file under a name with its hash.
function add(name, content, extension = name.slice(name.lastIndexOf('.'))) {
  const bytes = Buffer.from(content);
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 10);
  const hashed = `${name.slice(0, -extension.length)}.${hash}${extension}`;
  manifest[name] = hashed;
  files.set(hashed, bytes);
  return hashed;
}

// script removes comment lines and indentation, nothing else.
function script(source) {
  return source.split('\n').map((line) => line.trim()).filter((line) => line && !line.startsWith('//')).join('\n') + '\n';
}

// render.go writes some HTML without a template.
const templates = [...readdirSync(web).filter((name) => name.endsWith('.templ')), 'render.go'].sort()
  .map((name) => readFileSync(join(web, name), 'utf8'));
const source = readFileSync(join(web, 'app.js'), 'utf8');

const ranges = JSON.parse(readFileSync(npm('@fontsource/titillium-web/unicode.json'), 'utf8'));
for (const weight of weights) {
  const face = (subset) => readFileSync(npm('@fontsource/titillium-web/files', `titillium-web-${subset}-${weight}-normal.woff2`));
  const { italian, others } = await split(face('latin'));
  add(`titillium-latin-${weight}.woff2`, italian.file);
  add(`titillium-latin-rest-${weight}.woff2`, others.file);
  add(`titillium-latin-ext-${weight}.woff2`, await lean(face('latin-ext')));
  ranges.latin = italian.range; // both weights have the same characters
  ranges['latin-rest'] = others.range;
}

add('sprite.svg', buildSprite(readFileSync(npm('bootstrap-italia/dist/svg/sprites.svg'), 'utf8'), templates));
add('icon.svg', readFileSync(join(web, 'icon.svg'), 'utf8').trim());
add('app.js', script(source));
add('app.css', await buildCSS({
  framework: readFileSync(npm('bootstrap-italia/dist/css/bootstrap-italia.min.css'), 'utf8'),
  own: styles.map((name) => readFileSync(join(web, 'style', `${name}.css`), 'utf8')).join('\n'),
  templates,
  ranges,
  asset: (name) => manifest[name],
}));
files.set('notices.txt', Buffer.from([
  'Bootstrap Italia (styles, icons), BSD-3-Clause, a fork of Bootstrap (MIT)\n', readFileSync(npm('bootstrap-italia/LICENSE'), 'utf8'),
  '\nBootstrap, Copyright 2011-2022 The Bootstrap Authors, MIT\n', readFileSync(join(tools, 'assets', 'bootstrap.LICENSE'), 'utf8'),
  '\nTitillium Web (fonts, cut into files by letters), SIL Open Font License 1.1\n', readFileSync(npm('@fontsource/titillium-web/LICENSE'), 'utf8'),
].join('\n')));
files.set('manifest.json', Buffer.from(JSON.stringify(Object.fromEntries(Object.entries(manifest).sort()), null, 2) + '\n'));

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const [name, bytes] of files) {
  writeFileSync(join(out, name), bytes);
  if (name === 'manifest.json') continue;
  const { br, gz } = compressed(name, bytes);
  if (br) writeFileSync(join(out, `${name}.br`), br);
  if (gz) writeFileSync(join(out, `${name}.gz`), gz);
  console.log(`${String(bytes.length).padStart(7)} ${String((br ?? bytes).length).padStart(7)}  ${name}`);
}
