import type { TokenType } from './token-types.js';

/** Spellings under which passwords and unmarked secrets are kept; contexts respell them in their own way. */
export const passwordNames = [
  'PASSWORD', 'DB_PASSWORD', 'DATABASE_PASSWORD', 'ADMIN_PASSWORD', 'SMTP_PASSWORD', 'REDIS_PASSWORD', 'POSTGRES_PASSWORD', 'MYSQL_ROOT_PASSWORD', 'USER_PASSWORD', 'PASSWD',
  'DB_PASS', 'SMTP_PASS', 'LDAP_BIND_PASSWORD', 'KEYSTORE_PASSWORD', 'SSH_PASSPHRASE', 'ROOT_PWD', 'SECRET', 'APP_SECRET', 'CLIENT_SECRET', 'API_SECRET', 'WEBHOOK_SECRET', 'JWT_SECRET', 'SESSION_SECRET',
  'SECRET_KEY', 'API_KEY', 'ENCRYPTION_KEY', 'MASTER_KEY', 'AUTH_TOKEN', 'ACCESS_TOKEN', 'REFRESH_TOKEN', 'API_TOKEN', 'BOT_TOKEN', 'SERVICE_ACCOUNT_KEY', 'SHARED_ACCESS_KEY', 'PRIVATE_TOKEN',
] as const;

/** Shapes of passwords, from what generators and people make. */
export const passwordShapes = [
  '[A-Za-z0-9]{16}', '[A-Za-z0-9]{24}', '[A-Za-z0-9!@#%^*_-]{14,20}', '[A-Za-z0-9]{9}[!#%^*][A-Za-z0-9]{6}', '(Blue|Green|Quiet|Rapid)(Tiger|Harbor|Comet|Maple)[0-9]{2,4}[!#%]', '[a-z]{6}-[a-z]{6}-[a-z0-9]{6}',
  '[A-Z][a-z]{5,7}[0-9]{3,4}[!@#$]', '[a-z0-9]{20}', 'p@ss[A-Za-z0-9]{10}', '[A-Za-z0-9+/]{22}',
] as const;

/** Shapes that a person's or a database's password has inside a connection string. */
export const connectionShapes = ['[A-Za-z0-9]{16}', '[A-Za-z0-9]{24}', '[A-Za-z0-9_-]{12,18}', '[A-Za-z0-9]{8}[!*][A-Za-z0-9]{5}', '[A-Z][a-z]{5,7}[0-9]{3,4}'] as const;

/** Keys of many lines or with a body of their own. */
export const keyMaterial: readonly TokenType[] = [
  { kind: 'pem-rsa', value: 'pem:RSA PRIVATE KEY', name: 'RSA_PRIVATE_KEY' },
  { kind: 'pem-ec', value: 'pem:EC PRIVATE KEY', name: 'SIGNING_KEY' },
  { kind: 'pem-pkcs8', value: 'pem:PRIVATE KEY', name: 'PRIVATE_KEY' },
  { kind: 'pem-encrypted', value: 'pem:ENCRYPTED PRIVATE KEY', name: 'TLS_KEY' },
  { kind: 'pem-dsa', value: 'pem:DSA PRIVATE KEY', name: 'HOST_KEY' },
  { kind: 'openssh-key', value: 'openssh-key', name: 'SSH_PRIVATE_KEY' },
  { kind: 'pgp-key', value: 'pem:PGP PRIVATE KEY BLOCK', name: 'GPG_KEY' },
];

/** Key material that carries other text beside the secret; rendered as it stands and inside JSON. */
export const keyDocuments: readonly TokenType[] = [
  { kind: 'jwk-ec', value: 'jwk:EC', name: 'JWK' },
  { kind: 'jwk-rsa', value: 'jwk:RSA', name: 'JWK' },
  { kind: 'jwk-okp', value: 'jwk:OKP', name: 'JWK' },
  { kind: 'jwk-oct', value: 'jwk:oct', name: 'JWK' },
  { kind: 'nats-creds', value: 'nats-creds', name: 'NATS_CREDS' },
];

export const jsonWebTokens: readonly TokenType[] = [
  { kind: 'jwt-hs256', value: 'jwt:HS256', name: 'ACCESS_TOKEN' },
  { kind: 'jwt-es256', value: 'jwt:ES256', name: 'ID_TOKEN' },
  { kind: 'jwt-rs256', value: 'jwt:RS256', name: 'AUTH_TOKEN' },
  { kind: 'jwt-eddsa', value: 'jwt:EdDSA', name: 'SESSION_TOKEN' },
];

/** Cookies that carry a session: name, shape of the value. */
export const sessionCookies: readonly (readonly [string, string])[] = [
  ['sessionid', '[a-z0-9]{32}'], ['connect.sid', 's%3A[A-Za-z0-9_-]{32}\\.[A-Za-z0-9]{43}'], ['PHPSESSID', '[a-z0-9]{26}'], ['JSESSIONID', '[0-9A-F]{32}'], ['session', '[A-Za-z0-9_-]{43}'],
  ['_myapp_session', '[A-Za-z0-9]{64}'], ['laravel_session', '[A-Za-z0-9]{40}'], ['ASP.NET_SessionId', '[a-z0-9]{24}'], ['__Host-session', '[A-Za-z0-9_-]{32}'], ['auth_token', '[A-Za-z0-9_-]{40}'], ['.AspNetCore.Cookies', 'CfDJ8[A-Za-z0-9_-]{120}'],
  ['next-auth.session-token', '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'],
];

/** Azure signatures: a template whose one secret is the signature or the key. */
export const azureTemplates: readonly (readonly [string, string])[] = [
  ['azure-storage-connection', 'DefaultEndpointsProtocol=https;AccountName=relaystore;AccountKey=<<[A-Za-z0-9+/]{86}==>>;EndpointSuffix=core.windows.net'],
  ['azure-sas-url', 'https://relaystore.blob.core.windows.net/backup/db.bak?sv=2024-11-04&st=2026-01-02T03%3A04%3A05Z&se=2026-02-02T03%3A04%3A05Z&sr=b&sp=r&sig=<<[A-Za-z0-9]{20}%2B[A-Za-z0-9]{22}%3D>>'],
  ['azure-service-bus', 'Endpoint=sb://relay.servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=<<[A-Za-z0-9+/]{43}=>>'],
  ['azure-iot', 'HostName=hub1.azure-devices.net;DeviceId=dev7;SharedAccessKey=<<[A-Za-z0-9+/]{43}=>>'],
  ['azure-cosmos', 'AccountEndpoint=https://acc1.documents.azure.com:443/;AccountKey=<<[A-Za-z0-9+/]{86}==>>;'],
  ['aws-presigned', 'https://b1.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=<<AKIA[A-Z2-7]{16}>>%2F20260102%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Expires=900'],
];
