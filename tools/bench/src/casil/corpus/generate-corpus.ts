import { fillTemplate, makeValue, SeededRandom, textOfPattern } from '@arqonbus/testkit';
import type { Case } from './case.js';
import { cleanKinds } from './clean/clean-kinds.js';
import { closeContexts, commandContexts } from './contexts/command-contexts.js';
import { codeContexts } from './contexts/code-contexts.js';
import { configurationContexts } from './contexts/configuration-contexts.js';
import type { Context } from './contexts/context.js';
import { dataContexts } from './contexts/data-contexts.js';
import { documentContexts } from './contexts/document-contexts.js';
import { connectionContexts, passwordContexts } from './contexts/password-contexts.js';
import { encodeCharacters, encodeWhole, markSecret, readMarks } from './marked-text.js';
import { azureTemplates, connectionShapes, jsonWebTokens, keyDocuments, keyMaterial, passwordNames, passwordShapes, sessionCookies } from './secret-kinds.js';
import { contextTokens, prefixedTokens, type TokenType } from './token-types.js';

const allContexts: readonly Context[] = [...dataContexts, ...configurationContexts, ...codeContexts, ...documentContexts, ...closeContexts];
const contextsPerPrefixedToken = 18;
const contextsPerUnmarkedToken = 14;
const contextsPerKey = 12;
const textsPerCleanKind = 40;

/** The whole corpus: the same for the same seed. Raises when two cases would share an id. */
export function generateCorpus(seed: number): readonly Case[] {
  const random = new SeededRandom(seed);
  const cases = [
    ...tokensIn(allContexts, prefixedTokens, 'prefixed', contextsPerPrefixedToken, random),
    ...tokensIn(allContexts, jsonWebTokens, 'key-material', contextsPerKey, random),
    ...tokensIn(allContexts.filter((context) => context.isMultiLine), keyMaterial, 'key-material', contextsPerKey, random),
    ...keyDocuments.flatMap((type) => documentCases(type, random)),
    ...tokensIn(allContexts.filter((context) => context.isNamed), contextTokens, 'context-token', contextsPerUnmarkedToken, random),
    ...passwordCases(random),
    ...sessionCases(random),
    ...templateCases(seed),
    ...cleanCases(random),
  ];
  const ids = new Set(cases.map((item) => item.id));
  if (ids.size !== cases.length) throw new Error('Two cases of the corpus share an id');
  return cases;
}

/** Each type in `count` of the contexts; which ones moves on from type to type, so that all are met by many. */
function tokensIn(contexts: readonly Context[], types: readonly TokenType[], family: Case['family'], count: number, random: SeededRandom): Case[] {
  const cases: Case[] = [];
  let next = random.between(0, contexts.length - 1);
  for (const type of types) {
    for (let i = 0; i < Math.min(count, contexts.length); i += 1) {
      const context = contexts[next % contexts.length];
      next += 1;
      if (context === undefined) continue;
      const value = markSecret(makeValue(type.value, random).text);
      cases.push(secretCase(`${type.kind}/${context.id}/${String(next)}`, type.kind, family, context.id, context.render({ name: type.name, value, random })));
    }
  }
  return cases;
}

function secretCase(id: string, kind: string, family: Case['family'], context: string, marked: string): Case {
  const { text, ranges } = readMarks(marked);
  return { id, text, kind, context, family, label: 'secret', secretRanges: ranges };
}

function documentCases(type: TokenType, random: SeededRandom): Case[] {
  const made = (): string => {
    const { text, secret } = makeValue(type.value, random);
    if (secret === undefined) throw new Error(`${type.kind} marks no secret`);
    return text.slice(0, secret.start) + markSecret(text.slice(secret.start, secret.end)) + text.slice(secret.end);
  };
  const shapes: readonly (readonly [string, (text: string) => string])[] = [
    ['document', (text) => text],
    ['document-in-json', (text) => `{"file":"key","content":"${encodeCharacters('json', text)}"}`],
    ['document-in-json-twice', (text) => `{"m":"${encodeCharacters('json', `{"content":"${encodeCharacters('json', text)}"}`)}"}`],
    ['document-base64', (text) => `{"content":"${encodeWhole('base64', text)}"}`],
    ['document-env', (text) => `${type.name}='${text.replaceAll('\n', '\\n')}'`],
    ['document-xml', (text) => `<file><content>${encodeCharacters('html', text)}</content></file>`],
    ['document-markdown', (text) => `Here it is:\n\n\`\`\`\n${text}\n\`\`\`\n`],
    ['document-percent', (text) => `content=${encodeCharacters('percent', text)}&v=1`],
  ];
  return shapes.flatMap(([id, render]) => [0, 1].map((turn) => secretCase(`${type.kind}/${id}/${String(turn)}`, type.kind, 'key-material', id, render(made()))));
}

function passwordCases(random: SeededRandom): Case[] {
  const cases: Case[] = [];
  const contexts = allContexts.filter((context) => context.isNamed);
  let serial = 0;
  const add = (kind: string, family: Case['family'], context: Context, name: string, shape: string): void => {
    serial += 1;
    cases.push(secretCase(`${kind}/${context.id}/${String(serial)}`, kind, family, context.id, context.render({ name, value: markSecret(textOfPattern(shape, random)), random })));
  };
  for (const context of contexts) for (let i = 0; i < 3; i += 1) add('assigned-password', 'password', context, random.pick(passwordNames), random.pick(passwordShapes));
  for (const context of [...passwordContexts, ...commandContexts]) for (let i = 0; i < 4; i += 1) add('password', 'password', context, 'PASSWORD', random.pick(passwordShapes));
  for (const context of connectionContexts) for (let i = 0; i < 4; i += 1) add('connection-password', 'connection', context, 'PASSWORD', random.pick(connectionShapes));
  return cases;
}

function sessionCases(random: SeededRandom): Case[] {
  const shapes: readonly (readonly [string, (name: string, value: string) => string])[] = [
    ['cookie-header', (name, value) => `Cookie: theme=dark; ${name}=${value}; lang=en`],
    ['set-cookie', (name, value) => `HTTP/1.1 200 OK\r\nSet-Cookie: ${name}=${value}; Path=/; HttpOnly; Secure; SameSite=Lax\r\n\r\n`],
    ['cookie-json', (name, value) => `{"headers":{"host":"a.example.com","cookie":"${name}=${value}; theme=dark"}}`],
    ['cookie-curl', (name, value) => `curl -b '${name}=${value}' https://app.example.com/home`],
    ['cookie-nats', (name, value) => `NATS/1.0\r\nCookie: ${name}=${value}\r\n\r\n`],
    ['cookie-set-json', (name, value) => `{"event":"response","headers":{"set-cookie":["${name}=${value}; Path=/; HttpOnly"]}}`],
  ];
  return sessionCookies.flatMap(([name, shape]) =>
    shapes.map(([id, render]) => secretCase(`session-cookie/${name}/${id}`, 'session-cookie', 'session', id, render(name, markSecret(textOfPattern(shape, random))))),
  );
}

function templateCases(seed: number): Case[] {
  const wrappers: readonly (readonly [string, (template: string) => string])[] = [
    ['bare', (template) => template],
    ['env', (template) => `STORE_CONNECTION="${template}"`],
    ['json', (template) => `{"store":{"connection":"${template}"}}`],
    ['json-in-json', (template) => `{"body":"{\\"connection\\":\\"${template}\\"}"}`],
    ['xml', (template) => `<add name="Store" connectionString="${template.replaceAll('&', '&amp;')}"/>`],
    ['log', (template) => `2026-05-01T10:00:00Z INFO opening ${template}`],
  ];
  return azureTemplates.flatMap(([kind, template], row) =>
    wrappers.map(([id, wrap], column): Case => {
      const { text, filled } = fillTemplate(wrap(template), seed + row * 31 + column);
      return { id: `${kind}/${id}`, text, kind, context: `template-${id}`, family: 'connection', label: 'secret', secretRanges: filled };
    }),
  );
}

function cleanCases(random: SeededRandom): Case[] {
  return cleanKinds.flatMap(([kind, make]) =>
    Array.from({ length: textsPerCleanKind }, (_, i): Case => ({ id: `${kind}/${String(i)}`, text: make(random), kind, context: kind, family: 'clean', label: 'clean', secretRanges: [] })),
  );
}
