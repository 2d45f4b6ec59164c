import type { CommandHandler } from '../command-line/command-spec.js';
import { storeStatus } from '../connection/store-status.js';
import { withBus } from '../connection/with-bus.js';
import { visible } from '../output/message-lines.js';

/** `arqon status`: what the server says of itself and of this session. */
export const runStatusCommand: CommandHandler = async (line, context) => {
  const { signal } = context.interruption;
  await withBus(line, context, {}, async (bus, { url }) => {
    const status = await bus.status({ signal });
    const { roundTripMs } = await bus.ping({ signal });
    const store = await storeStatus(url, line, context);
    const reasons = status.reasons.length === 0 ? '' : ` (${status.reasons.join(', ')})`;
    const text = [
      `${status.server} at ${url}`,
      `  readiness   ${status.readiness}${reasons}`,
      ...(store === undefined ? [] : [`  store       ${store.name}, ${store.durability}, ${store.up ? 'up' : 'down'}${store.reason === '' ? '' : ` (${visible(store.reason)})`}`]),
      `  uptime      ${Math.round(status.uptimeMs / 1000)} s`,
      `  round trip  ${roundTripMs.toFixed(1)} ms`,
      `  client      ${status.clientId}, session ${status.session}`,
      `  token until ${status.tokenExpiresAt.toISOString()}`,
    ].join('\n');
    await context.output.result(text, {
      url, ...status, ...(store === undefined ? {} : { store }), tokenExpiresAt: status.tokenExpiresAt.toISOString(), time: status.time.toISOString(), roundTripMs: Math.round(roundTripMs * 1000) / 1000,
    });
  });
};
