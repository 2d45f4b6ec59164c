import type { WorkspaceSource } from '../fact-source.js';
import { readFileRows } from './committed-files.js';
import { readContainerImages } from './container-images.js';
import { readLock } from './lockfile.js';
import { readManifestRows } from './manifests.js';
import { similarNameRows } from './similar-names.js';
import { readToolchainRows } from './toolchain.js';

/** What the repository is made of beside its own sources: manifests, the lockfile, toolchains, files that others have to fetch. */
export const supplyChainSource: WorkspaceSource = {
  name: 'supply-chain',
  tables: {
    /**
     * One row per package.json. root: its folder, empty at the top; license_alternatives: sets of licences of which a user may choose one,
     * terms joined by " AND "; files, has_exports, has_repository, provenance, access: as published; node_engine: engines.node.
     */
    packages: ['root', 'name', 'version', 'description', 'license', 'license_alternatives', 'private', 'files', 'has_exports', 'has_repository', 'provenance', 'access', 'node_engine'],
    /**
     * One row per declared dependency, override and bundled package. section: where in the manifest; kind: exact, range, any, tag, git, url,
     * file, workspace or patch; alias: package behind npm:; version: without alias; commit: behind #; own: a package of this workspace,
     * own_private: one that is not published; publishable: the manifest is published; locked, locked_version: what the lockfile has for it;
     * locked_spec: the declaration as the lockfile repeats it.
     */
    dependencies: ['name', 'section', 'spec', 'kind', 'alias', 'version', 'commit', 'own', 'own_private', 'publishable', 'locked', 'locked_version', 'locked_spec'],
    /** One row per npm script. */
    package_scripts: ['name', 'command'],
    /** One row per entry of allowScripts. decision: denied or allowed. */
    script_decisions: ['root', 'name', 'decision'],
    /** One row per lockfile of any tool. lock_version: of package-lock.json, else 0; entries: packages in it. */
    lockfiles: ['lock_version', 'entries'],
    /**
     * One row per package in the lockfile. folder: the name it is installed under; name: its own; source: registry, git, file, link or
     * bundle; resolved_host, has_resolved: of its address; integrity_algorithm, integrity_bytes: of its checksum; dev: not needed in production.
     */
    locked_packages: ['path', 'folder', 'name', 'version', 'major', 'license', 'license_alternatives', 'source', 'resolved_host', 'has_resolved', 'integrity_algorithm', 'integrity_bytes', 'install_script', 'dev', 'optional', 'deprecated'],
    /** One row per setting in an .npmrc. key: registry for whatever names one; value: empty where it could be a credential. */
    npm_settings: ['key', 'value', 'credential'],
    /** Versions in .nvmrc and its like. */
    toolchain_versions: ['tool', 'version'],
    /**
     * Requirements of Go, Python and Rust, and one row per manifest of an ecosystem that is not read. checksummed: a hash is kept, in the file or in the
     * lockfile beside it; replaced: taken from another place.
     */
    other_dependencies: ['ecosystem', 'name', 'version', 'exact', 'checksummed', 'replaced'],
    /** Container images that files name, workflows apart. image: as written, defaults of build arguments filled in; form: from, copy, mount, key, or unreadable with the fault in its place. */
    container_images: ['image', 'form'],
    /** Entries of the table that native binaries are compared with; described_version: the package version its comment names. */
    binary_checksums: ['binary', 'checksum', 'described_version'],
    /** Uses in production code of what checks native binaries. kind: comparison, a call that is awaited, or table, a use of the checksums. */
    checksum_uses: ['kind'],
    /** Large files, programs, archives, environment and credential files. kind: environment, credential, program, archive or other. */
    committed_files: ['path', 'bytes', 'binary', 'kind'],
    /** Packages, declared, behind an alias or in the lockfile, whose name could be mistaken for that of a well-known one. */
    similar_names: ['name', 'resembles'],
    /** Mentions of a package registry's host. */
    registry_hosts: ['registry'],
  },
  read: (workspace) => {
    const lock = readLock(workspace);
    const manifests = readManifestRows(workspace, lock);
    const external = (manifests.dependencies ?? []).filter(({ own }) => own !== true);
    const named = [...external, ...external.flatMap((row) => (row.alias === '' ? [] : [{ ...row, name: row.alias ?? '' }])), ...(lock.rows.locked_packages ?? []).filter(({ source }) => source !== 'link')];
    return { ...lock.rows, ...manifests, similar_names: similarNameRows(named), ...readToolchainRows(workspace), ...readFileRows(workspace), container_images: readContainerImages(workspace) };
  },
};
