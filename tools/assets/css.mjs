import { PurgeCSS } from 'purgecss';
import { transform } from 'lightningcss';

// The supported browsers. Their versions avoid unneeded rewriting.
const targets = { chrome: 109 << 16, firefox: 115 << 16, safari: (15 << 16) | (6 << 8) };

// Images in the stylesheet: the content security policy allows none; the site draws those that it uses itself.
const drawings = /url\((["']?)data:[^]*?\1\)/g;

// Rules that the templates' classes bring with them, for fields and states that the site does not have.
const unused = /(?<=^|[{}])[^{}]*(file-selector|::-webkit-(color|inner)|::-moz|:has\(~|form-[a-z]+:(disabled|active|focus)|btn:disabled|data-focus-mouse)[^{}]*\{[^{}]*\}/g;

// buildCSS takes the framework's rules that the templates use, adds the site's own, and minifies the result.
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

// used reads the names of tags, classes and attributes from the templates, where every class is a whole literal.
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
