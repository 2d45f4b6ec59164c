import type { CommandContext } from '../command-context.js';
import type { CommandHandler } from '../command-line/command-spec.js';
import { ensureCertificate } from '../data-dir/certificate.js';
import { dataDirOf, type DataDir } from '../data-dir/data-dir.js';
import { removeDevFile, writeDevFile, type DevInfo } from '../data-dir/dev-file.js';
import { lockForDev } from '../data-dir/dev-lock.js';
import { ensureLinkKey } from '../data-dir/link-key.js';
import { ensureSigningKey } from '../data-dir/signing-key.js';
import { DevBus, type DevBusOptions } from '../dev/dev-bus.js';
import { wantedPorts } from '../dev/dev-settings.js';
import { storeChoice } from '../dev/store-option.js';
import { watchParent } from '../dev/watch-parent.js';
import { signToken } from '../token/sign-token.js';

const maxPort = 65_535;
const tokenTtlSeconds = 3_600;

/** `arqon dev`: runs a Shield and a Spine until a signal comes or the parent is gone, then drains them. */
export const runDevCommand: CommandHandler = async (line, context) => {
  const ports = wantedPorts(line.integer('port', { min: 0, max: maxPort }));
  const store = storeChoice(line);
  const dataDir = dataDirOf(line.value('data-dir'), context.workingFolder);
  dataDir.prepare();
  const unlock = lockForDev(dataDir);
  try {
    removeDevFile(dataDir);
    if (line.has('reset')) dataDir.reset();
    await prepareKeys(dataDir, context);
    await run({ dataDir, linkKey: ensureLinkKey(dataDir), ports, store }, context);
  } finally {
    removeDevFile(dataDir);
    unlock();
  }
};

async function prepareKeys(dataDir: DataDir, { output }: CommandContext): Promise<void> {
  const reason = await ensureCertificate(dataDir, Date.now());
  if (reason === 'expiring') output.note('the certificate was about to expire and was renewed', { event: 'certificate', reason });
  if (reason === 'unusable') output.note('the certificate files did not belong together and were made anew', { event: 'certificate', reason });
  await ensureSigningKey(dataDir);
}

async function run(parts: Pick<DevBusOptions, 'dataDir' | 'linkKey' | 'ports' | 'store'>, context: CommandContext): Promise<void> {
  const { output, environment } = context;
  const { dataDir } = parts;
  let giveUp: DevBusOptions['onGivenUp'] = () => undefined;
  const givenUp = new Promise<never>((_resolve, reject) => {
    giveUp = reject;
  });
  const bus = new DevBus({
    ...parts, environment, onGivenUp: giveUp,
    onLine: (name, text) => output.relay(`[${name}] ${text}`),
    onNote: (text) => output.note(text, { event: 'dev', message: text }),
  });
  const stopRequested = stopRequests(context, () => bus.kill());
  try {
    const info = await Promise.race([bus.start(), stopRequested, givenUp]);
    if (info === undefined) return;
    writeDevFile(dataDir, info);
    await announce(info, dataDir, context);
    await Promise.race([stopRequested, givenUp]);
    output.note('draining', { event: 'draining' });
  } finally {
    await bus.stop();
  }
}

/** Resolves at a signal or when the parent is gone. Whatever else ends this process takes the servers along. */
async function stopRequests({ interruption, parentPid, environment }: CommandContext, kill: () => void): Promise<undefined> {
  process.once('exit', kill);
  const parentGone = new Promise<void>((resolve) => {
    const unwatch = watchParent({ parentPid, isUnderNpm: environment['npm_execpath'] !== undefined }, resolve);
    interruption.signal.addEventListener('abort', unwatch, { once: true });
  });
  await Promise.race([interruption.requested(), parentGone]);
  return undefined;
}

async function announce(info: DevInfo, dataDir: DataDir, context: CommandContext): Promise<void> {
  const { token } = await signToken(dataDir, {
    tenant: 'dev', sub: 'dev-client', publish: ['*', '@*'], subscribe: ['*', '@*'], roles: ['client'], capabilities: [], ttlSeconds: tokenTtlSeconds,
  }, Date.now());
  const place = dataDir.path === dataDirOf(undefined, context.workingFolder).path ? '' : ` --data-dir ${shellWord(dataDir.path)}`;
  await context.output.result([
    'ArqonBus runs. Ctrl-C stops it.',
    '',
    `  clients    ${info.shieldUrl}`,
    `  services   ${info.spineUrl}`,
    `  admin      ${info.shieldAdminUrl} (Shield), ${info.spineAdminUrl} (Spine)`,
    `  authority  ${info.caFile}`,
    '',
    'A token of the client dev-client in the tenant dev, for an hour:',
    token,
    '',
    'Try it from two more shells in this folder:',
    `  npx --no arqon sub plans:main${place}`,
    `  npx --no arqon pub plans:main hello${place}`,
    '',
  ].join('\n'), info);
}

function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
