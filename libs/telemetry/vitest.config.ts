import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  ssr: { resolve: { conditions: ['@arqonbus/source', 'node', 'import', 'module', 'default'] } },
  test: { include: ['src/**/*.test.ts', 'test/**/*.test.ts'] },
});
