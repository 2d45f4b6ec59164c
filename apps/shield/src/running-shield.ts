import type { Logger, Readiness } from '@arqonbus/telemetry';
import type { TransportServer } from '@arqonbus/transport';
import { drainClients } from './drain-clients.js';
import type { FanOut } from './fan-out/fan-out.js';
import type { LinkSessions } from './link/link-sessions.js';
import type { SpineLink } from './link/spine-link.js';
import type { SessionTable } from './session-table.js';
import type { ShieldSettings } from './settings.js';

export interface RunningShieldParts {
  readonly settings: ShieldSettings;
  readonly server: TransportServer;
  readonly sessions: SessionTable;
  readonly fanOut: FanOut;
  readonly link: SpineLink;
  readonly linkSessions: LinkSessions;
  readonly readiness: Readiness;
  readonly logger: Logger;
  readonly version: string;
}

/** A started Shield: says where it listens and how it is, and drains. */
export class RunningShield {
  /** An operator asked for a drain by the admin server. */
  onStopRequested: () => void;
  adminPort = 0;
  readonly #parts: RunningShieldParts;
  readonly #startedMs = performance.now();
  #closers: readonly (() => Promise<void> | void)[] = [];
  #drained: Promise<void> | undefined;

  constructor(parts: RunningShieldParts) {
    this.#parts = parts;
    this.onStopRequested = () => void this.drain();
  }

  get clientPort(): number {
    return this.#parts.server.port;
  }

  get clientUrl(): string {
    const host = this.#parts.settings['listen.host'];
    return `wss://${host.includes(':') ? `[${host}]` : host}:${String(this.clientPort)}/v1`;
  }

  /** Begins to dial the Spine; readiness follows. */
  begin(options: { readonly adminPort: number; readonly closers: readonly (() => Promise<void> | void)[] }): void {
    this.adminPort = options.adminPort;
    this.#closers = options.closers;
    this.#parts.readiness.clear('starting');
    this.#parts.link.start();
  }

  requestStop(): void {
    this.onStopRequested();
  }

  /** Stops listening, sends clients away within the window, closes the link and everything else. */
  drain(): Promise<void> {
    this.#drained ??= this.#drain();
    return this.#drained;
  }

  /** Body of GET /status. */
  describe(): object {
    const { readiness, sessions, fanOut, link, linkSessions, settings, version } = this.#parts;
    return {
      name: 'arqonbus-shield',
      version,
      node_id: settings['node.id'],
      readiness: readiness.state,
      reasons: readiness.reasons,
      uptime_ms: Math.round(performance.now() - this.#startedMs),
      client_url: this.clientUrl,
      sessions: sessions.size,
      sessions_opening: sessions.openingCount,
      topics: fanOut.topics.size,
      link: { state: link.state, spine_id: linkSessions.spineId, buffered_bytes: link.bufferedBytes },
    };
  }

  async #drain(): Promise<void> {
    const { settings, server, sessions, fanOut, link, linkSessions, readiness } = this.#parts;
    readiness.set('draining', 'not_ready');
    server.stopListening();
    await drainClients(sessions, fanOut, {
      reconnectMinMs: settings['drain.reconnect_min_ms'],
      reconnectMaxMs: settings['drain.reconnect_max_ms'],
      timeoutMs: settings['drain.timeout_ms'],
    });
    linkSessions.stop();
    link.close();
    await server.close();
    for (const close of this.#closers) await close();
  }
}
