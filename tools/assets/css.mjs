import { PurgeCSS } from 'purgecss';
import { transform } from 'lightningcss';

// What the site supports: enough for nothing to be rewritten that doesn't need it.
const targets = { chrome: 109 << 16, firefox: 115 << 16, safari: (15 << 16) | (6 << 8) };

// Images within the stylesheet: the content policy lets none in, and what we use of them we draw ourselves.
const drawings = /url\((["']?)data:[^]*?\1\)/g;

// Rules that come along with what the templates use: for fields and states that we don't have.
const unused = /(?<=^|[{}])[^{}]*(file-selector|::-webkit-(color|inner)|::-moz|:has\(~|form-[a-z]+:(disabled|active|focus)|btn:disabled|data-focus-mouse)[^{}]*\{[^{}]*\}/g;

// buildCSS takes of the framework what the templates use, adds our own, and makes it small.
export async function buildCSS({ framework, own, templates, ranges, asset }) {
  const bare = framework.replace(/^\uFEFF/, '');
  const [notice] = bare.match(/^\/\*![^]*?\*\//);
  const purged = await new PurgeCSS().purge({
    content: [{ raw: templates.join('\n'), extension: 'templ' }],
    css: [{ raw: bare.replace(/@font-face\{[^}]*\}/g, '').replace(drawings, 'none'), name: 'framework' }],
    extractors: [{ extensions: ['templ'], extractor: used }],
    variables: true,
    keyframes: true,
  });
  const local = own.replaceAll(/asset\(([\w.-]+)\)/g, (_, name) => `url(${asset(name)})`).replaceAll(/range\(([\w-]+)\)/g, (_, name) => ranges[name]);
  const { code } = transform({ filename: 'app.css', code: Buffer.from(purged[0].css.replace(unused, '') + local), minify: true, targets });
  const css = code.toString();
  return `${css.startsWith(notice) ? '' : notice + '\n'}${css}\n`;
}

// used reads the names of tags, classes and attributes off the templates; every class stands there as a whole literal.
function used(text) {
  const quoted = (within) => [...within.matchAll(/"([^"]*)"/g)].flatMap((match) => match[1].split(/\s+/));
  const classes = [...text.matchAll(/class=("[^"]*"|\{[^}]*\})/g)].flatMap((match) => quoted(match[1]));
  return {
    tags: ['html', 'body', 'dialog', ...[...text.matchAll(/<([a-z][a-z0-9]*)/g)].map((match) => match[1])],
    classes: [...new Set(classes)],
    ids: [],
    attributes: { names: ['type', 'href', 'hidden', 'role'], values: ['button', 'submit', 'search', 'checkbox'] },
    undetermined: [],
  };
}
