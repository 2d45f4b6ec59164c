import { generateKeyPairSync } from 'node:crypto';

import { replace, write, type Violation } from '../violation.js';

/** A key of nobody, made anew each time: written out here it would be a secret in a file. */
const KEY_LINES = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim().split('\n');
const STORE_ADDRESS = ['postgres:', '', [['arqon', 'k9Xw2vQ7pLr4Tz8m'].join(':'), 'db.example.net'].join('@'), 'arqon'].join('/');

export const securityViolations: readonly Violation[] = [
  {
    name: 'key-without-tenant',
    rule: 'security.key_tenant_prefix',
    did: 'Kept sessions of all tenants under one Redis key.',
    edits: [
      write('libs/storage-redis/src/session-cache.ts', ["import type { Redis } from 'ioredis';", 'export async function keep(redis: Redis, id: string): Promise<void> {', "  await redis.set(`session:${id}`, 'open', 'EX', 60);", '}']),
    ],
  },
  {
    name: 'key-given-to-a-method-taken-off',
    rule: 'security.key_tenant_prefix',
    did: 'Took the method off the client first, so that no call names it.',
    edits: [
      write('libs/storage-redis/src/taken-off.ts', ["import type { Redis } from 'ioredis';", 'export async function keep(redis: Redis): Promise<void> {', '  const put = redis.set.bind(redis);', "  await put('sessions:all', 'open', 'EX', 60);", '}']),
    ],
  },
  {
    name: 'keys-as-properties',
    rule: 'security.key_tenant_prefix',
    did: 'Wrote several keys of no tenant as the properties of one object.',
    edits: [
      write('libs/storage-redis/src/several-keys.ts', ["import type { Redis } from 'ioredis';", 'export async function keep(redis: Redis): Promise<void> {', "  await redis.mset({ 'sessions:open': '1', 'sessions:closed': '0' });", '}']),
    ],
  },
  {
    name: 'key-put-together-elsewhere',
    rule: 'security.key_from_builder',
    did: 'Wrote the form of a key out instead of taking it from the tenancy library.',
    edits: [
      write('libs/storage-redis/src/tenant-note.ts', ["import type { Redis } from 'ioredis';", 'export async function note(redis: Redis, tenant: string): Promise<void> {', "  await redis.set(`tenant:${tenant}:note`, 'x', 'EX', 60);", '}']),
    ],
  },
  {
    name: 'subject-without-tenant',
    rule: 'security.subject_tenant_prefix',
    did: 'Published to a NATS subject that all tenants share.',
    edits: [
      write('libs/storage-nats/src/orders-feed.ts', ["import type { NatsConnection } from '@nats-io/transport-node';", 'export function announce(nats: NatsConnection): void {', "  nats.publish('orders.created', new Uint8Array());", '}']),
    ],
  },
  {
    name: 'cross-tenant-wildcard',
    rule: 'security.no_cross_tenant_wildcard',
    did: 'Subscribed to the messages of every tenant.',
    edits: [
      write('libs/storage-nats/src/watch-all.ts', ["import type { NatsConnection } from '@nats-io/transport-node';", 'export function watchAll(nats: NatsConnection): void {', "  nats.subscribe('t.*.orders.>');", '}']),
    ],
  },
  {
    name: 'subject-put-together-elsewhere',
    rule: 'security.subject_from_builder',
    did: 'Put a subject together by hand instead of taking it from the tenancy library.',
    edits: [
      write('libs/storage-nats/src/hand-made.ts', ["import type { NatsConnection } from '@nats-io/transport-node';", 'export function announce(nats: NatsConnection, tenant: string): void {', '  nats.publish(`t.${tenant}.orders`, new Uint8Array());', '}']),
    ],
  },
  {
    name: 'refuses-nobody-when-it-fails',
    rule: 'security.fail_closed_catch',
    did: 'Let everybody in when the check of a token fails.',
    edits: [
      write('libs/auth/src/lenient-check.ts', ['/** Whether the token may pass. */', 'export function mayPass(check: () => boolean): boolean {', '  try {', '    return check();', '  } catch {', '    return true;', '  }', '}']),
    ],
  },
  {
    name: 'empty-catch-around-a-check',
    rule: 'security.fail_closed_catch',
    did: 'Swallowed what a check throws, in a function that lets pass what does not throw.',
    edits: [
      write('libs/auth/src/quiet-check.ts', ['/** Throws for a token that may not pass. */', 'export async function verifyToken(verify: () => Promise<void>): Promise<void> {', '  try {', '    await verify();', '  } catch {', '    // Tried again later.', '  }', '}']),
    ],
  },
  {
    name: 'private-key-in-a-file',
    rule: 'security.no_secret_in_files',
    did: 'Committed the private key of a server.',
    edits: [write('apps/shield/server-key.txt', KEY_LINES)],
  },
  {
    name: 'password-in-code',
    rule: 'security.no_secret_in_files',
    did: 'Wrote the password of a database into the code.',
    edits: [write('apps/spine/src/store-address.ts', [`export const storeAddress = '${STORE_ADDRESS}';`])],
  },
  {
    name: 'password-in-two-pieces',
    rule: 'security.no_secret_in_files',
    did: 'Split the address of a database, with its password, into two texts.',
    edits: [write('apps/spine/src/split-address.ts', [`export const splitAddress = '${STORE_ADDRESS.slice(0, 18)}' + '${STORE_ADDRESS.slice(18)}';`])],
  },
  {
    name: 'token-without-audience',
    rule: 'security.jwt_strict',
    did: 'Verified a token whoever it was meant for.',
    edits: [write('libs/auth/src/read-any-token.ts', ["import { jwtVerify, type CryptoKey } from 'jose';", 'export const read = async (token: string, key: CryptoKey): Promise<unknown> => jwtVerify(token, key);'])],
  },
  {
    name: 'guessable-id',
    rule: 'security.no_math_random',
    did: 'Made a session id of numbers that can be guessed.',
    edits: [write('apps/shield/src/session-id.ts', ['export const sessionId = (): string => Math.random().toString(36);'])],
  },
  {
    name: 'statement-put-together',
    rule: 'security.no_sql_string_building',
    did: 'Put a name of a tenant into the text of an SQL statement.',
    edits: [
      write('libs/storage-embedded/src/find-tenant.ts', ['interface Client { query(text: string): Promise<unknown> }', "export const find = (client: Client, tenant: string): Promise<unknown> => client.query(`SELECT id FROM runs WHERE tenant = '${tenant}'`);"]),
    ],
  },
  {
    name: 'token-in-the-address',
    rule: 'security.token_in_url',
    did: 'Sent the token in the address, where every proxy logs it.',
    edits: [write('libs/sdk-js/src/address-of.ts', ['export const addressOf = (url: string, token: string): string => `${url}?token=${token}`;'])],
  },
  {
    name: 'denial-fails-open',
    rule: 'security.fail_closed_catch',
    did: 'Took a token for not revoked when the list could not be read.',
    edits: [write('libs/auth/src/is-revoked.ts', ['export async function isRevoked(look: () => Promise<boolean>): Promise<boolean> {', '  return look().catch(() => false);', '}'])],
  },
  {
    name: 'token-reader-handed-on',
    rule: 'security.jwt_strict',
    did: 'Exported the function that reads a token without verifying it.',
    edits: [write('libs/auth/src/token-readers.ts', ["export { decodeJwt as readToken } from 'jose';"])],
  },
  {
    name: 'builder-without-tenant',
    rule: 'security.key_tenant_prefix',
    did: 'Let the builder of keys itself leave the tenant out.',
    edits: [replace('libs/tenancy/src/coordination-key.ts', '`tenant:${tenant}:agent:${agent}:presence:${name}`', '`agent:${agent}:presence:${name}`')],
    says: 'redisPresenceKey',
  },
  {
    name: 'subject-builder-without-tenant',
    rule: 'security.subject_tenant_prefix',
    did: 'Named the stream of a class without its tenant.',
    edits: [write('libs/tenancy/src/class-subject.ts', ['export const classSubject = (retentionClass: string): string => `t.${retentionClass}`;'])],
    says: 'classSubject',
  },
  {
    name: 'list-with-none',
    rule: 'security.jwt_strict',
    did: 'Added the algorithm none to a list that another file hands to the verifier.',
    edits: [replace('libs/auth/src/read-token-shape.ts', "'RS256', 'RS384'", "'none', 'RS256', 'RS384'")],
  },
  {
    name: 'tenant-among-arguments',
    rule: 'security.tenant_from_session',
    did: 'Took the tenant of an operation from its arguments.',
    edits: [write('apps/projector/src/control/other-tenant.ts', ['export const tenantOf = (call: { args: { tenant: string } }): string => call.args.tenant;'])],
  },
  {
    name: 'certificates-unchecked-by-a-script',
    rule: 'security.insecure_tls',
    did: 'Switched the check of certificates off in a script.',
    edits: [replace('package.json', '"policy": "', '"policy": "NODE_TLS_REJECT_UNAUTHORIZED=0 ')],
  },
];
