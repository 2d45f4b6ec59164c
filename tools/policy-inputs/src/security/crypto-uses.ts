import ts from 'typescript';

import { namesOf as resolverOf, type NameResolver } from '../architecture/resolved-names.js';
import type { Row, SourceUnit, SyntaxSource } from '../fact-source.js';
import { textOf } from './expression-text.js';
import { bare, calleeName, eachNode, functionName, lastName, namesOf, propertyName, propertyOf, receiverOf, type FileNames } from './file-names.js';

const TLS_OPTIONS = new Set(['rejectUnauthorized', 'minVersion', 'maxVersion', 'checkServerIdentity', 'secureProtocol', 'NODE_TLS_REJECT_UNAUTHORIZED', 'DEFAULT_MIN_VERSION', 'DEFAULT_MAX_VERSION', 'strictSSL', 'tlsAllowInvalidCertificates', 'insecureSkipVerify']);
const HASHING = new Set(['createHash', 'createHmac', 'createSign', 'createVerify', 'hash', 'hkdf', 'hkdfSync']);
const CIPHERS = new Set(['createCipheriv', 'createDecipheriv', 'createCipher', 'createDecipher']);
const DERIVATIONS = new Set(['pbkdf2', 'pbkdf2Sync', 'scrypt', 'scryptSync']);
const JWT_MODULE = /^(jose|jsonwebtoken|jwt-decode|fast-jwt|jws|njwt|jwt-simple|@nestjs\/jwt|jsontokens)(\/|$)/;
/** What reads a token without looking at its signature, or looks at it: as a value nobody sees what it is given. */
const JWT_READERS = /^(decode(Jwt|ProtectedHeader)?|jwt_?decode|UnsecuredJWT|UnsecuredJWT\.decode|(jwt|compact|flattened|general)Verify|jwtDecrypt|verify)$/i;
const SECRET_NAME = /(secret|passwo?r?d|passphrase|token|credential|hmac|mac|signature|digest|hash|checksum|otp|pin|(^|api|link|operator|private|shared|auth|access|signing|session|admin|master|service)_?key)s?$/i;

/** What a value is as far as it shows: a text, `true`, `false`, `function`, `function without answer`, else `computed`. */
function valueOf(node: ts.Expression, names: FileNames): string {
  const at = bare(node);
  if (at.kind === ts.SyntaxKind.TrueKeyword) return 'true';
  if (at.kind === ts.SyntaxKind.FalseKeyword) return 'false';
  if (ts.isArrowFunction(at) || ts.isFunctionExpression(at)) return 'function';
  if (ts.isIdentifier(at)) {
    const origin = names.find(at.text, at);
    if (origin?.kind === 'value' && origin.path.length === 0 && bare(origin.initializer) !== at) return valueOf(origin.initializer, names);
  }
  const { text, form } = textOf(at, names);
  return form === 'unknown' || form === 'builder' || text.includes('{') ? 'computed' : text;
}

function tlsSettings(node: ts.Node, names: FileNames): readonly { option: string; value: string }[] {
  if (ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node)) {
    const option = propertyName(node);
    return TLS_OPTIONS.has(option) ? [{ option, value: valueOf(ts.isPropertyAssignment(node) ? node.initializer : node.name, names) }] : [];
  }
  if (ts.isMethodDeclaration(node) && node.name.getText() === 'checkServerIdentity') return [{ option: 'checkServerIdentity', value: 'function' }];
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return [];
  const option = lastName(node.left);
  const isMember = ts.isPropertyAccessExpression(node.left) || ts.isElementAccessExpression(node.left);
  return isMember && TLS_OPTIONS.has(option) ? [{ option, value: valueOf(node.right, names) }] : [];
}

/** Whether a key, salt or vector is written into the code. */
function isFixed(node: ts.Expression | undefined, names: FileNames): boolean {
  if (node === undefined) return false;
  const at = bare(node);
  if (ts.isCallExpression(at) && /^(alloc|fill|repeat)$/.test(calleeName(at))) return true;
  if (ts.isCallExpression(at) && calleeName(at) === 'from' && at.arguments[0] !== undefined) return isFixed(at.arguments[0], names);
  if (ts.isArrayLiteralExpression(at)) return at.elements.every((element) => ts.isNumericLiteral(element));
  if (ts.isNewExpression(at)) return at.arguments?.[0] === undefined || ts.isNumericLiteral(at.arguments[0]) || isFixed(at.arguments[0], names);
  if (ts.isIdentifier(at)) {
    const origin = names.find(at.text, at);
    if (origin?.kind === 'value' && origin.path.length === 0 && bare(origin.initializer) !== at) return isFixed(origin.initializer, names);
  }
  const { text, form } = textOf(at, names);
  return form === 'literal' || (form !== 'unknown' && form !== 'builder' && !text.includes('{'));
}

interface CryptoUse {
  readonly api: string;
  readonly algorithm: string;
  readonly fixed: boolean;
}

/** Name of what is called, as its module exports it, whatever it is called here. */
function apiName(node: ts.CallExpression, resolver: NameResolver): string {
  const [module, path = ''] = (resolver.nameOf(node.expression) ?? '').split('#');
  return module === undefined || module === '' || path === '' ? calleeName(node) : path.split('.').at(-1) ?? '';
}

function cryptoUse(node: ts.CallExpression, names: FileNames, resolver: NameResolver): CryptoUse | undefined {
  const api = apiName(node, resolver);
  const [first, second, third, , fifth] = node.arguments;
  if (first === undefined) return undefined;
  if (/^(md5|sha1|md4)$/i.test(api)) return { api, algorithm: api.toLowerCase(), fixed: false };
  if (CIPHERS.has(api)) return { api, algorithm: valueOf(first, names).toLowerCase(), fixed: isFixed(second, names) || isFixed(third, names) };
  if (DERIVATIONS.has(api)) return { api, algorithm: /^pbkdf2/.test(api) && fifth !== undefined ? valueOf(fifth, names).toLowerCase() : 'scrypt', fixed: isFixed(second, names) };
  return digestUse(node, first, names, resolver);
}

/** Digests and signatures, of node:crypto and of Web Crypto. */
function digestUse(node: ts.CallExpression, first: ts.Expression, names: FileNames, resolver: NameResolver): CryptoUse | undefined {
  const api = apiName(node, resolver);
  const receiver = receiverOf(node);
  const isCrypto = /^#?(web)?crypto\b/.test(resolver.nameOf(node.expression) ?? '') || /crypto/.test(names.imports.get(calleeName(node))?.module ?? '') || (receiver !== undefined && /crypto|subtle/i.test(receiver.getText()));
  if (HASHING.has(api) && (isCrypto || api.startsWith('create'))) return { api, algorithm: valueOf(first, names).toLowerCase(), fixed: api === 'createHmac' && isFixed(node.arguments[1], names) };
  if (!isCrypto || !/^(digest|sign|verify)$/.test(api)) return undefined;
  const at = bare(first);
  const named = ts.isObjectLiteralExpression(at) ? propertyOf(at, 'name', 'hash') : first;
  return named === undefined ? undefined : { api, algorithm: valueOf(named, names).toLowerCase(), fixed: false };
}

/** Names of the functions and variables around a node, outermost first. */
function namesAround(node: ts.Node): readonly string[] {
  const found: string[] = [];
  for (let at = node.parent; !ts.isSourceFile(at); at = at.parent) {
    const name = ts.isFunctionLike(at) ? functionName(at) : ts.isVariableDeclaration(at) || ts.isPropertyAssignment(at) || ts.isPropertyDeclaration(at) ? at.name.getText() : '';
    if (name !== '' && found[0] !== name) found.unshift(name);
  }
  return found;
}

function isMathRandom(node: ts.Node): boolean {
  // Math under another name is as good as its use.
  if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer !== undefined && bare(node.initializer).getText() === 'Math') return true;
  if (ts.isPropertyAccessExpression(node)) return node.name.text === 'random' && lastName(node.expression) === 'Math';
  if (ts.isElementAccessExpression(node)) return lastName(node.expression) === 'Math' && ts.isStringLiteralLike(node.argumentExpression) && node.argumentExpression.text === 'random';
  return ts.isVariableDeclaration(node) && ts.isObjectBindingPattern(node.name) && node.initializer !== undefined && node.initializer.getText() === 'Math' && /\brandom\b/.test(node.name.getText());
}

interface JwtUse {
  readonly api: string;
  readonly options: readonly string[];
  readonly algorithms: readonly string[];
}

function objectOf(node: ts.Expression | undefined, names: FileNames): ts.ObjectLiteralExpression | undefined {
  if (node === undefined) return undefined;
  const at = bare(node);
  if (ts.isObjectLiteralExpression(at)) return at;
  if (!ts.isIdentifier(at)) return undefined;
  const origin = names.find(at.text, at);
  return origin?.kind === 'value' && bare(origin.initializer) !== at ? objectOf(origin.initializer, names) : undefined;
}

function algorithmsOf(options: ts.ObjectLiteralExpression | undefined, names: FileNames): readonly string[] {
  const given = options === undefined ? undefined : propertyOf(options, 'algorithms', 'alg', 'algorithm');
  if (given === undefined) return [];
  const at = bare(given);
  return (ts.isArrayLiteralExpression(at) ? [...at.elements] : [at]).map((element) => (ts.isSpreadElement(element) ? 'computed' : valueOf(element, names)));
}

const algorithmName = /^(RS|PS|ES|HS)(256|384|512)$|^(EdDSA|Ed25519|none)$/;

/** A list of algorithms of tokens, wherever it is handed to: two names or more, or one that needs a shared secret. */
function algorithmList(node: ts.Node): JwtUse | undefined {
  if (!ts.isArrayLiteralExpression(node)) return undefined;
  const algorithms = node.elements.map((element) => bare(element)).map((element) => (ts.isStringLiteralLike(element) ? element.text : ''));
  const known = algorithms.filter((name) => algorithmName.test(name));
  const isList = known.some((name) => name !== 'none') && (known.length > 1 || known.some((name) => name.startsWith('HS')));
  return isList ? { api: 'list', options: [], algorithms: known } : undefined;
}

/** A header that names the algorithm none, and a token that is taken apart by hand. */
function handMadeJwt(node: ts.Node, names: FileNames): JwtUse | undefined {
  if (ts.isPropertyAssignment(node) && propertyName(node) === 'alg') {
    const algorithm = valueOf(node.initializer, names);
    return algorithm.toLowerCase() === 'none' ? { api: 'alg', options: [], algorithms: [algorithm] } : undefined;
  }
  if (!ts.isElementAccessExpression(node) || !ts.isNumericLiteral(node.argumentExpression) || node.argumentExpression.text !== '1') return undefined;
  const split = bare(node.expression);
  const [separator] = ts.isCallExpression(split) && calleeName(split) === 'split' ? split.arguments : [];
  const isToken = separator !== undefined && ts.isStringLiteralLike(separator) && separator.text === '.' && /token|jwt|bearer|authorization/i.test(split.getText());
  return isToken ? { api: 'split', options: [], algorithms: [] } : undefined;
}

/** Path inside a library for tokens that an expression stands for: `jwt.decode` of `import jwt from 'jsonwebtoken'` is `decode`. */
function jwtApi(name: string | undefined): string | undefined {
  const [module = '', path = ''] = (name ?? '').split('#');
  if (!JWT_MODULE.test(module)) return undefined;
  return path === '' && module === 'jwt-decode' ? 'jwtDecode' : path.replace(/\.(call|apply|bind)$/, '');
}

/** A reader of tokens that is handed on, kept under another name or exported, so that its calls are seen by nobody. */
function jwtValue(node: ts.Node, resolver: NameResolver): JwtUse | undefined {
  if (ts.isExportSpecifier(node)) {
    const { moduleSpecifier } = node.parent.parent;
    const exported = node.propertyName ?? node.name;
    const name = moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier) ? `${moduleSpecifier.text}#${exported.text}` : ts.isIdentifier(exported) ? resolver.nameOf(exported) : undefined;
    const api = jwtApi(name);
    return api !== undefined && JWT_READERS.test(api) ? { api, options: [], algorithms: [] } : undefined;
  }
  if (!resolver.isAccess(node) || isCallee(node)) return undefined;
  const api = jwtApi(resolver.nameOf(node));
  return api !== undefined && JWT_READERS.test(api) ? { api, options: [], algorithms: [] } : undefined;
}

function isCallee(node: ts.Expression): boolean {
  const { parent } = node;
  return (ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.expression === node;
}

function jwtUse(node: ts.Node, names: FileNames, resolver: NameResolver): JwtUse | undefined {
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return handMadeJwt(node, names) ?? algorithmList(node) ?? jwtValue(node, resolver);
  const api = jwtApi(resolver.nameOf(node.expression));
  if (api === undefined || api === '') return undefined;
  const options = objectOf(node.arguments?.[2], names);
  const given = options?.properties.map((property) => (ts.isSpreadAssignment(property) ? '...' : propertyName(property))) ?? [];
  return { api: api === 'default' ? 'jwtDecode' : api, options: given, algorithms: algorithmsOf(options, names) };
}

/** A value that may be a secret given by somebody: no literal, no keyword, no number. */
function isOpen(node: ts.Expression): boolean {
  const at = bare(node);
  if (ts.isStringLiteralLike(at) || ts.isNumericLiteral(at) || ts.isPrefixUnaryExpression(at) || ts.isTypeOfExpression(at)) return false;
  if (ts.isPropertyAccessExpression(at) && /^(length|byteLength|size|kind|type)$/.test(at.name.text)) return false;
  return ![ts.SyntaxKind.NullKeyword, ts.SyntaxKind.TrueKeyword, ts.SyntaxKind.FalseKeyword].includes(at.kind) && at.getText() !== 'undefined';
}

function secretName(node: ts.Expression): string {
  const at = bare(node);
  if (ts.isCallExpression(at) && /^(toString|toLowerCase|toUpperCase|trim|digest)$/.test(calleeName(at))) {
    const receiver = receiverOf(at);
    const inner = receiver === undefined ? '' : secretName(receiver);
    return inner !== '' ? inner : SECRET_NAME.test(calleeName(at)) ? calleeName(at) : '';
  }
  const name = lastName(at);
  return SECRET_NAME.test(name) ? name : '';
}

function comparison(node: ts.Node): { readonly name: string; readonly operator: string } | undefined {
  if (ts.isBinaryExpression(node) && /^[!=]==?$/.test(node.operatorToken.getText())) {
    if (!isOpen(node.left) || !isOpen(node.right)) return undefined;
    const name = secretName(node.left) || secretName(node.right);
    return name === '' ? undefined : { name, operator: node.operatorToken.getText() };
  }
  if (!ts.isCallExpression(node)) return undefined;
  const isOfBoth = /^(Object\.is|(\w+\.)?isDeepStrictEqual)$/.test(node.expression.getText()) && node.arguments.every(isOpen);
  if (!isOfBoth && !/^(equals|compare|localeCompare)$/.test(calleeName(node))) return undefined;
  const parts = [isOfBoth ? undefined : receiverOf(node), ...node.arguments].filter((part) => part !== undefined);
  const name = parts.map(secretName).find((one) => one !== '');
  return name === undefined ? undefined : { name, operator: calleeName(node) };
}

/** Uses of TLS, cryptography, randomness and tokens that a rule wants to see. */
export const cryptoUseSource: SyntaxSource = {
  name: 'crypto-uses',
  tables: {
    /** option: name of a TLS setting; value: text, true, false, function or computed; test: in test code. */
    tls_settings: ['option', 'value', 'test'],
    /** api: function called; algorithm: lower case, or computed; fixed: key, salt or initial vector is written in the code; test. */
    crypto_uses: ['api', 'algorithm', 'fixed', 'test'],
    /** within: names of the functions and variables around a use of Math.random, outermost first; test. */
    random_uses: ['within', 'test'],
    /** api: function of a token library, `alg` for a header of the algorithm none, `split` for a token taken apart by hand, `list` for algorithms that stand together in the code; options: names given; algorithms; test. */
    jwt_uses: ['api', 'options', 'algorithms', 'test'],
    /** name: the operand named like a secret; operator: ===, equals and so on; test. */
    secret_comparisons: ['name', 'operator', 'test'],
  },
  selects: (file) => !file.isGenerated,
  read: (unit: SourceUnit) => {
    const names = namesOf(unit.source);
    const resolver = resolverOf(unit);
    const test = unit.file.isTest;
    const rows = { tls_settings: [] as Row[], crypto_uses: [] as Row[], random_uses: [] as Row[], jwt_uses: [] as Row[], secret_comparisons: [] as Row[] };
    eachNode(unit.source, (node) => {
      for (const setting of tlsSettings(node, names)) rows.tls_settings.push({ ...unit.at(node), ...setting, test });
      const use = ts.isCallExpression(node) ? cryptoUse(node, names, resolver) : undefined;
      if (use !== undefined) rows.crypto_uses.push({ ...unit.at(node), ...use, test });
      if (isMathRandom(node)) rows.random_uses.push({ ...unit.at(node), within: namesAround(node), test });
      const jwt = jwtUse(node, names, resolver);
      if (jwt !== undefined) rows.jwt_uses.push({ ...unit.at(node), ...jwt, test });
      const compared = comparison(node);
      if (compared !== undefined) rows.secret_comparisons.push({ ...unit.at(node), ...compared, test });
    });
    return rows;
  },
};
