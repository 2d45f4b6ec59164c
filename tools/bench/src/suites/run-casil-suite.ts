import { pinnedGitleaksVersion } from '@arqonbus/services';
import { generateCorpus } from '../casil/corpus/generate-corpus.js';
import { inspectCases } from '../casil/judge.js';
import { inspectWithGitleaks } from '../casil/judge-gitleaks.js';
import { judge, recallOfMarked, type Judgement } from '../casil/judgement.js';
import { findInstructionCounter } from '../casil/speed/count-instructions.js';
import { createInspection, measureHeapGrowth, measureHostile, measureRound } from '../casil/speed/measure-inspection.js';
import { countOffCost, timeOffCost, withPublishLoads, type OffCost } from '../casil/speed/measure-off-cost.js';
import { summariseRounds, type Goal, type MeasuredResult } from '../measured-result.js';
import type { MeasuredReport } from '../report/format-measured.js';
import { medianInterval } from '../statistics.js';
import { caseIdsBySuite, type MeasuredSuiteOptions } from '../suite-cases.js';

const corpusSeed = 1;
const hostileBytes = 65_536;
const heapMessageCount = 100_000;

interface Pace {
  readonly rounds: number;
  readonly messagesPerRound: number;
  readonly timedEvents: number;
  readonly countedEvents: number;
}

/** E13, E20, E12, P10: what CASIL finds beside gitleaks on the same texts, and what it costs when on and when off. */
export async function runCasilSuite(options: MeasuredSuiteOptions): Promise<MeasuredReport> {
  const pace: Pace = options.isQuick
    ? { rounds: 3, messagesPerRound: 20_000, timedEvents: 400_000, countedEvents: 30_000 }
    : { rounds: 11, messagesPerRound: 50_000, timedEvents: 2_000_000, countedEvents: 100_000 };
  const wants = (...ids: readonly string[]): boolean => ids.some((id) => options.caseIds.includes(id));
  const results: MeasuredResult[] = [];
  if (wants('E13-recall', 'E13-marked', 'E13-false', 'E20-leaks')) results.push(...(await measureQuality(options)));
  if (options.side !== 'peer' && wants('P10b', 'P10c', 'E12-hostile', 'E12-heap')) results.push(...measureOn(pace, options));
  if (options.side === 'both' && wants('P10a', 'P10a-time')) results.push(...(await measureOff(pace, options)));
  const order: readonly string[] = caseIdsBySuite.casil;
  return {
    suite: 'casil', title: 'Content inspection',
    results: results.filter(({ id }) => options.caseIds.includes(id)).sort((left, right) => order.indexOf(left.id) - order.indexOf(right.id)),
    method: [
      `the corpus is made from seed ${corpusSeed}: secrets of more than a hundred kinds in the contexts of a bus, and clean text of more than a hundred kinds; it was written without looking at the rules, but rules were mended by what it showed, so its figures flatter them`,
      `gitleaks ${pinnedGitleaksVersion} scans the same texts, one file each, with its own rules; a secret counts as found when a finding overlaps it`,
      'rate and added time are of inspecting messages of 1 KiB, their payload JSON, one after the other in one process with all default rules, enforced; percentiles are of messages timed one by one',
      `hostile texts are ${hostileBytes} B of walls, nested encodings and keyword storms; each counts with its quickest of five runs, the slowest of them is shown`,
      'off is the publish path of the Spine without sockets, beside the same program from which the build cut the call of CASIL: instructions of a run with 3 N events less those of one with N, and CPU time in alternating runs',
    ],
  };
}

async function measureQuality(options: MeasuredSuiteOptions): Promise<MeasuredResult[]> {
  const cases = generateCorpus(corpusSeed);
  options.onProgress(`corpus: ${cases.length} texts`);
  const ours = options.side === 'peer' ? undefined : judge(inspectCases(cases));
  const verdicts = options.side === 'ours' ? undefined : await inspectWithGitleaks(cases, options.onProgress);
  const peer = verdicts === undefined ? undefined : judge(verdicts);
  const missing = peer === undefined && options.side !== 'ours' ? ['gitleaks could not be had: there is no Go toolchain, or the build failed'] : [];
  const row = (id: string, work: string, of: (judgement: Judgement) => number, goal: Goal, unit: MeasuredResult['unit'] = 'share'): MeasuredResult =>
    summariseRounds({ id, unit, work, goal, rounds: [{ ours: ours === undefined ? null : of(ours), peer: peer === undefined ? null : of(peer) }], notes: missing, details: {} });
  const atLeast = (value: number): Goal => ({ of: 'ours', direction: 'at-least', value });
  const atMost = (value: number): Goal => ({ of: 'ours', direction: 'at-most', value });
  const secretCount = cases.filter(({ label }) => label === 'secret').length;
  return [
    row('E13-recall', `secrets found, of ${secretCount} texts that hold one`, ({ recall }) => recall, atLeast(0.97)),
    row('E13-marked', 'tokens with a mark of their own and key material found', recallOfMarked, atLeast(0.97)),
    row('E13-false', `alarms, of ${cases.length - secretCount} clean texts`, ({ falsePositiveRate }) => falsePositiveRate, atMost(0.01)),
    ...(ours === undefined ? [] : [summariseRounds({ id: 'E20-leaks', unit: 'count', work: 'redacted texts in which some of the secret still stands', goal: atMost(0), rounds: [{ ours: ours.leaks.length, peer: null }], notes: [] })]),
  ];
}

function measureOn(pace: Pace, options: MeasuredSuiteOptions): MeasuredResult[] {
  const inspection = createInspection();
  measureRound(inspection, pace.messagesPerRound);
  const rounds = Array.from({ length: pace.rounds }, (_, round) => {
    const figures = measureRound(inspection, pace.messagesPerRound);
    options.onProgress(`P10b, P10c round ${round + 1}: ${figures.megabytesPerSecond.toFixed(0)} MB/s, p50 ${figures.p50Us.toFixed(1)} µs, p99 ${figures.p99Us.toFixed(1)} µs`);
    return figures;
  });
  const ofKind = (kind: 'plain' | 'escaped'): number => {
    const own = createInspection(kind);
    measureRound(own, pace.messagesPerRound);
    return measureRound(own, pace.messagesPerRound).megabytesPerSecond;
  };
  const byKind = { plain_mb_per_second: ofKind('plain'), with_escapes_mb_per_second: ofKind('escaped') };
  const heapBytes = measureHeapGrowth(inspection, heapMessageCount);
  const [worst, second, third] = measureHostile(inspection, hostileBytes, 5);
  options.onProgress(`hostile: ${worst.name} ${worst.ms.toFixed(2)} ms`);
  const middle = (values: readonly number[]): number => [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)];
  return [
    summariseRounds({
      id: 'P10b', unit: 'µs', work: 'added per message of 1 KiB JSON, p99', goal: { of: 'ours', direction: 'at-most', value: 100 },
      rounds: rounds.map(({ p99Us }) => ({ ours: p99Us, peer: null })), notes: ['no peer: held against a bound'], details: { p50_us: middle(rounds.map(({ p50Us }) => p50Us)) },
    }),
    summariseRounds({
      id: 'P10c', unit: 'MB/s', work: 'scanned per core, 1 KiB JSON', goal: { of: 'ours', direction: 'at-least', value: 100 },
      rounds: rounds.map(({ megabytesPerSecond }) => ({ ours: megabytesPerSecond, peer: null })), notes: ['no peer: held against a bound; half of the messages hold JSON escapes, so that a decoded copy is scanned too'], details: byKind,
    }),
    summariseRounds({
      id: 'E12-hostile', unit: 'ms', work: 'slowest hostile text of 64 KiB', goal: { of: 'ours', direction: 'at-most', value: 5 }, rounds: [{ ours: worst.ms, peer: null }], notes: [],
      details: { text: worst.name, [`then ${second.name} ms`]: second.ms, [`then ${third.name} ms`]: third.ms },
    }),
    summariseRounds({
      id: 'E12-heap', unit: 'count', work: `bytes by which the heap grew per message, over ${heapMessageCount} messages`, goal: { of: 'ours', direction: 'at-most', value: 8 },
      rounds: [{ ours: Math.max(0, heapBytes), peer: null }], notes: [],
    }),
  ];
}

async function measureOff(pace: Pace, options: MeasuredSuiteOptions): Promise<MeasuredResult[]> {
  return withPublishLoads(async (loads) => {
    const pairs: OffCost[] = [];
    for (let round = 0; options.caseIds.includes('P10a-time') && round < pace.rounds; round += 1) {
      const pair = await timeOffCost(loads, pace.timedEvents, round % 2 === 0 ? 'ours' : 'peer');
      options.onProgress(`P10a-time round ${round + 1}: ${pair.ours.toFixed(0)} ns per event, ${pair.peer.toFixed(0)} without the call`);
      pairs.push(pair);
    }
    const counter = options.caseIds.includes('P10a') ? await findInstructionCounter() : undefined;
    if (counter !== undefined) options.onProgress(`P10a: counting instructions with ${counter}, some minutes`);
    const counted = counter === undefined ? undefined : await countOffCost(loads, counter, pace.countedEvents);
    const ratios = pairs.map(({ ours, peer }) => ours / peer);
    const interval = ratios.length === 0 ? undefined : medianInterval(ratios);
    return [
      summariseRounds({
        id: 'P10a', unit: 'instructions', work: 'per event published with CASIL off, against a build without the call', goal: { of: 'ratio', direction: 'at-most', value: 1.01 },
        rounds: counted === undefined ? [] : [counted], notes: counter === undefined ? ['neither perf nor valgrind counts instructions here'] : [],
        details: counted === undefined ? {} : { counter: counter ?? '', exact_ratio: (counted.ours / counted.peer).toFixed(4) },
      }),
      summariseRounds({
        id: 'P10a-time', unit: 'ns', work: 'CPU time per event published with CASIL off, against a build without the call', goal: { of: 'ratio', direction: 'at-most', value: 1.05 },
        rounds: pairs, notes: ['alternating runs in processes of their own; where other work shares the machine the count of instructions tells more'], details: interval === undefined ? {} : { ratio_low: interval.low.toFixed(3), ratio_high: interval.high.toFixed(3) },
      }),
    ];
  });
}
