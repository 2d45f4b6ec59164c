import type { Violation } from './violation.js';
import { architectureViolations } from './violations/architecture.js';
import { ciViolations } from './violations/ci.js';
import { configurationViolations } from './violations/configuration.js';
import { coverageViolations } from './violations/coverage.js';
import { observabilityViolations } from './violations/observability.js';
import { packViolations } from './violations/packs.js';
import { protocolViolations } from './violations/protocol.js';
import { securityViolations } from './violations/security.js';
import { stateMachineViolations } from './violations/state-machines.js';
import { supplyChainViolations } from './violations/supply-chain.js';
import { technicalDebtViolations } from './violations/technical-debt.js';
import { testingViolations } from './violations/testing.js';
import { transportViolations } from './violations/transport.js';

/** Every violation that the script shows. */
export const violations: readonly Violation[] = [
  ...architectureViolations,
  ...protocolViolations,
  ...securityViolations,
  ...supplyChainViolations,
  ...technicalDebtViolations,
  ...testingViolations,
  ...ciViolations,
  ...configurationViolations,
  ...transportViolations,
  ...coverageViolations,
  ...observabilityViolations,
  ...stateMachineViolations,
  ...packViolations,
];
