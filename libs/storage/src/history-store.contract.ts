import { describe } from 'vitest';
import { backplaneContract } from './backplane.contract.js';
import { groupLogContract } from './group-log.contract.js';
import { logAppendContract } from './log-append.contract.js';
import { logModelContract } from './log-model.contract.js';
import { logReadContract } from './log-read.contract.js';
import { storeContract } from './store.contract.js';
import type { HistoryStoreContractOptions, MakeStore } from './store-under-test.contract.js';

export type { HistoryStoreContractOptions, MakeStore, StoreUnderTest } from './store-under-test.contract.js';

/** The contract of HistoryStore, TopicLog, GroupLog and Backplane; every adapter runs it unchanged (D1, D4, D10). */
export function historyStoreContract(name: string, makeStore: MakeStore, options: HistoryStoreContractOptions = {}): void {
  describe(`HistoryStore of ${name}`, () => {
    storeContract(makeStore);
    logAppendContract(makeStore);
    logReadContract(makeStore, options);
    backplaneContract(makeStore, options);
    groupLogContract(makeStore, options);
    logModelContract(makeStore, options);
  });
}
