#!/usr/bin/env node
// Prints what a verdict depends on beside the files of the repository; Nx makes it part of the key under which a verdict is kept.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');
const resolve = (name) => spawnSync('git', ['rev-parse', '--verify', '-q', `${name}^{commit}`], { cwd: root, encoding: 'utf8' }).stdout.trim();
const cache = join(root, '.cache/policy-tools');
const tools = existsSync(cache) ? readdirSync(cache).filter((name) => name.startsWith('conftest')) : [];
const onPath = (process.env.PATH ?? '').split(':').filter((folder) => folder !== '' && (existsSync(join(folder, 'conftest')) || existsSync(join(folder, 'go'))));
const base = process.env.NX_BASE ?? '';
console.log(JSON.stringify({
  // Debts and exemptions expire.
  date: new Date().toISOString().slice(0, 10),
  head: resolve('HEAD'),
  // A base that is no commit gives no verdict, so it must not find one that was kept without a base.
  base: base === '' ? '' : resolve(base) || `unknown ${base}`,
  labels: process.env.POLICY_LABELS ?? '',
  engine: [process.env.POLICY_ENGINE ?? '', ...tools, ...onPath],
}));
