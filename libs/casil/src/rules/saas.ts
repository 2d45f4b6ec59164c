import type { TokenRule } from './token-rule.js';
import { UUID_PATTERN } from './uuid-pattern.js';

/** Keys of tools that teams work with: documents, tasks, customers, content, automation. */
export const saasRules: readonly TokenRule[] = [
  {
    kind: 'prefix', id: 'notion-token', provider: 'Notion', prefixes: ['ntn_'],
    source: 'documentation, authorization: tokens since 2024', pattern: 'ntn_[0-9]{9,12}[0-9A-Za-z]{34,37}', minEntropyBits: 3.9,
  },
  {
    kind: 'prefix', id: 'notion-legacy-token', provider: 'Notion', prefixes: ['secret_'],
    source: 'documentation, internal integrations', pattern: 'secret_[0-9A-Za-z]{43}', minEntropyBits: 4,
  },
  {
    kind: 'prefix', id: 'airtable-token', provider: 'Airtable', prefixes: ['pat'],
    source: 'documentation, personal access tokens', pattern: 'pat[0-9A-Za-z]{14}[.][0-9a-f]{64}',
  },
  {
    kind: 'context', id: 'airtable-legacy-key', provider: 'Airtable', keywords: ['airtable'],
    source: 'documentation, API keys before 2024', pattern: 'key[0-9A-Za-z]{14}', minEntropyBits: 3,
  },
  {
    kind: 'prefix', id: 'asana-token', provider: 'Asana', prefixes: ['0/', '1/', '2/'],
    source: 'documentation, personal access tokens: version, user id, token id, 32 hexadecimal digits',
    pattern: '[0-2]/[0-9]{13,19}(/[0-9]{13,19})?:[0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'asana-secret', provider: 'Asana', keywords: ['asana'],
    source: 'developer console, client secret', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'prefix', id: 'linear-api-key', provider: 'Linear', prefixes: ['lin_api_'],
    source: 'settings, personal API keys', pattern: 'lin_api_[0-9A-Za-z]{40}',
  },
  {
    kind: 'prefix', id: 'linear-oauth-token', provider: 'Linear', prefixes: ['lin_oauth_'],
    source: 'documentation, OAuth', pattern: 'lin_oauth_[0-9a-f]{64}',
  },
  {
    kind: 'prefix', id: 'linear-webhook-secret', provider: 'Linear', prefixes: ['lin_wh_'],
    source: 'documentation, webhooks', pattern: 'lin_wh_[0-9A-Za-z]{36,48}', minEntropyBits: 3.7,
  },
  {
    kind: 'prefix', id: 'clickup-token', provider: 'ClickUp', prefixes: ['pk_'],
    source: 'documentation, personal tokens: user id and 32 characters', pattern: 'pk_[0-9]{5,10}_[0-9A-Z]{32}',
  },
  {
    kind: 'prefix', id: 'trello-token', provider: 'Trello', prefixes: ['ATTA'],
    source: 'observed: tokens since 2022', pattern: 'ATTA[0-9a-f]{64}[0-9A-Fa-f]{8}',
  },
  {
    kind: 'context', id: 'trello-legacy-key', provider: 'Trello', keywords: ['trello'],
    source: 'developer documentation: key of 32, token of 64 hexadecimal digits', pattern: '([0-9a-f]{32}|[0-9a-f]{64})',
  },
  {
    kind: 'prefix', id: 'figma-token', provider: 'Figma', prefixes: ['figd_', 'figo_', 'figu_', 'figor_', 'figoh_'],
    source: 'documentation, personal and OAuth tokens', pattern: 'fig(d|o|u|or|oh)_[0-9A-Za-z_-]{36,64}', minEntropyBits: 4,
  },
  {
    kind: 'prefix', id: 'dropbox-short-token', provider: 'Dropbox', prefixes: ['sl.'],
    source: 'documentation, short-lived access tokens; 130 to over 1,000 characters observed',
    pattern: 'sl[.](u[.])?[0-9A-Za-z_-]{128}([0-9A-Za-z_-]{4}){0,320}[0-9A-Za-z_-]{0,3}', minEntropyBits: 4.5,
  },
  {
    kind: 'context', id: 'dropbox-token', provider: 'Dropbox', keywords: ['dropbox'],
    source: 'app console: secret of 15 characters, long-lived and refresh tokens of 64',
    pattern: '([0-9a-z]{15}|[0-9A-Za-z_-]{11}AAAAAAAAAA[0-9A-Za-z_-]{43})', minEntropyBits: 2.9,
  },
  {
    kind: 'context', id: 'box-token', provider: 'Box',
    keywords: ['box_client', 'box_developer', 'box_api', 'boxsdk', 'box_access', 'boxappsettings', 'box-client', 'boxclient', 'box-developer',
      'boxdeveloper', 'box-api', 'boxapi', 'box-access', 'boxaccess'],
    source: 'developer console: secret and developer token', pattern: '[0-9A-Za-z]{32}', minEntropyBits: 3.7,
  },
  {
    kind: 'prefix', id: 'typeform-token', provider: 'Typeform', prefixes: ['tfp_'],
    source: 'documentation, personal access tokens', pattern: 'tfp_[0-9A-Za-z_.=-]{40,61}', minEntropyBits: 4,
  },
  {
    kind: 'prefix', id: 'contentful-management-token', provider: 'Contentful', prefixes: ['CFPAT-'],
    source: 'documentation, management tokens', pattern: 'CFPAT-[0-9A-Za-z_-]{43}', minEntropyBits: 4,
  },
  {
    kind: 'context', id: 'contentful-delivery-token', provider: 'Contentful', keywords: ['contentful'],
    source: 'documentation, delivery and preview tokens', pattern: '[0-9A-Za-z_-]{43}', minEntropyBits: 4,
  },
  {
    kind: 'prefix', id: 'sanity-bare-token', provider: 'Sanity', prefixes: ['sk'], notAfter: '+/-', notBefore: '+/-_=',
    source: 'documentation, authentication: personal tokens of 80 characters, robot tokens of 180', pattern: 'sk([0-9A-Za-z]{78}|[0-9A-Za-z]{178})', minEntropyBits: 4.9,
  },
  {
    kind: 'context', id: 'sanity-token', provider: 'Sanity', keywords: ['sanity'],
    source: 'documentation, robot tokens', pattern: 'sk[0-9A-Za-z]{78,180}', minEntropyBits: 4,
  },
  {
    kind: 'context', id: 'storyblok-token', provider: 'Storyblok', keywords: ['storyblok'],
    source: 'settings, access tokens', pattern: '[0-9A-Za-z]{22}tt(-[0-9]{3,8}-[0-9A-Za-z_-]{20})?', minEntropyBits: 3.5,
  },
  {
    kind: 'prefix', id: 'hubspot-private-app-token', provider: 'HubSpot', prefixes: ['pat-na', 'pat-eu', 'pat-ap'],
    source: 'documentation, private apps', pattern: `pat-(na|eu|ap)[0-9]-${UUID_PATTERN}`,
  },
  {
    kind: 'context', id: 'hubspot-key', provider: 'HubSpot', keywords: ['hubspot', 'hapikey'],
    source: 'documentation, API keys and client secrets', pattern: UUID_PATTERN,
  },
  {
    kind: 'prefix', id: 'salesforce-session-id', provider: 'Salesforce', prefixes: ['00D'],
    source: 'documentation: organization id, exclamation mark, session', pattern: '00D[0-9A-Za-z]{12,15}![0-9A-Za-z._]{60,140}', minEntropyBits: 4.2,
  },
  {
    kind: 'prefix', id: 'salesforce-refresh-token', provider: 'Salesforce', prefixes: ['5Aep8'],
    source: 'observed: OAuth refresh tokens', pattern: '5Aep8[0-9A-Za-z._]{70,100}', minEntropyBits: 4.2,
  },
  {
    kind: 'context', id: 'salesforce-secret', provider: 'Salesforce', keywords: ['sfdc', 'sforce'],
    source: 'connected apps: consumer secret; security token of 24 or 25 characters', pattern: '([0-9A-F]{64}|[0-9]{18,19}|[0-9A-Za-z]{24,25})', minEntropyBits: 2.3,
  },
  {
    kind: 'prefix', id: 'intercom-access-token', provider: 'Intercom', prefixes: ['dG9rO'],
    source: 'developer hub: base64 of tok: and a body', pattern: 'dG9rO[0-9A-Za-z+/]{54}=', minEntropyBits: 4,
  },
  {
    kind: 'context', id: 'intercom-secret', provider: 'Intercom', keywords: ['intercom'],
    source: 'developer hub, client and identity secrets', pattern: `(${UUID_PATTERN}|[0-9A-Za-z_-]{40})`, minEntropyBits: 3.2,
  },
  {
    kind: 'context', id: 'zendesk-token', provider: 'Zendesk', keywords: ['zendesk'],
    source: 'admin centre, API tokens', pattern: '([0-9A-Za-z]{40}|[0-9a-f]{64})',
  },
  {
    kind: 'context', id: 'freshdesk-key', provider: 'Freshworks', keywords: ['freshdesk', 'freshservice', 'freshsales', 'freshworks'],
    source: 'profile settings', pattern: '[0-9A-Za-z]{18,22}', minEntropyBits: 3.5,
  },
  {
    kind: 'prefix', id: 'launchdarkly-sdk-key', provider: 'LaunchDarkly', prefixes: ['sdk-', 'api-'],
    source: 'documentation, SDK keys and access tokens; mobile and client-side ids are public', pattern: `(sdk|api)-${UUID_PATTERN}`,
  },
  {
    kind: 'prefix', id: 'postman-key', provider: 'Postman', prefixes: ['PMAK-'],
    source: 'settings, API keys', pattern: 'PMAK-[0-9a-f]{24}-[0-9a-f]{34}',
  },
  {
    kind: 'prefix', id: 'postman-collection-token', provider: 'Postman', prefixes: ['PMAT-'],
    source: 'collection access keys', pattern: 'PMAT-[0-9A-Z]{26}',
  },
  {
    kind: 'prefix', id: 'readme-key', provider: 'ReadMe', prefixes: ['rdme_'],
    source: 'dashboard, API keys', pattern: 'rdme_[0-9a-z]{60,80}', minEntropyBits: 3.7,
  },
  {
    kind: 'infix', id: 'zapier-webhook-url', provider: 'Zapier', infixes: ['hooks.zapier.com/hooks/'], maxBeforeBytes: 8,
    source: 'documentation, webhooks', pattern: '(https?://)?hooks[.]zapier[.]com/hooks/(catch|standard)/[0-9]{4,10}/[0-9A-Za-z]{5,32}',
  },
  {
    kind: 'infix', id: 'ifttt-webhook-url', provider: 'IFTTT', infixes: ['maker.ifttt.com/'], maxBeforeBytes: 8,
    source: 'documentation, Maker webhooks', pattern: '(https?://)?maker[.]ifttt[.]com/(trigger/[0-9A-Za-z_-]{1,64}/(json/)?with/key|use)/[0-9A-Za-z_-]{21,64}',
  },
  {
    kind: 'infix', id: 'make-webhook-url', provider: 'Make', infixes: ['.make.com/'], maxBeforeBytes: 20,
    source: 'documentation, webhooks', pattern: '(https?://)?hook[.][a-z]{2}[0-9][.]make[.]com/[0-9a-z]{28,36}',
  },
  {
    kind: 'prefix', id: 'n8n-api-key', provider: 'n8n', prefixes: ['n8n_api_'],
    source: 'documentation, API keys', pattern: 'n8n_api_[0-9a-f]{40,100}',
  },
  {
    kind: 'prefix', id: 'inngest-signing-key', provider: 'Inngest', prefixes: ['signkey-'],
    source: 'documentation, signing keys', pattern: 'signkey-(prod|test|branch)-[0-9a-f]{64}',
  },
  {
    kind: 'prefix', id: 'trigger-dev-key', provider: 'Trigger.dev', prefixes: ['tr_dev_', 'tr_prod_', 'tr_stg_', 'tr_preview_', 'tr_pat_'],
    source: 'documentation, API keys', pattern: 'tr_(dev|prod|stg|preview|pat)_[0-9A-Za-z]{20,40}', minEntropyBits: 3.5,
  },
  {
    kind: 'prefix', id: 'cal-com-key', provider: 'Cal.com', prefixes: ['cal_live_', 'cal_test_', 'cal_'],
    source: 'documentation, API keys', pattern: 'cal_(live_|test_)?[0-9a-f]{32}',
  },
  {
    kind: 'prefix', id: 'frameio-token', provider: 'Frame.io', prefixes: ['fio-u-'],
    source: 'developer site, tokens', pattern: 'fio-u-[0-9A-Za-z_=-]{64}', minEntropyBits: 4.2,
  },
  {
    kind: 'prefix', id: 'close-key', provider: 'Close', prefixes: ['api_'],
    source: 'documentation, API keys', pattern: 'api_[0-9A-Za-z]{22}[.][0-9A-Za-z]{22}',
  },
  {
    kind: 'prefix', id: 'zoho-token', provider: 'Zoho', prefixes: ['1000.'],
    source: 'documentation, OAuth tokens', pattern: '1000[.][0-9a-f]{32}[.][0-9a-f]{32}',
  },
  {
    kind: 'prefix', id: 'statsig-key', provider: 'Statsig', prefixes: ['secret-', 'console-'],
    source: 'documentation, server and console keys', pattern: '(secret|console)-[0-9A-Za-z]{40,48}', minEntropyBits: 4,
  },
  {
    kind: 'prefix', id: 'flagsmith-server-key', provider: 'Flagsmith', prefixes: ['ser.'],
    source: 'documentation, server-side environment keys', pattern: 'ser[.][0-9A-Za-z]{22}', minEntropyBits: 3.7,
  },
  {
    kind: 'prefix', id: 'nylas-key', provider: 'Nylas', prefixes: ['nyk_v0_'],
    source: 'dashboard, API keys', pattern: 'nyk_v0_[0-9A-Za-z]{60,68}', minEntropyBits: 4,
  },
  {
    kind: 'prefix', id: 'adobe-client-secret', provider: 'Adobe', prefixes: ['p8e-', 'p8-'],
    source: 'developer console, OAuth credentials', pattern: 'p8e?-[0-9A-Za-z_-]{32}', minEntropyBits: 3.9,
  },
  {
    kind: 'context', id: 'monday-token', provider: 'monday.com',
    keywords: ['monday_api', 'monday_token', 'monday-api', 'mondayapi', 'mondaycom', 'monday_signing', 'monday-token', 'mondaytoken',
      'monday-signing', 'mondaysigning'],
    source: 'developer centre, signing secret and app tokens', pattern: '[0-9A-Za-z]{32}',
  },
  {
    kind: 'context', id: 'coda-token', provider: 'Coda', keywords: ['coda_api', 'coda_token', 'coda-api', 'codaapi', 'coda-token', 'codatoken'],
    source: 'account settings, API tokens', pattern: UUID_PATTERN,
  },
  {
    kind: 'context', id: 'smartsheet-token', provider: 'Smartsheet', keywords: ['smartsheet'],
    source: 'documentation, access tokens: 26 characters, later 37', pattern: '([0-9a-z]{26}|[0-9A-Za-z]{37})',
  },
  {
    kind: 'context', id: 'todoist-token', provider: 'Todoist', keywords: ['todoist'],
    source: 'integration settings', pattern: '[0-9a-f]{40}',
  },
  {
    kind: 'context', id: 'pipedrive-token', provider: 'Pipedrive', keywords: ['pipedrive'],
    source: 'personal preferences, API', pattern: '[0-9a-f]{40}',
  },
  {
    kind: 'context', id: 'calendly-key', provider: 'Calendly', keywords: ['calendly'],
    source: 'integrations, legacy keys and webhook signing keys', pattern: '([0-9A-Z]{32}|[0-9A-Za-z_-]{43})', minEntropyBits: 3.7,
  },
  {
    kind: 'context', id: 'docusign-secret', provider: 'DocuSign', keywords: ['docusign'],
    source: 'administration, apps and keys', pattern: UUID_PATTERN,
  },
  {
    kind: 'context', id: 'hellosign-key', provider: 'Dropbox Sign', keywords: ['hellosign', 'dropboxsign', 'dropbox_sign', 'dropbox-sign'],
    source: 'API settings', pattern: '[0-9a-f]{64}',
  },
  {
    kind: 'context', id: 'pandadoc-key', provider: 'PandaDoc', keywords: ['pandadoc'],
    source: 'developer dashboard', pattern: '[0-9a-f]{40}',
  },
  {
    kind: 'context', id: 'servicenow-secret', provider: 'ServiceNow',
    keywords: ['servicenow', 'snow_client_secret', 'snow-client-secret', 'snowclientsecret'],
    source: 'application registry, client id and secret', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'lokalise-token', provider: 'Lokalise', keywords: ['lokalise'],
    source: 'profile settings, API tokens', pattern: '[0-9a-f]{40}',
  },
  {
    kind: 'context', id: 'crowdin-token', provider: 'Crowdin', keywords: ['crowdin'],
    source: 'account settings, personal tokens', pattern: '[0-9a-f]{80}',
  },
  {
    kind: 'context', id: 'shortcut-token', provider: 'Shortcut',
    keywords: ['shortcut_api', 'shortcut-token', 'shortcut_token', 'clubhouse_api', 'shortcut-api', 'shortcutapi', 'shortcuttoken', 'clubhouse-api',
      'clubhouseapi'],
    source: 'settings, API tokens', pattern: UUID_PATTERN,
  },
  {
    kind: 'context', id: 'webflow-token', provider: 'Webflow', keywords: ['webflow'],
    source: 'site settings, API access', pattern: '[0-9a-f]{64}',
  },
  {
    kind: 'context', id: 'cloudinary-secret', provider: 'Cloudinary', keywords: ['cloudinary'],
    source: 'console, API keys: 27 characters', pattern: '[0-9A-Za-z_-]{27}', minEntropyBits: 3.7,
  },
  {
    kind: 'context', id: 'grammarly-secret', provider: 'Grammarly', keywords: ['grammarly'],
    source: 'developer portal, client secret', pattern: '[0-9A-Za-z_-]{40,48}', minEntropyBits: 4,
  },
  {
    kind: 'prefix', id: 'plane-token', provider: 'Plane', prefixes: ['plane_api_'],
    source: 'documentation, personal access tokens', pattern: 'plane_api_[0-9a-f]{32}',
  },
  {
    kind: 'prefix', id: 'liveblocks-secret-key', provider: 'Liveblocks', prefixes: ['sk_prod_', 'sk_dev_'],
    source: 'documentation, secret keys by environment', pattern: 'sk_(prod|dev)_[0-9A-Za-z_-]{48,80}', minEntropyBits: 4.2,
  },
];
