import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SettingsSchema } from '@arqonbus/config';
import { REPOSITORY_ROOT } from './repository-root.js';

/** Apps with settings, in the order of the document. */
const APPS = ['shield', 'spine', 'projector'] as const;

/**
 * The settings schemas of the apps, read from `apps/<app>/src/settings.ts`. Loaded by path, so that the document
 * needs nothing of the apps but this file. Throws Error when an app declares none.
 */
export async function loadSettingsSchemas(): Promise<SettingsSchema[]> {
  return Promise.all(APPS.map(loadSchema));
}

async function loadSchema(app: string): Promise<SettingsSchema> {
  const file = join(REPOSITORY_ROOT, 'apps', app, 'src/settings.ts');
  if (!existsSync(file)) throw new Error(`${file} does not exist`);
  const module = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  const schema = Object.values(module).find(isSettingsSchema);
  if (schema === undefined) throw new Error(`${file} exports no settings schema`);
  return schema;
}

function isSettingsSchema(value: unknown): value is SettingsSchema {
  return typeof value === 'object' && value !== null && 'appName' in value && 'specs' in value && Array.isArray(value.specs);
}
