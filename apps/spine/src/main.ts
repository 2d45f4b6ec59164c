import { describeSettings, loadSettings, SettingsError } from '@arqonbus/config';
import { isArqonError } from '@arqonbus/errors';
import { createLogger, runUntilSignal, type LogLevel } from '@arqonbus/telemetry';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { SpineSettings } from './bus.js';
import { startSpine } from './compose.js';
import { SettingsReload } from './reload/index.js';
import { spineSettings } from './settings.js';

const version = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  const load = (): SpineSettings => loadSettings(spineSettings, { environment: process.env, ...(values.config === undefined ? {} : { configFile: values.config }) });
  const settings = load();
  const level = settings['log.level'].toUpperCase() as LogLevel;
  const logger = createLogger({ service: 'spine', nodeId: settings['node.id'], version, level });
  logger.info({ settings: describeSettings(settings) }, 'spine starting');
  const spine = await startSpine(settings, version, logger);
  const life = runUntilSignal({ drain: () => spine.drain(), drainTimeoutMs: settings['drain.timeout_ms'] + 5_000, logger, parentPid: process.env['ARQON_PARENT_PID'] });
  spine.onStopRequested = () => { life.stop('operator'); };
  const reload = new SettingsReload({ settings, load, audit: spine.audit, logger });
  process.on('SIGHUP', () => void reload.run());
  const ports = spine.ports();
  logger.info({ ...ports, service_url: `ws://${settings['service.host']}:${String(ports.servicePort)}` }, 'spine ready');
  process.send?.({ type: 'ready', ...ports });
}

main().catch((error: unknown) => {
  const known = error instanceof SettingsError || isArqonError(error);
  process.stderr.write(`spine: ${known ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
  process.exit(known ? 78 : 70);
});
