import { SeededRandom } from './seeded-random.js';
import { base64OfBytes } from './text-encoders.js';

/** A text made to cost a scanner as much as it can. */
export interface HostileText {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const base64Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Literals that scanners of secrets look for; storms are made of each. */
export const knownAnchors: readonly string[] = [
  'password', 'passwd', 'secret', 'token', 'api_key', 'apikey', 'client_secret', 'private_key', 'auth', 'credential', 'access_key', 'bearer ', 'basic ', 'cookie: ', 'set-cookie: ', 'authorization: ', 'pwd', 'pass',
  'eyJ', 'ghp_', 'github_pat_', 'glpat-', 'AKIA', 'ASIA', 'AIza', 'sk-', 'sk_live_', 'xoxb-', 'xoxp-', 'SG.', 'npm_', 'pypi-', 'hf_', 'dop_v1_', 'shpat_', 'key-', 'hvs.', '-----BEGIN', '-----BEGIN PRIVATE KEY-----', '-----END', 'SU', 'SA', '://', '@', 'sig=', 'AccountKey=', 'kty', 'jdbc:',
  'datadog', 'aws', 'azure', 'twilio', 'heroku', 'cloudflare', 'mailgun', 'http', 'postgres://', 'machine', 'ignore previous instructions', 'DE89', '4111', 'T3BlbkFJ', '.atlasv1.', ':AA', 'Q~', 'login',
];

/** What stands behind an anchor in a storm: nothing, what opens a value, or a separator. */
const tails: readonly string[] = ['', '=', ':', '="', '":"', '\\":\\"', ' ', '.', '-', '_', '=a&', '>', '%3D', '": {"'];

/** All hostile texts of `sizeBytes` each, storms of every anchor among them. */
export function hostileTexts(sizeBytes: number, anchors: readonly string[] = knownAnchors): readonly HostileText[] {
  return [...walls(sizeBytes), ...structures(sizeBytes), ...anchors.flatMap((anchor) => stormsOf(anchor, sizeBytes))];
}

function stormsOf(anchor: string, sizeBytes: number): HostileText[] {
  return [
    ...tails.map((tail) => repeated(`storm of ${anchor}${tail}`, anchor + tail, sizeBytes)),
    text(`${anchor} before a wall of letters`, anchor + 'a'.repeat(sizeBytes), sizeBytes),
    text(`${anchor}= before a wall of letters`, `${anchor}=${'aB3'.repeat(sizeBytes / 3)}`, sizeBytes),
    text(`${anchor} before a wall of spaces`, anchor + ' '.repeat(sizeBytes), sizeBytes),
    repeated(`${anchor} with a value`, `${anchor}=aB3dE6gH9jK2mN5pQ8s `, sizeBytes),
    repeated(`${anchor} and spaces`, `${anchor}        `, sizeBytes),
  ];
}

function walls(sizeBytes: number): HostileText[] {
  const random = new SeededRandom(1);
  const units: readonly (readonly [string, string])[] = [
    ['letters', 'a'], ['capitals', 'A'], ['digits', '1'], ['digits by spaces', '4111 '], ['digits by dashes', '411-11-1111-'], ['hexadecimal', '0f'], ['dots', '.'], ['address dots', '1.'], ['colons', ':'], ['double colons', 'a::'],
    ['at signs', '@'], ['mail-like', 'a@a.'], ['mail-like with dashes', 'a.-a@a-'], ['backslashes', '\\'], ['escaped quotes', '\\"'], ['escaped backslashes and quotes', '\\\\\\"'], ['unicode escapes', '\\u0041'], ['escaped unicode escapes', '\\\\u005cu0041'], ['unicode backslashes', '\\u005c'],
    ['half unicode escapes', '\\u00'], ['percent signs', '%'], ['percent escapes', '%41'], ['percent of percent', '%25'], ['percent twice', '%2525'], ['half percent escapes', '%4'], ['entities', '&#65;'], ['named entities', '&amp;'], ['half entities', '&#'], ['long entities', '&#x0000041;'], ['quotes', '"'], ['single quotes', "'"],
    ['equals signs', '='], ['spaces', ' '], ['tabs', '\t'], ['line ends', '\n'], ['carriage returns', '\r\n'], ['commas', ','], ['semicolons', ';'], ['dashes', '-'], ['underscores', '_'], ['slashes', '/'], ['question marks', '?a=b&'], ['nul bytes', '\0'], ['wide letters', 'é'], ['emoji', '😀'],
    ['template braces', '{{'], ['dollar braces', '${'], ['angle brackets', '<a>'], ['base32', 'SUAB2345'], ['web token dots', 'eyJhbGciOiJIUzI1NiJ9.'], ['web token heads', 'eyJhbGciOi'], ['three-part dots', 'eyJa.eyJb.c '], ['url passwords', 'a://b:c@'], ['urls without end', 'a://b:'], ['cookies', 'a=b; '],
    ['pem heads', '-----BEGIN RSA PRIVATE KEY-----\n'], ['pem pairs', '-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n'], ['pem heads escaped', '-----BEGIN PRIVATE KEY-----\\n'], ['nested groups', '((a+)+)'], ['csv passwords', 'password,'], ['csv rows', 'a,b\n'],
    ['xml passwords', '<password>'], ['json passwords', '{"password":'], ['ibans', 'DE89370400440532013000'], ['basic credentials', 'Authorization: Basic YTpi\n'], ['key-value pairs', 'k=v '], ['base64 of few', 'QUJD '], ['base64 short runs', `${'QUJDREVGR0hJSktMTU5PUFFSU1Q'} `], ['hex short runs', `${'4142434445464748494a4b4c'} `],
  ];
  return [
    ...units.map(([name, unit]) => repeated(`wall of ${name}`, unit, sizeBytes)),
    text('wall of base64', random.text(base64Alphabet, sizeBytes), sizeBytes),
    text('wall of random hexadecimal', random.text('0123456789abcdef', sizeBytes), sizeBytes),
    text('wall of random digits', random.text('0123456789', sizeBytes), sizeBytes),
    { name: 'random bytes', bytes: random.bytes(sizeBytes) },
    { name: 'bytes that are no UTF-8', bytes: new Uint8Array(sizeBytes).fill(0xff) },
    text('random printable', random.text(`${base64Alphabet}-_.,:;=@"'<>{}[]()&%$#!? \n`, sizeBytes), sizeBytes),
  ];
}

function structures(sizeBytes: number): HostileText[] {
  const half = Math.floor(sizeBytes / 2);
  let nested = 'password=aB3dE6gH9jK2mN5p ';
  while (nested.length * 4 / 3 < sizeBytes) nested = base64Of(nested);
  const stormy = 'password="token=secret:api_key=';
  const inner = stormy.repeat(Math.ceil(sizeBytes / stormy.length)).slice(0, Math.floor(sizeBytes * 0.74));
  return [
    text('deep JSON lists', '['.repeat(half) + ']'.repeat(half), sizeBytes), repeated('deep JSON objects', '{"a":', sizeBytes), text('nested base64', nested, sizeBytes), text('base64 of a keyword storm', base64Of(inner), sizeBytes),
    text('base64 of percent escapes', base64Of('%41%70'.repeat(inner.length / 6)), sizeBytes), text('base64 of base64', base64Of(base64Of(inner.slice(0, inner.length * 0.74))), sizeBytes),
    text('percent-encoded keyword storm', [...stormy.repeat(sizeBytes)].slice(0, sizeBytes / 3).map((char) => `%${char.charCodeAt(0).toString(16)}`).join(''), sizeBytes),
    text('hexadecimal keyword storm', [...inner].slice(0, half).map((char) => char.charCodeAt(0).toString(16)).join(''), sizeBytes),
    text('pem head before a wall', `-----BEGIN RSA PRIVATE KEY-----\n${'A'.repeat(sizeBytes)}`, sizeBytes), text('pem head before lines', `-----BEGIN RSA PRIVATE KEY-----\n${`${'A'.repeat(64)}\n`.repeat(sizeBytes / 65)}`, sizeBytes),
    text('csv head of passwords', `${'password,'.repeat(half / 9)}\n${'aB3dE6gH9jK2,'.repeat(half / 13)}`, sizeBytes), text('csv column of passwords', `id,${'pass'}word\n${'1,aB3dE6gH9jK2\n'.repeat(sizeBytes / 15)}`, sizeBytes),
    text('url without end', `postgres://user:${'a'.repeat(sizeBytes)}`, sizeBytes), text('cookie of many', `Cookie: ${'session=aB3dE6gH9jK2mN5p; '.repeat(sizeBytes / 26)}`, sizeBytes),
    repeated('JWK storm', '{"kty":"EC","d":"aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6kL9nO2q"},', sizeBytes), repeated('many tokens', `${'ghp'}_aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6 `, sizeBytes), repeated('many web tokens', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF ', sizeBytes),
  ];
}

function base64Of(value: string): string {
  return base64OfBytes(new TextEncoder().encode(value));
}

function repeated(name: string, unit: string, sizeBytes: number): HostileText {
  return text(name, unit.repeat(Math.ceil(sizeBytes / unit.length)), sizeBytes);
}

function text(name: string, value: string, sizeBytes: number): HostileText {
  return { name, bytes: new TextEncoder().encode(value).subarray(0, sizeBytes) };
}
