import ts from 'typescript';

/** A JSON document together with the lines of its properties. */
export interface LinedJson {
  readonly value: Record<string, unknown>;
  /** Line of the property at a path, else of its nearest ancestor, from 1. */
  readonly lineOf: (...path: readonly string[]) => number;
}

function propertiesOf(node: ts.Expression | undefined): readonly ts.PropertyAssignment[] {
  return node !== undefined && ts.isObjectLiteralExpression(node) ? node.properties.filter(ts.isPropertyAssignment) : [];
}

/**
 * Reads a JSON object and keeps where its properties stand.
 *
 * @throws Error when the text is no JSON object
 */
export function parseLinedJson(path: string, text: string): LinedJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${path}: expected an object`);
  let parsed: ts.JsonSourceFile | undefined;
  const lineOf = (...keys: readonly string[]): number => {
    const source = (parsed ??= ts.parseJsonText(path, text));
    let node: ts.Expression | undefined = source.statements[0]?.expression;
    let line = 1;
    for (const key of keys) {
      const found: ts.PropertyAssignment | undefined = propertiesOf(node).find(({ name }) => ts.isStringLiteral(name) && name.text === key);
      if (found === undefined) break;
      line = source.getLineAndCharacterOfPosition(found.getStart(source)).line + 1;
      node = found.initializer;
    }
    return line;
  };
  return { value: value as Record<string, unknown>, lineOf };
}

/** The value as a record, or an empty one. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** The value as text, or the empty one. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The texts of a list. */
export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
