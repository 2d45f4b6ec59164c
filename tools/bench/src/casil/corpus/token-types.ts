import { cloudAndDataTokens } from './token-types-cloud.js';
import { modelAndToolTokens } from './token-types-models.js';
import { serviceTokens } from './token-types-services.js';

/** A kind of token, from what its issuer says of its format. */
export interface TokenType {
  readonly kind: string;
  /** What to make, as `makeValue` of the test kit reads it. */
  readonly value: string;
  /** Name it usually has in an environment. */
  readonly name: string;
}

/** Tokens that tell by their form what they are. */
export const prefixedTokens: readonly TokenType[] = [...cloudAndDataTokens, ...serviceTokens, ...modelAndToolTokens].map(([kind, value, name]) => ({ kind, value, name }));

/** Tokens without a mark of their own: only the name beside them tells. */
export const contextTokens: readonly TokenType[] = (
  [
    ['aws-secret-key', '[A-Za-z0-9/+]{40}', 'AWS_SECRET_ACCESS_KEY'],
    ['datadog-api-key', '[0-9a-f]{32}', 'DATADOG_API_KEY'],
    ['datadog-app-key', '[0-9a-f]{40}', 'DD_APP_KEY'],
    ['cloudflare-global-key', '[0-9a-f]{37}', 'CLOUDFLARE_API_KEY'],
    ['twilio-auth-token', '[0-9a-f]{32}', 'TWILIO_AUTH_TOKEN'],
    ['algolia-admin-key', '[0-9a-f]{32}', 'ALGOLIA_ADMIN_API_KEY'],
    ['cohere-key', '[A-Za-z0-9]{40}', 'COHERE_API_KEY'],
    ['mistral-key', '[A-Za-z0-9]{32}', 'MISTRAL_API_KEY'],
    ['fastly-token', '[A-Za-z0-9_-]{32}', 'FASTLY_API_TOKEN'],
    ['okta-token', '00[A-Za-z0-9_-]{40}', 'OKTA_API_TOKEN'],
    ['linode-token', '[0-9a-f]{64}', 'LINODE_TOKEN'],
    ['hetzner-token', '[A-Za-z0-9]{64}', 'HCLOUD_TOKEN'],
    ['azure-openai-key', '[0-9a-f]{32}', 'AZURE_OPENAI_API_KEY'],
    ['azure-storage-key', '[A-Za-z0-9+/]{86}==', 'AZURE_STORAGE_KEY'],
    ['heroku-key', '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}', 'HEROKU_API_KEY'],
    ['discord-client-secret', '[A-Za-z0-9_-]{32}', 'DISCORD_CLIENT_SECRET'],
    ['spotify-client-secret', '[0-9a-f]{32}', 'SPOTIFY_CLIENT_SECRET'],
    ['auth0-client-secret', '[A-Za-z0-9_-]{64}', 'AUTH0_CLIENT_SECRET'],
    ['rapidapi-key', '[0-9a-f]{10}msh[0-9a-f]{15}p1[0-9a-f]{6}jsn[0-9a-f]{12}', 'RAPIDAPI_KEY'],
    ['wandb-key', '[0-9a-f]{40}', 'WANDB_API_KEY'],
    ['pagerduty-key', '[A-Za-z0-9_+-]{20}', 'PAGERDUTY_TOKEN'],
    ['codecov-token', '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}', 'CODECOV_TOKEN'],
    ['ibm-cloud-key', '[A-Za-z0-9_-]{44}', 'IBM_CLOUD_API_KEY'],
    ['vercel-token', '[A-Za-z0-9]{24}', 'VERCEL_TOKEN'],
    ['django-secret-key', '[a-z0-9!@#$%^&*(_=+-]{50}', 'DJANGO_SECRET_KEY'],
    ['rails-secret-key-base', '[0-9a-f]{128}', 'SECRET_KEY_BASE'],
    ['generic-api-key', '[A-Za-z0-9]{32}', 'API_KEY'],
    ['generic-access-token', '[A-Za-z0-9_-]{43}', 'ACCESS_TOKEN'],
    ['generic-client-secret', '[A-Za-z0-9+/]{43}=', 'CLIENT_SECRET'],
    ['generic-signing-key', '[0-9a-f]{64}', 'JWT_SIGNING_KEY'],
  ] as const
).map(([kind, value, name]) => ({ kind, value, name }));
