import subset from 'subset-font';
import fontverter from 'fontverter';

// The characters of Italian and its punctuation: the file that every page loads. The other characters are in files of their
// own, which load only if a page has one of them.
const italian = characters([[0x20, 0x7e]]) + 'àèéìíîòóùúÀÈÉÌÍÎÒÓÙÚ' + '\u00a0«»“”‘’–—…€·•°©−';

// split divides a font into the characters of Italian and the rest, each with its range in CSS's notation.
export async function split(font) {
  const all = await written(font);
  const part = async (inItalian) => {
    const text = [...all].filter((letter) => italian.includes(letter) === inItalian).join('');
    return { file: await cut(font, text), range: ranges([...text].map((letter) => letter.codePointAt(0))) };
  };
  return { italian: await part(true), others: await part(false) };
}

// lean returns the whole font without data that screens no longer need.
export async function lean(font) {
  return cut(font, await written(font));
}

// cut keeps the characters of the text, kerning and language-specific forms; no hints for coarse screens, no fractions.
function cut(font, text) {
  return subset(font, text, { targetFormat: 'woff2', noHinting: true, keepFeatures: ['kern', 'locl'] });
}

// written returns every character of the font, from its character table (cmap, format 4).
async function written(font) {
  const bytes = await fontverter.convert(font, 'truetype');
  const word = (at) => bytes.readUInt16BE(at);
  const entry = [...Array(word(4)).keys()].map((n) => 12 + 16 * n).find((at) => bytes.toString('latin1', at, at + 4) === 'cmap');
  const cmap = bytes.readUInt32BE(entry + 8);
  const tables = [...Array(word(cmap + 2)).keys()].map((n) => cmap + bytes.readUInt32BE(cmap + 4 + 8 * n + 4));
  const table = tables.find((at) => word(at) === 4);
  if (table === undefined) throw new Error('the font tells its characters another way');
  const segments = word(table + 6) / 2;
  return characters([...Array(segments).keys()]
    .map((n) => [word(table + 16 + 2 * (segments + n)), word(table + 14 + 2 * n)])
    .filter(([first]) => first !== 0xffff));
}

// characters expands ranges.
function characters(ranges) {
  return ranges.map(([first, last]) => String.fromCodePoint(...Array.from({ length: last - first + 1 }, (_, n) => first + n))).join('');
}

function ranges(codes) {
  const hex = (code) => code.toString(16).toUpperCase().padStart(4, '0');
  const runs = [];
  for (const code of codes.sort((a, b) => a - b)) {
    if (runs.at(-1)?.[1] === code - 1) runs.at(-1)[1] = code;
    else runs.push([code, code]);
  }
  return runs.map(([first, last]) => first === last ? `U+${hex(first)}` : `U+${hex(first)}-${hex(last)}`).join(',');
}
