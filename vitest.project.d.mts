import type { ViteUserConfig } from 'vitest/config';

export interface ProjectOptions {
  /** Test files that run once more with content inspection on (E1), in a Vitest project named after the folder and `-with-casil`. */
  readonly withCasil?: readonly string[];
  /** Test files that measure latency or memory, or open very many connections: one at a time, after all others of the project. */
  readonly alone?: readonly string[];
}

export declare function defineProjectConfig(projectRoot: string, options?: ProjectOptions): ViteUserConfig;
