import { memoryOutbox } from './memory-outbox.js';
import { describeOutbox } from './outbox.contract.js';

describeOutbox('memoryOutbox()', async (bounds) => memoryOutbox(bounds));
