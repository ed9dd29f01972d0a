// buildSprite keeps the framework's icons that the templates use.
export function buildSprite(all, templates) {
  const used = new Set(templates.flatMap((text) => [...text.matchAll(/@icon\("([a-z-]+)"\)/g)].map((match) => match[1])));
  const symbols = [...used].sort().map((id) => {
    const symbol = all.match(new RegExp(`<symbol id="${id}"[^]*?</symbol>`));
    if (!symbol) throw new Error(`no drawing is called ${id}`);
    return symbol[0];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
}
