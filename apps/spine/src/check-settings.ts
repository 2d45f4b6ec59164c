import type { SettingsFault } from '@arqonbus/config';
import { casilProblems, type CasilSettings } from '@arqonbus/config/casil';

/** What the check looks at beside the settings of CASIL. */
export interface StoreSettings {
  readonly 'history.store': 'memory' | 'embedded' | 'redis' | 'jetstream';
}

/** Everything that is wrong with the Spine's settings taken together. */
export function checkSpineSettings(settings: CasilSettings & StoreSettings): readonly SettingsFault[] {
  return [...casilProblems(settings), ...(settings['casil.enabled'] ? storeFaults(settings) : [])];
}

/** Subscribers of a durable room get what its log holds, on every Spine: there the two cannot differ. */
function storeFaults(settings: CasilSettings & StoreSettings): SettingsFault[] {
  if (settings['history.store'] === 'memory') return [];
  const faults: SettingsFault[] = [];
  const targets = settings['casil.redaction.targets'];
  if (targets.includes('transport') !== targets.includes('history')) {
    faults.push({ key: 'casil.redaction.targets', message: 'with a durable history.store give both transport and history, or neither: subscribers get what the store holds' });
  }
  if (settings['casil.expose_metadata_to_clients'] && !settings['casil.persist_metadata_in_history']) {
    faults.push({ key: 'casil.expose_metadata_to_clients', message: 'with a durable history.store it needs casil.persist_metadata_in_history: subscribers get what the store holds' });
  }
  return faults;
}
