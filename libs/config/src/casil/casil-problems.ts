import { compileRuleset, RulesetError, type RulesetProblem } from '@arqonbus/casil';
import { readFileSync, statSync } from 'node:fs';
import type { SettingsFault } from '../define-settings.js';
import { casilConfigOf, type CasilSettings } from './casil-settings.js';

/** Most bytes of one descriptor set. */
const descriptorSetBytesMax = 16_777_216;

/** Contents of the files of `casil.descriptor_sets`, in order. Raises Error that names the file for one that cannot be read or is larger than 16 MiB. */
export function readDescriptorSets(settings: Pick<CasilSettings, 'casil.descriptor_sets'>): Uint8Array[] {
  return settings['casil.descriptor_sets'].map(readDescriptorSet);
}

/**
 * Everything that is wrong with the settings of CASIL taken together: patterns and globs that do not compile, more records than the limits
 * allow, descriptor sets that cannot be read. For the `check` of the schema that holds `casilSettings`.
 */
export function casilProblems(settings: CasilSettings): SettingsFault[] {
  const faults: SettingsFault[] = [];
  const descriptorSets: Uint8Array[] = [];
  for (const path of settings['casil.descriptor_sets']) {
    try {
      descriptorSets.push(readDescriptorSet(path));
    } catch (error) {
      faults.push({ key: 'casil.descriptor_sets', message: error instanceof Error ? error.message : String(error) });
    }
  }
  const config = casilConfigOf(settings);
  try {
    // Detectors have no faults of their own; without them nothing large is built only to be thrown away.
    const detectors = { ...config.detectors, secrets: false, personalData: false, promptInjection: false, entropyBomb: false };
    compileRuleset({ ...config, detectors }, { descriptorSets });
  } catch (error) {
    if (!(error instanceof RulesetError)) throw error;
    faults.push(...error.problems.map(faultOf));
  }
  return faults;
}

/** `patterns[0].pattern` is of the first record of `casil.patterns`. */
function faultOf({ key, message }: RulesetProblem): SettingsFault {
  const record = /^([a-z_.]+)\[(\d+)\](?:\.([a-z_.]+))?$/.exec(key);
  if (record === null) return { key: `casil.${key}`, message };
  const [, setting = '', index = '0', field] = record;
  return { key: `casil.${setting}`, message: `record ${String(Number(index) + 1)}: ${field === undefined ? '' : `${field} `}${message}` };
}

function readDescriptorSet(path: string): Uint8Array {
  try {
    const found = statSync(path);
    if (!found.isFile()) throw new Error(`${path} is no regular file`);
    if (found.size > descriptorSetBytesMax) throw new Error(`${path} is larger than ${String(descriptorSetBytesMax)} bytes`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw new Error(`${path} cannot be read (${String(error.code)})`, { cause: error });
    throw error;
  }
}
