import type { TokenRule } from './token-rule.js';
import { UUID_PATTERN } from './uuid-pattern.js';

/** Keys of providers of sign-on, user management and identity checks. */
export const identityRules: readonly TokenRule[] = [
  {
    kind: 'context', id: 'okta-token', provider: 'Okta', keywords: ['okta'],
    source: 'documentation, API tokens: 00 and 40 characters', pattern: '00[0-9A-Za-z_-]{40}', minEntropyBits: 4,
  },
  {
    kind: 'prefix', id: 'okta-authorization', provider: 'Okta', prefixes: ['SSWS 00'],
    source: 'documentation, authorization header: scheme and token', pattern: 'SSWS 00[0-9A-Za-z_-]{40}', minEntropyBits: 4,
  },
  {
    kind: 'context', id: 'okta-client-secret', provider: 'Okta', keywords: ['okta'],
    source: 'admin console, applications', pattern: '([0-9A-Za-z_-]{40}|[0-9A-Za-z_-]{64})', minEntropyBits: 4,
  },
  {
    kind: 'context', id: 'auth0-client-secret', provider: 'Auth0', keywords: ['auth0'],
    source: 'dashboard, applications', pattern: '[0-9A-Za-z_-]{64}', minEntropyBits: 4.2,
  },
  {
    kind: 'context', id: 'clerk-secret-key', provider: 'Clerk', keywords: ['clerk'],
    source: 'dashboard, API keys', pattern: 'sk_(live|test)_[0-9A-Za-z]{40,50}',
  },
  {
    kind: 'prefix', id: 'workos-key', provider: 'WorkOS', prefixes: ['sk_a2V5X', 'sk_test_a2V5X', 'sk_live_a2V5X'],
    source: 'dashboard, API keys: base64 of key_ and the rest', pattern: 'sk_(test_|live_)?a2V5X[0-9A-Za-z+/]{40,130}={0,2}', minEntropyBits: 4,
  },
  {
    kind: 'prefix', id: 'stytch-secret', provider: 'Stytch', prefixes: ['secret-test-', 'secret-live-'],
    source: 'dashboard, API keys', pattern: 'secret-(test|live)-[0-9A-Za-z_=-]{36}', minEntropyBits: 3.9,
  },
  {
    kind: 'context', id: 'frontegg-key', provider: 'Frontegg', keywords: ['frontegg'],
    source: 'portal, workspace settings', pattern: UUID_PATTERN,
  },
  {
    kind: 'context', id: 'duo-secret-key', provider: 'Duo Security', keywords: ['duo_', 'duo-', 'duosecurity', 'skey'],
    source: 'admin panel, applications: secret key of 40 characters', pattern: '[0-9A-Za-z]{40}', minEntropyBits: 4.2,
  },
  {
    kind: 'context', id: 'onelogin-secret', provider: 'OneLogin', keywords: ['onelogin'],
    source: 'administration, API credentials', pattern: '[0-9a-f]{64}',
  },
  {
    kind: 'context', id: 'yubico-secret-key', provider: 'Yubico', keywords: ['yubico', 'yubikey', 'yubi_'],
    source: 'key sign-up: base64 of 20 bytes', pattern: '[0-9A-Za-z+/]{27}=',
  },
  {
    kind: 'prefix', id: 'jumpcloud-key', provider: 'JumpCloud', prefixes: ['jca_'],
    source: 'admin portal, API key', pattern: 'jca_[0-9A-Za-z]{36}', minEntropyBits: 3.9,
  },
  {
    kind: 'context', id: 'jumpcloud-legacy-key', provider: 'JumpCloud', keywords: ['jumpcloud'],
    source: 'admin portal, keys before jca_', pattern: '[0-9a-f]{40}',
  },
  {
    kind: 'context', id: 'keycloak-client-secret', provider: 'Keycloak', keywords: ['keycloak'],
    source: 'server administration guide: 32 characters, a UUID before version 14', pattern: `([0-9A-Za-z]{32}|${UUID_PATTERN})`, minEntropyBits: 3.2,
  },
  {
    kind: 'prefix', id: 'onfido-token', provider: 'Onfido', prefixes: ['api_live', 'api_sandbox'],
    source: 'documentation, API tokens', pattern: 'api_(live|sandbox)(_us|_ca|_eu)?[.][0-9A-Za-z_-]{11}[.][0-9A-Za-z_-]{32}', minEntropyBits: 4,
  },
  {
    kind: 'prefix', id: 'sumsub-token', provider: 'Sumsub', prefixes: ['sbx:', 'prd:'],
    source: 'dashboard, app tokens', pattern: '(sbx|prd):[0-9A-Za-z]{24}[.][0-9A-Za-z]{32}', minEntropyBits: 4,
  },
  {
    kind: 'prefix', id: 'persona-key', provider: 'Persona', prefixes: ['persona_sandbox_', 'persona_production_'],
    source: 'dashboard, API keys', pattern: 'persona_(sandbox|production)_[0-9A-Za-z_-]{32,64}', minEntropyBits: 4,
  },
  {
    kind: 'prefix', id: 'magic-secret-key', provider: 'Magic', prefixes: ['sk_live_', 'sk_test_'],
    source: 'dashboard: 16 upper-case hexadecimal digits', pattern: 'sk_(live|test)_[0-9A-F]{16}', minEntropyBits: 2.6,
  },
  {
    kind: 'context', id: 'descope-key', provider: 'Descope', keywords: ['descope'],
    source: 'console, management keys', pattern: 'K2[0-9A-Za-z]{60,120}', minEntropyBits: 4,
  },
  {
    kind: 'prefix', id: 'ory-token', provider: 'Ory', prefixes: ['ory_pat_', 'ory_at_', 'ory_rt_', 'ory_apikey_', 'ory_st_', 'ory_wak_'],
    source: 'documentation, API keys and tokens', pattern: 'ory_(pat|at|rt|apikey|st|wak)_[0-9A-Za-z_-]{32,100}([.][0-9A-Za-z_-]{43})?', minEntropyBits: 4,
  },
  {
    kind: 'prefix', id: 'unkey-root-key', provider: 'Unkey', prefixes: ['unkey_'],
    source: 'dashboard, root keys', pattern: 'unkey_(v1_)?[0-9A-Za-z]{20,32}', minEntropyBits: 3.5,
  },
  {
    kind: 'prefix', id: 'intra42-client-secret', provider: '42', prefixes: ['s-s4t2ud-', 's-s4t2af-'],
    source: 'observed: applications of the intranet', pattern: 's-s4t2(ud|af)-[0-9a-f]{64}',
  },
  {
    kind: 'prefix', id: 'authress-key', provider: 'Authress', prefixes: ['sc_', 'ext_', 'scauth_', 'authress_'],
    source: 'documentation, service clients: client, key, account, secret', minEntropyBits: 3.5,
    pattern: '(sc|ext|scauth|authress)_[0-9A-Za-z]{5,30}[.][0-9a-z]{4,6}[.]acc[_-][0-9a-z-]{10,32}[.][0-9A-Za-z+/_=-]{30,120}',
  },
  {
    kind: 'prefix', id: 'paseto-token', provider: 'PASETO', prefixes: ['v1.local.', 'v2.local.', 'v3.local.', 'v4.local.', 'v1.public.', 'v2.public.', 'v3.public.', 'v4.public.'],
    source: 'specification: version, purpose, payload and footer', minEntropyBits: 4, pattern: 'v[1-4][.](local|public)[.][0-9A-Za-z_-]{64,512}',
  },
  {
    kind: 'infix', id: 'macaroon-token', provider: 'Macaroons', infixes: ['xvY2F0aW9u'], maxBeforeBytes: 6,
    source: 'libmacaroons: base64 of a packet with the length and the field location', minEntropyBits: 4,
    pattern: 'MDA[0-9A-Za-z]{3}xvY2F0aW9u[0-9A-Za-z+/_-]{64,500}={0,2}',
  },
];
