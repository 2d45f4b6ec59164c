import type { SettingsFault } from '@arqonbus/config';
import { isTenantId } from '@arqonbus/tenancy';

/** The settings that are only right or wrong beside each other. */
export interface RelatedSettings {
  readonly tenants: readonly string[];
  readonly 'database.kind': string;
  readonly 'database.url': string | undefined;
  readonly 'projection.retry_min_ms': number;
  readonly 'projection.retry_max_ms': number;
}

/** What is wrong with the settings taken together. */
export function checkProjectorSettings(settings: RelatedSettings): readonly SettingsFault[] {
  const faults: SettingsFault[] = [];
  const { tenants } = settings;
  if (tenants.length === 0) faults.push({ key: 'tenants', message: 'names no tenant' });
  const bad = tenants.find((tenant) => !isTenantId(tenant));
  if (bad !== undefined) faults.push({ key: 'tenants', message: `${JSON.stringify(bad)} is no tenant` });
  if (new Set(tenants).size !== tenants.length) faults.push({ key: 'tenants', message: 'names a tenant twice' });
  if (settings['database.kind'] === 'postgres' && settings['database.url'] === undefined) faults.push({ key: 'database.url', message: 'is needed with database.kind: postgres' });
  if (settings['projection.retry_min_ms'] > settings['projection.retry_max_ms']) faults.push({ key: 'projection.retry_min_ms', message: 'is above projection.retry_max_ms' });
  return faults;
}
