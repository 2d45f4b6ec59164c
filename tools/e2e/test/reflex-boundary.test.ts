import { programArgs } from '@arqonbus/testkit';
import { describeReflexBoundary } from '../src/reflex-boundary.contract.js';

/** Another implementation is put to the same test by its command: `ARQON_TEST_HOT_PATH="python3 agent.py"`. */
const given = process.env['ARQON_TEST_HOT_PATH']?.split(' ');

const standIn = [process.execPath, ...programArgs(new URL('../src/hot-path-main.ts', import.meta.url))];

describeReflexBoundary(given === undefined ? 'the stand-in' : given.join(' '), given ?? standIn);
