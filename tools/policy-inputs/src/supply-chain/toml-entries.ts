/** One value of a TOML file: where it stands, and the texts in it. */
export interface TomlEntry {
  readonly line: number;
  /** Name of the table around it, without quotes: `tool.poetry.dependencies`. */
  readonly section: string;
  readonly key: string;
  /** Texts of an array or inline table, or the one text; with their lines. */
  readonly texts: readonly { readonly line: number; readonly text: string }[];
  /** Texts of an inline table by key, as `version` of `{ version = "1" }`. */
  readonly fields: ReadonlyMap<string, string>;
  readonly isArray: boolean;
}

const TOKEN = /#[^\n]*|"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[[\]{}=,\n]|[^\s#"'[\]{}=,]+/g;

interface Token {
  readonly text: string;
  readonly line: number;
}

function tokensOf(text: string): Token[] {
  let line = 1;
  let at = 0;
  return [...text.matchAll(TOKEN)].flatMap((found) => {
    line += text.slice(at, found.index).split('\n').length - 1;
    at = found.index;
    return found[0].startsWith('#') ? [] : [{ text: found[0], line }];
  });
}

const isText = (token: Token | undefined): boolean => token !== undefined && /^["']/.test(token.text);
const plain = (text: string): string => text.replace(/^("""|'''|["'])([\s\S]*)\1$/, '$2');

/** Tokens of a value: to the end of the line, or of the array or table that begins there. */
function valueAt(tokens: readonly Token[], start: number): readonly Token[] {
  let depth = 0;
  let end = start;
  for (; end < tokens.length; end += 1) {
    const text = tokens[end]?.text ?? '';
    if (text === '\n' && depth === 0) break;
    if (text === '[' || text === '{') depth += 1;
    if (text === ']' || text === '}') depth -= 1;
  }
  return tokens.slice(start, end);
}

function entryOf(section: string, key: string, line: number, value: readonly Token[]): TomlEntry {
  const fields = new Map<string, string>();
  for (const [index, token] of value.entries()) {
    const [before, name] = [value[index - 1], value[index - 2]];
    if (isText(token) && before?.text === '=' && name !== undefined) fields.set(plain(name.text), plain(token.text));
  }
  return { line, section, key, texts: value.filter(isText).map((token) => ({ line: token.line, text: plain(token.text) })), fields, isArray: value[0]?.text === '[' };
}

/** The entries of a TOML file: enough of the format to read manifests of dependencies. */
export function tomlEntries(text: string): TomlEntry[] {
  const tokens = tokensOf(text);
  const entries: TomlEntry[] = [];
  let section = '';
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token === undefined || token.text === '\n') continue;
    const rest = valueAt(tokens, index);
    const equals = rest.findIndex((one) => one.text === '=');
    if (token.text === '[' && equals < 0) section = rest.filter((one) => one.text !== '[' && one.text !== ']').map((one) => plain(one.text)).join('');
    else if (equals > 0) entries.push(entryOf(section, rest.slice(0, equals).map((one) => plain(one.text)).join(''), token.line, rest.slice(equals + 1)));
    index += rest.length;
  }
  return entries;
}
