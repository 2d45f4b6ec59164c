import { builtinModules } from 'node:module';

import { ROLE_ROWS, LAYER_ROWS, SPINE_LAYERS } from './layer-table.mjs';
import { banDynamicForms } from './syntax-bans.mjs';

/** @typedef {{ regex: string, message: string, importNames?: string[] }} ModuleBan a module name pattern that a set of files must not import */

const escapeRegex = (text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
const topLevelBuiltins = [...new Set(builtinModules.map((name) => name.replace(/^node:/, '').split('/')[0]))].filter((name) => !name.startsWith('_'));

/** Matches a package and its subpaths (or, for a bare scope, its packages). */
const packageRegex = (names) => `^(${names.map(escapeRegex).join('|')})(/.*)?$`;
const builtinRegex = (names) => `^(node:)?(${names.map(escapeRegex).join('|')})(/.*)?$`;

function packageBans(names, where) {
  return names.length === 0 ? [] : [{ regex: packageRegex(names), message: `${where} must not import this package (layer table, docs/architecture.md).` }];
}

function builtinBans(builtins, where) {
  if (builtins === undefined) return [];
  const message = `${where} must not import this node: module (layer table, docs/architecture.md).`;
  if (builtins === 'all') return [{ regex: '^node:', message }, { regex: builtinRegex(topLevelBuiltins), message }];
  return [{ regex: builtinRegex(builtins), message }];
}

function otherModuleBans(names, where) {
  if (names === undefined) return [];
  const message = `${where} imports ${names.join(', ')} alone: content inspection does no I/O and takes no engine of others (E14, E15).`;
  return [{ regex: `^(?!\\.{1,2}/|(${names.map(escapeRegex).join('|')})(/|$))`, message }];
}

function httpServerBans(importNames, where) {
  if (importNames === undefined) return [];
  return [{ regex: '^(node:)?https?$', importNames, message: `${where} must not run an HTTP server; import the client functions by name.` }];
}

/**
 * Bans of one project for its production files.
 * @param {string[]} tags the project's Nx tags
 * @param {{ compositionRoot?: boolean }} [options] `compositionRoot` for the file that names concrete adapters
 * @returns {ModuleBan[]}
 */
export function moduleBansFor(tags, { compositionRoot = false } = {}) {
  const rows = tags.map((tag) => [tag, LAYER_ROWS[tag] ?? ROLE_ROWS[tag]]).filter(([, row]) => row !== undefined);
  return rows.flatMap(([tag, row]) => [
    ...packageBans(row.bannedPackages ?? [], tag),
    ...builtinBans(row.bannedBuiltins, tag),
    ...otherModuleBans(row.onlyModules, tag),
    ...httpServerBans(row.bannedHttpNames, tag),
    ...(compositionRoot ? [] : packageBans(row.compositionRootOnlyPackages ?? [], `${tag} outside its composition root`)),
    ...(compositionRoot || !row.adaptersInCompositionRootOnly
      ? []
      : [{ regex: '^@arqonbus/storage-', message: `${tag}: only the composition root names concrete adapters.` }]),
  ]);
}

/** The browser half of the SDK runs where there are no node: modules and no `ws`. */
export const BROWSER_BANS = [
  ...builtinBans('all', 'The browser entry of the SDK'),
  ...packageBans(['ws'], 'The browser entry of the SDK'),
];

/** Reaching behind the public file of another Spine layer (A14). */
export const SPINE_LAYER_BANS = [
  {
    regex: `^\\.{1,2}/(.*/)?(${SPINE_LAYERS.map((layer) => `${layer}/(?!(index|${layer})\\.js$)`).join('|')})`,
    message: 'A Spine layer is used through its one public file: index.ts or <layer>.ts (A14).',
  },
];

/**
 * ESLint options for a list of bans.
 * @param {ModuleBan[]} bans
 * @returns {{ imports: unknown[], syntax: { selector: string, message: string }[] }} `no-restricted-imports` options, and the
 *   `no-restricted-syntax` entries for the dynamic forms
 */
export function toRuleOptions(bans) {
  return {
    imports: bans.length === 0 ? ['off'] : ['error', { patterns: bans.map((ban) => ({ ...ban, caseSensitive: true })) }],
    syntax: bans.filter((ban) => ban.importNames === undefined).flatMap((ban) => banDynamicForms(ban.regex, ban.message)),
  };
}
