import { describe, expect, it } from 'vitest';

import type { SystemTool, ToolHost } from './system-tools.js';
import { SYSTEM_TOOLS, ensureSystemTools } from './system-tools.js';

const TOOL: SystemTool = { name: 'frob', probe: ['frob', '--version'], aptPackages: ['frob', 'frob-data'], purpose: 'frobbing' };

/** A machine on which `apt-get install` makes every tool usable, unless it is told not to. */
function host(options: { has?: string[]; isRoot?: boolean; installs?: boolean }): ToolHost & { readonly calls: string[] } {
  const usable = new Set(options.has ?? []);
  const calls: string[] = [];
  return {
    calls,
    isRoot: options.isRoot ?? true,
    succeeds: (command, args) => {
      calls.push([command, ...args].join(' '));
      if (!usable.has(command)) return false;
      if (command === 'apt-get' && args[0] === 'install' && options.installs !== false) usable.add('frob');
      return true;
    },
  };
}

describe('ensureSystemTools()', () => {
  it('installs nothing when all are on PATH', () => {
    const machine = host({ has: ['frob', 'apt-get'] });
    expect(ensureSystemTools([TOOL], machine)).toEqual([]);
    expect(machine.calls).toEqual(['frob --version']);
  });

  it('installs what is missing by apt as root', () => {
    const machine = host({ has: ['apt-get'] });
    expect(ensureSystemTools([TOOL], machine)).toEqual([]);
    expect(machine.calls).toContain('apt-get install -y -q --no-install-recommends frob frob-data');
  });

  it('names tool, purpose and packages when it may not install', () => {
    const machine = host({ has: ['apt-get'], isRoot: false });
    expect(ensureSystemTools([TOOL], machine)).toEqual(['Missing frob, needed for frobbing: install frob and frob-data.']);
    expect(machine.calls.filter((call) => call.startsWith('apt-get'))).toEqual([]);
  });

  it('says the same where there is no apt, and where apt does not bring the tool', () => {
    expect(ensureSystemTools([TOOL], host({ has: [] }))).toHaveLength(1);
    expect(ensureSystemTools([TOOL], host({ has: ['apt-get'], installs: false }))).toHaveLength(1);
  });
});

describe('SYSTEM_TOOLS', () => {
  it('says for each tool what it is for and which package brings it', () => {
    for (const tool of SYSTEM_TOOLS) {
      expect(tool.purpose).not.toBe('');
      expect(tool.aptPackages).not.toEqual([]);
    }
  });
});
