/**
 * Bans written as `no-restricted-syntax` entries. Flat config replaces the options of a rule instead of merging them, so each file
 * set gets one list, composed here.
 */

const ban = (selector, message) => ({ selector, message });

/** Holds everywhere, tests and tools included. */
export const EVERYWHERE = [
  ban('ExportAllDeclaration', 'List the exports by name: `export *` hides the public API.'),
  ban('CatchClause > BlockStatement[body.length=0]', 'An empty catch swallows the error (S19): handle it, or log why it may be ignored.'),
  ban(
    'CallExpression[callee.property.name="catch"] > ArrowFunctionExpression.arguments > BlockStatement.body[body.length=0]',
    'An empty rejection handler swallows the error (S19).',
  ),
  ban(
    'CallExpression[callee.property.name="catch"] > ArrowFunctionExpression.arguments > Identifier.body[name="undefined"]',
    'A rejection handler that returns undefined swallows the error (S19).',
  ),
  ban('TSAsExpression > TSAsExpression[typeAnnotation.type="TSUnknownKeyword"]', 'A cast through unknown hides a type error: narrow instead.'),
  ban('CallExpression[callee.name=/^(it|test|describe)$/] > Literal.arguments[value=/\\bshould\\b/]', 'Titles are present-tense sentences, without "should".'),
];

/** Configuration files are the one place where a tool asks for a default export. */
export const NO_DEFAULT_EXPORT = [ban('ExportDefaultDeclaration', 'Named exports only.')];

/** Holds in production code. */
export const PRODUCTION = [
  ban('Program > VariableDeclaration[kind=/^(let|var)$/]', 'State lives in an object with a lifecycle, not in the module (S17).'),
  ban('Program > ExportNamedDeclaration > VariableDeclaration[kind=/^(let|var)$/]', 'State lives in an object with a lifecycle, not in the module (S17).'),
  ban(
    'ExportNamedDeclaration > FunctionDeclaration[params.length>1] > Identifier.params[typeAnnotation.typeAnnotation.type="TSBooleanKeyword"]',
    'A boolean parameter says nothing at the call: use an options object (S16).',
  ),
];

/** Only entry points and libs/config read the environment (S5). */
export const NO_ENVIRONMENT = [
  ban('MemberExpression[object.name="process"][property.name="env"]', 'Only entry points and libs/config read the environment (S5): take the value as an option.'),
  ban('ImportDeclaration[source.value=/^(node:)?process$/]', 'Only entry points and libs/config read the process (S5).'),
];

const NO_CLOCK = 'Time comes from the Clock port, so that the domain stays deterministic (D18).';
const NO_RANDOM = 'Randomness comes from a port, so that the domain stays deterministic (D18).';

/** Domain and contract code is pure and synchronous (S2, S20, D18). */
export const PURE = [
  ban('MemberExpression[object.name="Date"][property.name="now"]', NO_CLOCK),
  ban('NewExpression[callee.name="Date"][arguments.length=0]', NO_CLOCK),
  ban('CallExpression[callee.name="Date"]', NO_CLOCK),
  ban('MemberExpression[object.name="performance"][property.name="now"]', NO_CLOCK),
  ban('MemberExpression[object.name="Math"][property.name="random"]', NO_RANDOM),
  ban('MemberExpression[object.name="crypto"]', NO_RANDOM),
  ban(':function[async=true]', 'Domain code is synchronous: I/O belongs behind a port (S20).'),
];

const NO_BACKTRACKING = 'Content of messages meets no regular expression of V8 (E12, E25): write a scanner, or a rule in the notation of src/pattern.';

/** V8's regular expressions, literal, made, or made by a method from a text. */
export const NO_REGEXP = [
  ban('Literal[regex]', NO_BACKTRACKING),
  ban(':matches(NewExpression, CallExpression)[callee.name="RegExp"]', NO_BACKTRACKING),
  ban('CallExpression[callee.property.name=/^(match|matchAll|search)$/]', NO_BACKTRACKING),
];

/** Globals that domain and contract code must not reach for (S2). */
export const PURE_GLOBALS = ['process', 'Buffer', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch', 'WebSocket', 'console', 'require'];

/**
 * The same bans as `no-restricted-imports`, for the two forms that rule does not see.
 * @param {string} regex matched against the module name
 * @param {string} message
 */
export function banDynamicForms(regex, message) {
  const source = `/${regex.replaceAll('/', '\\u002F')}/`;
  return [
    ban(`ImportExpression[source.value=${source}]`, message),
    ban(`TSImportType[source.value=${source}]`, message),
    ban(`CallExpression[callee.name="require"][arguments.0.value=${source}]`, message),
  ];
}
