import type { ChannelPosition } from './frame-reader.js';
import { WireWriter } from './wire-writer.js';

/** The window of a history request; zero or empty means no bound (arqon.v1.GetHistory). */
export interface HistoryWindow {
  readonly room: string;
  readonly channel: string;
  /** The caller's own inbox; room and channel are then empty. */
  readonly recipient: string;
  readonly fromSequence: bigint;
  readonly toSequence: bigint;
  readonly fromTimeUs: bigint;
  readonly toTimeUs: bigint;
  readonly limit: number;
  readonly epoch: bigint;
}

/** A command that the SDK sends. An empty room in `join` means the caller's inbox; with a group it asks for tasks instead of the stream. */
export type ClientCommand =
  | { kind: 'ping' | 'status' }
  | { kind: 'join'; room: string; channel: string; allChannels: boolean; resume: readonly ChannelPosition[]; group?: string }
  | { kind: 'leave'; room: string; channel: string; allChannels: boolean }
  | { kind: 'listChannels'; room: string }
  | { kind: 'channelInfo' | 'createChannel' | 'deleteChannel'; room: string; channel: string }
  | { kind: 'history'; window: HistoryWindow }
  | { kind: 'replay'; window: HistoryWindow; pace: number }
  | { kind: 'taskAck'; id: Uint8Array; nack: boolean; retryAfterMs: number }
  | { kind: 'call'; name: string; args: Uint8Array }
  | { kind: 'erase'; room: string; channel: string; sequence: bigint }
  | { kind: 'refreshToken'; token: string };

const fieldOf = {
  ping: 1, join: 2, leave: 3, status: 4, listChannels: 5, channelInfo: 6, createChannel: 7, deleteChannel: 8, history: 9, replay: 10,
  refreshToken: 12, taskAck: 13, call: 14, erase: 15,
} as const satisfies Record<ClientCommand['kind'], number>;

/** The Batch (without its tag) that carries one command under `id`, 16 bytes. */
export function writeCommandBatch(id: Uint8Array, command: ClientCommand): Uint8Array {
  const body = new WireWriter().message(fieldOf[command.kind], writeFields(command));
  const envelope = new WireWriter().bytes(1, id).message(3, body.view());
  return new WireWriter().message(15, envelope.view()).view();
}

function writeFields(command: ClientCommand): Uint8Array {
  const writer = new WireWriter();
  switch (command.kind) {
    case 'join':
      writer.text(1, command.room).text(2, command.channel).uint(3, command.allChannels);
      for (const position of command.resume) writer.message(4, writePosition(position));
      writer.text(5, command.group ?? '');
      break;
    case 'leave':
      writer.text(1, command.room).text(2, command.channel).uint(3, command.allChannels);
      break;
    case 'listChannels':
      writer.text(1, command.room);
      break;
    case 'channelInfo':
    case 'createChannel':
    case 'deleteChannel':
      writer.text(1, command.room).text(2, command.channel);
      break;
    case 'history':
      writeWindow(writer, command.window);
      break;
    case 'replay':
      writeWindow(writer, command.window);
      writer.uint(10, command.pace);
      break;
    case 'taskAck':
      writer.bytes(1, command.id).uint(2, command.nack).uint(3, command.retryAfterMs);
      break;
    case 'call':
      writer.text(1, command.name).bytes(2, command.args);
      break;
    case 'erase':
      writer.text(1, command.room).text(2, command.channel).uint(3, command.sequence);
      break;
    case 'refreshToken':
      writer.text(1, command.token);
      break;
    case 'ping':
    case 'status':
      break;
  }
  return writer.view();
}

function writeWindow(writer: WireWriter, window: HistoryWindow): void {
  writer.text(1, window.room).text(2, window.channel).uint(3, window.fromSequence).uint(4, window.toSequence);
  writer.fixed64(5, window.fromTimeUs).fixed64(6, window.toTimeUs).uint(7, window.limit).fixed64(8, window.epoch).text(9, window.recipient);
}

/** An arqon.v1.Position. */
export function writePosition(position: ChannelPosition): Uint8Array {
  return new WireWriter().text(1, position.channel).fixed64(2, position.epoch).uint(3, position.sequence).view();
}
