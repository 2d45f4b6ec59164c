import type { TokenVerifier } from '@arqonbus/auth';
import type { Logger, Readiness } from '@arqonbus/telemetry';

const LOOK_MS = 500;

/** Keeps readiness in step with the keys: NotReady{keys_unreachable} while there is none. Returns what ends it. */
export function watchKeys(verifier: Pick<TokenVerifier, 'keysReachable' | 'lastKeyError'>, readiness: Pick<Readiness, 'set' | 'clear'>, logger: Logger): () => void {
  let lastError: string | undefined;
  const look = (): void => {
    if (verifier.keysReachable()) readiness.clear('keys_unreachable');
    else readiness.set('keys_unreachable', 'not_ready');
    if (verifier.lastKeyError === lastError) return;
    lastError = verifier.lastKeyError;
    if (lastError === undefined) logger.info({}, 'keys read');
    else logger.warn({ detail: lastError }, 'keys not readable');
  };
  look();
  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}
