import { hardCaps } from '@arqonbus/errors';

const roomStart = 1;
const roomRest = 2;
const clientStart = 4;
const clientRest = 8;

/** For each byte, the places of a name in which it may stand. Names are ASCII, so one table serves strings and bytes. */
const byteClasses: Uint8Array = buildByteClasses();

function buildByteClasses(): Uint8Array {
  const table = new Uint8Array(256);
  mark(table, 'abcdefghijklmnopqrstuvwxyz0123456789', roomStart | roomRest | clientStart | clientRest);
  mark(table, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', clientStart | clientRest);
  mark(table, '._-', roomRest | clientRest);
  mark(table, '@', clientRest);
  return table;
}

function mark(table: Uint8Array, characters: string, classes: number): void {
  for (let index = 0; index < characters.length; index++) table[characters.charCodeAt(index)] = classes;
}

/**
 * True for a room name: `[a-z0-9][a-z0-9._-]{0,127}` (docs/protocol.md, Names).
 */
export function isRoomName(name: string): boolean {
  return matchesText(name, roomStart, roomRest, hardCaps.nameBytes);
}

/** True for a channel name: the grammar of a room name, or empty, the room's main channel. */
export function isChannelName(name: string): boolean {
  return name.length === 0 || isRoomName(name);
}

/** True for a client id, the token's `sub`: `[A-Za-z0-9][A-Za-z0-9._@-]{0,127}`. */
export function isClientId(id: string): boolean {
  return matchesText(id, clientStart, clientRest, hardCaps.nameBytes);
}

/** True for a tenant id, the token's `tenant_id`: `[a-z0-9][a-z0-9_-]{0,63}`, a room name without dots and half as long. */
export function isTenantId(id: string): boolean {
  return matchesText(id, roomStart, roomRest, hardCaps.tenantBytes) && !id.includes('.');
}

/** As isRoomName, over `bytes[start, end)`, without decoding. */
export function isRoomNameBytes(bytes: Uint8Array, start: number, end: number): boolean {
  return matchesBytes(bytes, start, end, roomStart, roomRest);
}

/** As isChannelName, over `bytes[start, end)`, without decoding. */
export function isChannelNameBytes(bytes: Uint8Array, start: number, end: number): boolean {
  return start === end || isRoomNameBytes(bytes, start, end);
}

/** As isClientId, over `bytes[start, end)`, without decoding. */
export function isClientIdBytes(bytes: Uint8Array, start: number, end: number): boolean {
  return matchesBytes(bytes, start, end, clientStart, clientRest);
}

function matchesText(text: string, first: number, rest: number, maxCount: number): boolean {
  const length = text.length;
  if (length === 0 || length > maxCount || !isOfClass(text.charCodeAt(0), first)) return false;
  for (let index = 1; index < length; index++) {
    if (!isOfClass(text.charCodeAt(index), rest)) return false;
  }
  return true;
}

function isOfClass(charCode: number, wanted: number): boolean {
  return charCode < 256 && (byteClasses[charCode] & wanted) !== 0;
}

function matchesBytes(bytes: Uint8Array, start: number, end: number, first: number, rest: number): boolean {
  if (start < 0 || end > bytes.length || start >= end || end - start > hardCaps.nameBytes) return false;
  if ((byteClasses[bytes[start]] & first) === 0) return false;
  for (let at = start + 1; at < end; at++) {
    if ((byteClasses[bytes[at]] & rest) === 0) return false;
  }
  return true;
}
