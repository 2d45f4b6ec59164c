import { RawWireClient } from '@arqonbus/testkit';
import { createIdSource, encodeFrame, EventRunBuilder } from '@arqonbus/envelope';
import { randomFillSync } from 'node:crypto';
import { setPriority } from 'node:os';

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
const client = await RawWireClient.connect(url, { token });
let sentCount = 0;
let isOpen = true;
const ended = client.closed.then(({ code }) => {
  isOpen = false;
  return code;
});
const endMs = Date.now() + 3_000;
while (isOpen && Date.now() < endMs) {
  for (let n = 0; n < 256 && client.bufferedBytes < 33_554_432; n += 1) {
    // What a closed connection does not take is what this client is for.
    client.sendBytes(frame).catch(() => { isOpen = false; });
    sentCount += 1;
  }
  await new Promise((resolve) => { setImmediate(resolve); });
}
const wasOpen = isOpen;
client.terminate();
const code = await ended;
process.send?.({ code: wasOpen ? 1000 : code, sentCount, refusedCount: client.receivedCount });
process.disconnect();
