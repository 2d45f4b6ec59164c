import type { TokenRule } from './token-rule.js';
import { UUID_PATTERN } from './uuid-pattern.js';

/** Keys of payment providers, banks and exchanges. Publishable keys (`pk_live_…`) belong in browsers and are no secrets. */
export const paymentRules: readonly TokenRule[] = [
  {
    kind: 'prefix', id: 'stripe-secret-key', provider: 'Stripe', prefixes: ['sk_live_', 'sk_test_', 'sk_prod_', 'sk_org_live_', 'sk_org_test_'],
    source: 'API keys documentation; 24 characters in old keys, about 100 in new ones, others issue keys of this shape too',
    pattern: 'sk_(live|test|prod|org_live|org_test)_[0-9A-Za-z]{24,247}', minEntropyBits: 3.2,
  },
  {
    kind: 'prefix', id: 'stripe-restricted-key', provider: 'Stripe', prefixes: ['rk_live_', 'rk_test_', 'rk_prod_'],
    source: 'API keys documentation', pattern: 'rk_(live|test|prod)_[0-9A-Za-z]{24,247}', minEntropyBits: 3.2,
  },
  {
    kind: 'prefix', id: 'stripe-webhook-secret', provider: 'Stripe', prefixes: ['whsec_'],
    source: 'webhooks documentation; Svix and Standard Webhooks write base64 behind the same prefix',
    pattern: 'whsec_[0-9A-Za-z+/]{32,64}={0,2}', minEntropyBits: 3.5,
  },
  {
    kind: 'prefix', id: 'stripe-ephemeral-key', provider: 'Stripe', prefixes: ['ek_live_', 'ek_test_'],
    source: 'mobile integration documentation', pattern: 'ek_(live|test)_[0-9A-Za-z]{40,200}', minEntropyBits: 3.7,
  },
  {
    kind: 'prefix', id: 'square-access-token', provider: 'Square', prefixes: ['sq0atp-', 'sandbox-sq0atb-'],
    source: 'developer dashboard, access tokens', pattern: '(sq0atp|sandbox-sq0atb)-[0-9A-Za-z_-]{22}', minEntropyBits: 3.5,
  },
  {
    kind: 'prefix', id: 'square-oauth-secret', provider: 'Square', prefixes: ['sq0csp-', 'sandbox-sq0csb-'],
    source: 'developer dashboard, OAuth page', pattern: '(sq0csp|sandbox-sq0csb)-[0-9A-Za-z_-]{40,43}', minEntropyBits: 4.1,
  },
  {
    kind: 'prefix', id: 'square-personal-token', provider: 'Square', prefixes: ['EAAA'],
    source: 'access token documentation: 64 characters in all', pattern: 'EAAA[0-9A-Za-z_-]{60}', minEntropyBits: 4.2,
  },
  {
    kind: 'prefix', id: 'braintree-access-token', provider: 'Braintree', prefixes: ['access_token$production$', 'access_token$sandbox$'],
    source: 'gateway documentation, PayPal access tokens', pattern: 'access_token[$](production|sandbox)[$][0-9a-z]{16}[$][0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'braintree-private-key', provider: 'Braintree', keywords: ['braintree'],
    source: 'control panel, API keys', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'prefix', id: 'paypal-access-token', provider: 'PayPal', prefixes: ['A21AA'],
    source: 'REST documentation, OAuth answer', pattern: 'A21AA[0-9A-Za-z_-]{80,110}', minEntropyBits: 4.2,
  },
  {
    kind: 'context', id: 'paypal-client-secret', provider: 'PayPal', keywords: ['paypal'],
    source: 'developer dashboard: 80 characters that begin with E', pattern: 'E[0-9A-Za-z_-]{79}', minEntropyBits: 4.2,
  },
  {
    kind: 'prefix', id: 'adyen-api-key', provider: 'Adyen', prefixes: ['AQE'],
    source: 'documentation, API credentials: base64, base64 of 32 bytes, 16 printable characters',
    pattern: 'AQE[0-9A-Za-z+/]{60,240}={0,2}-[0-9A-Za-z+/]{43}=(-[0-9A-Za-z!#$%()*+./:;=?@^_{|}~-]{8,20})?', minEntropyBits: 4.2,
  },
  {
    kind: 'context', id: 'adyen-hmac-key', provider: 'Adyen', keywords: ['adyen'],
    source: 'documentation, webhook signatures', pattern: '[0-9A-F]{64}',
  },
  {
    kind: 'prefix', id: 'plaid-access-token', provider: 'Plaid', prefixes: ['access-production-', 'access-development-', 'access-sandbox-'],
    source: 'API reference, access tokens', pattern: `access-(production|development|sandbox)-${UUID_PATTERN}`,
  },
  {
    kind: 'context', id: 'plaid-secret', provider: 'Plaid', keywords: ['plaid'],
    source: 'dashboard, keys', pattern: '[0-9a-f]{30}',
  },
  {
    kind: 'prefix', id: 'razorpay-live-key', provider: 'Razorpay', prefixes: ['rzp_live_'],
    source: 'dashboard, API keys', pattern: 'rzp_live_[0-9A-Za-z]{14}', minEntropyBits: 3,
  },
  {
    kind: 'context', id: 'razorpay-secret', provider: 'Razorpay', keywords: ['razorpay', 'rzp_'],
    source: 'dashboard, API keys', pattern: '[0-9A-Za-z]{24}', minEntropyBits: 3.5,
  },
  {
    kind: 'prefix', id: 'flutterwave-secret-key', provider: 'Flutterwave', prefixes: ['FLWSECK-', 'FLWSECK_TEST-'],
    source: 'dashboard, API settings', pattern: 'FLWSECK(_TEST)?-[0-9A-Za-z]{32}(-[0-9a-z]{11,13})?-X',
  },
  {
    kind: 'prefix', id: 'flutterwave-encryption-key', provider: 'Flutterwave', prefixes: ['FLWSECK_TEST'],
    source: 'dashboard, API settings', pattern: 'FLWSECK_TEST[0-9a-f]{12}', minEntropyBits: 2.2,
  },
  {
    kind: 'prefix', id: 'mollie-api-key', provider: 'Mollie', prefixes: ['live_', 'test_'],
    source: 'documentation, authentication', pattern: '(live|test)_[0-9A-Za-z]{30}', minEntropyBits: 3.9,
  },
  {
    kind: 'prefix', id: 'mollie-access-token', provider: 'Mollie', prefixes: ['access_'],
    source: 'documentation, organization access tokens', pattern: 'access_[0-9A-Za-z]{32,40}', minEntropyBits: 3.9,
  },
  {
    kind: 'prefix', id: 'gocardless-access-token', provider: 'GoCardless', prefixes: ['live_', 'sandbox_'],
    source: 'dashboard, developers', pattern: '(live|sandbox)_[0-9A-Za-z_-]{40}', minEntropyBits: 4.2,
  },
  {
    kind: 'context', id: 'coinbase-key', provider: 'Coinbase', keywords: ['coinbase'],
    source: 'API settings: secret of 32 characters, exchange secret of 64 bytes in base64', pattern: '([0-9A-Za-z]{32}|[0-9A-Za-z]{64}|[0-9A-Za-z+/]{86}==)',
  },
  {
    kind: 'context', id: 'binance-key', provider: 'Binance', keywords: ['binance'],
    source: 'API management: key and secret of 64 characters', pattern: '[0-9A-Za-z]{64}',
  },
  {
    kind: 'context', id: 'kraken-key', provider: 'Kraken', keywords: ['kraken'],
    source: 'API settings: key of 56, private key of 88 characters', pattern: '([0-9A-Za-z+/]{56}|[0-9A-Za-z+/]{86}==)',
  },
  {
    kind: 'context', id: 'bitfinex-key', provider: 'Bitfinex', keywords: ['bitfinex'],
    source: 'API key management', pattern: '[0-9A-Za-z]{43}',
  },
  {
    kind: 'context', id: 'kucoin-key', provider: 'KuCoin', keywords: ['kucoin'],
    source: 'API management: key of 24 hexadecimal digits, secret a UUID', pattern: `([0-9a-f]{24}|${UUID_PATTERN})`,
  },
  {
    kind: 'context', id: 'okx-key', provider: 'OKX', keywords: ['okx_', 'okx-', 'okex'],
    source: 'API management: key a UUID, secret of 32 upper-case hexadecimal digits', pattern: `([0-9A-F]{32}|${UUID_PATTERN})`,
  },
  {
    kind: 'prefix', id: 'checkout-secret-key', provider: 'Checkout.com', prefixes: ['sk_sbox_', 'sk_'],
    source: 'documentation, API keys: 26 characters of base 32 and one more', pattern: 'sk_(sbox_)?[2-7a-z]{26}[2-7a-z*#$=]', minEntropyBits: 3.6,
  },
  {
    kind: 'prefix', id: 'checkout-classic-key', provider: 'Checkout.com', prefixes: ['sk_test_', 'sk_'],
    source: 'documentation, keys of the previous platform', pattern: `sk_(test_)?${UUID_PATTERN}`,
  },
  {
    kind: 'context', id: 'wise-token', provider: 'Wise',
    keywords: ['transferwise', 'wise_api', 'wise-api', 'wiseapi', 'wise_token', 'wise_access', 'wise-token', 'wisetoken', 'wise-access', 'wiseaccess'],
    source: 'settings, API tokens', pattern: UUID_PATTERN,
  },
  {
    kind: 'prefix', id: 'klarna-api-key', provider: 'Klarna', prefixes: ['klarna_live_api_', 'klarna_test_api_', 'klarna_playground_api_'],
    source: 'documentation, API credentials', pattern: 'klarna_(live|test|playground)_api_[0-9A-Za-z+/=_-]{40,300}', minEntropyBits: 4.2,
  },
  {
    kind: 'prefix', id: 'paddle-api-key', provider: 'Paddle', prefixes: ['pdl_live_apikey_', 'pdl_sdbx_apikey_'],
    source: 'API reference, authentication', pattern: 'pdl_(live|sdbx)_apikey_[0-9a-z]{26}_[0-9A-Za-z]{22}_[0-9A-Za-z]{3}',
  },
  {
    kind: 'prefix', id: 'paddle-webhook-secret', provider: 'Paddle', prefixes: ['pdl_ntfset_'],
    source: 'API reference, notification settings', pattern: 'pdl_ntfset_[0-9a-z]{26}_[0-9A-Za-z+/]{32}',
  },
  {
    kind: 'prefix', id: 'polar-token', provider: 'Polar', prefixes: ['polar_oat_', 'polar_pat_', 'polar_whs_', 'polar_rt_', 'polar_at_'],
    source: 'documentation, access tokens', pattern: 'polar_(oat|pat|whs|rt|at)_(u_|o_)?[0-9A-Za-z]{32,50}',
  },
  {
    kind: 'prefix', id: 'sumup-secret-key', provider: 'SumUp', prefixes: ['sup_sk_'],
    source: 'developer settings', pattern: 'sup_sk_[0-9A-Za-z]{32}',
  },
  {
    kind: 'prefix', id: 'xendit-secret-key', provider: 'Xendit', prefixes: ['xnd_production_', 'xnd_development_'],
    source: 'dashboard, API keys', pattern: 'xnd_(production|development)_[0-9A-Za-z]{40,80}', minEntropyBits: 3.9,
  },
  {
    kind: 'prefix', id: 'midtrans-server-key', provider: 'Midtrans', prefixes: ['Mid-server-', 'SB-Mid-server-'],
    source: 'documentation, access keys', pattern: '(SB-)?Mid-server-[0-9A-Za-z_-]{24}', minEntropyBits: 3.5,
  },
  {
    kind: 'prefix', id: 'mercadopago-access-token', provider: 'Mercado Pago', prefixes: ['APP_USR-', 'TEST-'],
    source: 'developer panel, credentials', pattern: '(APP_USR|TEST)-[0-9]{13,16}-[0-9]{6}-[0-9a-f]{32}-[0-9]{6,10}',
  },
  {
    kind: 'prefix', id: 'omise-secret-key', provider: 'Omise', prefixes: ['skey_test_', 'skey_live_', 'skey_'],
    source: 'documentation, authentication', pattern: 'skey_(test_|live_)?[0-9a-z]{19}', minEntropyBits: 3.2,
  },
  {
    kind: 'prefix', id: 'cashfree-secret-key', provider: 'Cashfree', prefixes: ['cfsk_ma_'],
    source: 'dashboard, API keys', pattern: 'cfsk_ma_(prod|test)_[0-9a-f]{32}_[0-9a-f]{8}',
  },
  {
    kind: 'prefix', id: 'ramp-client-secret', provider: 'Ramp', prefixes: ['ramp_sec_', 'ramp_tok_'],
    source: 'developer documentation', pattern: 'ramp_(sec|tok)_[0-9A-Za-z]{40,64}',
  },
  {
    kind: 'prefix', id: 'brex-token', provider: 'Brex', prefixes: ['bxt_'],
    source: 'developer portal, user tokens', pattern: 'bxt_[0-9A-Za-z]{36,48}', minEntropyBits: 3.9,
  },
  {
    kind: 'prefix', id: 'quickbooks-refresh-token', provider: 'Intuit', prefixes: ['AB11'],
    source: 'OAuth documentation: 50 characters in all', pattern: 'AB11[0-9A-Za-z]{46}', minEntropyBits: 4,
  },
  {
    kind: 'context', id: 'dwolla-secret', provider: 'Dwolla', keywords: ['dwolla'],
    source: 'dashboard, applications', pattern: '[0-9A-Za-z]{50}',
  },
  {
    kind: 'context', id: 'chargebee-key', provider: 'Chargebee', keywords: ['chargebee'],
    source: 'settings, API keys', pattern: '(live|test)_[0-9A-Za-z]{24,48}',
  },
  {
    kind: 'context', id: 'recurly-key', provider: 'Recurly', keywords: ['recurly'],
    source: 'integrations, API credentials', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'authorizenet-transaction-key', provider: 'Authorize.Net', keywords: ['authorizenet', 'authorize_net', 'authnet', 'authorize-net'],
    source: 'merchant interface, transaction key', pattern: '[0-9A-Za-z]{16}', minEntropyBits: 3,
  },
  {
    kind: 'context', id: 'alpaca-secret', provider: 'Alpaca', keywords: ['alpaca', 'apca'],
    source: 'dashboard, API keys', pattern: '[0-9A-Za-z]{40}',
  },
  {
    kind: 'context', id: 'taxjar-token', provider: 'TaxJar', keywords: ['taxjar'],
    source: 'account, API access', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'prefix', id: 'rapyd-secret-key', provider: 'Rapyd', prefixes: ['rsk_'],
    source: 'client portal, secret keys in hexadecimal', pattern: 'rsk_[0-9a-f]{64,160}',
  },
];
