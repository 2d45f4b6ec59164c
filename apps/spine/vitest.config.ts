import { defineProjectConfig } from '../../vitest.project.mjs';

const withCasil = ['runs', 'history', 'joining', 'commands', 'rights', 'tenants', 'groups', 'replay', 'erase', 'limits', 'casil-mode'].map((name) => `test/${name}.test.ts`);

const alone = ['flood', 'casil-flood', 'fuzz', 'slow-reader'].map((name) => `test/${name}.test.ts`);

export default defineProjectConfig(import.meta.dirname, { withCasil, alone });
