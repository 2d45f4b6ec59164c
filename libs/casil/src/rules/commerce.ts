import type { TokenRule } from './token-rule.js';
import { UUID_PATTERN } from './uuid-pattern.js';

/** Keys of shops, parcel services, travel and property marketplaces. */
export const commerceRules: readonly TokenRule[] = [
  {
    kind: 'prefix', id: 'shopify-access-token', provider: 'Shopify', prefixes: ['shpat_', 'shpua_', 'shptka_'],
    source: 'documentation, access tokens', pattern: 'shp(at|ua|tka)_[0-9A-Fa-f]{32}',
  },
  {
    kind: 'prefix', id: 'shopify-custom-app-token', provider: 'Shopify', prefixes: ['shpca_'],
    source: 'documentation, custom apps', pattern: 'shpca_[0-9A-Fa-f]{32}',
  },
  {
    kind: 'prefix', id: 'shopify-private-app-token', provider: 'Shopify', prefixes: ['shppa_'],
    source: 'documentation, private apps', pattern: 'shppa_[0-9A-Fa-f]{32}',
  },
  {
    kind: 'prefix', id: 'shopify-shared-secret', provider: 'Shopify', prefixes: ['shpss_'],
    source: 'documentation, app credentials', pattern: 'shpss_[0-9A-Fa-f]{32}',
  },
  {
    kind: 'prefix', id: 'shopify-refresh-token', provider: 'Shopify', prefixes: ['shprt_'],
    source: 'documentation, token refresh', pattern: 'shprt_[0-9A-Fa-f]{32}',
  },
  {
    kind: 'prefix', id: 'shopify-partner-token', provider: 'Shopify', prefixes: ['prtapi_', 'atkn_'],
    source: 'Partner API and command-line tokens', pattern: '(prtapi|atkn)_[0-9a-f]{32,64}',
  },
  {
    kind: 'prefix', id: 'woocommerce-key', provider: 'WooCommerce', prefixes: ['ck_', 'cs_'],
    source: 'documentation, REST keys', pattern: 'c[ks]_[0-9a-f]{40}',
  },
  {
    kind: 'context', id: 'bigcommerce-token', provider: 'BigCommerce', keywords: ['bigcommerce', 'x-auth-token', 'x_auth_token', 'xauthtoken'],
    source: 'documentation, API accounts: 30 or 31 characters', pattern: '[0-9a-z]{30,31}', minEntropyBits: 3.5,
  },
  {
    kind: 'context', id: 'etsy-key', provider: 'Etsy', keywords: ['etsy'],
    source: 'developer site: keystring of 24 characters', pattern: '[0-9a-z]{24}', minEntropyBits: 3.3,
  },
  {
    kind: 'prefix', id: 'ebay-cert-id', provider: 'eBay', prefixes: ['PRD-', 'SBX-'],
    source: 'developer site, certificate id', pattern: '(PRD|SBX)-[0-9a-f]{12}(-[0-9a-f]{4}){4}',
  },
  {
    kind: 'prefix', id: 'ebay-user-token', provider: 'eBay', prefixes: ['v^1.1#'],
    source: 'documentation, OAuth user tokens', minEntropyBits: 3.9,
    pattern: 'v\\^1[.]1#i\\^1#[0-9A-Za-z^#+/=_-]{60}([0-9A-Za-z^#+/=_-]{4}){0,500}[0-9A-Za-z^#+/=_-]{0,3}',
  },
  {
    kind: 'prefix', id: 'amazon-login-token', provider: 'Amazon', prefixes: ['Atzr|', 'Atza|'],
    source: 'Login with Amazon: refresh and access tokens', minEntropyBits: 4.5,
    pattern: 'Atz[ar][|]Iw[0-9A-Za-z_-]{100}([0-9A-Za-z_-]{4}){0,200}[0-9A-Za-z_-]{0,3}',
  },
  {
    kind: 'prefix', id: 'amazon-login-client-secret', provider: 'Amazon', prefixes: ['amzn1.oa2-cs.'],
    source: 'Login with Amazon: client secrets', pattern: 'amzn1[.]oa2-cs[.]v1[.][0-9a-f]{64}',
  },
  {
    kind: 'context', id: 'magento-access-token', provider: 'Adobe Commerce', keywords: ['magento'],
    source: 'documentation, integration tokens: 32 characters', pattern: '[0-9a-z]{32}', minEntropyBits: 3.2,
  },
  {
    kind: 'context', id: 'prestashop-key', provider: 'PrestaShop', keywords: ['prestashop'],
    source: 'documentation, web service keys', pattern: '[0-9A-Z]{32}',
  },
  {
    kind: 'prefix', id: 'ecwid-secret-token', provider: 'Ecwid', prefixes: ['secret_'],
    source: 'documentation, access tokens', pattern: 'secret_[0-9A-Za-z]{32}', minEntropyBits: 4,
  },
  {
    kind: 'context', id: 'snipcart-secret', provider: 'Snipcart', keywords: ['snipcart'],
    source: 'dashboard, secret keys: base64', pattern: '[0-9A-Za-z+/]{70,120}={0,2}', minEntropyBits: 4.2,
  },
  {
    kind: 'prefix', id: 'shippo-token', provider: 'Shippo', prefixes: ['shippo_live_', 'shippo_test_'],
    source: 'documentation, API tokens', pattern: 'shippo_(live|test)_[0-9A-Fa-f]{40}',
  },
  {
    kind: 'prefix', id: 'easypost-key', provider: 'EasyPost', prefixes: ['EZAK', 'EZTK'],
    source: 'account settings: production and test keys', pattern: 'EZ[AT]K[0-9A-Za-z]{54}', minEntropyBits: 3.9,
  },
  {
    kind: 'prefix', id: 'lob-key', provider: 'Lob', prefixes: ['live_', 'test_'],
    source: 'documentation, API keys; live_pub_ is public', pattern: '(live|test)_[0-9a-f]{35}',
  },
  {
    kind: 'prefix', id: 'aftership-key', provider: 'AfterShip', prefixes: ['asat_'],
    source: 'documentation, API keys', pattern: 'asat_[0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'shipengine-key', provider: 'ShipEngine', keywords: ['shipengine', 'shipstation'],
    source: 'dashboard, API keys', pattern: '((TEST_)?[0-9A-Za-z+/]{43}|[0-9a-f]{32})', minEntropyBits: 3.2,
  },
  {
    kind: 'context', id: 'printful-token', provider: 'Printful', keywords: ['printful'],
    source: 'developer portal, private tokens', pattern: '[0-9A-Za-z]{40}',
  },
  {
    kind: 'prefix', id: 'duffel-token', provider: 'Duffel', prefixes: ['duffel_live_', 'duffel_test_'],
    source: 'documentation, access tokens', pattern: 'duffel_(live|test)_[0-9A-Za-z_=-]{43}', minEntropyBits: 4,
  },
  {
    kind: 'context', id: 'amadeus-secret', provider: 'Amadeus', keywords: ['amadeus'],
    source: 'developer portal: key of 32, secret of 16 characters', pattern: '([0-9A-Za-z]{32}|[0-9A-Za-z]{16})', minEntropyBits: 3.2,
  },
  {
    kind: 'context', id: 'yelp-key', provider: 'Yelp', keywords: ['yelp'],
    source: 'developer site: 128 characters', pattern: '[0-9A-Za-z_-]{128}', minEntropyBits: 4.5,
  },
  {
    kind: 'context', id: 'uber-secret', provider: 'Uber',
    keywords: ['uber_client', 'uber_server', 'uber_secret', 'uberclient', 'uber-client', 'uber-server', 'uberserver', 'uber-secret', 'ubersecret'],
    source: 'developer dashboard: 40 characters', pattern: '[0-9A-Za-z_-]{40}', minEntropyBits: 4,
  },
  {
    kind: 'context', id: 'doordash-signing-secret', provider: 'DoorDash', keywords: ['doordash'],
    source: 'developer portal, access keys: base64 of 32 bytes', pattern: `([0-9A-Za-z_-]{43}|${UUID_PATTERN})`, minEntropyBits: 3.2,
  },
  {
    kind: 'context', id: 'clover-token', provider: 'Clover',
    keywords: ['clover_api', 'clover_access', 'clover_token', 'clover-api', 'cloverapi', 'clover_app', 'clover-access', 'cloveraccess',
      'clover-token', 'clovertoken', 'clover-app', 'cloverapp'],
    source: 'developer dashboard, app secret and merchant tokens', pattern: UUID_PATTERN,
  },
];
