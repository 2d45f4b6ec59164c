import { setTimeout as wait } from 'node:timers/promises';
import { CliError } from '../cli-error.js';
import type { DataDir } from '../data-dir/data-dir.js';
import type { DevInfo } from '../data-dir/dev-file.js';
import { shieldEnvironment, spineEnvironment, type ShieldPorts, type SpinePorts, type WantedPorts } from './dev-settings.js';
import { ManagedProcess } from './managed-process.js';
import type { StoreChoice } from './store-option.js';

const linkTimeoutMs = 15_000;
const pollMs = 25;

export interface DevBusOptions {
  readonly dataDir: DataDir;
  readonly linkKey: string;
  readonly ports: WantedPorts;
  readonly store: StoreChoice | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A line of a server's log. */
  readonly onLine: (name: string, line: string) => void;
  readonly onNote: (text: string) => void;
  /** One of the servers cannot be kept running. */
  readonly onGivenUp: (error: CliError) => void;
}

/** A Spine and a Shield as processes, each kept on the ports that it got first. */
export class DevBus {
  private readonly spine: ManagedProcess<SpinePorts>;
  private readonly shield: ManagedProcess<ShieldPorts>;
  private spinePorts: Partial<SpinePorts>;
  private shieldPorts: WantedPorts['shield'];

  constructor(private readonly options: DevBusOptions) {
    const { dataDir, linkKey, store, environment, onNote, onGivenUp } = options;
    this.spinePorts = options.ports.spine;
    this.shieldPorts = options.ports.shield;
    this.spine = new ManagedProcess({
      name: 'spine', appFolder: appFolder('spine'), readReady: readSpinePorts, onNote, onGivenUp,
      environment: () => spineEnvironment(environment, { dataDir, linkKey, ports: this.spinePorts, store }),
      onLine: (line) => options.onLine('spine', line),
    });
    this.shield = new ManagedProcess({
      name: 'shield', appFolder: appFolder('shield'), readReady: readShieldPorts, onNote, onGivenUp,
      environment: () => shieldEnvironment(environment, { dataDir, linkKey, linkPort: this.spinePorts.linkPort ?? 0, ports: this.shieldPorts }),
      onLine: (line) => options.onLine('shield', line),
    });
  }

  /** Starts both; resolves once a client can connect. Raises CliError as ManagedProcess does. */
  async start(): Promise<DevInfo> {
    const spine = await this.spine.start();
    this.spinePorts = spine;
    const shield = await this.shield.start();
    this.shieldPorts = shield;
    const shieldAdminUrl = `http://127.0.0.1:${shield.adminPort}`;
    await untilReady(shieldAdminUrl);
    const { dataDir } = this.options;
    return {
      shieldUrl: shield.clientUrl,
      spineUrl: `ws://127.0.0.1:${spine.servicePort}`,
      shieldAdminUrl,
      spineAdminUrl: `http://127.0.0.1:${spine.adminPort}`,
      caFile: dataDir.caFile,
      dataDir: dataDir.path,
      pid: process.pid,
    };
  }

  /** Drains both, the Shield first, so that its clients are told in time. */
  async stop(): Promise<void> {
    await this.shield.stop();
    await this.spine.stop();
  }

  /** Ends both at once. */
  kill(): void {
    this.shield.kill();
    this.spine.kill();
  }
}

function appFolder(name: 'shield' | 'spine'): URL {
  return new URL(`../../../${name}/`, import.meta.url);
}

/** The Shield is ready once its link to the Spine is up. */
async function untilReady(adminUrl: string): Promise<void> {
  const deadlineMs = performance.now() + linkTimeoutMs;
  let last = '';
  while (performance.now() < deadlineMs) {
    const response = await fetch(`${adminUrl}/ready`);
    last = await response.text();
    if (response.ok) return;
    await wait(pollMs);
  }
  throw new CliError('failure', 'START_FAILED', `the shield was not ready within ${linkTimeoutMs / 1000} s: ${last.replaceAll(/\s+/g, ' ')}`);
}

function readSpinePorts(message: unknown): SpinePorts | undefined {
  const { type, servicePort, linkPort, adminPort } = fieldsOf(message);
  if (type !== 'ready' || typeof servicePort !== 'number' || typeof linkPort !== 'number' || typeof adminPort !== 'number') return undefined;
  return { servicePort, linkPort, adminPort };
}

function readShieldPorts(message: unknown): ShieldPorts | undefined {
  const { type, clientUrl, clientPort, adminPort } = fieldsOf(message);
  if (type !== 'ready' || typeof clientUrl !== 'string' || typeof clientPort !== 'number' || typeof adminPort !== 'number') return undefined;
  return { clientUrl, clientPort, adminPort };
}

function fieldsOf(message: unknown): Record<string, unknown> {
  return typeof message === 'object' && message !== null ? { ...message } : {};
}
