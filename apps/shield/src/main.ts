import { parseArgs } from 'node:util';
import { describeSettings, loadSettings, SettingsError } from '@arqonbus/config';
import { isArqonError } from '@arqonbus/errors';
import { createLogger, logLevels, runUntilSignal } from '@arqonbus/telemetry';
import { readVersion } from './check-settings.js';
import { startShield } from './compose.js';
import { shieldSettings } from './settings.js';

const DRAIN_SLACK_MS = 5_000;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  const settings = loadSettings(shieldSettings, { environment: process.env, ...(values.config === undefined ? {} : { configFile: values.config }) });
  const level = logLevels.find((one) => one.toLowerCase() === settings['log.level']) ?? 'INFO';
  const version = readVersion();
  const logger = createLogger({ service: 'shield', nodeId: settings['node.id'], version, level });
  logger.info({ settings: describeSettings(settings) }, 'shield starting');
  const shield = await startShield(settings, version, logger);
  const life = runUntilSignal({ drain: () => shield.drain(), drainTimeoutMs: settings['drain.timeout_ms'] + DRAIN_SLACK_MS, logger });
  shield.onStopRequested = () => {
    life.stop('operator');
  };
  const { clientUrl, clientPort, adminPort } = shield;
  const adminUrl = `http://${settings['admin.host']}:${String(adminPort)}`;
  logger.info({ client_url: clientUrl, admin_url: adminUrl }, 'shield ready');
  process.send?.({ type: 'ready', clientUrl, clientPort, adminPort });
}

main().catch((error: unknown) => {
  const isKnown = error instanceof SettingsError || isArqonError(error);
  process.stderr.write(`shield: ${isKnown ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
  process.exit(isKnown ? 78 : 70);
});
