import { ArqonError } from '@arqonbus/errors';
import { isChannelName, isRoomName } from '@arqonbus/tenancy';

/** @throws ArqonError INVALID_NAME with the field that breaks the grammar. */
export function requireRoomAndChannel(room: string, channel: string): void {
  if (!isRoomName(room)) throw new ArqonError('INVALID_NAME', { field: 'room' });
  if (!isChannelName(channel)) throw new ArqonError('INVALID_NAME', { field: 'channel' });
}

/** A safe integer of an unsigned 64-bit field. @throws ArqonError INVALID_ARGUMENT above 2^53 - 1. */
export function requireSafeNumber(value: bigint, field: string): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < 0n) throw new ArqonError('INVALID_ARGUMENT', { field });
  return Number(value);
}
