import { allTokenRules } from './rules/all-token-rules.js';
import type { CasilDetectors } from './casil-config.js';
import type { Detector } from './detectors/detector.js';
import { assignedSecretsDetector } from './detectors/assigned-secrets.js';
import { authorizationHeadersDetector } from './detectors/authorization-headers.js';
import { awsKeyPairsDetector } from './detectors/aws-key-pairs.js';
import { callArgumentsDetector } from './detectors/call-arguments.js';
import { commandLinePasswordsDetector } from './detectors/command-line-passwords.js';
import { connectionStringsDetector } from './detectors/connection-strings.js';
import { csvColumnsDetector } from './detectors/csv-columns.js';
import { emailAddressDetector } from './detectors/email-address.js';
import { ibanDetector } from './detectors/iban.js';
import { ipAddressDetector } from './detectors/ip-address.js';
import { jwkDetector } from './detectors/jwk.js';
import { jwtDetector } from './detectors/jwt.js';
import { lengthPrefixedSecretsDetector } from './detectors/length-prefixed-secrets.js';
import { loginExchangesDetector } from './detectors/login-exchanges.js';
import { natsCredentialsDetector } from './detectors/nats-credentials.js';
import { paymentCardDetector } from './detectors/payment-card.js';
import { phoneNumberDetector } from './detectors/phone-number.js';
import { privateKeysDetector } from './detectors/private-keys.js';
import { promptInjectionDetector } from './detectors/prompt-injection.js';
import { registryCredentialsDetector } from './detectors/registry-credentials.js';
import { seedPhraseDetector } from './detectors/seed-phrase.js';
import { sessionCookiesDetector } from './detectors/session-cookies.js';
import { sqlValuesDetector } from './detectors/sql-values.js';
import { createTokenDetector } from './detectors/tokens.js';
import { urlPasswordsDetector } from './detectors/url-passwords.js';
import { usSsnDetector } from './detectors/us-ssn.js';

/** Structure and context: every detector of the categories `secret` and `key_material` but the rules of tokens. */
const secretDetectors: readonly Detector[] = [
  privateKeysDetector, jwtDetector, jwkDetector, natsCredentialsDetector, sessionCookiesDetector, urlPasswordsDetector, connectionStringsDetector,
  authorizationHeadersDetector, commandLinePasswordsDetector, callArgumentsDetector, csvColumnsDetector, assignedSecretsDetector,
  awsKeyPairsDetector, sqlValuesDetector, lengthPrefixedSecretsDetector, loginExchangesDetector, registryCredentialsDetector, seedPhraseDetector,
];

const personalDataDetectors: readonly Detector[] = [
  emailAddressDetector, phoneNumberDetector, ibanDetector, paymentCardDetector, usSsnDetector, ipAddressDetector,
];

/** Id under which entropy bombs are reported; their search has no anchors, so it is no `Detector`. */
export const entropyBombId = 'entropy-bomb';

/** Every id that `detectors.disabled`, policies and findings may name. */
export function allDetectorIds(): ReadonlySet<string> {
  const ids = [...secretDetectors, ...personalDataDetectors, promptInjectionDetector].map(({ id }) => id);
  return new Set([...ids, entropyBombId, ...allTokenRules.map(({ id }) => id)]);
}

/** The detectors that a configuration turns on. */
export function detectorsFor(config: CasilDetectors): readonly Detector[] {
  const disabled = new Set(config.disabled);
  const chosen = [
    ...(config.secrets ? [tokenDetectors.without(disabled), ...secretDetectors] : []),
    ...(config.personalData ? personalDataDetectors : []),
    ...(config.promptInjection ? [promptInjectionDetector] : []),
  ];
  return chosen.filter(({ id }) => !disabled.has(id));
}

/** Compiling the rules takes a good part of a second: the whole set is compiled once per process. */
class TokenDetectors {
  private whole: Detector | undefined;

  without(disabled: ReadonlySet<string>): Detector {
    if (allTokenRules.some(({ id }) => disabled.has(id))) return createTokenDetector(allTokenRules.filter(({ id }) => !disabled.has(id)));
    this.whole ??= createTokenDetector(allTokenRules);
    return this.whole;
  }
}

const tokenDetectors = new TokenDetectors();
