import type { TokenRule } from './token-rule.js';
import { UUID_PATTERN } from './uuid-pattern.js';

/** Databases as a service, search, streams, warehouses and what moves data between them. */
export const dataPlatformsRules: readonly TokenRule[] = [
  {
    id: 'databricks-token', provider: 'Databricks', kind: 'prefix', prefixes: ['dapi'],
    pattern: 'dapi[0-9a-f]{32}(-[0-9]{1,2})?',
    source: 'Guide: personal tokens, 32 hexadecimal digits',
  },
  {
    id: 'databricks-oauth-secret', provider: 'Databricks', kind: 'prefix', prefixes: ['dose', 'dkea', 'doap'],
    pattern: 'd(ose|kea|oap)[0-9a-f]{32}',
    source: 'Guide: secrets of service principals and federated tokens',
  },
  {
    id: 'planetscale-password', provider: 'PlanetScale', kind: 'prefix', prefixes: ['pscale_pw_'],
    pattern: 'pscale_pw_[0-9A-Za-z_=.-]{32,64}',
    source: 'Guide: database passwords',
  },
  {
    id: 'planetscale-token', provider: 'PlanetScale', kind: 'prefix', prefixes: ['pscale_tkn_', 'pscale_oauth_', 'pscale_api_', 'pscale_app_secret_'],
    pattern: 'pscale_(tkn|oauth|api|app_secret)_[0-9A-Za-z_=.-]{32,64}',
    source: 'Guide: service, OAuth and API tokens',
  },
  {
    id: 'supabase-access-token', provider: 'Supabase', kind: 'prefix', prefixes: ['sbp_'],
    pattern: 'sbp_(oauth_|v0_)?[0-9a-f]{40}',
    source: 'Management API guide: personal and OAuth tokens',
  },
  {
    id: 'supabase-secret-key', provider: 'Supabase', kind: 'prefix', prefixes: ['sb_secret_'],
    pattern: 'sb_secret_[0-9A-Za-z_-]{28,48}',
    source: 'API keys of 2025: secret and checksum',
  },
  {
    id: 'neon-api-key', provider: 'Neon', kind: 'prefix', prefixes: ['napi_'],
    pattern: 'napi_[0-9a-z]{64}',
    source: 'API guide: 64 characters',
  },
  {
    id: 'neon-role-password', provider: 'Neon', kind: 'prefix', prefixes: ['npg_'],
    pattern: 'npg_[0-9A-Za-z]{10,24}', minEntropyBits: 2.8,
    source: 'Passwords of roles, as issued',
  },
  {
    id: 'mongodb-atlas-private-key', provider: 'MongoDB Atlas', kind: 'context',
    keywords: [
      'atlas_private', 'atlas-private', 'atlasprivate', 'mongodb_atlas_private', 'mongodbatlas', 'mcli_private', 'atlas_api',
      'mongodb_atlas_api',
    ],
    pattern: UUID_PATTERN,
    source: 'API guide: UUID',
  },
  {
    id: 'mongodb-atlas-service-secret', provider: 'MongoDB Atlas', kind: 'prefix', prefixes: ['mdb_sa_sk_'],
    pattern: 'mdb_sa_sk_[0-9A-Za-z_-]{40}',
    source: 'Service accounts',
  },
  {
    id: 'upstash-token', provider: 'Upstash', kind: 'context', keywords: ['upstash', 'kv_rest_api'],
    pattern: '([0-9A-Za-z_-]{40,120}|[0-9A-Za-z+/]{40,160})={0,2}', minEntropyBits: 4.0,
    source: 'REST tokens of Redis, Vector and Kafka: base64',
  },
  {
    id: 'redis-cloud-key', provider: 'Redis Cloud', kind: 'context', keywords: ['rediscloud', 'redis_cloud', 'redis-cloud', 'redislabs'],
    pattern: '[0-9A-Za-z]{40,64}',
    source: 'API guide: account and user keys',
  },
  {
    id: 'elastic-api-key', provider: 'Elastic', kind: 'context', keywords: ['elastic', 'es_api'],
    pattern: '[0-9A-Za-z+/_-]{56,60}={0,2}',
    source: 'API keys: id and secret in base64',
  },
  {
    id: 'elastic-cloud-key', provider: 'Elastic', kind: 'prefix', prefixes: ['essu_', 'essp_'],
    pattern: 'ess[up]_[0-9A-Za-z+/]{50,160}={0,2}',
    source: 'Elastic Cloud and serverless keys',
  },
  {
    id: 'aiven-password', provider: 'Aiven', kind: 'prefix', prefixes: ['AVNS_'],
    pattern: 'AVNS_[0-9A-Za-z_-]{19}',
    source: 'Service passwords',
  },
  {
    id: 'aiven-token', provider: 'Aiven', kind: 'prefix', prefixes: ['aivenv'],
    pattern: 'aivenv[0-9]_?[0-9A-Za-z+/]{60,400}={0,2}',
    source: 'Application tokens since 2023',
  },
  {
    id: 'aiven-token-legacy', provider: 'Aiven', kind: 'context', keywords: ['aiven'],
    pattern: '[0-9A-Za-z+/]{100,372}={0,2}',
    source: 'Authentication tokens: base64',
  },
  {
    id: 'confluent-secret', provider: 'Confluent', kind: 'prefix', prefixes: ['cflt'],
    pattern: 'cflt[0-9A-Za-z+/]{60}',
    source: 'API secrets since 2025',
  },
  {
    id: 'confluent-secret-legacy', provider: 'Confluent', kind: 'context', keywords: ['confluent', 'ccloud', 'schema_registry', 'schema-registry'],
    pattern: '[0-9A-Za-z+/]{64}',
    source: 'API secrets: 48 bytes in base64',
  },
  {
    id: 'confluent-key', provider: 'Confluent', kind: 'context', keywords: ['confluent', 'ccloud'],
    pattern: '[0-9A-Z]{16}', minEntropyBits: 3.0,
    source: 'API keys: 16 upper-case letters and digits',
  },
  {
    id: 'cockroach-key', provider: 'CockroachDB', kind: 'prefix', prefixes: ['CCDB1_'],
    pattern: 'CCDB1_[0-9A-Za-z]{22}_[0-9A-Za-z]{40}',
    source: 'Cloud API guide',
  },
  {
    id: 'clickhouse-cloud-secret', provider: 'ClickHouse', kind: 'prefix', prefixes: ['4b1d'],
    pattern: '4b1d[0-9A-Za-z]{38}', minEntropyBits: 3.6,
    source: 'Cloud API keys: fixed first bytes',
  },
  {
    id: 'fauna-secret', provider: 'Fauna', kind: 'context', keywords: ['fauna'],
    pattern: 'fn[0-9A-Za-z_-]{38}',
    source: 'Guide: keys begin with fn',
  },
  {
    id: 'xata-key', provider: 'Xata', kind: 'prefix', prefixes: ['xau_'],
    pattern: 'xau_[0-9A-Za-z]{28,64}',
    source: 'Xata, API keys',
  },
  {
    id: 'dbt-cloud-token', provider: 'dbt Cloud', kind: 'prefix', prefixes: ['dbtc_', 'dbtu_'],
    pattern: 'dbt[cu]_[0-9A-Za-z_=-]{40,60}',
    source: 'API guide: service and user tokens',
  },
  {
    id: 'prefect-key', provider: 'Prefect', kind: 'prefix', prefixes: ['pnu_', 'pnb_'],
    pattern: 'pn[ub]_[0-9A-Za-z]{36}',
    source: 'Cloud API keys of users and service accounts',
  },
  {
    id: 'materialize-password', provider: 'Materialize', kind: 'prefix', prefixes: ['mzp_'],
    pattern: 'mzp_[0-9a-f]{64}',
    source: 'App passwords: two UUIDs without dashes',
  },
  {
    id: 'tinybird-token', provider: 'Tinybird', kind: 'prefix', prefixes: ['p.eyJ'],
    pattern: 'p[.]eyJ[0-9A-Za-z_-]{40,250}[.][0-9A-Za-z_-]{43}',
    source: 'Auth tokens: JSON in base64 and a signature',
  },
  {
    id: 'influxdb-token', provider: 'InfluxDB', kind: 'context', keywords: ['influx'],
    pattern: '([0-9A-Za-z_-]{86}==|apiv3_[0-9A-Za-z_-]{86})',
    source: 'API tokens: 64 bytes in base64url; apiv3 in version 3',
  },
  {
    id: 'influxdb-admin-token', provider: 'InfluxDB', kind: 'prefix', prefixes: ['apiv3_'],
    pattern: 'apiv3_[0-9A-Za-z_-]{86}',
    source: 'Version 3 admin and named tokens',
  },
  {
    id: 'algolia-key', provider: 'Algolia', kind: 'context', keywords: ['algolia'],
    pattern: '[0-9a-f]{32}',
    source: 'API guide: admin and write keys, 32 hexadecimal digits',
  },
  {
    id: 'meilisearch-key', provider: 'Meilisearch', kind: 'context', keywords: ['meili'],
    pattern: '[0-9a-f]{64}',
    source: 'Guide: 64 hexadecimal digits',
  },
  {
    id: 'typesense-key', provider: 'Typesense', kind: 'context', keywords: ['typesense'],
    pattern: '[0-9A-Za-z]{32}',
    source: 'Guide: keys as issued by the cloud',
  },
  {
    id: 'convex-deploy-key', provider: 'Convex', kind: 'infix', infixes: ['|eyJ2'],
    pattern: '(prod|dev|preview|project):[0-9a-z:-]{2,80}[|]eyJ2[0-9A-Za-z+/]{40,200}={0,2}', maxBeforeBytes: 90,
    source: 'Deploy keys: deployment, bar, JSON in base64',
  },
  {
    id: 'appwrite-key', provider: 'Appwrite', kind: 'prefix', prefixes: ['standard_'],
    pattern: 'standard_[0-9a-f]{192,256}',
    source: 'API keys: 256 hexadecimal digits',
  },
  {
    id: 'datastax-token', provider: 'DataStax Astra', kind: 'prefix', prefixes: ['AstraCS:'],
    pattern: 'AstraCS:[0-9A-Za-z]{24}:[0-9a-f]{64}',
    source: 'Application tokens: client id and secret',
  },
  {
    id: 'dolthub-token', provider: 'DoltHub', kind: 'prefix', prefixes: ['dhat.v1.'],
    pattern: 'dhat[.]v1[.][0-9A-Za-z]{48,56}',
    source: 'DoltHub, API tokens',
  },
  {
    id: 'metabase-key', provider: 'Metabase', kind: 'prefix', prefixes: ['mb_'],
    pattern: 'mb_[0-9A-Za-z+/]{43}=',
    source: 'API keys: 32 bytes in base64',
  },
  {
    id: 'retool-key', provider: 'Retool', kind: 'prefix', prefixes: ['retool_'],
    pattern: 'retool_[0-9]{2}[0-9A-Za-z]{24,64}',
    source: 'Access tokens',
  },
  {
    id: 'lightdash-token', provider: 'Lightdash', kind: 'prefix', prefixes: ['ldpat_'],
    pattern: 'ldpat_[0-9a-f]{32}',
    source: 'Personal access tokens',
  },
  {
    id: 'hex-tech-token', provider: 'Hex Technologies', kind: 'prefix', prefixes: ['hxtp_', 'hxtw_'],
    pattern: 'hxt[pw]_[0-9A-Za-z]{60,100}',
    source: 'Workspace and personal tokens',
  },
  {
    id: 'snowflake-key', provider: 'Snowflake', kind: 'context', keywords: ['snowflake'],
    pattern: '[0-9A-Za-z+/]{43}=',
    source: 'Key-pair fingerprints aside: OAuth client secrets in base64',
  },
  {
    id: 'prisma-key', provider: 'Prisma', kind: 'context',
    keywords: ['prisma_accelerate', 'prisma_api', 'prisma-api', 'prisma_pulse', 'prisma_service'],
    pattern: '[0-9A-Za-z_-]{40,80}', minEntropyBits: 4.0,
    source: 'Accelerate and Pulse keys before 2023',
  },
  {
    id: 'turso-token', provider: 'Turso', kind: 'context', keywords: ['turso', 'libsql'],
    pattern: '[0-9A-Za-z_-]{43,120}', minEntropyBits: 4.2,
    source: 'Platform tokens before JWT',
  },
  {
    id: 'couchbase-secret', provider: 'Couchbase', kind: 'context', keywords: ['couchbase', 'capella'],
    pattern: '[0-9A-Za-z%#@!]{60,72}', minEntropyBits: 4.2,
    source: 'Capella API keys: 64 characters of base64',
  },
  {
    id: 'kaggle-key', provider: 'Kaggle', kind: 'context', keywords: ['kaggle'],
    pattern: '[0-9a-f]{32}',
    source: 'API keys: 32 hexadecimal digits',
  },
  {
    id: 'kaggle-token', provider: 'Kaggle', kind: 'prefix', prefixes: ['KGAT_'],
    pattern: 'KGAT_[0-9a-f]{32}',
    source: 'API tokens since 2025',
  },
  {
    id: 'fivetran-secret', provider: 'Fivetran', kind: 'context', keywords: ['fivetran'],
    pattern: '[0-9A-Za-z]{32}',
    source: 'API guide: 32 characters',
  },
  {
    id: 'timescale-secret', provider: 'Timescale', kind: 'context', keywords: ['timescale', 'tiger_'],
    pattern: '[0-9A-Za-z]{64}',
    source: 'Cloud access keys and secrets',
  },
];
