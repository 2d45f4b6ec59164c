import type { Row } from '../fact-source.js';
import { recordOf, textOf, textsOf } from '../supply-chain/json-lines.js';
import type { LinedYaml } from './lined-yaml.js';
import { readShellCommands } from './shell-commands.js';

type Path = readonly (string | number)[];
type Values = Readonly<Record<string, unknown>>;

/** A parsed workflow or action. */
export interface WorkflowFile {
  readonly file: string;
  readonly project: string;
  readonly yaml: LinedYaml;
}

const asText = (value: unknown): string => (value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : `${value as string | number | boolean}`);

const asTexts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(asText) : value === undefined || value === null ? [] : [asText(value)]);

/** `contents:read` for each permission; `*:write-all` and `*:read-all` for the short forms. */
function permissionsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [`*:${value}`];
  return Object.entries(recordOf(value)).map(([scope, access]) => `${scope}:${asText(access)}`);
}

function triggersOf(value: unknown): Values {
  if (typeof value === 'string') return { [value]: {} };
  if (Array.isArray(value)) return Object.fromEntries(textsOf(value).map((name) => [name, {}]));
  return recordOf(value);
}

/** Combinations of a matrix without its includes and excludes. */
function combinations(matrix: Values): Record<string, string>[] {
  return Object.entries(matrix)
    .filter(([key, values]) => key !== 'include' && key !== 'exclude' && Array.isArray(values))
    .reduce<Record<string, string>[]>((found, [key, values]) => found.flatMap((one) => asTexts(values).map((value) => ({ ...one, [key]: value }))), [{}]);
}

/** Names under which the checks of a job are reported. */
function checkNames(id: string, job: Values): readonly string[] {
  const matrix = recordOf(recordOf(job.strategy).matrix);
  const name = textOf(job.name);
  return [...new Set(combinations(matrix).map((values) => {
    const list = Object.values(values);
    if (name === '') return list.length === 0 ? id : `${id} (${list.join(', ')})`;
    return name.replace(/\$\{\{\s*matrix\.([\w-]+)\s*\}\}/g, (whole, key: string) => values[key] ?? whole);
  }))];
}

/** Everything that is read out of one workflow or action. */
export class WorkflowReader {
  readonly rows: Record<string, Row[]> = {
    workflows: [], workflow_triggers: [], workflow_jobs: [], workflow_steps: [], workflow_uses: [], workflow_commands: [], workflow_expressions: [], workflow_matrices: [],
  };
  readonly #source: WorkflowFile;
  readonly #root: Values;

  constructor(source: WorkflowFile) {
    this.#source = source;
    this.#root = recordOf(source.yaml.value);
  }

  read(): Readonly<Record<string, readonly Row[]>> {
    const isAction = this.#root.runs !== undefined;
    this.#add('workflows', [], {
      name: textOf(this.#root.name), kind: isAction ? 'action' : 'workflow',
      has_permissions: this.#root.permissions !== undefined, permissions: permissionsOf(this.#root.permissions),
      concurrency: asText(recordOf(this.#root.concurrency).group ?? this.#root.concurrency), shell: textOf(recordOf(recordOf(this.#root.defaults).run).shell),
    });
    // `on` is read as a boolean by parsers of YAML 1.1.
    const triggers = triggersOf(this.#root.on ?? this.#root.true);
    for (const [event, value] of Object.entries(triggers)) this.#trigger(event, value);
    this.#expressions(['env'], { job: '', step: 0, place: 'env' });
    this.#expressions(['concurrency'], { job: '', step: 0, place: 'concurrency' });
    if (isAction) this.#steps(['runs'], '', '');
    for (const [id, job] of Object.entries(recordOf(this.#root.jobs))) this.#job(id, recordOf(job));
    return this.rows;
  }

  #add(table: string, path: Path, columns: Values, line?: number): void {
    const { file, project, yaml } = this.#source;
    this.rows[table]?.push({ file, line: line ?? (path.length === 0 ? 1 : yaml.lineOf(path)), project, ...(columns as Record<string, string>) });
  }

  #trigger(event: string, value: unknown): void {
    const options = recordOf(value);
    this.#add('workflow_triggers', ['on', event], {
      event, filters: Object.keys(options), branches: asTexts(options.branches), types: asTexts(options.types),
      crons: (Array.isArray(value) ? value : []).map((entry) => textOf(recordOf(entry).cron)),
    });
  }

  #job(id: string, job: Values): void {
    const path: Path = ['jobs', id];
    const uses = textOf(job.uses);
    this.#add('workflow_jobs', path, {
      job: id, check_names: checkNames(id, job), runs_on: typeof job['runs-on'] === 'object' && !Array.isArray(job['runs-on']) ? asTexts(recordOf(job['runs-on']).labels) : asTexts(job['runs-on']),
      timeout: typeof job['timeout-minutes'] === 'number' ? job['timeout-minutes'] : 0,
      has_permissions: job.permissions !== undefined, permissions: permissionsOf(job.permissions), needs: asTexts(job.needs),
      condition: asText(job.if), continue_on_error: asText(job['continue-on-error']), uses, inherits_secrets: job.secrets === 'inherit',
      environment: asText(job.environment), shell: textOf(recordOf(recordOf(job.defaults).run).shell),
    });
    if (uses !== '') this.#uses([...path, 'uses'], id, 0, uses);
    for (const [variable, values] of Object.entries(recordOf(recordOf(job.strategy).matrix))) {
      this.#add('workflow_matrices', [...path, 'strategy', 'matrix', variable], { job: id, variable, values: asTexts(values) });
    }
    this.#images(path, id, job);
    for (const key of ['env', 'if', 'secrets', 'with', 'name', 'environment', 'concurrency', 'strategy', 'outputs', 'container', 'runs-on']) this.#expressions([...path, key], { job: id, step: 0, place: key });
    this.#steps(path, id, textOf(recordOf(recordOf(job.defaults).run).shell));
  }

  /** Images that a job runs in or beside. */
  #images(path: Path, id: string, job: Values): void {
    const image = (value: unknown): string => (typeof value === 'string' ? value : textOf(recordOf(value).image));
    const images: [Path, string][] = [[[...path, 'container'], image(job.container)], ...Object.entries(recordOf(job.services)).map(([name, value]): [Path, string] => [[...path, 'services', name], image(value)])];
    for (const [at, found] of images) if (found !== '') this.#uses(at, id, 0, `docker://${found}`);
  }

  #steps(parent: Path, job: string, jobShell: string): void {
    const steps = this.#source.yaml.value === undefined ? [] : (parent[0] === 'runs' ? recordOf(this.#root.runs).steps : recordOf(recordOf(this.#root.jobs)[job]).steps);
    const shell = jobShell === '' ? textOf(recordOf(recordOf(this.#root.defaults).run).shell) : jobShell;
    if (parent[0] === 'runs' && textOf(recordOf(this.#root.runs).image) !== '') this.#uses(['runs', 'image'], '', 0, textOf(recordOf(this.#root.runs).image));
    (Array.isArray(steps) ? steps : []).forEach((step, index) => this.#step([...parent, 'steps', index], job, index + 1, recordOf(step), shell));
  }

  #step(path: Path, job: string, step: number, value: Values, shell: string): void {
    const run = textOf(value.run);
    const uses = textOf(value.uses);
    const inputs = recordOf(value.with);
    this.#add('workflow_steps', path, {
      job, step, name: textOf(value.name), uses, run, condition: asText(value.if), continue_on_error: asText(value['continue-on-error']),
      shell: textOf(value.shell) || shell, inputs: Object.entries(inputs).map(([key, input]) => `${key}=${asText(input)}`), working_directory: textOf(value['working-directory']),
    });
    if (uses !== '') this.#uses([...path, 'uses'], job, step, uses);
    for (const key of ['env', 'if', 'with', 'name']) this.#expressions([...path, key], { job, step, place: key });
    for (const key of Object.keys(inputs)) if (key === 'script') this.#expressions([...path, 'with', key], { job, step, place: 'script' });
    if (run === '') return;
    this.#expressions([...path, 'run'], { job, step, place: 'run' });
    const first = this.#source.yaml.textLineOf([...path, 'run']);
    for (const { words, joinedBy, line } of readShellCommands(run)) this.#add('workflow_commands', path, { job, step, words, joined_by: joinedBy }, first + line);
  }

  #uses(path: Path, job: string, step: number, text: string): void {
    const [target = '', ref = ''] = text.startsWith('docker://') ? text.slice('docker://'.length).split('@') : text.split('@');
    const kind = text.startsWith('docker://') ? 'docker' : /^\.{1,2}\//.test(text) ? 'local' : text === 'Dockerfile' ? 'local' : 'action';
    this.#add('workflow_uses', path, { job, step, target, ref, kind, action: kind === 'action' ? target.split('/').slice(0, 2).join('/') : '', comment: this.#source.yaml.commentOf(path) });
  }

  /** Expressions in every text below a path. */
  #expressions(path: Path, base: { readonly job: string; readonly step: number; readonly place: string }): void {
    const visit = (value: unknown, at: Path): void => {
      if (typeof value === 'object' && value !== null) {
        for (const [key, inner] of Object.entries(value)) visit(inner, [...at, Array.isArray(value) ? Number(key) : key]);
        return;
      }
      const text = asText(value);
      const bare = base.place === 'if' && !text.includes('${{') ? [text] : [];
      for (const expression of [...bare, ...[...text.matchAll(/\$\{\{([\s\S]*?)\}\}/g)].map(([, inner]) => inner ?? '')]) {
        if (expression.trim() !== '') this.#add('workflow_expressions', at, { ...base, expression: expression.trim(), contexts: contextsOf(expression) });
      }
    };
    const value = path.reduce<unknown>((found, key) => (Array.isArray(found) ? (found as unknown[])[Number(key)] : recordOf(found)[key]), this.#root);
    if (value !== undefined) visit(value, path);
  }
}

const CONTEXT_PATH = /(?<![\w.'-])(?:github|inputs|env|vars|secrets|steps|needs|jobs|job|matrix|runner|strategy)(?![\w-])(?:\s*\.\s*(?:[\w-]+|\*))*/gi;

/** Dotted paths of contexts in an expression, lower case, `['x']` read as `.x`; texts in quotes are left out. */
export function contextsOf(expression: string): readonly string[] {
  const plain = expression.replace(/\[\s*'([^']*)'\s*\]/g, '.$1').replace(/'(?:[^']|'')*'/g, "''");
  return [...new Set([...plain.matchAll(CONTEXT_PATH)].map(([text]) => text.replace(/\s+/g, '').toLowerCase()))].sort();
}
