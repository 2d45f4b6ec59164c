import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';

/** File, relative to `policies`, that lists the builtins which rules may use: those that every engine here has. */
export const capabilitiesFile = 'capabilities.json';

/** Folders of `policies` in which no rule lives that judges the repository. */
const FOLDERS_WITHOUT_PACKS = new Set(['data', 'runtime', 'wasm', 'node_modules']);
const MODULE_FILE = /(?<!_test)\.rego$/;
const DATA_FILE = /\.(json|ya?ml)$/;

function filesUnder(folder: string, prefix: string, found: string[] = []): string[] {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) filesUnder(join(folder, entry.name), path, found);
    else if (entry.isFile()) found.push(path);
  }
  return found;
}

/** All Rego modules of the packs but their tests, relative to `policies`, sorted. */
export function listPackModules(policies: string): string[] {
  const folders = readdirSync(policies, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !FOLDERS_WITHOUT_PACKS.has(entry.name));
  return folders.flatMap(({ name }) => filesUnder(join(policies, name), name)).filter((path) => MODULE_FILE.test(path)).sort();
}

/** All Rego modules under one folder of `policies` but their tests, relative to `policies`, sorted. */
export function listModulesUnder(policies: string, folder: string): string[] {
  return filesUnder(join(policies, folder), folder).filter((path) => MODULE_FILE.test(path)).sort();
}

/** The cases of the runtime policies, relative to `policies`, sorted. */
export function listRuntimeCases(policies: string): string[] {
  return filesUnder(join(policies, 'runtime'), 'runtime').filter((path) => path.endsWith('/cases.json')).sort();
}

/** SHA-256 of each file, by its path relative to `policies`. */
export function digestFiles(policies: string, paths: readonly string[]): Record<string, string> {
  return Object.fromEntries(paths.map((path) => [path, sha256(readFileSync(join(policies, path)))]));
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mergeInto(target: Record<string, unknown>, source: Readonly<Record<string, unknown>>, file: string): void {
  for (const [key, value] of Object.entries(source)) {
    const earlier = target[key];
    if (earlier === undefined) target[key] = value;
    else if (isObject(earlier) && isObject(value)) mergeInto(earlier, value, file);
    else throw new Error(`policies/data/${file}: ${key} is already given by another file`);
  }
}

/** A file below a folder gives what is under the folder's name, as OPA loads it; the file's own name says nothing. */
function underFolders(path: string, content: Record<string, unknown>): Record<string, unknown> {
  const folders = path.split('/').slice(0, -1);
  return folders.reduceRight<Record<string, unknown>>((inner, folder) => ({ [folder]: inner }), content);
}

/**
 * Reads `policies/data` as Conftest does with `--data`.
 *
 * @throws Error that names the file when one cannot be parsed, is no object, or says what another one says
 */
export function readPolicyData(policies: string): Record<string, unknown> {
  const folder = join(policies, 'data');
  const data: Record<string, unknown> = {};
  for (const path of filesUnder(folder, '').filter((file) => DATA_FILE.test(file)).sort()) {
    const content = parseData(path, readFileSync(join(folder, path), 'utf8'));
    mergeInto(data, underFolders(path, content), path);
  }
  return data;
}

function parseData(path: string, text: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = path.endsWith('.json') ? JSON.parse(text) : parse(text);
  } catch (error) {
    throw new Error(`policies/data/${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  if (!isObject(content)) throw new Error(`policies/data/${path} holds no object`);
  return content;
}
