import { performance } from 'node:perf_hooks';

import type { Meter } from '@opentelemetry/api';

import { observeCounters } from './metrics.js';

/** Registers CPU, memory, uptime and event-loop use of this process (N12), read at each scrape. */
export function observeProcess(meter: Meter): void {
  let before = performance.eventLoopUtilization();
  observeCounters(meter, [
    {
      name: 'process_cpu_seconds_total', help: 'CPU time used, user and system', unit: 's', kind: 'counter',
      read: () => {
        const { user, system } = process.cpuUsage();
        return (user + system) / 1_000_000;
      },
    },
    { name: 'process_resident_memory_bytes', help: 'Resident memory', unit: 'By', kind: 'gauge', read: () => process.memoryUsage.rss() },
    { name: 'process_heap_used_bytes', help: 'JavaScript heap in use', unit: 'By', kind: 'gauge', read: () => process.memoryUsage().heapUsed },
    { name: 'process_uptime_seconds', help: 'Time since the start of the process', unit: 's', kind: 'gauge', read: () => process.uptime() },
    {
      name: 'process_event_loop_utilization_ratio', help: 'Share of the time since the last scrape in which the event loop was busy', unit: '1', kind: 'gauge',
      read: () => {
        const now = performance.eventLoopUtilization();
        const { utilization } = performance.eventLoopUtilization(now, before);
        before = now;
        return utilization;
      },
    },
  ]);
}
