import { defineProjectConfig } from '../../vitest.project.mjs';

export default defineProjectConfig(import.meta.dirname);
