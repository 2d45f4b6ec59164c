import type { ViteUserConfig } from 'vitest/config';

export declare function defineProjectConfig(projectRoot: string): ViteUserConfig;
