import type { BenchResult } from '../bench-result.js';

const width = 720;
const rowHeight = 26;
const left = 60;
const plotWidth = 560;
const top = 34;

/** Bars of the ratio ours to peer, one per case, with a line at 1 × and a mark at each goal. */
export function formatSvg(results: readonly BenchResult[]): string {
  const largest = Math.max(1, ...results.flatMap((result) => [result.ratio ?? 0, result.goal])) * 1.05;
  const x = (ratio: number): number => Math.round(left + (ratio / largest) * plotWidth);
  const height = top + results.length * rowHeight + 12;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    '<text x="10" y="18">Deliveries per second, ratio to nats-server over WebSocket (bar: measured, mark: goal)</text>',
    ...results.map((result, row) => bar(result, top + row * rowHeight, x)),
    `<path d="M${x(1)} ${top - 6}V${height - 8}" stroke="#444" stroke-dasharray="3 3"/>`,
    '</svg>',
    '',
  ].join('\n');
}

function bar(result: BenchResult, y: number, x: (ratio: number) => number): string {
  const label = result.ratio === null ? 'not measured' : `${result.ratio.toFixed(2)} ×`;
  const end = x(result.ratio ?? 0);
  return [
    `<text x="10" y="${y + 14}">${result.id}</text>`,
    `<rect x="${left}" y="${y}" width="${end - left}" height="18" fill="#3b7dd8"/>`,
    `<path d="M${x(result.goal)} ${y - 2}v22" stroke="#d8483b" stroke-width="2"/>`,
    `<text x="${end + 8}" y="${y + 14}">${label}</text>`,
  ].join('');
}
