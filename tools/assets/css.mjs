import { PurgeCSS } from 'purgecss';
import { transform } from 'lightningcss';

// What the site supports: enough for nothing to be rewritten that doesn't need it.
const targets = { chrome: 109 << 16, firefox: 115 << 16, safari: (15 << 16) | (6 << 8) };

// buildCSS takes of the framework what the templates use, adds our own, and makes it small.
export async function buildCSS({ framework, own, templates, ranges, asset, image }) {
  const bare = framework.replace(/^\uFEFF/, '');
  const [notice] = bare.match(/^\/\*![^]*?\*\//);
  const purged = await new PurgeCSS().purge({
    content: [{ raw: templates.join('\n'), extension: 'templ' }],
    css: [{ raw: bare.replace(/@font-face\{[^}]*\}/g, ''), name: 'framework' }],
    extractors: [{ extensions: ['templ'], extractor: used }],
    variables: true,
    keyframes: true,
  });
  const local = own.replaceAll(/asset\(([\w.-]+)\)/g, (_, name) => `url(${asset(name)})`).replaceAll(/range\(([\w-]+)\)/g, (_, name) => ranges[name]);
  const { code } = transform({ filename: 'app.css', code: Buffer.from(purged[0].css + local), minify: true, targets });
  const css = withoutData(code.toString(), image);
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

// withoutData moves images out of the stylesheet: the content policy lets none in.
function withoutData(css, image) {
  let n = 0;
  return css.replaceAll(/url\((["']?)data:image\/svg\+xml([^]*?)\1\)/g, (_, quote, rest) => {
    const [, encoding, body] = rest.match(/^([^,]*),([^]*)$/);
    const svg = encoding.includes('base64') ? Buffer.from(body, 'base64').toString() : unescaped(body);
    return `url(${image(`drawing-${++n}.svg`, svg)})`;
  });
}

// unescaped undoes CSS's backslashes and the address's percent signs; a percent sign that escapes nothing stays.
function unescaped(body) {
  return body.replaceAll(/\\(["'])/g, '$1').replaceAll(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
}
