export { listenForCalls } from './call-listener.js';
