import { mergeConfig } from 'vitest/config';
import { defineProjectConfig } from '../../vitest.project.mjs';

// One file at a time: each has servers of its own and measures latency, which two at once would spoil for each other.
export default mergeConfig(defineProjectConfig(import.meta.dirname), { test: { fileParallelism: false } });
