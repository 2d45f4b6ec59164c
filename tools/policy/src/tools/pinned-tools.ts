import { join } from 'node:path';

/** A program of which exactly one version is good: another one may read the packs differently. */
export interface PinnedTool {
  readonly name: string;
  readonly version: string;
  /** Folder with the go.mod and go.sum that pin it and everything it is built of. */
  readonly moduleFolder: string;
  /** Import path of its main package. */
  readonly mainPackage: string;
  /** Variable that states the version, for programs whose sources leave it open. */
  readonly versionVariable?: string;
  readonly versionArguments: readonly string[];
  /** Finds the version in what the program says of itself. */
  readonly versionPattern: RegExp;
}

const goFolder = join(import.meta.dirname, '../../go');
/** What judges has the dependencies that its authors tested; what lints may lift them, so it is a module of its own. */
const judgeModule = join(goFolder, 'judge');
const lintModule = join(goFolder, 'lint');

export const pinnedOpaVersion = '1.19.0';

export const conftestTool: PinnedTool = {
  name: 'conftest',
  version: '0.69.0',
  moduleFolder: judgeModule,
  mainPackage: 'github.com/open-policy-agent/conftest',
  versionVariable: 'github.com/open-policy-agent/conftest/internal/version.Version',
  versionArguments: ['--version'],
  versionPattern: /^Conftest: v?(\S+)$/m,
};

export const opaTool: PinnedTool = {
  name: 'opa',
  version: pinnedOpaVersion,
  moduleFolder: judgeModule,
  mainPackage: 'github.com/open-policy-agent/opa',
  versionArguments: ['version'],
  versionPattern: /^Version: v?(\S+)$/m,
};

export const regalTool: PinnedTool = {
  name: 'regal',
  version: '0.42.0',
  moduleFolder: lintModule,
  mainPackage: 'github.com/open-policy-agent/regal',
  versionVariable: 'github.com/open-policy-agent/regal/pkg/version.Version',
  versionArguments: ['version'],
  versionPattern: /^Version:\s+v?(\S+)$/m,
};

export const actionlintTool: PinnedTool = {
  name: 'actionlint',
  version: '1.7.12',
  moduleFolder: lintModule,
  mainPackage: 'github.com/rhysd/actionlint/cmd/actionlint',
  versionVariable: 'github.com/rhysd/actionlint.version',
  versionArguments: ['-version'],
  versionPattern: /^v?(\d\S*)$/m,
};
