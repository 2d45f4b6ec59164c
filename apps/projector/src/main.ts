import { describeSettings, loadSettings, SettingsError } from '@arqonbus/config';
import { isArqonError } from '@arqonbus/errors';
import { createLogger, runUntilSignal, type LogLevel } from '@arqonbus/telemetry';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startProjector } from './compose.js';
import { projectorSettings } from './settings.js';

const version = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  const settings = loadSettings(projectorSettings, { environment: process.env, ...(values.config === undefined ? {} : { configFile: values.config }) });
  const level = settings['log.level'].toUpperCase() as LogLevel;
  const logger = createLogger({ service: 'projector', nodeId: settings['node.id'], version, level });
  logger.info({ settings: describeSettings(settings) }, 'projector starting');
  const projector = await startProjector(settings, version, logger);
  const life = runUntilSignal({ drain: () => projector.drain(), drainTimeoutMs: settings['drain.timeout_ms'] + 5_000, logger, parentPid: process.env['ARQON_PARENT_PID'] });
  projector.onStopRequested = () => { life.stop('operator'); };
  void projector.unusable.then(refuse);
  const ports = projector.ports();
  logger.info(ports, 'projector ready');
  process.send?.({ type: 'ready', ...ports });
}

/** Settings or database are not what they must be: trying again would not help. */
function refuse(error: unknown): never {
  process.stderr.write(`projector: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(78);
}

main().catch((error: unknown) => {
  if (error instanceof SettingsError || isArqonError(error)) refuse(error);
  process.stderr.write(`projector: ${String(error instanceof Error ? error.stack : error)}\n`);
  process.exit(70);
});
