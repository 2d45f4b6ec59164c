import { remove, replace, write, type Violation } from '../violation.js';

const READINESS = 'libs/telemetry/src/readiness.ts';

export const stateMachineViolations: readonly Violation[] = [
  {
    name: 'machine-without-document',
    rule: 'state_machines.machine_documented',
    did: 'Gave uploads a state and wrote down nowhere what leads where.',
    edits: [write('apps/spine/src/upload-state.ts', ["export type UploadState = 'idle' | 'sending' | 'failed';"])],
  },
  {
    name: 'transition-of-the-code-alone',
    rule: 'state_machines.transitions_match',
    did: 'Added a transition to the code and not to the document.',
    edits: [replace(READINESS, "Degraded: { blocked: 'NotReady', cleared: 'Ready' }", "Degraded: { blocked: 'NotReady', cleared: 'Ready', degraded: 'Degraded' }")],
    isAlone: true,
  },
  {
    name: 'state-without-document',
    rule: 'state_machines.states_match',
    did: 'Added a state to the code that the document does not have.',
    edits: [replace('libs/errors/src/governed.ts', "['Ready', 'Degraded', 'NotReady']", "['Ready', 'Degraded', 'NotReady', 'Warming']")],
    says: 'Warming',
    isAlone: true,
  },
  {
    name: 'document-of-a-machine-removed',
    rule: 'state_machines.required_machines',
    did: 'Removed the document of the session.',
    edits: [remove('docs/state_machines/session.md')],
    at: 'policies/data/state_machines.json',
    says: 'session',
    isAlone: true,
  },
];
