import type { TokenRule } from './token-rule.js';
import { UUID_PATTERN } from './uuid-pattern.js';

/** Keys of services for campaigns, analytics and search. Write keys that stand in every web page are left out. */
export const marketingRules: readonly TokenRule[] = [
  {
    kind: 'prefix', id: 'klaviyo-private-key', provider: 'Klaviyo', prefixes: ['pk_'],
    source: 'documentation, private keys; the public one has six characters', pattern: 'pk_([0-9a-f]{34}|[A-Za-z0-9]{6}_[0-9a-f]{32,40})', minEntropyBits: 3,
  },
  {
    kind: 'prefix', id: 'segment-public-api-token', provider: 'Segment', prefixes: ['sgp_'],
    source: 'documentation, Public API tokens', pattern: 'sgp_[0-9A-Za-z]{64}', minEntropyBits: 4.2,
  },
  {
    kind: 'context', id: 'segment-write-key', provider: 'Segment',
    keywords: ['segment_write', 'segmentwrite', 'segment_key', 'segment_api', 'segment-write', 'segmentio', 'segment-key', 'segmentkey',
      'segment-api', 'segmentapi'],
    source: 'workspace, sources', pattern: '[0-9A-Za-z]{32}', minEntropyBits: 3.9,
  },
  {
    kind: 'context', id: 'amplitude-key', provider: 'Amplitude', keywords: ['amplitude'],
    source: 'project settings, API and secret key', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'mixpanel-key', provider: 'Mixpanel', keywords: ['mixpanel'],
    source: 'project settings: token and secret of 32, service account secret of 32 characters', pattern: '([0-9a-f]{32}|[0-9A-Za-z]{32})',
  },
  {
    kind: 'context', id: 'customerio-key', provider: 'Customer.io', keywords: ['customerio', 'customer_io', 'customer.io', 'customer-io'],
    source: 'account settings: tracking key of 20, app key of 32 hexadecimal digits', pattern: '([0-9a-f]{20}|[0-9a-f]{32})', minEntropyBits: 2.8,
  },
  {
    kind: 'context', id: 'iterable-key', provider: 'Iterable',
    keywords: ['iterable_api', 'iterable_key', 'iterable-api', 'iterableapi', 'iterable-key', 'iterablekey'],
    source: 'integrations, API keys', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'braze-key', provider: 'Braze', keywords: ['braze'],
    source: 'dashboard, REST API keys', pattern: UUID_PATTERN,
  },
  {
    kind: 'context', id: 'activecampaign-key', provider: 'ActiveCampaign', keywords: ['activecampaign', 'active_campaign', 'active-campaign'],
    source: 'developer settings: 72 hexadecimal digits', pattern: '[0-9a-f]{72}',
  },
  {
    kind: 'context', id: 'getresponse-key', provider: 'GetResponse', keywords: ['getresponse'],
    source: 'integrations and API', pattern: '[0-9a-z]{32}',
  },
  {
    kind: 'context', id: 'convertkit-secret', provider: 'Kit', keywords: ['convertkit'],
    source: 'account, API secret: 43 characters', pattern: '[0-9A-Za-z_-]{43}', minEntropyBits: 4,
  },
  {
    kind: 'prefix', id: 'kit-api-key', provider: 'Kit', prefixes: ['kit_'],
    source: 'developer settings, keys of version 4', pattern: 'kit_[0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'surveymonkey-token', provider: 'SurveyMonkey', keywords: ['surveymonkey', 'survey_monkey', 'survey-monkey'],
    source: 'developer site, access tokens', pattern: '[0-9A-Za-z._-]{80,160}', minEntropyBits: 4.5,
  },
  {
    kind: 'context', id: 'jotform-key', provider: 'Jotform', keywords: ['jotform'],
    source: 'account, API', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'prefix', id: 'tally-key', provider: 'Tally', prefixes: ['tly-'],
    source: 'settings, API keys', pattern: 'tly-[0-9A-Za-z]{32,48}', minEntropyBits: 3.9,
  },
  {
    kind: 'context', id: 'optimizely-token', provider: 'Optimizely', keywords: ['optimizely'],
    source: 'API access: version and 43 characters', pattern: '2:[0-9A-Za-z_-]{43,60}', minEntropyBits: 4,
  },
  {
    kind: 'prefix', id: 'courier-key', provider: 'Courier', prefixes: ['pk_prod_', 'pk_test_', 'dk_prod_', 'dk_test_'],
    source: 'settings, API keys: server keys in spite of their first letter', pattern: '[pd]k_(prod|test)_[0-9A-Z]{28}',
  },
  {
    kind: 'context', id: 'hunter-key', provider: 'Hunter', keywords: ['hunter_io', 'hunterio', 'hunter_api', 'hunter-api', 'hunterapi', 'hunter-io'],
    source: 'API settings', pattern: '[0-9a-f]{40}',
  },
  {
    kind: 'context', id: 'clearbit-key', provider: 'Clearbit', keywords: ['clearbit'],
    source: 'dashboard, API keys', pattern: 'sk_[0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'semrush-key', provider: 'Semrush', keywords: ['semrush'],
    source: 'subscription information, API units', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'moengage-key', provider: 'MoEngage', keywords: ['moengage'],
    source: 'settings, APIs', pattern: '[0-9A-Za-z_-]{24}', minEntropyBits: 3.7,
  },
  {
    kind: 'context', id: 'clevertap-passcode', provider: 'CleverTap', keywords: ['clevertap'],
    source: 'settings, passcodes', pattern: '[0-9A-Za-z]{32}', minEntropyBits: 3.2,
  },
  {
    kind: 'prefix', id: 'wix-api-key', provider: 'Wix', prefixes: ['IST.eyJ'],
    source: 'API keys manager: a signed token behind IST.',
    pattern: 'IST[.]eyJ[0-9A-Za-z_-]{20,200}[.][0-9A-Za-z_-]{40}([0-9A-Za-z_-]{4}){0,240}[0-9A-Za-z_-]{0,3}([.][0-9A-Za-z_-]{40,400})?',
  },
  {
    kind: 'prefix', id: 'dub-key', provider: 'Dub', prefixes: ['dub_'],
    source: 'documentation, API keys: 24 characters', pattern: 'dub_[0-9A-Za-z]{24}', minEntropyBits: 3.7,
  },
];
