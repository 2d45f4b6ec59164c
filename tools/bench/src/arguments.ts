import { parseArgs } from 'node:util';
import { fanoutCaseIds, type FanoutCaseId } from './fanout-cases.js';

export interface BenchArguments {
  readonly suite: 'fanout';
  readonly isQuick: boolean;
  readonly caseIds: readonly FanoutCaseId[];
  readonly side: 'both' | 'ours' | 'peer';
  readonly peerVersion: 'path' | 'newest';
  readonly jsonFile: string | undefined;
  readonly markdownFile: string | undefined;
  readonly svgFile: string | undefined;
}

export type ParsedArguments = { readonly kind: 'help' } | { readonly kind: 'wrong'; readonly reason: string } | { readonly kind: 'run'; readonly options: BenchArguments };

export const helpText = `Usage: npm run bench -- --suite fanout [options]

Measures deliveries per second of one publisher to 1, 10, 100 and 1,000 subscribers on one server core,
the Spine beside nats-server over WebSocket, in alternating rounds under the same load.

  --suite NAME         fanout (${fanoutCaseIds.join(', ')})
  --quick              three short rounds; ends within 90 seconds. Without it: five rounds of two seconds
  --case ID            only this case; repeat for more
  --side SIDE          both (default), ours or peer
  --peer-version V     path (default): the nats-server on PATH, else installed by apt where possible;
                       newest: a pinned newer version, built once by go into .cache/
  --json FILE          writes {results: [{id, ours, peer, ratio, unit, rounds, note, ...}]}
  --markdown FILE      writes the table with method and machine, as docs/benchmarks.md
  --svg FILE           writes a bar plot of the ratios
  --help               this text

Progress goes to stderr, the table to stdout. Exit codes: 0 measured (also without a nats-server: peer and
ratio are then null), 1 a server failed or a message was lost, 2 wrong arguments.
`;

/** Reads the command line; nothing is guessed and unknown arguments are refused. */
export function parseArguments(argv: readonly string[]): ParsedArguments {
  try {
    const { values } = parseArgs({ args: [...argv], options: optionTypes, strict: true, allowPositionals: false });
    if (values.help === true) return { kind: 'help' };
    if (values.suite === undefined) throw new Error('--suite is missing');
    return {
      kind: 'run',
      options: {
        suite: oneOf('--suite', values.suite, ['fanout']),
        isQuick: values.quick ?? false,
        caseIds: values.case === undefined ? fanoutCaseIds : values.case.map((id) => oneOf('--case', id, fanoutCaseIds)),
        side: oneOf('--side', values.side ?? 'both', ['both', 'ours', 'peer']),
        peerVersion: oneOf('--peer-version', values['peer-version'] ?? 'path', ['path', 'newest']),
        jsonFile: values.json,
        markdownFile: values.markdown,
        svgFile: values.svg,
      },
    };
  } catch (error) {
    return { kind: 'wrong', reason: error instanceof Error ? error.message : String(error) };
  }
}

const optionTypes = {
  suite: { type: 'string' },
  quick: { type: 'boolean' },
  case: { type: 'string', multiple: true },
  side: { type: 'string' },
  'peer-version': { type: 'string' },
  json: { type: 'string' },
  markdown: { type: 'string' },
  svg: { type: 'string' },
  help: { type: 'boolean' },
} as const;

function oneOf<Value extends string>(name: string, given: string, allowed: readonly Value[]): Value {
  const value = allowed.find((candidate) => candidate === given);
  if (value === undefined) throw new Error(`${name} must be one of ${allowed.join(', ')}, not ${given}`);
  return value;
}
