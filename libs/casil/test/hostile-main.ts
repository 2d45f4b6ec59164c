import { performance } from 'node:perf_hooks';
import { hostileTexts, type HostileText } from '@arqonbus/testkit';
import { detectorsFor } from '../src/all-detectors.js';
import { defaultCasilConfig, type CasilConfig } from '../src/casil-config.js';
import { compileRuleset } from '../src/compile-ruleset.js';
import { inspectMessage } from '../src/inspect-message.js';

/**
 * Times every hostile text of 64 KiB and prints those that took longer than `argv[2]` milliseconds as JSON. A program of its own, because the
 * test runner rewrites imports to property reads, which makes hot loops several times slower than they are.
 */
const maxMs = Number(process.argv[2]);
const sizeBytes = 65_536;
/** A text is given other chances when something else took the core; the quickest run counts. */
const attempts = 5;

const config: CasilConfig = {
  ...defaultCasilConfig, enabled: true, detectors: { secrets: true, personalData: true, promptInjection: true, entropyBomb: true, disabled: [] },
};
const ruleset = compileRuleset(config);

/** The smaller of what the clock and the processor's account say: time that other programs took is not ours. */
function timeOnce(bytes: Uint8Array): number {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  inspectMessage({ type: '', payload: bytes, room: 'r', channel: 'c' }, ruleset);
  const used = process.cpuUsage(before);
  return Math.min(performance.now() - startedAt, (used.user + used.system) / 1000);
}

function quickestMs({ bytes }: HostileText): number {
  let quickest = Infinity;
  for (let i = 0; i < attempts && quickest > maxMs; i += 1) quickest = Math.min(quickest, timeOnce(bytes));
  return quickest;
}

function stormOf(unit: string): HostileText {
  return { name: `storm of ${unit}`, bytes: new TextEncoder().encode(unit.repeat(Math.ceil(sizeBytes / unit.length))).subarray(0, sizeBytes) };
}

const tails = ['', '=', ':', '="aB3dE6gH9jK2mN5pQ8s" '];
const anchors = [...new Set(detectorsFor(config.detectors).flatMap((detector) => detector.anchors))];
const figures = [
  ...hostileTexts(sizeBytes).map((text) => ({ name: text.name, ms: quickestMs(text) })),
  ...anchors.map((anchor, i) => stormOf(anchor + (tails[i % tails.length] ?? ''))).map((text) => ({ name: text.name, ms: quickestMs(text) })),
];
const slow = figures.filter(({ ms }) => ms > maxMs).sort((left, right) => right.ms - left.ms);
process.stdout.write(JSON.stringify({ textCount: figures.length, slow: slow.map(({ name, ms }) => `${name}: ${ms.toFixed(1)} ms`) }));
