import { defineProjectConfig } from '../../vitest.project.mjs';

const alone = ['bad-frames', 'bad-tokens', 'durable-slow-and-fast', 'fast-beside-slow', 'flood', 'fuzz', 'many-clients', 'mass-resume', 'projector-outages', 'slow-and-fast', 'tenants']
  .map((name) => `test/${name}.test.ts`);

export default defineProjectConfig(import.meta.dirname, { withCasil: ['test/embedded-restart.test.ts'], alone });
