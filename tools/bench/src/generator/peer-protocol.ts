import type { RawWebSocket } from './raw-websocket.js';
import type { MessageCounter } from './message-counter.js';

/** What the generator must know of a server's protocol. */
export interface PeerProtocol {
  /** Frames of one chunk, masked and back to back: messages `firstIndex` and up in runs of `runLength`. */
  buildChunk(options: { firstIndex: number; messageCount: number; runLength: number }): Buffer;
  /** A connection that may publish, and how many bytes it may send within one turn of the server's event loop. */
  openPublisher(onFailure: (error: Error) => void): Promise<{ connection: RawWebSocket; bytesInFlightLimit: number }>;
  /** A connection whose subscription is confirmed and whose messages `counter` counts. */
  openSubscriber(counter: MessageCounter, onFailure: (error: Error) => void): Promise<RawWebSocket>;
}
