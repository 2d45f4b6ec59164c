/**
 * What the pattern engine costs: compiling as many rules as there are token rules, a search through text without a match, and hostile texts.
 * `node --conditions=@arqonbus/source --import tsx/esm libs/casil/bench/pattern.ts`
 */
import { compilePattern } from '../src/pattern/compile-pattern.js';
import { createFinder } from '../src/pattern/find-all.js';
import { ScanText } from '../src/scan/scan-text.js';

const ruleCount = 250;
const textBytes = 65_536;
const rounds = 200;

const bodies = ['[0-9A-Za-z]{36}', '[0-9]{10,13}-[0-9]{10,13}-[0-9A-Za-z]{24}', '[0-9A-Za-z_-]{20,255}', '[0-9a-f]{32}', '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'];
const line = new TextEncoder().encode('{"id":184467,"room":"orders","user":"maria.k","text":"The delivery of Tuesday is late, see ticket 40021 for more."}\n');
const plain = new Uint8Array(textBytes).map((_, index) => line[index % line.length]);
const letters = new Uint8Array(textBytes).fill(0x61);

function searchMicroseconds(source: string, bytes: Uint8Array): { readonly micros: number; readonly steps: number } {
  const finder = createFinder(compilePattern(source));
  const text = new ScanText();
  text.bytes = bytes;
  text.end = bytes.length;
  const samples: number[] = [];
  for (let round = 0; round < rounds; round++) {
    text.stepsLeft = Number.MAX_SAFE_INTEGER;
    const begin = performance.now();
    finder.find(text, () => undefined);
    samples.push((performance.now() - begin) * 1_000);
  }
  samples.sort((left, right) => left - right);
  return { micros: samples[rounds >> 1], steps: Number.MAX_SAFE_INTEGER - text.stepsLeft };
}

const begin = process.cpuUsage();
for (let rule = 0; rule < ruleCount; rule++) compilePattern(`r${rule}_${bodies[rule % bodies.length]}`);
console.log(`compile ${ruleCount} rules: ${(process.cpuUsage(begin).user / 1_000).toFixed(1)} ms of processor time`);

for (const source of ['\\d{3}-\\d{2}-\\d{4}', '[A-Z]{2}\\d{6}', '[a-z]+@[a-z]+\\.(com|org)', 'a(.*x)?', '(a+)+b', '[a-z]']) {
  for (const [name, bytes] of [['plain', plain] as const, ['letters', letters] as const]) {
    const { micros, steps } = searchMicroseconds(source, bytes);
    const megabytesPerSecond = bytes.length / micros;
    console.log(`${name} /${source}/: ${micros.toFixed(0)} us, ${(steps / bytes.length).toFixed(2)} steps per byte, ${megabytesPerSecond.toFixed(0)} MB/s`);
  }
}
