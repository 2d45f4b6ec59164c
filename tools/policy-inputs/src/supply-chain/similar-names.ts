import type { Row } from '../fact-source.js';

/** Packages whose names are imitated; a name next to one of them wants a second look. */
const WELL_KNOWN = [
  '@eslint/js', '@bufbuild/buf', '@bufbuild/protobuf', '@opentelemetry/api', '@types/node', 'axios', 'chalk', 'colors', 'commander', 'cross-env', 'discord.js', 'dotenv', 'electron', 'esbuild', 'eslint',
  'eslint-config-prettier', 'ethers', 'express', 'fast-check', 'fastify', 'ioredis', 'jest', 'jose', 'jsonwebtoken', 'lodash', 'mocha', 'moment', 'mongoose', 'nodemon', 'passport', 'postgres',
  'prettier', 'protobufjs', 'react', 'react-dom', 'redis', 'request', 'rollup', 'selfsigned', 'semver', 'typescript', 'typescript-eslint', 'uWebSockets.js', 'vitest', 'webpack', 'winston',
];
const MIN_LENGTH = 5;

const bare = (name: string): string => name.toLowerCase().replace(/(?:[-_.]?js|^node[-_.])$|[@/_.-]/g, '');

/** Whether one insertion, deletion, replacement or swap of neighbours leads from one text to the other. */
export function isOneEditApart(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || a === b) return false;
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start += 1;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  if (restA.length === restB.length) {
    return restA.slice(1) === restB.slice(1) || (restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2));
  }
  return restA.length > restB.length ? restA.slice(1) === restB : restB.slice(1) === restA;
}

/** The well-known package that a name could be mistaken for; empty when there is none or the name is one itself. */
export function resembledPackage(name: string): string {
  if (WELL_KNOWN.includes(name) || name.length < MIN_LENGTH) return '';
  return WELL_KNOWN.find((known) => bare(known) === bare(name) || (known.length >= MIN_LENGTH && isOneEditApart(name.toLowerCase(), known.toLowerCase()))) ?? '';
}

/** Declared and locked packages that could be mistaken for a well-known one. */
export function similarNameRows(rows: readonly Row[]): Row[] {
  return rows.flatMap(({ file, line, project, name }) => {
    const resembles = typeof name === 'string' ? resembledPackage(name) : '';
    return resembles === '' ? [] : [{ file, line, project, name: name ?? '', resembles }];
  });
}
