import { compileRuleset, defaultCasilConfig, type CasilConfig, type Ruleset } from '@arqonbus/casil';
import { defineSettings, loadSettings, SettingsError } from '@arqonbus/config';
import { casilConfigOf, casilProblems, casilSettings, readDescriptorSets } from '@arqonbus/config/casil';
import { CliError } from '../cli-error.js';
import type { Output } from '../output/output.js';

/** What of a Spine's settings matters here; the rest of the file is not looked at. */
const settingsSchema = defineSettings('spine', casilSettings, { check: casilProblems });

export interface RulesetOptions {
  readonly configFile: string | undefined;
  readonly findsPersonalData: boolean;
}

/**
 * The ruleset of the configuration, or the default one: every text is in scope, and inspection is on whatever `casil.enabled` says. Raises CliError
 * (exit 2) for settings that cannot be used, each problem told before.
 */
export function loadRuleset({ configFile, findsPersonalData }: RulesetOptions, output: Output): Ruleset {
  const { config, descriptorSets } = configFile === undefined ? { config: defaultCasilConfig, descriptorSets: [] } : readConfig(configFile, output);
  const detectors = findsPersonalData ? { ...config.detectors, personalData: true } : config.detectors;
  return compileRuleset({ ...config, enabled: true, detectors, scope: defaultCasilConfig.scope }, { descriptorSets });
}

function readConfig(configFile: string, output: Output): { config: CasilConfig; descriptorSets: Uint8Array[] } {
  try {
    const settings = loadSettings(settingsSchema, { environment: {}, configFile, keyPrefix: 'casil.' });
    return { config: casilConfigOf(settings), descriptorSets: readDescriptorSets(settings) };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    for (const problem of error.problems) output.note(`${problem.key} (${problem.source}): ${problem.message}`, { problem });
    const count = error.problems.length;
    throw new CliError('usage', 'CONFIG_FILE', `${configFile} cannot be used: ${String(count)} bad setting${count === 1 ? '' : 's'}`);
  }
}
