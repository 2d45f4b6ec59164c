import { spawnSync } from 'node:child_process';

/** A program outside npm that some check needs. */
export interface SystemTool {
  readonly name: string;
  /** Command and arguments that succeed when the tool is usable. */
  readonly probe: readonly [command: string, ...args: string[]];
  /** Debian packages that bring it. */
  readonly aptPackages: readonly string[];
  /** Completes "needed for …". */
  readonly purpose: string;
}

/** What running a command and looking at the machine means; tests pass their own. */
export interface ToolHost {
  readonly succeeds: (command: string, args: readonly string[]) => boolean;
  readonly isRoot: boolean;
}

/** The tools of `npm test`. Unit tests (`npm run test:quick`) need none. */
export const SYSTEM_TOOLS: readonly SystemTool[] = [
  {
    name: 'python3 with venv',
    probe: ['python3', '-c', 'import ensurepip, venv'],
    aptPackages: ['python3', 'python3-venv'],
    purpose: "comparing the envelope codec with Python's protobuf",
  },
  { name: 'git', probe: ['git', '--version'], aptPackages: ['git'], purpose: 'listing the tracked files that the repository tests check' },
];

/** This machine. */
export function localToolHost(): ToolHost {
  return {
    succeeds: (command, args) => spawnSync(command, [...args], { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0,
    isRoot: process.getuid?.() === 0,
  };
}

function isUsable(tool: SystemTool, host: ToolHost): boolean {
  const [command, ...args] = tool.probe;
  return host.succeeds(command, args);
}

function installByApt(packages: readonly string[], host: ToolHost): boolean {
  if (!host.isRoot || !host.succeeds('apt-get', ['--version'])) return false;
  return host.succeeds('apt-get', ['update', '-q']) && host.succeeds('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages]);
}

/**
 * Makes sure that the tools are there: from PATH, else by apt where this process may install.
 *
 * @returns one sentence per tool that is still missing, naming its package; empty when all are usable
 */
export function ensureSystemTools(tools: readonly SystemTool[], host: ToolHost): string[] {
  const missing = tools.filter((tool) => !isUsable(tool, host));
  if (missing.length === 0) return [];
  installByApt([...new Set(missing.flatMap((tool) => tool.aptPackages))], host);
  return missing
    .filter((tool) => !isUsable(tool, host))
    .map((tool) => `Missing ${tool.name}, needed for ${tool.purpose}: install ${tool.aptPackages.join(' and ')}.`);
}
