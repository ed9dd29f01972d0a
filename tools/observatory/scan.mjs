// Runs Mozilla's HTTP Observatory on pages of a site on this machine and prints its tests and grades, page by page. Reads the
// site's port, a session cookie and the paths as JSON from standard input.
import { existsSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, dirname } from 'node:path';

const observatory = dirname(createRequire(import.meta.url).resolve('@mdn/mdn-http-observatory/package.json'));
const preloaded = join(observatory, 'conf', 'hsts-preload.json');
if (!existsSync(preloaded)) writeFileSync(preloaded, '{}'); // the browsers' preload list, which has no address of this machine

const part = (path) => import(join(observatory, 'src', path));
const { retrieve } = await part('retriever/retriever.js');
const { ALL_TESTS } = await part('constants.js');
const { MINIMUM_SCORE_FOR_EXTRA_CREDIT } = await part('grader/charts.js');
const { getGradeForScore, getScoreModifier } = await part('grader/grader.js');

let text = '';
for await (const piece of process.stdin) text += piece;
const { port, cookie, paths } = JSON.parse(text);

let worst = 0;
console.log('grade  score  status  page');
for (const path of paths) {
  const headers = ['Accept: text/html'];
  if (cookie) headers.push(`Cookie: ${cookie}`);
  const seen = await retrieve('127.0.0.1', { httpsPort: port, httpPort: 1, path, headers }); // no server answers without TLS
  if (!seen.responses.auto?.verified) throw new Error(`${path}: no answer that can be trusted`);
  let full = 100, plain = 100;
  const results = ALL_TESTS.map((test) => test(seen));
  for (const { result } of results) {
    const mark = getScoreModifier(result);
    full += mark;
    if (mark < 0) plain += mark;
  }
  const { grade, score } = getGradeForScore(plain >= MINIMUM_SCORE_FOR_EXTRA_CREDIT ? full : plain);
  console.log(`${grade.padEnd(5)}  ${String(score).padEnd(5)}  ${String(seen.responses.auto.status).padEnd(6)}  ${path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…')}`);
  if (grade !== 'A+') {
    worst++;
    for (const { result, pass } of results) if (!pass) console.log(`       ${result}`);
  }
}
console.log(`${paths.length} pages, ${paths.length - worst} of them A+`);
process.exitCode = worst ? 1 : 0;
