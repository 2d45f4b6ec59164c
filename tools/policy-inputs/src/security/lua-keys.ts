import ts from 'typescript';

import { eachNode } from './file-names.js';

/** A key that a Lua script writes out instead of taking it from KEYS. */
export interface LuaPlace {
  readonly node: ts.Node;
  readonly command: string;
  readonly text: string;
}

/** Commands that name no key, or name it as their second argument. */
const WITHOUT_KEY = new Set(['auth', 'client', 'cluster', 'config', 'info', 'ping', 'scan', 'script', 'time', 'wait']);
const KEY_SECOND = new Set(['memory', 'object', 'xgroup', 'xinfo']);

/** A quoted text and the names around it up to the next comma or closing parenthesis at depth 0. */
function argumentsOf(script: string, start: number): readonly string[] {
  const given: string[] = [];
  let depth = 0;
  let quote = '';
  let current = '';
  for (let at = start; at < script.length; at += 1) {
    const character = script[at] ?? '';
    if (quote !== '') {
      if (character === '\\') current += character + (script[at += 1] ?? '');
      else {
        current += character;
        if (character === quote) quote = '';
      }
      continue;
    }
    if (character === "'" || character === '"') quote = character;
    if (character === ')' && depth === 0) break;
    if ('([{'.includes(character)) depth += 1;
    if (')]}'.includes(character)) depth -= 1;
    if (character === ',' && depth === 0) {
      given.push(current.trim());
      current = '';
    } else current += character;
  }
  return [...given, current.trim()];
}

/** `'a:' .. x` as `a:{}`; undefined when no part is written out. */
function writtenText(argument: string): string | undefined {
  const parts = argument.split('..').map((part) => part.trim());
  if (!parts.some((part) => /^(['"]).*\1$/.test(part))) return undefined;
  return parts.map((part) => (/^(['"]).*\1$/.test(part) ? part.slice(1, -1) : '{}')).join('');
}

function placesIn(node: ts.Node, script: string): LuaPlace[] {
  const places: LuaPlace[] = [];
  for (const match of script.matchAll(/redis\.p?call\s*\(/g)) {
    const [command = '', ...rest] = argumentsOf(script, match.index + match[0].length);
    const name = command.replace(/['"]/g, '').toLowerCase();
    if (WITHOUT_KEY.has(name)) continue;
    const streams = rest.findIndex((word) => /^['"]STREAMS['"]$/i.test(word));
    const text = writtenText(rest[streams >= 0 ? streams + 1 : KEY_SECOND.has(name) ? 1 : 0] ?? '');
    if (text !== undefined) places.push({ node, command: `lua ${name}`, text });
  }
  return places;
}

/** Keys written out in the Lua scripts of a file. */
export function luaPlaces(source: ts.SourceFile): readonly LuaPlace[] {
  const places: LuaPlace[] = [];
  eachNode(source, (node) => {
    if (ts.isStringLiteralLike(node)) places.push(...placesIn(node, node.text));
    else if (ts.isTemplateExpression(node)) places.push(...placesIn(node, node.head.text + node.templateSpans.map(({ literal }) => `{}${literal.text}`).join('')));
  });
  return places;
}
