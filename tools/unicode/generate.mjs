// Writes UnicodeTables.bin; see README.md beside this file. Format: tables one behind the other, each
// [length of name: u8][name: ASCII][length of data: u32 little endian][data]; numbers inside are LEB128.
import fs from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const Last = 0x10FFFF;

async function codePoints(version, path) {
  const module = await import(require.resolve(`@unicode/unicode-${version}/${path}/code-points.mjs`));
  return module.default;
}
async function set(version, ...paths) {
  const members = new Set();
  for (const path of paths) for (const c of await codePoints(version, path)) members.add(c);
  return members;
}
function names(version, property) {
  const folder = require.resolve(`@unicode/unicode-${version}/package.json`).replace('package.json', property);
  return fs.readdirSync(folder).filter(n => !n.includes('.') && n !== 'Unknown').sort();
}

function varint(out, n) {
  while (n >= 0x80) { out.push(n & 0x7F | 0x80); n = Math.floor(n / 128); }
  out.push(n);
}
function ranges(members) { // half-open: gap to the start, length
  const out = [];
  let end = 0;
  for (let c = 0; c <= Last; c++) {
    if (!members.has(c)) continue;
    const start = c;
    while (c + 1 <= Last && members.has(c + 1)) c++;
    varint(out, start - end);
    varint(out, c + 1 - start);
    end = c + 1;
  }
  return out;
}
function runs(valueOf) { // length, value
  const out = [];
  for (let c = 0; c <= Last;) {
    const start = c, value = valueOf(c);
    while (c <= Last && valueOf(c) === value) c++;
    varint(out, c - start);
    out.push(value);
  }
  return out;
}

const tables = [];
const add = (name, data) => tables.push([name, Buffer.from(data)]);

// The numbers of System.Globalization.UnicodeCategory.
const Categories = ['Uppercase_Letter', 'Lowercase_Letter', 'Titlecase_Letter', 'Modifier_Letter', 'Other_Letter', 'Nonspacing_Mark',
  'Spacing_Mark', 'Enclosing_Mark', 'Decimal_Number', 'Letter_Number', 'Other_Number', 'Space_Separator', 'Line_Separator',
  'Paragraph_Separator', 'Control', 'Format', 'Surrogate', 'Private_Use', 'Connector_Punctuation', 'Dash_Punctuation',
  'Open_Punctuation', 'Close_Punctuation', 'Initial_Punctuation', 'Final_Punctuation', 'Other_Punctuation', 'Math_Symbol',
  'Currency_Symbol', 'Modifier_Symbol', 'Other_Symbol'];
const Unassigned = 29;

const category = new Uint8Array(Last + 1).fill(Unassigned);
for (const [number, name] of Categories.entries())
  for (const c of await codePoints('16.0.0', `General_Category/${name}`)) category[c] = number;
add('categories', runs(c => category[c]));
add('alphabetic', ranges(await set('16.0.0', 'Binary_Property/Alphabetic')));
add('uppercase', ranges(await set('16.0.0', 'Binary_Property/Uppercase')));
add('lowercase.property', ranges(await set('16.0.0', 'Binary_Property/Lowercase')));
add('numeric', ranges(await set('17.0.0', 'General_Category/Number')));
add('punctuation8', ranges(await set('8.0.0', 'General_Category/Punctuation')));
add('nonspacing8', ranges(await set('8.0.0', 'General_Category/Nonspacing_Mark')));
add('format8', ranges(await set('8.0.0', 'General_Category/Format')));
add('marks9', ranges(await set('9.0.0', 'General_Category/Mark')));

async function scripts(version) {
  const list = names(version, 'Script');
  const number = new Uint8Array(Last + 1);
  for (const [i, name] of list.entries()) for (const c of await codePoints(version, `Script/${name}`)) number[c] = i + 1;
  return { list, number };
}
const scripts9 = await scripts('9.0.0');
add('scripts9', runs(c => scripts9.number[c]));
add('scripts9.names', [...Buffer.from(scripts9.list.join('\n'))]);
const scripts16 = await scripts('16.0.0');
add('scripts', runs(c => scripts16.number[c]));
add('scripts.names', [...Buffer.from(scripts16.list.join('\n'))]);

// Simple case folding: character, folded character (both as distances).
const folds = new Map([...await codePoints('16.0.0', 'Case_Folding/C'), ...await codePoints('16.0.0', 'Case_Folding/S')]);
{
  const out = [];
  let last = 0;
  for (const from of [...folds.keys()].sort((a, b) => a - b)) {
    varint(out, from - last);
    const delta = folds.get(from) - from;
    varint(out, delta < 0 ? -2 * delta - 1 : 2 * delta);
    last = from;
  }
  add('folds', out);
}

// Lower case, full mapping without context.
{
  const out = [];
  let last = 0;
  for (let c = 0; c <= Last; c++) {
    if (c >= 0xD800 && c < 0xE000) continue;
    const lower = [...String.fromCodePoint(c).toLowerCase()].map(s => s.codePointAt(0));
    if (lower.length === 1 && lower[0] === c) continue;
    varint(out, c - last);
    varint(out, lower.length);
    for (const l of lower) varint(out, l);
    last = c;
  }
  add('lowercase', out);
}

// Normal forms of the characters of Unicode 9.
const assigned9 = new Uint8Array(Last + 1).fill(1);
for (const c of await codePoints('9.0.0', 'General_Category/Unassigned')) assigned9[c] = 0;
const isHangul = c => c >= 0xAC00 && c < 0xD7A4;
const points = s => [...s].map(x => x.codePointAt(0));
const compositions = [];
for (const [name, form] of [['decompositions', 'NFD'], ['compatibility', 'NFKD']]) {
  const out = [];
  let last = 0;
  for (let c = 0; c <= Last; c++) {
    if (!assigned9[c] || isHangul(c) || (c >= 0xD800 && c < 0xE000)) continue;
    const text = String.fromCodePoint(c);
    const full = points(text.normalize(form));
    if (full.length === 1 && full[0] === c) continue;
    if (form === 'NFKD' && text.normalize('NFD') === text.normalize('NFKD')) continue;
    varint(out, c - last);
    varint(out, full.length);
    for (const d of full) varint(out, d);
    last = c;
    if (form === 'NFD' && full.length > 1 && text.normalize('NFC') === text) {
      const front = points(String.fromCodePoint(...full.slice(0, -1)).normalize('NFC'));
      if (front.length !== 1) throw new Error('no primary composite: ' + c.toString(16));
      compositions.push([front[0], full.at(-1), c]);
    }
  }
  add(name, out);
}
{
  const out = [];
  for (const triple of compositions) for (const c of triple) varint(out, c);
  add('compositions', out);
}

// Order of combining marks: rank of the class, 0 for starters. Found by watching which pairs normalization swaps.
{
  const text = c => String.fromCodePoint(c);
  const swaps = (a, b) => (text(a) + text(b)).normalize('NFD') === text(b) + text(a); // class(a) > class(b) > 0
  const marks = [];
  for (const c of await set('9.0.0', 'General_Category/Mark')) {
    if (text(c).normalize('NFD') !== text(c)) continue;
    if (swaps(0x0345, c) || swaps(c, 0x0334) || c === 0x0345 || c === 0x0334) marks.push(c);
  }
  const classes = []; // representatives in order
  for (const c of marks) if (!classes.some(r => !swaps(r, c) && !swaps(c, r))) classes.push(c);
  classes.sort((a, b) => swaps(a, b) ? 1 : -1);
  const rank = new Uint8Array(Last + 1);
  for (const c of marks) rank[c] = 1 + classes.findIndex(r => r === c || (!swaps(r, c) && !swaps(c, r)));
  add('combining', runs(c => rank[c]));
  console.log(`${classes.length} combining classes`);
}

const parts = [];
for (const [name, data] of tables) {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(data.length);
  parts.push(Buffer.from([name.length]), Buffer.from(name), length, data);
  console.log(name, data.length);
}
fs.writeFileSync(process.argv[2], Buffer.concat(parts));
