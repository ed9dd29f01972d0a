import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

// compressed returns a file's brotli and gzip forms, each only if it is smaller. Fonts are compressed already.
export function compressed(name, bytes) {
  if (name.endsWith('.woff2')) return {};
  const br = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  const gz = gzipSync(bytes, { level: 9 });
  gz[9] = 255; // the operating system: one value everywhere
  return { br: br.length < bytes.length ? br : undefined, gz: gz.length < bytes.length ? gz : undefined };
}
