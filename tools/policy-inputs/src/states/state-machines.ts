import { createHash } from 'node:crypto';
import { basename } from 'node:path';

import { MachineDocumentError, readMachineDocument, type MachineDocument } from '@arqonbus/testkit';

import type { Row, Rows, WorkspaceSource } from '../fact-source.js';
import { runGit, type Workspace } from '../workspace.js';
import { StateSets } from './state-sets.js';

const FOLDER = 'docs/state_machines/';

interface Machine {
  readonly name: string;
  readonly path: string;
  readonly document: MachineDocument;
  readonly states: Row | undefined;
  readonly table: Row | undefined;
  readonly row: Row;
}

const texts = (row: Row | undefined, column: string): readonly string[] => (row?.[column] ?? []) as readonly string[];

function partOf(document: MachineDocument, part: string): { readonly file: string; readonly name: string } {
  return document.parts.find((each) => each.part === part) ?? { file: '', name: '' };
}

const testsOf = (document: MachineDocument): string[] => document.parts.filter(({ part }) => part === 'test').map(({ file }) => file);

function digestOf(workspace: Workspace, files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of [...new Set(files)].sort()) hash.update(`${file}\0`).update(workspace.exists(file) ? workspace.digest(file) : '');
  return hash.digest('hex');
}

/** Of these files those that are not as they are at the base commit; none without one. */
function changedSince(workspace: Workspace, files: readonly string[]): ReadonlySet<string> {
  if (workspace.base.kind !== 'commit' || files.length === 0) return new Set();
  const list = (args: readonly string[]): string[] => runGit(workspace.root, [...args, '--', ...new Set(files)]).toString().split('\0').filter((path) => path !== '');
  return new Set([...list(['diff', '--name-only', '-z', workspace.base.commit]), ...list(['ls-files', '--others', '--exclude-standard', '-z'])]);
}

/** Where the machine's code is said to be and whether it is there. */
function machineRow(workspace: Workspace, syntax: Rows, sets: StateSets, path: string, document: MachineDocument): Pick<Machine, 'states' | 'table' | 'row'> {
  const [states, table, field] = ['states', 'transitions', 'field'].map((part) => partOf(document, part)) as [ReturnType<typeof partOf>, ReturnType<typeof partOf>, ReturnType<typeof partOf>];
  const [owner = '', fieldName = ''] = field.name.split('.');
  const tests = testsOf(document);
  const name = basename(path, '.md');
  const foundStates = sets.find(states.file, states.name);
  const foundTable = (syntax.transition_tables ?? []).find((row) => row.file === table.file && row.name === table.name);
  const drives = (syntax.machine_drives ?? []).filter((row) => tests.includes(row.file) && row.document === name && row.live === true);
  return {
    states: foundStates,
    table: foundTable,
    row: {
      file: path, line: 1, project: workspace.projectOf(table.file), name, title: document.title, states_file: states.file, states_name: states.name,
      table_file: table.file, table_name: table.name, field_file: field.file, owner, field: fieldName, tests, endless: document.endless,
      states_found: foundStates !== undefined, table_found: foundTable !== undefined, table_whole: foundTable?.is_whole === true,
      table_used: (syntax.table_uses ?? []).some((row) => row.name === table.name && row.project === workspace.projectOf(table.file)),
      field_found: (syntax.state_fields ?? []).some((row) => row.file === field.file && row.owner === owner && row.field === fieldName),
      tests_found: tests.every((file) => workspace.exists(file)), driven: drives.length,
      doc_digest: workspace.digest(path), code_digest: digestOf(workspace, [states.file, table.file, field.file]),
    },
  };
}

function stateRows({ name, path, document, states, table, row }: Machine, sets: StateSets): Row[] {
  const inCode = new Set([...(states === undefined ? [] : sets.membersOf(states)), ...texts(table, 'states')]);
  const inBoth = (state: string): boolean => (states === undefined || sets.membersOf(states).includes(state)) && (table === undefined || texts(table, 'states').includes(state));
  const documented = document.states.map(({ name: state, kind, line }): Row => ({
    file: path, line, project: row.project, machine: name, state, in_doc: true, in_code: inCode.has(state) && inBoth(state), initial: kind === 'initial', terminal: kind === 'terminal',
  }));
  const known = new Set(document.states.map(({ name: state }) => state));
  const place = states ?? table;
  const others = [...inCode].filter((state) => !known.has(state)).map((state): Row => ({
    file: place?.file ?? path, line: place?.line ?? 1, project: row.project, machine: name, state, in_doc: false, in_code: true, initial: false, terminal: false,
  }));
  return [...documented, ...others];
}

function transitionRows({ name, path, document, table, row }: Machine, syntax: Rows): Row[] {
  const tests = testsOf(document);
  const drives = (syntax.machine_drives ?? []).filter((drive) => tests.includes(drive.file) && drive.document === name && drive.live === true);
  const isTested = (from: string, event: string): boolean => drives.some((drive) => texts(drive, 'reach').includes(from) && texts(drive, 'events').includes(event));
  const arrows = new Set(texts(table, 'arrows'));
  const documented = document.transitions.map(({ from, event, to, line }): Row => ({
    file: path, line, project: row.project, machine: name, from, event, to, in_doc: true, in_code: arrows.has(`${from} ${event} ${to}`), tested: isTested(from, event),
  }));
  const known = new Set(document.transitions.map(({ from, event, to }) => `${from} ${event} ${to}`));
  const others = [...arrows].filter((arrow) => !known.has(arrow)).map((arrow): Row => {
    const [from = '', event = '', to = ''] = arrow.split(' ');
    return { file: table?.file ?? path, line: table?.line ?? 1, project: row.project, machine: name, from, event, to, in_doc: false, in_code: true, tested: isTested(from, event) };
  });
  return [...documented, ...others];
}

function invariantRows({ name, path, document, row }: Machine, syntax: Rows): Row[] {
  const tests = testsOf(document);
  const tested = new Set((syntax.invariant_tests ?? []).filter((each) => tests.includes(each.file) && each.live === true).map((each) => each.id));
  return document.invariants.map(({ name: id, line }): Row => ({ file: path, line, project: row.project, machine: name, id, tested: tested.has(id) }));
}

/** A set is documented when a machine's document names it, or when it is written of states of one machine: in its own file, or by names of sets alone. */
function isDocumented(set: Row, members: readonly string[], machines: readonly Machine[], sets: StateSets): boolean {
  return machines.some(({ row, states }) => {
    if (row.states_file === set.file && row.states_name === set.name) return true;
    const isOfSets = texts(set, 'members').length === 0;
    const isNear = set.form === 'inline' && (row.field_file === set.file || row.states_file === set.file);
    if (states === undefined || (!isOfSets && !isNear)) return false;
    const known = sets.membersOf(states);
    return members.every((member) => known.includes(member));
  });
}

/** State machines as their documents, their code and their tests have them. */
export const stateMachineSource: WorkspaceSource = {
  name: 'state-machines',
  tables: {
    /**
     * name: stem of the document; states_…, table_…, field_file, owner, field: where the document says the code is; tests; endless: why it has
     * no terminal state, else empty; …_found: whether it is there; table_whole: nothing of the table is computed; table_used: the code looks
     * into it; driven: live calls that drive the machine over the document; doc_digest, code_digest; code_changed, doc_changed: since the base
     * commit, false without one.
     */
    machines: [
      'name', 'title', 'states_file', 'states_name', 'table_file', 'table_name', 'field_file', 'owner', 'field', 'tests', 'endless', 'states_found', 'table_found',
      'table_whole', 'table_used', 'field_found', 'tests_found', 'driven', 'doc_digest', 'code_digest', 'code_changed', 'doc_changed',
    ],
    // in_code: in the set of states and, where there is a table, in that too.
    machine_states: ['machine', 'state', 'in_doc', 'in_code', 'initial', 'terminal'],
    // tested: a live test reaches the state and makes the event.
    machine_transitions: ['machine', 'from', 'event', 'to', 'in_doc', 'in_code', 'tested'],
    // tested: a live test of the machine names it in its title.
    machine_invariants: ['machine', 'id', 'tested'],
    // Documents that cannot be read. fault: why.
    machine_document_faults: ['document', 'fault'],
    // Sets of states outside of test code. name: of the type, constant, enum or field; form: how it is written; states; documented: by a machine.
    state_unions: ['name', 'form', 'states', 'documented'],
  },
  read: (workspace, syntax) => {
    const sets = new StateSets(syntax);
    const machines: Machine[] = [];
    const faults: Row[] = [];
    for (const { path } of workspace.files.filter((file) => file.path.startsWith(FOLDER) && file.path.endsWith('.md') && !file.path.endsWith('/README.md'))) {
      try {
        const document = readMachineDocument(workspace.read(path));
        machines.push({ name: basename(path, '.md'), path, document, ...machineRow(workspace, syntax, sets, path, document) });
      } catch (error) {
        if (!(error instanceof MachineDocumentError)) throw error;
        faults.push({ file: path, line: error.line, project: 'workspace', document: path, fault: error.message });
      }
    }
    const codeOf = ({ row }: Machine): string[] => [String(row.states_file), String(row.table_file), String(row.field_file)];
    const changed = changedSince(workspace, machines.flatMap((machine) => [machine.path, ...codeOf(machine)]));
    return {
      machines: machines.map((machine) => ({ ...machine.row, code_changed: codeOf(machine).some((file) => changed.has(file)), doc_changed: changed.has(machine.path) })),
      machine_states: machines.flatMap((machine) => stateRows(machine, sets)),
      machine_transitions: machines.flatMap((machine) => transitionRows(machine, syntax)),
      machine_invariants: machines.flatMap((machine) => invariantRows(machine, syntax)),
      machine_document_faults: faults,
      state_unions: sets.stateSets().map((set) => {
        const members = sets.membersOf(set);
        return { file: set.file, line: set.line, project: set.project, name: String(set.name), form: String(set.form), states: members, documented: isDocumented(set, members, machines, sets) };
      }),
    };
  },
};
