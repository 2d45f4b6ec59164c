import type { SourcePosition } from '@arqonbus/storage/episodes';

/** How far the topic of one tenant is read: every event up to here has been handed to its partition. */
export interface StreamPosition {
  current: SourcePosition | undefined;
}
