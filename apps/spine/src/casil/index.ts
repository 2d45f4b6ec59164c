export { createCasil, type Casil, type TopOffenders } from './casil.js';
export { casilRoutes } from './casil-routes.js';
export { type Tally } from './casil-counters.js';
