import { publishAcked } from './publish-acked.js';
import { publishWithClient } from './publish-client.js';
import { readHistoryTask } from './read-history.js';
import { resumeAtOnce } from './resume.js';
import { measureBesideSlowReaders } from './slow-reader.js';
import type { OutcomeOf, Task } from './task.js';

/** Does what a task says, in this process. */
export function runTask(task: Task): Promise<OutcomeOf<Task['kind']>> {
  switch (task.kind) {
    case 'publish-acked':
      return publishAcked(task);
    case 'publish-sdk':
    case 'publish-jetstream':
      return publishWithClient(task);
    case 'replay':
      return readHistoryTask(task);
    case 'resume':
      return resumeAtOnce(task);
    case 'slow-reader':
      return measureBesideSlowReaders(task);
  }
}
