// Makes dist/package: what is published. Our own libraries are bundled in, so that the package depends on
// @bufbuild/protobuf and ws alone; their declarations are copied beside the SDK's and imported by relative path.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, 'dist/package');
const entries = ['node', 'browser', 'node-continuum', 'browser-continuum'];
/** Libraries whose types the SDK's declarations name. */
const bundledTypes = ['errors'];

function declarationsIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ['spec', 'package'].includes(entry.name) ? [] : declarationsIn(path);
    return entry.name.endsWith('.d.ts') ? [path] : [];
  });
}

function copyDeclarations(from, to) {
  for (const path of declarationsIn(from)) {
    const copy = join(to, relative(from, path));
    const text = readFileSync(path, 'utf8').replace(/\n?\/\/# sourceMappingURL=.*$/m, '').replace(/(["'])@arqonbus\/([a-z]+)\1/g, (_, quote, name) => {
      const specifier = relative(dirname(copy), join(target, 'types', name, 'index.js'));
      return `${quote}${specifier.startsWith('.') ? specifier : `./${specifier}`}${quote}`;
    });
    mkdirSync(dirname(copy), { recursive: true });
    writeFileSync(copy, text);
  }
}

/** Keeps the declarations that the entries reach, so that the package holds no types of its inside. */
function dropUnreached() {
  const reached = new Set();
  const visit = (path) => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const [, specifier] of readFileSync(path, 'utf8').matchAll(/from\s+["'](\.[^"']+)\.js["']|import\(["'](\.[^"']+)\.js["']\)/g)) {
      if (specifier !== undefined) visit(join(dirname(path), `${specifier}.d.ts`));
    }
  };
  for (const entry of entries) visit(join(target, `${entry}.d.ts`));
  for (const path of declarationsIn(target)) if (!reached.has(path)) rmSync(path);
}

rmSync(target, { recursive: true, force: true });
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
execFileSync(process.execPath, [tsc, '-b', join(root, 'tsconfig.lib.json')], { stdio: ['ignore', process.stderr, process.stderr] });
execFileSync(process.execPath, [join(root, 'scripts/bundle.mjs'), target], { stdio: ['ignore', process.stderr, process.stderr] });
copyDeclarations(join(root, 'dist'), target);
for (const name of bundledTypes) copyDeclarations(join(root, '..', name, 'dist'), join(target, 'types', name));
dropUnreached();
cpSync(join(root, '../../LICENSE'), join(root, 'dist/package/LICENSE'), { force: true, errorOnExist: false });
