import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** The package that the parity test decodes with; its default implementation is upb, the strictest of the common codecs. */
export const pythonPackage = 'protobuf==7.36.2';

const repositoryRoot = join(import.meta.dirname, '../../..');
const cacheFolder = join(repositoryRoot, '.cache', `python-${pythonPackage.replace('==', '-')}`);

/**
 * Path of a Python that can import the package, installed on first use into the ignored folder `.cache/`.
 * Throws one clear message when that fails.
 */
export function installPythonProtobuf(): string {
  const python = join(cacheFolder, 'bin', 'python3');
  if (canImport(python)) return python;
  try {
    mkdirSync(cacheFolder, { recursive: true });
    execFileSync('python3', ['-m', 'venv', cacheFolder], { stdio: 'pipe', timeout: 120_000 });
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', pythonPackage], { stdio: 'pipe', timeout: 300_000 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the parity test needs python3 with venv and the package ${pythonPackage}: ${reason}`, { cause: error });
  }
  if (!canImport(python)) throw new Error(`the package ${pythonPackage} was installed but cannot be imported`);
  return python;
}

function canImport(python: string): boolean {
  if (!existsSync(python)) return false;
  try {
    execFileSync(python, ['-c', 'import google.protobuf'], { stdio: 'pipe' });
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

/** Writes the contract's FileDescriptorSet, by buf, to the given path. */
export function writeDescriptors(path: string): void {
  const buf = join(repositoryRoot, 'node_modules', '@bufbuild', 'buf', 'bin', 'buf');
  execFileSync(process.execPath, [buf, 'build', '--as-file-descriptor-set', '-o', path], { cwd: repositoryRoot, stdio: 'pipe' });
}

/** Decodes the frames with Python; one parsed JSON value per frame, behind the name of the implementation. */
export function decodeWithPython(python: string, descriptorsPath: string, framesPath: string): { implementation: string; frames: unknown[] } {
  const script = join(import.meta.dirname, 'decode_frames.py');
  const output = execFileSync(python, [script, descriptorsPath, framesPath], { maxBuffer: 256 * 1024 * 1024, encoding: 'utf8' });
  const [head, ...frames] = output.trimEnd().split('\n').map((line) => JSON.parse(line) as unknown);
  return { implementation: (head as { implementation: string }).implementation, frames };
}
