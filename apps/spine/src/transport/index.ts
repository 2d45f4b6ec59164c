export { LinkDoor } from './link-door.js';
export { ServiceDoor } from './service-door.js';
