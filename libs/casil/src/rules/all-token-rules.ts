import { aiRules } from './ai.js';
import { cloudRules } from './cloud.js';
import { commerceRules } from './commerce.js';
import { continuousDeliveryRules } from './continuous-delivery.js';
import { dataPlatformsRules } from './data-platforms.js';
import { geoAndDataRules } from './geo-and-data.js';
import { identityRules } from './identity.js';
import { marketingRules } from './marketing.js';
import { messagingRules } from './messaging.js';
import { observabilityRules } from './observability.js';
import { packageRegistriesRules } from './package-registries.js';
import { paymentRules } from './payments.js';
import { saasRules } from './saas.js';
import { secretsManagementRules } from './secrets-management.js';
import { socialRules } from './social.js';
import { sourceHostingRules } from './source-hosting.js';
import type { TokenRule } from './token-rule.js';

/** Every rule of a provider's token. */
export const allTokenRules: readonly TokenRule[] = [
  ...aiRules, ...cloudRules, ...commerceRules, ...continuousDeliveryRules, ...dataPlatformsRules, ...geoAndDataRules, ...identityRules, ...marketingRules,
  ...messagingRules, ...observabilityRules, ...packageRegistriesRules, ...paymentRules, ...saasRules, ...secretsManagementRules, ...socialRules,
  ...sourceHostingRules,
];
