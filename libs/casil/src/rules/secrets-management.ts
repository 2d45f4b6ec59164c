import type { TokenRule } from './token-rule.js';
import { UUID_PATTERN } from './uuid-pattern.js';

/** Keepers of secrets and of networks: vaults, password managers, encryption keys, service meshes. */
export const secretsManagementRules: readonly TokenRule[] = [
  {
    id: 'vault-token', provider: 'HashiCorp Vault', kind: 'prefix', prefixes: ['hvs.', 'hvb.', 'hvr.'],
    pattern: 'hv[sbr][.][0-9A-Za-z_-]{24,512}',
    source: 'Token guide: service, batch and recovery tokens',
  },
  {
    id: 'vault-token-legacy', provider: 'HashiCorp Vault', kind: 'context', keywords: ['vault'],
    pattern: '([sr][.][0-9A-Za-z]{24}([.][0-9A-Za-z]{5})?|b[.][0-9A-Za-z_-]{90,400})',
    source: 'Token guide before 1.10: service, batch and recovery',
  },
  {
    id: 'vault-unseal-key', provider: 'HashiCorp Vault', kind: 'context',
    keywords: ['unseal', 'vault_key', 'recovery key', 'unseal key 1', 'unseal key 2', 'unseal key 3', 'unseal key 4', 'unseal key 5'],
    pattern: '([0-9A-Za-z+/]{44}|[0-9A-Za-z+/]{43}=|[0-9a-f]{64}|[0-9a-f]{66})',
    source: 'Operator guide: shares of 32 or 33 bytes in base64 or hexadecimal',
  },
  {
    id: 'vault-app-role-secret', provider: 'HashiCorp Vault', kind: 'context',
    keywords: ['vault_secret_id', 'secret_id', 'secret-id', 'secretid', 'vault_secret', 'approle'],
    pattern: UUID_PATTERN,
    source: 'AppRole guide: secret ids are UUIDs',
  },
  {
    id: 'consul-token', provider: 'HashiCorp Consul', kind: 'context',
    keywords: ['consul_http_token', 'x-consul-token', 'consul_token', 'consul-token', 'consultoken', 'consul_acl', 'consul_master', 'secretid'],
    pattern: UUID_PATTERN,
    source: 'ACL guide: UUID',
  },
  {
    id: 'nomad-token', provider: 'HashiCorp Nomad', kind: 'context', keywords: ['nomad_token', 'x-nomad', 'nomad-token', 'nomadtoken', 'nomad_acl'],
    pattern: UUID_PATTERN,
    source: 'ACL guide: UUID',
  },
  {
    id: 'boundary-token', provider: 'HashiCorp Boundary', kind: 'prefix', prefixes: ['at_'],
    pattern: 'at_[0-9A-Za-z]{10}_[0-9A-Za-z]{40,300}',
    source: 'Token guide: id and encrypted body',
  },
  {
    id: 'hcp-client-secret', provider: 'HashiCorp Cloud', kind: 'context', keywords: ['hcp_client', 'hcp-client', 'hcp_secret'],
    pattern: '[0-9A-Za-z_-]{64}', minEntropyBits: 4.0,
    source: 'Service principals: 64 characters',
  },
  {
    id: 'consul-gossip-key', provider: 'HashiCorp Consul', kind: 'context',
    keywords: ['consul_encrypt', 'consul_gossip', 'nomad_gossip', 'serf_encrypt', 'gossip'],
    pattern: '([0-9A-Za-z+/]{43}=|[0-9A-Za-z+/]{22}==)',
    source: 'Gossip encryption: 16 or 32 bytes in base64',
  },
  {
    id: 'doppler-personal-token', provider: 'Doppler', kind: 'prefix', prefixes: ['dp.pt.'],
    pattern: 'dp[.]pt[.][0-9A-Za-z]{40,44}',
    source: 'Token guide, format of each kind',
  },
  {
    id: 'doppler-service-token', provider: 'Doppler', kind: 'prefix', prefixes: ['dp.st.'],
    pattern: 'dp[.]st[.]([0-9a-z_-]{2,35}[.])?[0-9A-Za-z]{40,44}',
    source: 'Token guide, format of each kind',
  },
  {
    id: 'doppler-other-token', provider: 'Doppler', kind: 'prefix', prefixes: ['dp.ct.', 'dp.sa.', 'dp.scim.', 'dp.audit.', 'dp.said.'],
    pattern: 'dp[.](ct|sa|scim|audit|said)[.][0-9A-Za-z]{40,44}',
    source: 'Token guide, format of each kind',
  },
  {
    id: 'infisical-service-token', provider: 'Infisical', kind: 'prefix', prefixes: ['st.'],
    pattern: `st[.]([0-9a-f]{24}|${UUID_PATTERN})[.][0-9a-f]{32,64}[.][0-9a-f]{32,64}`,
    source: 'Service tokens: id, encrypted key, secret',
  },
  {
    id: 'one-password-service-token', provider: '1Password', kind: 'prefix', prefixes: ['ops_'],
    pattern: 'ops_eyJ([0-9A-Za-z+/]{150,512}|[0-9A-Za-z+/]{512}[0-9A-Za-z+/]{1,512}|[0-9A-Za-z+/]{512}[0-9A-Za-z+/]{512}[0-9A-Za-z+/]{1,512})={0,3}',
    source: 'Service accounts: JSON in base64',
  },
  {
    id: 'one-password-secret-key', provider: '1Password', kind: 'prefix', prefixes: ['A3-'],
    pattern: 'A3-[0-9A-Z]{6}-([0-9A-Z]{11}|[0-9A-Z]{6}-[0-9A-Z]{5})-[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}',
    source: 'Security design: secret keys',
  },
  {
    id: 'bitwarden-access-token', provider: 'Bitwarden', kind: 'context',
    keywords: ['bws_', 'bitwarden', 'access_token', 'access-token', 'accesstoken'],
    pattern: `0[.]${UUID_PATTERN}[.][0-9A-Za-z]{30}:[0-9A-Za-z+/]{22}==`,
    source: 'Secrets Manager: version, id, secret and key',
  },
  {
    id: 'bitwarden-client-secret', provider: 'Bitwarden', kind: 'context', keywords: ['bw_client', 'bw-client', 'bw_secret', 'bitwarden'],
    pattern: '[0-9A-Za-z]{30}', minEntropyBits: 3.5,
    source: 'API keys: 30 characters',
  },
  {
    id: 'akeyless-access-key', provider: 'Akeyless', kind: 'context', keywords: ['akeyless'],
    pattern: '[0-9A-Za-z+/]{43}=',
    source: 'API keys: 32 bytes in base64',
  },
  {
    id: 'age-secret-key', provider: 'age', kind: 'prefix', prefixes: ['AGE-SECRET-KEY-1'],
    pattern: 'AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}',
    source: 'Format specification: Bech32',
  },
  {
    id: 'age-post-quantum-key', provider: 'age', kind: 'prefix', prefixes: ['AGE-SECRET-KEY-PQ-1'],
    pattern: 'AGE-SECRET-KEY-PQ-1[02-9AC-HJ-NP-Z]{58,128}',
    source: 'Format specification: hybrid keys in Bech32',
  },
  {
    id: 'age-plugin-identity', provider: 'age', kind: 'prefix', prefixes: ['AGE-PLUGIN-'],
    pattern: 'AGE-PLUGIN-[0-9A-Z-]{1,32}-1[02-9AC-HJ-NP-Z]{20,200}',
    source: 'Plugin protocol: identities in Bech32',
  },
  {
    id: 'conjur-api-key', provider: 'CyberArk Conjur', kind: 'context', keywords: ['conjur'],
    pattern: '[0-9a-z]{50,56}',
    source: 'API guide: base32 in lower case',
  },
  {
    id: 'keeper-one-time-token', provider: 'Keeper', kind: 'prefix', prefixes: ['US:', 'EU:', 'AU:', 'CA:', 'JP:', 'US_GOV:', 'GOV:'],
    pattern: '(US|EU|AU|CA|JP|US_GOV|GOV):[0-9A-Za-z_-]{43}', minEntropyBits: 4.2,
    source: 'Secrets Manager: region and token',
  },
  {
    id: 'dotenv-vault-key', provider: 'Dotenv', kind: 'prefix', prefixes: ['key_', 'vlt_', 'dotenv_'],
    pattern: '(key|vlt|dotenv)_[0-9a-f]{64}',
    source: 'Vault keys and tokens',
  },
  {
    id: 'dotenvx-private-key', provider: 'Dotenv', kind: 'context', keywords: ['dotenv_private', 'dotenv_key'],
    pattern: '[0-9a-f]{64}',
    source: 'dotenvx: secp256k1 keys in hexadecimal',
  },
  {
    id: 'phase-service-token', provider: 'Phase', kind: 'prefix', prefixes: ['pss_service:v', 'pss_user:v'],
    pattern: 'pss_(service|user):v[12]:[0-9a-f]{64}:[0-9a-f]{64}:[0-9a-f]{64}(:[0-9a-f]{64})?',
    source: 'Service and personal tokens',
  },
  {
    id: 'teleport-token', provider: 'Teleport', kind: 'context', keywords: ['teleport', 'tctl'],
    pattern: '[0-9a-f]{32}',
    source: 'Join tokens: 32 hexadecimal digits',
  },
  {
    id: 'wireguard-key', provider: 'WireGuard', kind: 'context',
    keywords: ['wireguard', 'wg_private', 'wg-private', 'presharedkey', 'preshared_key', 'privatekey', 'private_key', 'private-key'],
    pattern: '[0-9A-Za-z+/]{42}[AEIMQUYcgkosw048]=',
    source: 'wg guide: 32 bytes in base64, clamped',
  },
  {
    id: 'acme-eab-key', provider: 'ACME', kind: 'context', keywords: ['eab_hmac', 'eab-hmac', 'eabhmac', 'eab_key', 'eab-key', 'eab.hmac', 'eab_mac'],
    pattern: '[0-9A-Za-z_-]{40,90}', minEntropyBits: 4.0,
    source: 'RFC 8555: HMAC keys of external account binding',
  },
  {
    id: 'twingate-token', provider: 'Twingate', kind: 'context', keywords: ['twingate'],
    pattern: '[0-9A-Za-z_-]{60,160}', minEntropyBits: 4.2,
    source: 'API keys, as issued',
  },
  {
    id: 'headscale-key', provider: 'Headscale', kind: 'context', keywords: ['headscale'],
    pattern: '([0-9a-f]{48}|[0-9A-Za-z_-]{7,12}[.][0-9A-Za-z_-]{43,64})',
    source: 'Pre-authorisation keys and API keys',
  },
  {
    id: 'headscale-prefixed-key', provider: 'Headscale', kind: 'prefix', prefixes: ['hskey-'],
    pattern: 'hskey-(api|auth|authreq)-[0-9A-Za-z_-]{12}-[0-9A-Za-z_-]{64}',
    source: 'API and pre-authorisation keys since 0.27',
  },
  {
    id: 'netbird-token', provider: 'NetBird', kind: 'prefix', prefixes: ['nbp_'],
    pattern: 'nbp_[0-9A-Za-z]{36}',
    source: 'Personal tokens with CRC-32',
  },
  {
    id: 'socket-security-key', provider: 'Socket', kind: 'prefix', prefixes: ['sktsec_'],
    pattern: 'sktsec_[0-9A-Za-z_-]{40,64}',
    source: 'Socket, API tokens',
  },
  {
    id: 'semgrep-token', provider: 'Semgrep', kind: 'context', keywords: ['semgrep'],
    pattern: '[0-9a-f]{64}',
    source: 'Application tokens: 64 hexadecimal digits',
  },
  {
    id: 'virustotal-key', provider: 'VirusTotal', kind: 'context', keywords: ['virustotal', 'virus_total', 'vt_api', 'vt_key', 'x-apikey'],
    pattern: '[0-9a-f]{64}',
    source: 'API guide: 64 hexadecimal digits',
  },
  {
    id: 'shodan-key', provider: 'Shodan', kind: 'context', keywords: ['shodan'],
    pattern: '[0-9A-Za-z]{32}',
    source: 'API guide: 32 characters',
  },
  {
    id: 'abuseipdb-key', provider: 'AbuseIPDB', kind: 'context', keywords: ['abuseipdb'],
    pattern: '[0-9a-f]{80}',
    source: 'API guide: 80 hexadecimal digits',
  },
  {
    id: 'gitguardian-key', provider: 'GitGuardian', kind: 'context', keywords: ['gitguardian'],
    pattern: '([0-9a-f]{71,72}|[0-9A-Fa-f]{120})',
    source: 'API guide: 72 or 120 hexadecimal digits',
  },
  {
    id: 'bip32-private-key', provider: 'BIP 32', kind: 'prefix', prefixes: ['xprv', 'yprv', 'zprv', 'tprv', 'uprv', 'vprv'],
    pattern: '[xyztuv]prv[1-9A-HJ-NP-Za-km-z]{107}', minEntropyBits: 4,
    source: 'BIP 32 and SLIP 132: extended private keys, 82 bytes in base58',
  },
  {
    id: 'bitcoin-private-key', provider: 'Bitcoin', kind: 'context', keywords: ['wif', 'bitcoin', 'btc_', 'btc-', 'btcpriv', 'litecoin', 'dogecoin', 'privkey', 'priv_key', 'private_key', 'private key', 'privatekey'],
    pattern: '([5KL9cT6Q][1-9A-HJ-NP-Za-km-z]{50,51})', minEntropyBits: 4,
    source: 'Wallet import format: network, 32 bytes, mark of compression and checksum in base58',
  },
  {
    id: 'asp-net-machine-key', provider: 'Microsoft', kind: 'context', keywords: ['validationkey', 'decryptionkey'],
    pattern: '[0-9A-F]{32,128}', ignoreCase: true,
    source: 'machineKey element of web.config: keys in hexadecimal',
  },
  {
    id: 'erlang-cookie', provider: 'Erlang', kind: 'context', keywords: ['erlang_cookie', 'erlang-cookie', 'erlangcookie'],
    pattern: '[0-9A-Za-z_-]{16,64}',
    source: 'Distributed Erlang: the cookie of a cluster, 20 capitals when it was generated',
  },
  {
    id: 'wordpress-salt', provider: 'WordPress', kind: 'context', keywords: ['auth_salt', 'logged_in_salt', 'nonce_salt', 'logged_in_key', 'nonce_key', 'secure_auth_key'],
    pattern: '[ -&(-~]{64}', minEntropyBits: 4.5,
    source: 'wp-config.php: 64 characters made by the secret-key service',
  },
  {
    id: 'vault-batch-token-legacy', provider: 'HashiCorp Vault', kind: 'prefix', prefixes: ['b.AAAAAQ'],
    pattern: 'b[.]AAAAAQ[0-9A-Za-z_-]{84,400}',
    source: 'Token guide before 1.10: batch tokens, sealed by the first term of the keyring',
  },
  {
    id: 'bitwarden-session-key', provider: 'Bitwarden', kind: 'context', keywords: ['bw_session'],
    pattern: '[0-9A-Za-z+/]{86}==',
    source: 'Command line guide: 64 bytes in base64',
  },
];
