import type { Row, Rows, WorkspaceSource } from '../fact-source.js';
import { runGit, type Workspace } from '../workspace.js';
import { compareContracts, covers, lastName, type ContractChange } from './compare-contracts.js';
import { BASELINE_IMAGE, readImages, type BufFinding, type ContractImages } from './contract-images.js';
import { readContract, type Contract, type ContractElement } from './contract.js';
import { daysBetween, readDeprecationNote, saysDeprecated } from './deprecation-note.js';
import { announcedBreaks, readDocumented } from './documented-contract.js';
import { GENERATED_FOLDER, isGeneratedFrom } from './generated-code.js';

const SPECIFICATION = 'docs/protocol.md';
const CHANGELOG = 'CHANGELOG.md';

const tables = {
  // One row for each reason why the contract does not build; then the other tables of the contract are empty.
  contract_faults: ['message'],
  // Each message, field, enum, enum value, service and method of the contract now. `kind` names which; `number` is -1 where there is none. `presence`
  // of a field: implicit, optional, oneof, message, repeated, map, required. `required`: by label, feature or an option of a validator.
  // `documented`: docs/protocol.md's reference has it. `is_new`, `parent_is_new`: not in the baseline, or not at the change's base.
  proto_elements: ['kind', 'subject', 'parent', 'number', 'type', 'presence', 'required', 'documented', 'is_new', 'parent_is_new'],
  proto_files: ['path', 'package', 'syntax'],
  // Differences from an earlier contract. `against`: `baseline`, or `change` (the base commit, else HEAD). `kind`: file: package_changed,
  // syntax_changed; <thing>_added; <thing>_deleted; field_renamed, field_type_changed, field_number_reused, field_renumbered, cardinality_changed,
  // presence_changed, oneof_moved, json_name_changed, required_added; enum_value_renamed, enum_value_renumbered; reserved_removed,
  // reserved_number_used, reserved_name_used; method_changed. `removal`: the thing is gone. `number`, `was_deprecated` and `removal_days_left`
  // (0 without a date): of the thing before. `number_reserved`, `name_reserved`: by its parent now; `parent_gone`: nothing is left to reserve in.
  // `announced`: the changelog's unreleased section names the subject in an item that says breaking.
  proto_changes: ['against', 'kind', 'subject', 'detail', 'breaking', 'removal', 'number', 'was_deprecated', 'removal_days_left', 'number_reserved', 'name_reserved', 'parent_gone', 'announced'],
  // What is deprecated by option, or called so by its comment. `removal_date` is empty unless the comment has the form that is read.
  proto_deprecations: ['subject', 'kind', 'by_option', 'replacement', 'replacement_known', 'removal_date', 'days_left'],
  // One row: how the contract differs from the change's base, and what else the change touches. `compared`: commit, head, or none without git.
  contract_change: ['compared', 'subjects', 'spec_changed', 'tests_changed'],
  // One row for each proto file and each file of generated code. `fresh`: the code holds the descriptor of its proto file.
  proto_generated: ['proto', 'fresh'],
  // `tool`: lint, or breaking (against the baseline).
  buf_findings: ['tool', 'rule', 'message'],
} as const;

type MutableRows = Record<keyof typeof tables, Row[]>;

function place(file: string, line: number): Row {
  return { file: file.endsWith('.proto') ? `proto/${file}` : file, line, project: 'proto' };
}

function elementRows(now: Contract, earlier: readonly Contract[], documented: ReadonlySet<string>): Row[] {
  const numbers = earlier.map(({ elements }) => new Set([...elements.values()].map((one) => `${one.kind} ${one.parent} ${String(one.number)}`)));
  const isNew = (name: string): boolean => earlier.some(({ elements }) => !elements.has(name));
  // A field that got another name is renamed and not new: its number was there.
  const isNewElement = (one: ContractElement): boolean =>
    earlier.some(({ elements }, index) => !elements.has(one.name) && (one.number < 0 || !(numbers[index]?.has(`${one.kind} ${one.parent} ${String(one.number)}`) ?? false)));
  return [...now.elements.values()].filter(({ kind }) => kind !== 'file').map((one) => ({
    ...place(one.file, one.line),
    kind: one.kind, subject: one.name, parent: one.parent, number: one.number, type: one.type, presence: one.presence, required: one.isRequired,
    documented: documented.has(one.number < 0 ? one.name : `${one.name} ${String(one.number)}`), is_new: isNewElement(one), parent_is_new: isNew(one.parent),
  }));
}

function changeRows(against: string, changes: readonly ContractChange[], now: Contract, context: { announced: ReadonlySet<string>; today: string }): Row[] {
  return changes.map(({ kind, subject, detail, isBreaking, isRemoval, before, place: at }) => {
    const reserved = now.reserved.get(before?.parent ?? '');
    const { removal } = readDeprecationNote(before?.comment ?? '');
    return {
      ...(at === undefined ? { file: 'proto', line: 1, project: 'proto' } : place(at.file, at.line)),
      against, kind, subject, detail, breaking: isBreaking, removal: isRemoval,
      number: before?.number ?? -1, was_deprecated: before?.isDeprecated ?? false, removal_days_left: removal === '' ? 0 : daysBetween(context.today, removal),
      number_reserved: before !== undefined && covers(reserved, before.number), name_reserved: reserved?.names.includes(lastName(subject)) ?? false,
      parent_gone: before !== undefined && !now.elements.has(before.parent), announced: context.announced.has(subject),
    };
  });
}

function deprecationRows(now: Contract, today: string): Row[] {
  const found = [...now.elements.values()].filter(({ isDeprecated, comment }) => isDeprecated || saysDeprecated(comment));
  const isKnown = (one: ContractElement, name: string): boolean => name === 'nothing' || now.elements.has(name) || now.elements.has(`${one.parent}.${name}`);
  return found.map((one) => {
    const { replacement, removal } = readDeprecationNote(one.comment);
    return {
      ...place(one.file, one.line), subject: one.name, kind: one.kind, by_option: one.isDeprecated, replacement,
      replacement_known: isKnown(one, replacement), removal_date: removal, days_left: removal === '' ? 0 : daysBetween(today, removal),
    };
  });
}

function generatedRows(workspace: Workspace, now: Contract): Row[] {
  const expected = new Map(now.protos.map((proto) => [`${GENERATED_FOLDER}/${proto.name.replace(/\.proto$/, '_pb.ts')}`, proto]));
  const found = workspace.files.map(({ path }) => path).filter((path) => path.startsWith(`${GENERATED_FOLDER}/`) && path.endsWith('.ts'));
  return [...new Set([...expected.keys(), ...found])].map((path) => {
    const proto = expected.get(path);
    const isFresh = proto !== undefined && workspace.exists(path) && isGeneratedFrom(path, workspace.read(path), proto);
    return { file: path, line: 1, project: workspace.projectOf(path), proto: proto === undefined ? '' : `proto/${proto.name}`, fresh: isFresh };
  });
}

/** Paths that differ from a commit, new files included. */
export function changedSince(workspace: Workspace, commit: string): Set<string> {
  const changed = runGit(workspace.root, ['diff', '--name-only', '-z', commit, '--']).toString().split('\0');
  const added = runGit(workspace.root, ['ls-files', '-z', '--others', '--exclude-standard']).toString().split('\0');
  return new Set([...changed, ...added].filter((path) => path !== ''));
}

function contractChangeRow(workspace: Workspace, changes: readonly ContractChange[]): Row {
  const commit = workspace.changeCommit();
  const at = { file: SPECIFICATION, line: 1, project: 'proto' };
  if (commit === undefined) return { ...at, compared: 'none', subjects: [], spec_changed: false, tests_changed: [] };
  const subjects = [...new Set(changes.map(({ subject }) => subject))].sort();
  const changed = subjects.length === 0 ? new Set<string>() : changedSince(workspace, commit);
  const tests = workspace.files.filter(({ path, isTest }) => isTest && /^(apps|libs)\//.test(path) && changed.has(path)).map(({ path }) => path);
  return { ...at, compared: workspace.base.kind === 'commit' ? 'commit' : 'head', subjects, spec_changed: changed.has(SPECIFICATION), tests_changed: tests };
}

function bufRows(tool: string, findings: readonly BufFinding[]): Row[] {
  return findings.map(({ path, line, type, message }) => ({ file: path, line, project: 'proto', tool, rule: type, message }));
}

function faultRow(fault: string): Row {
  const [, file = 'proto', line = '1', message = fault] = /^(\S+\.proto):(\d+):\d+:(.*)/.exec(fault.split('\n')[0] ?? '') ?? [];
  return { file, line: Number(line), project: 'proto', message };
}

function readContractFacts(workspace: Workspace, images: ContractImages): MutableRows {
  const now = readContract(images.now);
  const baseline = readContract(workspace.readBytes(BASELINE_IMAGE));
  const base = images.changeBase === undefined ? undefined : readContract(images.changeBase);
  const context = { announced: workspace.exists(CHANGELOG) ? announcedBreaks(workspace.read(CHANGELOG)) : new Set<string>(), today: workspace.now };
  const documented = workspace.exists(SPECIFICATION) ? readDocumented(workspace.read(SPECIFICATION)) : new Set<string>();
  const changes = base === undefined ? [] : compareContracts(base, now);
  const fileOf = (path: string): Row => ({ file: `proto/${path}`, line: now.elements.get(path)?.line ?? 1, project: 'proto' });
  return {
    contract_faults: [],
    proto_elements: elementRows(now, [baseline, ...(base === undefined ? [] : [base])], documented),
    proto_files: [...now.files].map(([path, { packageName, syntax }]) => ({ ...fileOf(path), path, package: packageName, syntax })),
    proto_changes: [...changeRows('baseline', compareContracts(baseline, now), now, context), ...changeRows('change', changes, now, context)],
    proto_deprecations: deprecationRows(now, workspace.now),
    contract_change: [contractChangeRow(workspace, changes)],
    proto_generated: generatedRows(workspace, now),
    buf_findings: [...bufRows('lint', images.lint), ...bufRows('breaking', images.breaking)],
  };
}

/** The wire contract: what it declares, how it differs from what peers hold, and whether documents and generated code follow it. */
export const protocolSource: WorkspaceSource = {
  name: 'protocol',
  tables,
  read: async (workspace): Promise<Rows> => {
    const images = await readImages(workspace);
    if (images.fault === '') return readContractFacts(workspace, images);
    return { contract_faults: [faultRow(images.fault)], contract_change: [contractChangeRow(workspace, [])] };
  },
};
