#!/usr/bin/env node
// Starts the policy command. Loading some two hundred TypeScript files one by one takes longer than judging, so they are joined into one
// file under .cache first, anew whenever one of them changes; what V8 made of it, and of the TypeScript compiler, is kept beside it.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import vm from 'node:vm';

const ROOT = join(import.meta.dirname, '../../..');
const ENTRY = join(ROOT, 'tools/policy/src/main.ts');
const FOLDER = join(ROOT, '.cache/policy');
const RUNNER = join(FOLDER, 'runner.cjs');
const INPUTS = join(FOLDER, 'runner.json');
const OWN_FILE = /^(?:apps|libs|tools)\/[^/]+\/(?!node_modules\/)/;
/** Namespace of modules that hand on a package which stays outside. */
const HANDED_ON = 'required';
const CODE_DIGEST_BYTES = 32;

const requireFromHere = createRequire(import.meta.url);
const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();

/** Digest of this file and its place, which the runner knows by heart, of the files that went into it, and of what they were joined by. */
function digest(paths) {
  const hash = createHash('sha256').update(`${process.version}\0${ROOT}\0`).update(readFileSync(import.meta.filename));
  hash.update(requireFromHere('esbuild/package.json').version);
  for (const path of paths) hash.update(`\0${path}\0`).update(readFileSync(join(ROOT, path)));
  return hash.digest('hex');
}

function readFreshRunner() {
  try {
    const { paths, digest: expected, runner } = JSON.parse(readFileSync(INPUTS, 'utf8'));
    const content = readFileSync(RUNNER);
    return digest(paths) === expected && sha256(content).toString('hex') === runner ? content : undefined;
  } catch {
    // Not there, cut short, or a file is gone: it is made anew.
    return undefined;
  }
}

/** Own files keep their place in the tree, and only what is used of a package is taken; the compiler stays outside, for its size. */
const workspacePlugin = {
  name: 'workspace',
  setup(build) {
    build.onResolve({ filter: /^[^/]/ }, async ({ path, resolveDir, importer, kind, pluginData }) => {
      if (pluginData === 'seen' || path.startsWith('node:')) return undefined;
      const found = await build.resolve(path, { resolveDir, importer, kind, pluginData: 'seen' });
      if (found.errors.length > 0 || found.external) return undefined;
      return path === 'typescript' ? { path: found.path, namespace: HANDED_ON } : { path: found.path, sideEffects: kind === 'entry-point' };
    });
    // One module hands it on: to each that imported it itself, its two thousand names would be copied.
    build.onLoad({ filter: /.*/, namespace: HANDED_ON }, ({ path }) => ({ contents: `export default require(${JSON.stringify(path)});` }));
    build.onResolve({ filter: /.*/, namespace: HANDED_ON }, ({ path }) => ({ path, external: true }));
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(/\bimport\.meta\.(dirname|filename)\b/g, (_, what) => JSON.stringify(what === 'dirname' ? dirname(path) : path)),
      loader: 'ts',
    }));
  },
};

/** Written aside and moved, so that two runs at once leave no half file. */
function write(path, content) {
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, content);
  renameSync(aside, path);
}

/**
 * The files that decide what the runner is: all that were read of the repository, and what says which file a name leads to; of packages,
 * those that went into it.
 */
function decidingFiles({ inputs, outputs: { [relative(ROOT, RUNNER)]: { inputs: joined } } }) {
  const own = Object.keys(inputs).filter((path) => OWN_FILE.test(path));
  const packages = Object.keys(joined).filter((path) => !OWN_FILE.test(path) && !path.startsWith(`${HANDED_ON}:`) && joined[path].bytesInOutput > 0);
  const manifests = new Set(own.map((path) => `${OWN_FILE.exec(path)[0]}package.json`));
  return [...own, ...packages, ...manifests, 'package-lock.json', 'tsconfig.base.json'].sort();
}

async function makeRunner() {
  const { build } = await import('esbuild');
  const { outputFiles: [output], metafile } = await build({
    absWorkingDir: ROOT, entryPoints: [ENTRY], bundle: true, write: false, metafile: true, outfile: RUNNER,
    platform: 'node', format: 'cjs', target: 'node20', conditions: ['@arqonbus/source'], logLevel: 'silent', plugins: [workspacePlugin],
  });
  const paths = decidingFiles(metafile);
  mkdirSync(FOLDER, { recursive: true });
  write(RUNNER, output.contents);
  write(INPUTS, JSON.stringify({ paths, digest: digest(paths), runner: sha256(output.contents).toString('hex') }));
  return output.contents;
}

/** What V8 made of a text in an earlier run; it checks its own version and flags, but neither the text nor whether the file is whole. */
function readKeptCode(path, text) {
  try {
    const kept = readFileSync(path);
    const code = kept.subarray(CODE_DIGEST_BYTES);
    return sha256(text, '\0', code).equals(kept.subarray(0, CODE_DIGEST_BYTES)) ? code : undefined;
  } catch {
    // Not there yet.
    return undefined;
  }
}

/** Loads CommonJS; `keep` leaves what V8 has made of it to later runs. */
function load(path, text, requireOf) {
  const kept = join(FOLDER, `${sha256(path).toString('hex').slice(0, 12)}.code`);
  const cachedData = readKeptCode(kept, text);
  const script = new vm.Script(`(function (exports, require, module, __filename, __dirname) {${text}\n})`, {
    filename: path, importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER, ...(cachedData === undefined ? {} : { cachedData }),
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, requireOf(createRequire(path)), module, path, dirname(path));
  const keep = () => {
    if (cachedData !== undefined && script.cachedDataRejected === false) return;
    const code = script.createCachedData();
    write(kept, Buffer.concat([sha256(text, '\0', code), code]));
  };
  return { exports: module.exports, keep };
}

/** @returns the command, and what keeps the code of all that was loaded for it */
function loadRunner(content) {
  const compilers = new Map();
  const requireOf = (requireThere) => (name) => {
    if (!name.endsWith('/typescript.js')) return requireThere(name);
    if (!compilers.has(name)) compilers.set(name, load(name, readFileSync(name, 'utf8'), (plain) => plain));
    return compilers.get(name).exports;
  };
  const runner = load(RUNNER, Buffer.from(content).toString('utf8'), requireOf);
  return { main: runner.exports.main, keepCode: () => [runner, ...compilers.values()].forEach(({ keep }) => keep()) };
}

async function prepare() {
  try {
    const content = readFreshRunner() ?? (await makeRunner());
    return { ...loadRunner(content), codeDigest: sha256(content).toString('hex') };
  } catch (error) {
    console.error(`No verdict: the policy command does not build: ${error.message}`);
    return process.exit(3);
  }
}

const { main, keepCode, codeDigest } = await prepare();
if (await main(process.argv.slice(2), codeDigest)) keepCode();
