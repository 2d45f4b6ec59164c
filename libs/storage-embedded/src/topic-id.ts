/** Where the rows of a topic are: the tenant comes first in every key. */
export interface TopicId {
  readonly tenant: string;
  /** Number of the topic within its tenant. */
  readonly topic: number;
}
