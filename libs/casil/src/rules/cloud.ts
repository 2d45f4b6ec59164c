import type { TokenRule } from './token-rule.js';
import { UUID_PATTERN } from './uuid-pattern.js';

/** Clouds, hosting platforms, networks at the edge. */
export const cloudRules: readonly TokenRule[] = [
  {
    id: 'aws-access-key-id', provider: 'AWS', kind: 'prefix', prefixes: ['AKIA', 'ASIA', 'ABIA', 'ACCA'],
    pattern: '(AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}',
    source: 'IAM guide, unique identifiers: four letters and 16 of base32; read more widely',
  },
  {
    id: 'aws-secret-access-key', provider: 'AWS', kind: 'context',
    keywords: [
      'aws_', 'aws-', 'aws.', 'awss', 'awsk', 'aws secret', 'secret_access_key', 'secret-access-key', 'secretaccesskey', 'secret access key',
      'secret.access.key', 's3_secret', 's3-secret', 's3secret', 's3.secret', 'r2_secret',
    ],
    pattern: '[0-9A-Za-z+/]{40}', minEntropyBits: 4.2,
    source: 'IAM guide: 40 characters of base64; the entropy floor keeps SHA-1 out',
  },
  {
    id: 'aws-session-token', provider: 'AWS', kind: 'prefix', prefixes: ['IQoJb3JpZ2lu', 'FwoGZXIvYXdz', 'FQoGZXIvYXdz', 'AQoDYXdz'],
    pattern: '(IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz|AQoDYXdz)([0-9A-Za-z+/]{80,512}|[0-9A-Za-z+/]{512}[0-9A-Za-z+/]{1,512}|[0-9A-Za-z+/]{512}[0-9A-Za-z+/]{512}[0-9A-Za-z+/]{1,512})={0,2}',
    source: 'STS guide; the four beginnings are base64 of the token version and origin',
  },
  {
    id: 'aws-bedrock-api-key', provider: 'AWS', kind: 'prefix', prefixes: ['ABSK'],
    pattern: 'ABSK[0-9A-Za-z+/]{100,280}={0,2}',
    source: 'Bedrock guide, long-term API keys',
  },
  {
    id: 'aws-bedrock-session-key', provider: 'AWS', kind: 'prefix', prefixes: ['bedrock-api-key-'],
    pattern: 'bedrock-api-key-([0-9A-Za-z+/]{40,512}|[0-9A-Za-z+/]{512}[0-9A-Za-z+/]{1,512}|[0-9A-Za-z+/]{512}[0-9A-Za-z+/]{512}[0-9A-Za-z+/]{1,512})={0,2}',
    source: 'Bedrock guide, short-term API keys: a presigned request in base64',
  },
  {
    id: 'aws-mws-auth-token', provider: 'AWS', kind: 'prefix', prefixes: ['amzn.mws.'],
    pattern: `amzn[.]mws[.]${UUID_PATTERN}`,
    source: 'Marketplace Web Service guide',
  },
  {
    id: 'aws-appsync-api-key', provider: 'AWS', kind: 'prefix', prefixes: ['da2-'],
    pattern: 'da2-[0-9a-z]{26}',
    source: 'AppSync guide, API keys',
  },
  {
    id: 'aws-cognito-client-secret', provider: 'AWS', kind: 'context', keywords: ['cognito'],
    pattern: '[0-9a-z]{50,52}',
    source: 'Cognito: secrets of app clients, as issued',
  },
  {
    id: 'aws-ses-smtp-password', provider: 'AWS', kind: 'context', keywords: ['ses_smtp', 'ses-smtp', 'sessmtp', 'ses.smtp', 'amazonses'],
    pattern: 'B[0-9A-Za-z+/]{43}',
    source: 'SES guide: signature over the secret key with version byte 4',
  },
  {
    id: 'google-api-key', provider: 'Google Cloud', kind: 'prefix', prefixes: ['AIza'],
    pattern: 'AIza[0-9A-Za-z_-]{35}',
    source: 'API keys guide',
  },
  {
    id: 'google-express-api-key', provider: 'Google Cloud', kind: 'prefix', prefixes: ['AQ.Ab'],
    pattern: 'AQ[.]Ab[0-9A-Za-z_-]{46,52}',
    source: 'Vertex AI express mode keys, as issued',
  },
  {
    id: 'google-oauth-client-secret', provider: 'Google Cloud', kind: 'prefix', prefixes: ['GOCSPX-'],
    pattern: 'GOCSPX-[0-9A-Za-z_-]{28}',
    source: 'OAuth clients, as issued since 2021',
  },
  {
    id: 'google-oauth-access-token', provider: 'Google Cloud', kind: 'prefix', prefixes: ['ya29.'],
    pattern: 'ya29[.]([a-z][.])?([0-9A-Za-z_-]{20,512}|[0-9A-Za-z_-]{512}[0-9A-Za-z_-]{1,512}|[0-9A-Za-z_-]{512}[0-9A-Za-z_-]{512}[0-9A-Za-z_-]{1,512})',
    source: 'OAuth 2.0 guide: opaque, up to 2048 bytes',
  },
  {
    id: 'google-oauth-refresh-token', provider: 'Google Cloud', kind: 'prefix', prefixes: ['1//0'],
    pattern: '1//0[0-9A-Za-z_-]{40,200}',
    source: 'OAuth 2.0 guide: up to 512 bytes, as issued',
  },
  {
    id: 'google-service-account-key-id', provider: 'Google Cloud', kind: 'context', keywords: ['private_key_id'],
    pattern: '[0-9a-f]{40}',
    source: 'Service account key files: the id beside the private key',
  },
  {
    id: 'google-storage-hmac-id', provider: 'Google Cloud', kind: 'prefix', prefixes: ['GOOG'],
    pattern: 'GOOG([0-9A-Z]{20}|1E[0-9A-Z]{55})',
    source: 'Cloud Storage guide, HMAC keys: 24 characters for users, 61 for service accounts',
  },
  {
    id: 'google-fcm-server-key', provider: 'Google Cloud', kind: 'infix', infixes: [':APA91b'],
    pattern: 'AAAA[0-9A-Za-z_-]{7}:APA91b[0-9A-Za-z_-]{134}', maxBeforeBytes: 11,
    source: 'Firebase Cloud Messaging, legacy server keys',
  },
  {
    id: 'azure-storage-account-key', provider: 'Azure', kind: 'context',
    keywords: [
      'accountkey', 'account_key', 'account-key', 'storage_key', 'storagekey', 'storage-key', 'azure_storage', 'azurestorage', 'cosmos',
      'azure_batch', 'primarykey', 'primary_key', 'primarymasterkey',
    ],
    pattern: '[0-9A-Za-z+/]{86}==',
    source: 'Storage guide: 64 bytes in base64; Batch and Cosmos DB too',
  },
  {
    id: 'azure-identifiable-key-512', provider: 'Azure', kind: 'infix', infixes: ['APIM', 'ACDb', '+ABa', '+AMC', '+ASt'],
    pattern: '[0-9A-Za-z+/]{76}(APIM|ACDb|[+]ABa|[+]AMC|[+]ASt)[0-9A-Za-z+/]{5}[AQgw]==', maxBeforeBytes: 76,
    source: 'Common annotated keys: service mark before the checksum of a 64 byte key',
  },
  {
    id: 'azure-identifiable-key-256', provider: 'Azure', kind: 'infix', infixes: ['AIoT', 'AzCa', '+ASb', '+AEh', '+ARm'],
    pattern: '[0-9A-Za-z+/]{33}(AIoT|AzCa|[+]ASb|[+]AEh|[+]ARm)[A-P][0-9A-Za-z+/]{5}=', maxBeforeBytes: 33,
    source: 'Common annotated keys: service mark before the checksum of a 32 byte key',
  },
  {
    id: 'azure-function-key', provider: 'Azure', kind: 'infix', infixes: ['AzFu'],
    pattern: '[0-9A-Za-z_-]{44}AzFu[0-9A-Za-z_-]{5}[AQgw]==', maxBeforeBytes: 44,
    source: 'Functions guide: keys that carry the mark AzFu',
  },
  {
    id: 'azure-function-key-legacy', provider: 'Azure', kind: 'context',
    keywords: ['x-functions-key', 'functions_key', 'functions-key', 'function_key', 'function-key', 'functionkey', 'functionskey', '?code', '&code'],
    pattern: '[0-9A-Za-z/_-]{53,54}(=|%3[Dd]){2}',
    source: 'Functions guide: 40 bytes in base64, header or `code` of the address',
  },
  {
    id: 'azure-search-key', provider: 'Azure', kind: 'infix', infixes: ['AzSe'],
    pattern: '[0-9A-Za-z]{42}AzSe[A-D][0-9A-Za-z]{5}', maxBeforeBytes: 42,
    source: 'AI Search guide: admin and query keys that carry the mark AzSe',
  },
  {
    id: 'azure-container-registry-password', provider: 'Azure', kind: 'infix', infixes: ['+ACR'],
    pattern: '[0-9A-Za-z+/]{42}[+]ACR[A-D][0-9A-Za-z+/]{5}', maxBeforeBytes: 42,
    source: 'Container Registry guide: passwords that carry the mark +ACR',
  },
  {
    id: 'azure-cask-key', provider: 'Azure', kind: 'infix', infixes: ['JQQJ99'],
    pattern: '[0-9A-Za-z]{52}JQQJ99[0-9A-Za-z]{26}', maxBeforeBytes: 52,
    source: 'Common annotated security keys, the fixed signature JQQJ99; Azure OpenAI and others',
  },
  {
    id: 'azure-devops-token', provider: 'Azure', kind: 'infix', infixes: ['AZDO'],
    pattern: '[0-9A-Za-z]{76}AZDO[0-9A-Za-z]{4}', maxBeforeBytes: 76,
    source: 'DevOps guide: 84 characters with AZDO at 76',
  },
  {
    id: 'azure-devops-token-legacy', provider: 'Azure', kind: 'context',
    keywords: [
      'azure_devops', 'azuredevops', 'azure-devops', 'azdo', 'ado_pat', 'ado_token', 'ado-pat', 'vsts', 'dev.azure', 'visualstudio.com',
      'system_accesstoken',
    ],
    pattern: '[0-9a-z]{52}',
    source: 'DevOps guide: 52 characters of base32',
  },
  {
    id: 'azure-client-secret', provider: 'Azure', kind: 'infix', infixes: ['0Q~', '1Q~', '2Q~', '3Q~', '4Q~', '5Q~', '6Q~', '7Q~', '8Q~', '9Q~'],
    pattern: '[0-9A-Za-z_.~-]{3}[0-9]Q~[0-9A-Za-z_.~-]{31,34}', maxBeforeBytes: 3,
    source: 'Entra ID application secrets, as issued: Q~ at the fifth place',
  },
  {
    id: 'azure-sas-signature', provider: 'Azure', kind: 'context', keywords: ['?sig', '&sig', ';sig', 'sharedaccesssignature'],
    pattern: '(([0-9A-Za-z+/]|%2[BbFf]){43}(=|%3[Dd])|[0-9A-Za-z_-]{43})',
    source: 'Shared access signatures: HMAC-SHA256 in base64, escaped in addresses, or base64url in those of Logic Apps',
  },
  {
    id: 'azure-shared-access-key', provider: 'Azure', kind: 'context',
    keywords: ['sharedaccesskey', 'shared_access_key', 'sharedaccess', 'signalr', 'accesskey', 'access_key', 'iothub', 'eventhub', 'servicebus'],
    pattern: '[0-9A-Za-z+/]{43}=',
    source: 'Service Bus, Event Hubs, IoT Hub, SignalR: connection strings with 32 bytes in base64',
  },
  {
    id: 'azure-subscription-key', provider: 'Azure', kind: 'context',
    keywords: [
      'ocp-apim', 'apim_', 'apim-', 'subscription-key', 'subscription_key', 'subscriptionkey', 'azure_openai', 'azureopenai', 'azure-openai',
      'cognitive_services', 'cognitiveservices', 'azure_speech', 'azure_translator', 'azure_maps', 'azure_search',
    ],
    pattern: '[0-9a-f]{32}',
    source: 'API Management and Cognitive Services: 32 hexadecimal digits',
  },
  {
    id: 'alibaba-access-key-id', provider: 'Alibaba Cloud', kind: 'prefix', prefixes: ['LTAI'],
    pattern: 'LTAI[0-9A-Za-z]{12,26}',
    source: 'RAM guide: LTAI and 12 to 20 characters',
  },
  {
    id: 'alibaba-sts-access-key-id', provider: 'Alibaba Cloud', kind: 'prefix', prefixes: ['STS.N'],
    pattern: 'STS[.]N[0-9A-Za-z]{20,32}',
    source: 'RAM guide, security tokens',
  },
  {
    id: 'alibaba-access-key-secret', provider: 'Alibaba Cloud', kind: 'context',
    keywords: ['aliyun', 'alibaba', 'alicloud', 'accesskeysecret', 'access_key_secret', 'access-key-secret', 'oss_access', 'oss-access'],
    pattern: '[0-9A-Za-z]{30}',
    source: 'RAM guide: 30 characters',
  },
  {
    id: 'tencent-secret-id', provider: 'Tencent Cloud', kind: 'prefix', prefixes: ['AKID'],
    pattern: 'AKID[0-9A-Za-z]{32}',
    source: 'CAM guide: AKID and 32 characters',
  },
  {
    id: 'tencent-secret-key', provider: 'Tencent Cloud', kind: 'context', keywords: ['tencent', 'qcloud', 'cos_secret'],
    pattern: '[0-9A-Za-z]{32}',
    source: 'CAM guide: 32 characters',
  },
  {
    id: 'huawei-secret-access-key', provider: 'Huawei Cloud', kind: 'context',
    keywords: ['huaweicloud', 'huawei_cloud', 'huawei-cloud', 'hwcloud', 'hw_secret'],
    pattern: '[0-9A-Za-z]{40}', minEntropyBits: 4.1,
    source: 'IAM guide: 40 characters',
  },
  {
    id: 'volcengine-access-key-id', provider: 'Volcengine', kind: 'prefix', prefixes: ['AKLT'],
    pattern: 'AKLT[0-9A-Za-z_-]{40,60}',
    source: 'IAM guide: AKLT and base64',
  },
  {
    id: 'yandex-api-key', provider: 'Yandex Cloud', kind: 'prefix', prefixes: ['AQVN'],
    pattern: 'AQVN[0-9A-Za-z_-]{35,38}',
    source: 'IAM guide: API keys',
  },
  {
    id: 'yandex-static-access-key', provider: 'Yandex Cloud', kind: 'prefix', prefixes: ['YC'],
    pattern: 'YC[0-9A-Za-z_-]{38}', minEntropyBits: 4.2, notAfter: '+-', notBefore: '+-_',
    source: 'IAM guide: YCAJ ids and YC secrets of static keys',
  },
  {
    id: 'yandex-iam-token', provider: 'Yandex Cloud', kind: 'prefix', prefixes: ['t1.'],
    pattern: 't1[.][0-9A-Za-z_-]{8,300}={0,2}[.][0-9A-Za-z_-]{86}={0,2}',
    source: 'IAM guide: short-lived tokens',
  },
  {
    id: 'yandex-oauth-token', provider: 'Yandex Cloud', kind: 'prefix', prefixes: ['y0_', 'y1_', 'y2_', 'y3_'],
    pattern: 'y[0-3]_[0-9A-Za-z_-]{54,60}',
    source: 'Yandex Cloud, OAuth guide',
  },
  {
    id: 'ibm-cloud-api-key', provider: 'IBM Cloud', kind: 'context', keywords: ['ibmcloud', 'ibm_', 'ibm-', 'bluemix'],
    pattern: '[0-9A-Za-z_-]{44}',
    source: 'IAM guide: 44 characters',
  },
  {
    id: 'digitalocean-token', provider: 'DigitalOcean', kind: 'prefix', prefixes: ['dop_v1_', 'doo_v1_', 'dor_v1_'],
    pattern: 'do[opr]_v1_[0-9a-f]{64}',
    source: 'API guide: personal, OAuth and refresh tokens',
  },
  {
    id: 'digitalocean-spaces-key-id', provider: 'DigitalOcean', kind: 'prefix', prefixes: ['DO00', 'DO801'],
    pattern: 'DO(00[0-9A-Z]{16}|801[0-9A-Z]{15})',
    source: 'Spaces guide: 20 characters',
  },
  {
    id: 'digitalocean-spaces-secret', provider: 'DigitalOcean', kind: 'context', keywords: ['spaces_', 'spaces-', 'digitalocean', 'do_spaces'],
    pattern: '[0-9A-Za-z+/]{43}=?',
    source: 'Spaces guide: 32 bytes in base64 without padding',
  },
  {
    id: 'digitalocean-model-access-key', provider: 'DigitalOcean', kind: 'prefix', prefixes: ['sk-do-'],
    pattern: 'sk-do-[0-9A-Za-z_-]{40,128}',
    source: 'Gradient AI platform keys',
  },
  {
    id: 'heroku-api-key', provider: 'Heroku', kind: 'prefix', prefixes: ['HRKU-'],
    pattern: `HRKU-(${UUID_PATTERN}|[0-9A-Za-z_-]{60})`,
    source: 'Platform API guide, since 2024: 65 characters; first keys held a UUID',
  },
  {
    id: 'heroku-api-key-legacy', provider: 'Heroku', kind: 'context',
    keywords: [
      'heroku_api', 'heroku-api', 'herokuapi', 'heroku_key', 'heroku_token', 'heroku-token', 'heroku_auth', 'heroku_secret', 'heroku_oauth',
      'heroku.api', 'api.heroku.com',
    ],
    pattern: UUID_PATTERN,
    source: 'Platform API guide: UUID',
  },
  {
    id: 'linode-token', provider: 'Linode', kind: 'context', keywords: ['linode'],
    pattern: '[0-9a-f]{64}',
    source: 'API guide: 64 hexadecimal digits',
  },
  {
    id: 'vultr-api-key', provider: 'Vultr', kind: 'context', keywords: ['vultr'],
    pattern: '[0-9A-Z]{36}',
    source: 'API guide: 36 upper-case letters and digits',
  },
  {
    id: 'hetzner-token', provider: 'Hetzner', kind: 'context', keywords: ['hetzner', 'hcloud'],
    pattern: '[0-9A-Za-z]{64}', minEntropyBits: 4.2,
    source: 'Cloud API guide: 64 characters',
  },
  {
    id: 'scaleway-access-key', provider: 'Scaleway', kind: 'prefix', prefixes: ['SCW'],
    pattern: 'SCW[0-9A-Z]{17}',
    source: 'IAM guide: SCW and 17 characters',
  },
  {
    id: 'scaleway-secret-key', provider: 'Scaleway', kind: 'context',
    keywords: [
      'scw_secret', 'scw-secret', 'scwsecret', 'scaleway_secret', 'scaleway-secret', 'scalewaysecret', 'scaleway_token', 'scaleway_api',
      'scw_token',
    ],
    pattern: UUID_PATTERN,
    source: 'IAM guide: UUID',
  },
  {
    id: 'ovh-application-secret', provider: 'OVHcloud', kind: 'context', keywords: ['ovh'],
    pattern: '[0-9A-Za-z]{32}',
    source: 'API guide: application secret and consumer key, 32 characters',
  },
  {
    id: 'fly-access-token', provider: 'Fly.io', kind: 'prefix', prefixes: ['fo1_'],
    pattern: 'fo1_[0-9A-Za-z_-]{43}',
    source: 'Access tokens guide: fo1 of OAuth',
  },
  {
    id: 'fly-macaroon', provider: 'Fly.io', kind: 'prefix', prefixes: ['fm1_', 'fm1a_', 'fm1r_', 'fm2_'],
    pattern: 'fm(1|1a|1r|2)_([0-9A-Za-z+/]{60,512}|[0-9A-Za-z+/]{512}[0-9A-Za-z+/]{1,512}|[0-9A-Za-z+/]{512}[0-9A-Za-z+/]{512}[0-9A-Za-z+/]{1,512})={0,3}',
    source: 'Access tokens guide: macaroons in base64',
  },
  {
    id: 'render-api-key', provider: 'Render', kind: 'prefix', prefixes: ['rnd_'],
    pattern: 'rnd_[0-9A-Za-z]{28,40}',
    source: 'Render, API guide',
  },
  {
    id: 'vercel-token', provider: 'Vercel', kind: 'prefix', prefixes: ['vca_', 'vcc_', 'vci_', 'vcp_', 'vcr_', 'vck_'],
    pattern: 'vc[aciprk]_[0-9A-Za-z]{24,96}',
    source: 'Prefixed tokens of 2026: personal, integration, app, refresh, AI gateway',
  },
  {
    id: 'vercel-blob-token', provider: 'Vercel', kind: 'prefix', prefixes: ['vercel_blob_rw_'],
    pattern: 'vercel_blob_rw_[0-9A-Za-z]{16}_[0-9A-Za-z]{30,64}',
    source: 'Blob guide: store id and secret',
  },
  {
    id: 'vercel-token-legacy', provider: 'Vercel', kind: 'context',
    keywords: [
      'vercel_token', 'vercel-token', 'verceltoken', 'vercel_api', 'vercel-api', 'vercelapi', 'vercel_access', 'vercel_key', 'vercel_secret',
      'vercel_pat', 'vercel_auth',
    ],
    pattern: '[0-9A-Za-z]{24}', minEntropyBits: 3.7,
    source: 'REST API guide: 24 characters',
  },
  {
    id: 'netlify-token', provider: 'Netlify', kind: 'prefix', prefixes: ['nfp_', 'nfo_', 'nfc_', 'nfb_', 'nfu_'],
    pattern: 'nf[bcopu]_[0-9A-Za-z_]{36}',
    source: 'API guide: personal, OAuth, CLI, build and UI tokens',
  },
  {
    id: 'netlify-token-legacy', provider: 'Netlify', kind: 'context', keywords: ['netlify'],
    pattern: '[0-9A-Za-z_-]{43,46}',
    source: 'API guide: tokens before 2023',
  },
  {
    id: 'railway-token', provider: 'Railway', kind: 'context',
    keywords: ['railway_token', 'railway_api', 'railway-token', 'railway-api', 'railwaytoken', 'railwayapi'],
    pattern: UUID_PATTERN,
    source: 'Public API guide: UUID',
  },
  {
    id: 'cloudflare-token', provider: 'Cloudflare', kind: 'prefix', prefixes: ['cfk_', 'cfut_', 'cfat_'],
    pattern: '(cfk|cfut|cfat)_[0-9A-Za-z]{40}[0-9a-f]{8}', checksum: 'cloudflare',
    source: 'API guide 2025: user keys, user and account tokens with CRC-32',
  },
  {
    id: 'cloudflare-api-token', provider: 'Cloudflare', kind: 'context', keywords: ['cloudflare', 'cf_api', 'cf-api', 'cfapi', 'cf_token'],
    pattern: '[0-9A-Za-z_-]{40}', minEntropyBits: 4.1,
    source: 'API guide: 40 characters',
  },
  {
    id: 'cloudflare-global-key', provider: 'Cloudflare', kind: 'context',
    keywords: ['cloudflare', 'x-auth-key', 'cf_api', 'cf_global', 'cf_key', 'cf-api'],
    pattern: '[0-9a-f]{37}',
    source: 'API guide: 37 hexadecimal digits',
  },
  {
    id: 'cloudflare-origin-ca-key', provider: 'Cloudflare', kind: 'prefix', prefixes: ['v1.0-'],
    pattern: 'v1[.]0-[0-9a-f]{24}-[0-9a-f]{146}',
    source: 'API guide: origin CA keys',
  },
  {
    id: 'cloudflare-tunnel-token', provider: 'Cloudflare', kind: 'prefix', prefixes: ['eyJhIjoi'],
    pattern: 'eyJhIjoi[0-9A-Za-z+/]{100,400}={0,2}',
    source: 'Tunnel guide: account, tunnel and secret as JSON in base64',
  },
  {
    id: 'cloudflare-turnstile-secret', provider: 'Cloudflare', kind: 'prefix', prefixes: ['0x4AAAAAA'],
    pattern: '0x4AAAAAA[0-9A-Za-z_-]{25,27}',
    source: 'Turnstile guide: 35 characters; site keys are shorter',
  },
  {
    id: 'fastly-api-token', provider: 'Fastly', kind: 'context', keywords: ['fastly'],
    pattern: '[0-9A-Za-z_-]{32}', minEntropyBits: 3.6,
    source: 'API guide: 32 characters',
  },
  {
    id: 'akamai-credential', provider: 'Akamai', kind: 'prefix', prefixes: ['akab-'],
    pattern: 'akab-[0-9a-z]{16}-[0-9a-z]{16}',
    source: 'EdgeGrid guide: client and access tokens',
  },
  {
    id: 'backblaze-application-key', provider: 'Backblaze', kind: 'prefix', prefixes: ['K000', 'K001', 'K002', 'K003', 'K004', 'K005'],
    pattern: 'K00[0-5][0-9A-Za-z+/]{27}', minEntropyBits: 3.8,
    source: 'B2 guide: 31 characters',
  },
  {
    id: 'wasabi-secret-key', provider: 'Wasabi', kind: 'context', keywords: ['wasabi'],
    pattern: '[0-9A-Za-z]{40}', minEntropyBits: 4.1,
    source: 'Console: 40 characters',
  },
  {
    id: 'exoscale-api-key', provider: 'Exoscale', kind: 'prefix', prefixes: ['EXO'],
    pattern: 'EXO[0-9a-f]{24}',
    source: 'IAM guide: EXO and 24 hexadecimal digits',
  },
  {
    id: 'exoscale-api-secret', provider: 'Exoscale', kind: 'context', keywords: ['exoscale'],
    pattern: '[0-9A-Za-z_-]{43}',
    source: 'IAM guide: 43 characters',
  },
  {
    id: 'upcloud-token', provider: 'UpCloud', kind: 'prefix', prefixes: ['ucat_'],
    pattern: 'ucat_[0-9A-Z]{26}',
    source: 'API guide: ucat and a ULID',
  },
  {
    id: 'civo-api-key', provider: 'Civo', kind: 'context', keywords: ['civo'],
    pattern: '[0-9A-Za-z]{50}',
    source: 'API guide: 50 characters',
  },
  {
    id: 'equinix-metal-token', provider: 'Equinix Metal', kind: 'context',
    keywords: ['equinix', 'packet_auth', 'metal_auth', 'packet_api', 'metal_api'],
    pattern: '[0-9A-Za-z]{32}',
    source: 'API guide: 32 characters',
  },
  {
    id: 'koyeb-token', provider: 'Koyeb', kind: 'context', keywords: ['koyeb'],
    pattern: '[0-9A-Za-z]{64}',
    source: 'API guide: 64 characters',
  },
  {
    id: 'deno-deploy-token', provider: 'Deno Deploy', kind: 'prefix', prefixes: ['ddp_', 'ddo_'],
    pattern: 'dd[op]_[0-9A-Za-z]{34,40}',
    source: 'Console: personal and organisation tokens',
  },
  {
    id: 'tailscale-key', provider: 'Tailscale', kind: 'prefix', prefixes: ['tskey-'],
    pattern: 'tskey-([a-z]{2,12}-)?[0-9A-Za-z]{8,40}(-[0-9A-Za-z]{16,64})?',
    source: 'Key prefixes page: auth, API, client, SCIM and webhook keys',
  },
  {
    id: 'ngrok-token', provider: 'ngrok', kind: 'context', keywords: ['ngrok'],
    pattern: '[0-9A-Za-z]{27}_[0-9A-Za-z]{18,24}',
    source: 'Agent and API guide: KSUID and secret',
  },
  {
    id: 'zerotier-token', provider: 'ZeroTier', kind: 'context', keywords: ['zerotier'],
    pattern: '[0-9A-Za-z]{32}',
    source: 'Central API guide: 32 characters',
  },
];
