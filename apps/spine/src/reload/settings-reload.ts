import { SettingsError, describeSettings } from '@arqonbus/config';
import { auditEntryOf, transportConfigReloaded, type AdjustableLogger, type AuditLog, type LogLevel } from '@arqonbus/telemetry';
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { SpineSettings } from '../bus.js';

export interface SettingsReloadParts {
  /** What the process started with. */
  readonly settings: SpineSettings;
  /** Reads the settings again. Raises SettingsError. */
  readonly load: () => SpineSettings;
  readonly audit: AuditLog;
  readonly logger: AdjustableLogger;
}

/** Settings that a reload can change; every other one holds until the process ends. */
const liveKeys: ReadonlySet<string> = new Set(['log.level']);

/**
 * Reads the settings again when asked to. All or nothing: a reload with a fault, with a change of `casil.*` (E17) or of any setting that needs a
 * restart changes nothing, and the last good settings stay in force (G14). Each try is audited and logged.
 */
export class SettingsReload {
  private current: SpineSettings;
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly parts: SettingsReloadParts) {
    this.current = parts.settings;
  }

  /** One after the other; resolves when this reload took effect or was refused. Never rejects. */
  run(): Promise<void> {
    this.last = this.last.then(() => this.reload()).catch((error: unknown) => {
      this.parts.logger.error({ error }, 'settings not reloaded: the reload failed');
    });
    return this.last;
  }

  private async reload(): Promise<void> {
    const next = this.load();
    if (next instanceof SettingsError) return this.refuseWrong(next);
    const changed = changedKeys(this.current, next);
    const needRestart = changed.filter((key) => !liveKeys.has(key));
    if (needRestart.length > 0) {
      const casil = needRestart.filter((key) => key.startsWith('casil.'));
      this.parts.logger.error({ changed_keys: changed, restart_keys: needRestart, casil_keys: casil }, 'settings not reloaded: nothing was changed, because some of the changes need a restart');
      return this.audit('refused', changed);
    }
    // Before it takes effect: without a record of it there is no change.
    await this.audit('applied', changed, next);
    this.current = next;
    this.parts.logger.setLevel(next['log.level'].toUpperCase() as LogLevel);
    this.parts.logger.info({ changed_keys: changed }, 'settings reloaded');
  }

  private load(): SpineSettings | SettingsError {
    try {
      return this.parts.load();
    } catch (error) {
      if (error instanceof SettingsError) return error;
      throw error;
    }
  }

  private async refuseWrong({ problems }: SettingsError): Promise<void> {
    this.parts.logger.error({ problems }, 'settings not reloaded: they are wrong, and the last good ones stay in force');
    await this.audit('refused', [...new Set(problems.map(({ key }) => key))]);
  }

  private async audit(result: 'applied' | 'refused', changed: readonly string[], inForce = this.current): Promise<void> {
    const entry = auditEntryOf(transportConfigReloaded({ result, version: versionOf(inForce) }));
    await this.parts.audit.append({ ...entry, detail: { ...entry.detail, changed_keys: changed } });
  }
}

function changedKeys(before: SpineSettings, after: SpineSettings): string[] {
  return (Object.keys(after) as (keyof SpineSettings)[]).filter((key) => !isDeepStrictEqual(before[key], after[key]));
}

/** Equal for equal settings; of secrets it knows only whether they are set. */
function versionOf(settings: SpineSettings): string {
  const values = Object.entries(describeSettings(settings)).map(([key, { value }]) => [key, value]);
  return createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 16);
}
