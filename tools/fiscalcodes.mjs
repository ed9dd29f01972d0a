// Prints fiscal codes made and checked by another program, one a line: the code, whether it is valid, and what it encodes.
// The people are random; the same seed gives the same codes.
//
//   node tools/fiscalcodes.mjs COUNT SEED
import { createRequire } from "node:module";

const { CodiceFiscale } = createRequire(import.meta.url)("codice-fiscale-js");
const [count, seed] = process.argv.slice(2).map(Number);

let state = seed >>> 0;
const chance = (n) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * n);
};
const one = (from) => from[chance(from.length)];

const lasts = ["Rossi", "Bianchi", "Fo", "De Luca", "D'Amico", "Russo", "Esposito", "Aiello", "Ng", "Quaranta", "Zanon", "Re"];
const firsts = ["Anna", "Gianfranco", "Mario", "Io", "Luca", "Maria Grazia", "Ugo", "Ada", "Francesca", "Al"];
const places = [["Roma", "RM"], ["Milano", "MI"], ["Napoli", "NA"], ["Aosta", "AO"], ["Lecce", "LE"], ["Torino", "TO"]];
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

const judge = (code) => (CodiceFiscale.check(code) ? "valid" : "invalid");
const lines = [];
while (lines.length < count) {
  const year = 1900 + chance(120), month = 1 + chance(12);
  const day = 1 + chance(new Date(Date.UTC(year, month, 0)).getUTCDate());
  const [birthplace, birthplaceProvincia] = one(places);
  const code = new CodiceFiscale({ name: one(firsts), surname: one(lasts), gender: one(["M", "F"]), day, month, year, birthplace, birthplaceProvincia }).toString();
  lines.push(`${code} valid`);
  for (const also of new CodiceFiscale(code).omocodie().slice(0, 3)) lines.push(`${also} ${judge(also)}`);
  const wrong = code.slice(0, 15) + letters[(letters.indexOf(code[15]) + 1 + chance(25)) % 26];
  lines.push(`${wrong} ${judge(wrong)}`);
}
console.log(lines.slice(0, count).join("\n"));
