import ts from 'typescript';

import type { Row, SourceUnit, SyntaxSource, WorkspaceSource } from '../fact-source.js';
import { textOf } from '../security/expression-text.js';
import { bare, calleeName, eachNode, functionAround, functionName, lastName, namesOf, propertyName, propertyOf, type FileNames } from '../security/file-names.js';

const MAKERS = new Map([
  ['createCounter', 'counter'], ['createUpDownCounter', 'gauge'], ['createHistogram', 'histogram'], ['createGauge', 'gauge'], ['createObservableCounter', 'counter'],
  ['createObservableGauge', 'gauge'], ['createObservableUpDownCounter', 'gauge'],
]);
const CLIENT_CLASSES = new Map([['Counter', 'counter'], ['Gauge', 'gauge'], ['Histogram', 'histogram'], ['Summary', 'histogram']]);
const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/** Values that peers choose, so that nothing bounds how many there are. */
const OPEN_VALUE = /^(tenant|room|channel|topic|client|user|session|recipient|subject)(_?(id|name|key))?$/i;

interface Metric {
  readonly node: ts.Node;
  readonly name: string;
  readonly type: string;
  readonly help: boolean;
  readonly labels: readonly string[];
}

/** A function that makes metrics of its parameters, and where among them the name and the help are. */
interface Helper {
  readonly type: string;
  readonly nameAt: number;
  readonly helpAt: number;
  readonly labelAt: number;
}

function textAt(node: ts.Expression | undefined, names: FileNames): string {
  if (node === undefined) return '';
  const { text, form } = textOf(node, names);
  return form === 'unknown' || form === 'builder' ? '' : text;
}

/** Names of the labels that a piece of code sets: properties of `attributes` or `labels`; functions of the file that it calls are looked at too. */
function labelsIn(node: ts.Node, names: FileNames, depth = 0): readonly string[] {
  const found: string[] = [];
  eachNode(node, (at) => {
    if (ts.isPropertyAssignment(at) && /^(attributes|labels|labelNames)$/.test(propertyName(at))) {
      const value = bare(at.initializer);
      if (ts.isArrayLiteralExpression(value)) found.push(...value.elements.map((element) => textAt(element, names)));
      else if (ts.isObjectLiteralExpression(value)) found.push(...value.properties.map((property) => nameOfLabel(property, names)));
    }
    if (ts.isCallExpression(at) && ts.isIdentifier(at.expression) && depth < 2) {
      const origin = names.find(at.expression.text, at.expression);
      if (origin?.kind === 'function' && origin.declaration.body !== undefined) found.push(...labelsIn(origin.declaration.body, names, depth + 1));
    }
  });
  return found.filter((name) => name !== '');
}

/** A computed name that is not known from the file is told as `computed`. */
function nameOfLabel(property: ts.ObjectLiteralElementLike, names: FileNames): string {
  const plain = propertyName(property);
  const value = ts.isPropertyAssignment(property) ? lastName(property.initializer) : '';
  // Another name does not bound what it holds.
  if (plain !== '') return !OPEN_VALUE.test(plain) && OPEN_VALUE.test(value) ? value : plain;
  if (ts.isSpreadAssignment(property)) return lastName(property.expression);
  const { name } = property;
  return name !== undefined && ts.isComputedPropertyName(name) ? textAt(name.expression, names) || `computed ${lastName(name.expression)}` : '';
}

function parameterIndex(owner: ts.SignatureDeclaration, value: ts.Expression | undefined): number {
  const at = value === undefined ? undefined : bare(value);
  if (at === undefined || !ts.isIdentifier(at)) return -1;
  return owner.parameters.findIndex(({ name }) => ts.isIdentifier(name) && name.text === at.text);
}

/** `{ name, help, unit, kind, read }`, as observeCounters takes it. */
function described(node: ts.ObjectLiteralExpression, names: FileNames): { readonly type: string; readonly name: ts.Expression; readonly help: ts.Expression | undefined } | undefined {
  const [name, kind] = [propertyOf(node, 'name'), propertyOf(node, 'kind')];
  if (name === undefined || kind === undefined || propertyOf(node, 'help', 'description') === undefined) return undefined;
  const type = textAt(kind, names);
  return /^(counter|gauge|histogram)$/.test(type) ? { type, name, help: propertyOf(node, 'help', 'description') } : undefined;
}

class MetricReader {
  readonly found: Metric[] = [];
  private readonly helpers = new Map<string, Helper>();
  private readonly instruments = new Map<string, number>();

  constructor(unit: SourceUnit, private readonly names: FileNames) {
    eachNode(unit.source, (node) => { if (ts.isObjectLiteralExpression(node)) this.readObject(node); });
    eachNode(unit.source, (node) => {
      if (ts.isCallExpression(node)) this.readCall(node);
      else if (ts.isNewExpression(node)) this.readNew(node);
    });
    eachNode(unit.source, (node) => { if (ts.isCallExpression(node)) this.readRecording(node); });
  }

  private readObject(node: ts.ObjectLiteralExpression): void {
    const metric = described(node, this.names);
    if (metric === undefined) return;
    const owner = functionAround(node);
    const nameAt = owner === undefined ? -1 : parameterIndex(owner, metric.name);
    if (owner !== undefined && nameAt >= 0) {
      const computed = labelsIn(node, this.names).find((label) => label.startsWith('computed '))?.slice('computed '.length) ?? '';
      const labelAt = owner.parameters.findIndex(({ name }) => name.getText() === computed);
      this.helpers.set(functionName(owner), { type: metric.type, nameAt, helpAt: parameterIndex(owner, metric.help), labelAt });
      return;
    }
    this.found.push({ node, name: textAt(metric.name, this.names), type: metric.type, help: textAt(metric.help, this.names) !== '', labels: labelsIn(node, this.names) });
  }

  private readCall(node: ts.CallExpression): void {
    const maker = MAKERS.get(calleeName(node));
    const [first, options] = node.arguments;
    if (maker !== undefined && first !== undefined) {
      const name = textAt(first, this.names);
      if (name === '') return;
      const help = options !== undefined && ts.isObjectLiteralExpression(options) && propertyOf(options, 'description') !== undefined;
      const holder = node.parent;
      if (ts.isVariableDeclaration(holder) || ts.isPropertyDeclaration(holder) || ts.isPropertyAssignment(holder)) this.instruments.set(holder.name.getText(), this.found.length);
      else if (ts.isBinaryExpression(holder)) this.instruments.set(lastName(holder.left), this.found.length);
      this.found.push({ node, name, type: maker, help, labels: [] });
      return;
    }
    const helper = this.helpers.get(calleeName(node));
    const given = helper === undefined ? undefined : node.arguments[helper.nameAt];
    if (helper === undefined || given === undefined) return;
    const label = helper.labelAt < 0 ? '' : textAt(node.arguments[helper.labelAt], this.names);
    const labels = [...labelsIn(node, this.names).filter((one) => label === '' || !one.startsWith('computed ')), ...(label === '' ? [] : [label])];
    this.found.push({ node, name: textAt(given, this.names), type: helper.type, help: textAt(node.arguments[helper.helpAt], this.names) !== '', labels });
  }

  /** Metrics of prom-client. */
  private readNew(node: ts.NewExpression): void {
    const type = CLIENT_CLASSES.get(lastName(node.expression));
    const [options] = node.arguments ?? [];
    if (type === undefined || options === undefined || !ts.isObjectLiteralExpression(options)) return;
    const name = propertyOf(options, 'name');
    if (name === undefined) return;
    this.found.push({ node, name: textAt(name, this.names), type, help: propertyOf(options, 'help') !== undefined, labels: labelsIn(options, this.names) });
  }

  /** Labels that a value is recorded with: `requests.add(1, { room })`. */
  private readRecording(node: ts.CallExpression): void {
    if (!/^(add|record|observe|inc)$/.test(calleeName(node)) || !ts.isPropertyAccessExpression(node.expression)) return;
    const index = this.instruments.get(lastName(node.expression.expression));
    const metric = index === undefined ? undefined : this.found[index];
    const given = node.arguments.length > 1 ? node.arguments.at(-1) : node.arguments.find(ts.isObjectLiteralExpression);
    if (index === undefined || metric === undefined || given === undefined) return;
    this.found[index] = { ...metric, labels: [...metric.labels, ...this.labelsOf(given)] };
  }

  /** Labels of an object given here or held by a constant of the file; others are told as computed. */
  private labelsOf(node: ts.Expression): readonly string[] {
    const at = bare(node);
    if (ts.isObjectLiteralExpression(at)) return at.properties.map((property) => nameOfLabel(property, this.names));
    if (ts.isConditionalExpression(at)) return [...this.labelsOf(at.whenTrue), ...this.labelsOf(at.whenFalse)];
    const origin = ts.isIdentifier(at) ? this.names.find(at.text, at) : undefined;
    const isHeld = origin?.kind === 'value' && origin.path.length === 0 && ts.isObjectLiteralExpression(bare(origin.initializer));
    return isHeld ? this.labelsOf(origin.initializer) : [`computed ${lastName(at)}`];
  }
}

/** Metrics that code registers. */
export const metricSource: SyntaxSource = {
  name: 'metrics',
  tables: {
    /** name: empty where the file does not show it; type: counter, gauge or histogram; help: it is described; labels: names set in the file; test: in test code. */
    metrics: ['name', 'type', 'help', 'labels', 'test'],
  },
  selects: (file) => !file.isGenerated && /^(apps|libs)\//.test(file.path),
  read: (unit) => ({
    metrics: new MetricReader(unit, namesOf(unit.source)).found.map(({ node, name, type, help, labels }) => ({
      ...unit.at(node), name, type, help, labels: [...new Set(labels)].sort(), test: unit.file.isTest,
    })),
  }),
};

/** Metrics that the documentation names: an entry in code quotes. */
export const documentedMetricSource: WorkspaceSource = {
  name: 'documented-metrics',
  tables: {
    /** name of a metric as it stands in a document under docs. */
    documented_metrics: ['name'],
  },
  read: (workspace, rows) => {
    const names = new Set((rows.metrics ?? []).map((row) => String(row.name)).filter((name) => METRIC_NAME.test(name)));
    const found: Row[] = [];
    for (const { path, project } of workspace.files.filter((file) => file.path.startsWith('docs/') && file.path.endsWith('.md'))) {
      workspace.read(path).split('\n').forEach((text, index) => {
        for (const [, name = ''] of text.matchAll(/`([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{[^`]*\})?`/g)) {
          if (names.has(name)) found.push({ file: path, line: index + 1, project, name });
        }
      });
    }
    return { documented_metrics: found };
  },
};
