import { codeFormSource } from './architecture/code-forms.js';
import { hostUseSource } from './architecture/host-uses.js';
import { importGraphSource } from './architecture/import-graph.js';
import { importSource } from './architecture/imports.js';
import { keptCollectionSource } from './architecture/kept-collections.js';
import { layoutSource } from './architecture/layout.js';
import { moduleStateSource } from './architecture/module-state.js';
import { projectGraphSource } from './architecture/project-graph.js';
import { projectSource } from './architecture/projects.js';
import { textCodecSource } from './architecture/text-codecs.js';
import { protocolSource } from './protocol/protocol-facts.js';
import { debtRegisterSource } from './debt/debt-register.js';
import { exemptionSource } from './debt/exemptions.js';
import { fileMarkerSource, scriptMarkerSource } from './debt/work-markers.js';
import { ciSource } from './ci/workflows.js';
import { supplyChainSource } from './supply-chain/supply-chain.js';
import { handlerSource } from './observability/handlers.js';
import { logCallSource } from './observability/log-calls.js';
import { documentedMetricSource, metricSource } from './observability/metrics.js';
import { cryptoUseSource } from './security/crypto-uses.js';
import { openFailureSource } from './security/open-failures.js';
import { regoPackageSource } from './security/rego-packages.js';
import { joinedTextSource } from './security/joined-texts.js';
import { secretSource } from './security/secret-scan.js';
import { storeUseSource } from './security/store-uses.js';
import { tlsSwitchSource } from './security/tls-switches.js';
import { unsafeTextSource } from './security/unsafe-texts.js';
import { configurationSource } from './configuration/configuration-facts.js';
import { exposureSource } from './configuration/exposure-options.js';
import { schemaFileSource } from './configuration/schema-files.js';
import { inflateSource } from './transport/inflate-sites.js';
import { limitLiteralSource } from './transport/limit-literals.js';
import { transportSource } from './transport/transport-facts.js';
import { stateMachineSource } from './states/state-machines.js';
import { stateSyntaxSource } from './states/state-syntax.js';
import type { SyntaxSource, WorkspaceSource } from './fact-source.js';
import { changedFileSource } from './testing/changed-files.js';
import { coverageBaselineSource, coverageSettingSource } from './testing/coverage-settings.js';
import { coverageSource } from './testing/coverage.js';
import { foreignDelaySource } from './testing/foreign-delays.js';
import { moduleShapeSource } from './testing/module-shapes.js';
import { testAssertionSource } from './testing/test-assertions.js';
import { delayImportSource, testDelaySource } from './testing/test-delays.js';
import { mockImportSource, testDoubleSource } from './testing/test-doubles.js';
import { testHostSource } from './testing/test-hosts.js';
import { testModifierSource } from './testing/test-modifiers.js';
import { runnerFlagSource, runnerSettingSource } from './testing/test-retries.js';
import { testCountSource, testSuiteSource } from './testing/test-suites.js';
import { testedModuleSource } from './testing/tested-modules.js';

/** Sources that read single scripts. */
export const syntaxSources: readonly SyntaxSource[] = [
  importSource,
  hostUseSource,
  codeFormSource,
  moduleStateSource,
  keptCollectionSource,
  textCodecSource,
  testDelaySource,
  moduleShapeSource,
  coverageSettingSource,
  testCountSource,
  testModifierSource,
  testAssertionSource,
  testDoubleSource,
  testHostSource,
  runnerSettingSource,
  scriptMarkerSource,
  joinedTextSource,
  storeUseSource,
  openFailureSource,
  cryptoUseSource,
  unsafeTextSource,
  logCallSource,
  metricSource,
  handlerSource,
  exposureSource,
  schemaFileSource,
  inflateSource,
  limitLiteralSource,
  stateSyntaxSource,
];

/** Sources that read anything else. */
export const workspaceSources: readonly WorkspaceSource[] = [
  projectSource,
  importGraphSource,
  projectGraphSource,
  layoutSource,
  protocolSource,
  delayImportSource,
  testedModuleSource,
  testSuiteSource,
  changedFileSource,
  coverageBaselineSource,
  mockImportSource,
  foreignDelaySource,
  runnerFlagSource,
  tlsSwitchSource,
  debtRegisterSource,
  exemptionSource,
  fileMarkerSource,
  supplyChainSource,
  ciSource,
  configurationSource,
  transportSource,
  stateMachineSource,
  secretSource,
  regoPackageSource,
  documentedMetricSource,
];

/** Those of them that read for longer than it takes to see that what they read is unchanged. */
export const keptSources: ReadonlySet<WorkspaceSource> = new Set([fileMarkerSource, ciSource, configurationSource, regoPackageSource]);

/** Sources that read what test runs left behind; rules of the category `coverage` judge them, apart from all others. */
export const coverageSources: readonly WorkspaceSource[] = [
  coverageSource,
];
