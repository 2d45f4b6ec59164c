import type { CommandHandler } from '../command-line/command-spec.js';
import { withBus } from '../connection/with-bus.js';

/** `arqon status`: what the server says of itself and of this session. */
export const runStatusCommand: CommandHandler = async (line, context) => {
  const { signal } = context.interruption;
  await withBus(line, context, {}, async (bus, { url }) => {
    const status = await bus.status({ signal });
    const { roundTripMs } = await bus.ping({ signal });
    const reasons = status.reasons.length === 0 ? '' : ` (${status.reasons.join(', ')})`;
    const text = [
      `${status.server} at ${url}`,
      `  readiness   ${status.readiness}${reasons}`,
      `  uptime      ${Math.round(status.uptimeMs / 1000)} s`,
      `  round trip  ${roundTripMs.toFixed(1)} ms`,
      `  client      ${status.clientId}, session ${status.session}`,
      `  token until ${status.tokenExpiresAt.toISOString()}`,
    ].join('\n');
    await context.output.result(text, {
      url, ...status, tokenExpiresAt: status.tokenExpiresAt.toISOString(), time: status.time.toISOString(), roundTripMs: Math.round(roundTripMs * 1000) / 1000,
    });
  });
};
