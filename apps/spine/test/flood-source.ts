import { createIdSource, encodeFrame, EventRunBuilder } from '@arqonbus/envelope';
import { randomFillSync } from 'node:crypto';
import { setPriority } from 'node:os';
import { WebSocket } from 'ws';

/**
 * A client that writes as fast as its socket takes it, in a process of its own, so that it does not slow the
 * test that measures others. Arguments: url, token, room. Prints the code it was closed with, and the frames sent.
 */
const [url = '', token = '', room = ''] = process.argv.slice(2);
const nextId = createIdSource({ nowMs: Date.now, random: (bytes) => randomFillSync(bytes) });
const builder = new EventRunBuilder();
for (let n = 0; n < 64; n += 1) builder.append({ id: nextId(), type: 'text/plain', payload: new Uint8Array(512) });
const frame = encodeFrame([builder.finish({ room })]);

// The test and the Spine share the cores with it.
setPriority(10);
const socket = new WebSocket(url, ['arqon.v1'], { headers: { authorization: `Bearer ${token}` }, perMessageDeflate: false });
let sentCount = 0;
let refusedCount = 0;
socket.on('message', () => { refusedCount += 1; });
socket.on('close', (code) => {
  process.send?.({ code, sentCount, refusedCount });
  process.exit(0);
});
socket.on('error', () => undefined);
socket.on('open', () => {
  const endMs = Date.now() + 3_000;
  const write = (): void => {
    while (socket.readyState === WebSocket.OPEN && socket.bufferedAmount < 33_554_432 && Date.now() < endMs) {
      socket.send(frame);
      sentCount += 1;
    }
    if (Date.now() < endMs && socket.readyState === WebSocket.OPEN) setImmediate(write);
    else socket.terminate();
  };
  write();
});
