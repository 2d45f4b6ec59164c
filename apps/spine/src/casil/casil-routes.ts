import type { AdminRoute } from '@arqonbus/telemetry';
import type { Casil } from './casil.js';

const shownCount = 20;

/** What operators may ask of content inspection at the admin server; none while it is off. */
export function casilRoutes(casil: Casil | undefined): readonly AdminRoute[] {
  if (casil === undefined) return [];
  return [{ method: 'GET', path: '/casil/offenders', control: true, handler: () => ({ status: 200, body: casil.top(shownCount) }) }];
}
