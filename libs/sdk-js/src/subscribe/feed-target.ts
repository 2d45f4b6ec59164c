/** What a feed follows. `recipient` is the caller's own client id for the inbox. */
export interface FeedTarget {
  readonly room: string;
  readonly channel: string;
  readonly allChannels: boolean;
  readonly recipient: string;
  readonly text: string;
}
