import { programArgs, startProcess, waitFor, type RunningProcess } from '@arqonbus/testkit';
import { percentile, type BystanderOutcome, type BystanderReport, type LatencySample } from './bystander-report.js';
import { everyTopic, type Cluster } from './cluster.js';

/** How the bystanders fared in some time. */
export interface BystanderLatency {
  /** From due time to delivery. */
  readonly p99Ms: number;
  /** From due time until the bystanders' own process ran: what the machine, and not the bus, is to blame for at each hop. */
  readonly latenessP99Ms: number;
  readonly samplesCount: number;
}

/** Two clients that do nothing wrong while a test does; they must not notice. */
export class Bystanders {
  private constructor(private readonly running: RunningProcess) {}

  /** Starts both on their own topic; resolves when messages flow. */
  static async start(cluster: Cluster, options: { readonly tenant?: string; readonly intervalMs?: number } = {}): Promise<Bystanders> {
    const { tenant = 'acme', intervalMs = 10 } = options;
    const tokens = await Promise.all(['bystander-1', 'bystander-2'].map((sub) => cluster.issuer.token({ ...everyTopic, tenant, sub })));
    const running = await startProcess({
      args: programArgs(new URL('../src/bystander-main.ts', import.meta.url)),
      env: { ARQON_E2E_URL: cluster.url(), ARQON_E2E_CA: cluster.ca, ARQON_E2E_TOKENS: tokens.join(' '), ARQON_E2E_INTERVAL_MS: String(intervalMs) },
      readyWhen: ({ messages }) => samplesOf(messages).length > 0,
      readyTimeoutMs: 30_000,
    });
    return new Bystanders(running);
  }

  /** 99th percentiles of the messages that were due since then (milliseconds since 1970); NaN when there are none. */
  since(sinceMs: number): BystanderLatency {
    const samples = samplesOf(this.running.output.messages).filter(([dueMs]) => dueMs >= sinceMs);
    return {
      p99Ms: percentile(samples.map(([, latencyMs]) => latencyMs), 0.99),
      latenessP99Ms: percentile(samples.map(([, , latenessMs]) => latenessMs), 0.99),
      samplesCount: samples.length,
    };
  }

  /** Stops publishing and resolves with the account once everything has arrived, or after ten seconds. */
  async finish(): Promise<BystanderOutcome> {
    process.kill(this.running.pid, 'SIGTERM');
    return waitFor(() => outcomeOf(this.running.output.messages), { timeoutMs: 30_000, what: 'the bystanders to end' });
  }

  /** Kills the process, if it still runs. */
  async kill(): Promise<void> {
    if (outcomeOf(this.running.output.messages) === undefined) await this.running.stop('SIGKILL');
    else await this.running.exited;
  }
}

function samplesOf(messages: readonly unknown[]): LatencySample[] {
  return (messages as readonly BystanderReport[]).flatMap((message) => (message.type === 'progress' ? [...message.samples] : []));
}

function outcomeOf(messages: readonly unknown[]): BystanderOutcome | undefined {
  return (messages as readonly BystanderReport[]).find((message) => message.type === 'outcome');
}
