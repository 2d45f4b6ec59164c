import { topicKeyText } from '@arqonbus/tenancy';
import { LocalGroup, type LocalGroupParts } from './local-group.js';
import type { GroupLog, OpenGroupOptions, TopicLog } from './topic-log.js';

/** Groups of the topics of one process, over any log. */
export class LocalGroups {
  private readonly groups = new Map<string, { readonly group: Promise<LocalGroup>; membersCount: number }>();

  constructor(private readonly parts: LocalGroupParts) {}

  /** Joins a group, which begins at the log's end when there is no place of it. Rejects as the log and the places do. */
  async open(log: TopicLog, name: string, options: OpenGroupOptions): Promise<GroupLog> {
    const key = `${topicKeyText(log.key)} ${name}`;
    const entry = this.groups.get(key) ?? { group: LocalGroup.load(log, name, this.parts), membersCount: 0 };
    this.groups.set(key, entry);
    entry.membersCount += 1;
    const leave = (): void => {
      entry.membersCount -= 1;
      if (entry.membersCount > 0 || this.groups.get(key) !== entry) return;
      this.groups.delete(key);
      entry.group.then((group) => { group.stop(); }, () => undefined);
    };
    try {
      return (await entry.group).member(options.leaseMs, leave);
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** Ends all groups of this process; their places stay. */
  close(): void {
    for (const { group } of this.groups.values()) group.then((opened) => { opened.stop(); }, () => undefined);
    this.groups.clear();
  }
}
