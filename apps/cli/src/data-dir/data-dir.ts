import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { CliError } from '../cli-error.js';
import { readTextFile, writePrivateFile } from './private-file.js';

const defaultName = '.arqon';
const ownerOnly = 0o700;
/** First line of the folder's .gitignore; also the mark of a folder that `arqon` made. */
const mark = '# Made by arqon: keys and state of a local bus, for this machine alone.';

/** Files and folders that a reset makes anew; the audit logs keep files beside them. */
const resetPrefixes = ['ca.pem', 'cert.pem', 'key.pem', 'signing-key.json', 'jwks.json', 'link-key', 'spine-audit.jsonl', 'shield-audit.jsonl', 'projector-audit.jsonl', 'projector-tokens', 'dev.json'];

/** The folder of a local bus: certificate, keys, audit logs, and what runs now. */
export class DataDir {
  /** Absolute. */
  readonly path: string;

  constructor(path: string) {
    this.path = resolve(path);
  }

  get caFile(): string { return join(this.path, 'ca.pem'); }
  get certFile(): string { return join(this.path, 'cert.pem'); }
  get keyFile(): string { return join(this.path, 'key.pem'); }
  get signingKeyFile(): string { return join(this.path, 'signing-key.json'); }
  get jwksFile(): string { return join(this.path, 'jwks.json'); }
  get linkKeyFile(): string { return join(this.path, 'link-key'); }
  /** The embedded store's. */
  get historyFile(): string { return join(this.path, 'history.db'); }
  get devFile(): string { return join(this.path, 'dev.json'); }
  get lockFile(): string { return join(this.path, 'dev.lock'); }
  /** A token per tenant, for a projector of this machine. */
  get projectorTokensFolder(): string { return join(this.path, 'projector-tokens'); }
  /** The projector's embedded database. */
  get projectorDatabaseFolder(): string { return join(this.path, 'projector-db'); }
  auditFile(app: 'spine' | 'shield' | 'projector'): string { return join(this.path, `${app}-audit.jsonl`); }

  /** Makes the folder, closed to others and ignored by git. Raises CliError DATA_DIR for a folder that holds other things. */
  prepare(): void {
    try {
      mkdirSync(this.path, { recursive: true, mode: ownerOnly });
      this.requireOurs();
      chmodSync(this.path, ownerOnly);
      const ignoreFile = join(this.path, '.gitignore');
      if (!existsSync(ignoreFile)) writePrivateFile(ignoreFile, `${mark}\n*\n`);
    } catch (cause) {
      if (cause instanceof CliError) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new CliError('configuration', 'DATA_DIR', `cannot use the data folder ${this.path}: ${why}`, { next: 'Name another folder with --data-dir.', cause });
    }
  }

  /** Removes certificate, keys, tokens and audit logs; nothing else, and only while the lock is held. History and projection stay. */
  reset(): void {
    for (const entry of readdirSync(this.path)) {
      if (resetPrefixes.some((prefix) => entry === prefix || entry.startsWith(`${prefix}.`))) rmSync(join(this.path, entry), { recursive: true, force: true });
    }
  }

  private requireOurs(): void {
    const entries = readdirSync(this.path);
    const isOurs = basename(this.path) === defaultName || entries.length === 0 || readTextFile(join(this.path, '.gitignore'))?.startsWith(mark) === true;
    if (isOurs) return;
    throw new CliError('configuration', 'DATA_DIR', `the folder ${this.path} holds files that are not of a local bus`, {
      next: 'Name an empty or a new folder with --data-dir.',
    });
  }
}

/** The data folder that the command line names, or `.arqon` in the working folder. */
export function dataDirOf(option: string | undefined, workingFolder: string): DataDir {
  return new DataDir(resolve(workingFolder, option ?? defaultName));
}
