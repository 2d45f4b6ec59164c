/** A server under test. */
export interface BenchServer {
  readonly protocol: 'arqon' | 'nats';
  readonly port: number;
  readonly pid: number;
  /** JWT for clients; empty where the server wants none. */
  readonly token: string;
  /** For people, e.g. `nats-server v2.9.10`. */
  readonly name: string;
  stop(): Promise<void>;
}
