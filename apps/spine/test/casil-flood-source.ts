import { createIdSource, encodeFrame, EventRunBuilder } from '@arqonbus/envelope';
import { hostileTexts, RawWireClient } from '@arqonbus/testkit';
import { randomFillSync } from 'node:crypto';
import { setPriority } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { bodiesOf } from './spine-process.js';

/**
 * A client whose every event is as costly to inspect as can be, in a process of its own. Arguments: url, token, room, events per second (0: as
 * fast as the socket takes them). Prints the code it was closed with, the events sent, and how often each code refused one.
 */
const [url = '', token = '', room = '', rate = '0'] = process.argv.slice(2);
const eventBytes = 65_000;
const durationMs = 3_000;
/** Enough to keep the server busy; what more would do is hide this process' own memory in the test's. */
const maxBufferedBytes = 8_388_608;

const costly = /storm of (password=|secret":"|token:|eyJ|-----BEGIN|api_key=)$|with a value$|wall of (base64|unicode escapes|escaped unicode escapes|percent escapes|backslashes)$|^nested base64|^base64 of|keyword storm$|^many|^deep JSON/;
const nextId = createIdSource({ nowMs: Date.now, random: (bytes) => randomFillSync(bytes) });
const frames = hostileTexts(eventBytes).filter(({ name }) => costly.test(name)).map(({ bytes }) => {
  const builder = new EventRunBuilder();
  builder.append({ id: nextId(), type: 'application/json', payload: bytes.subarray(0, eventBytes) });
  return encodeFrame([builder.finish({ room })]);
});

// The test and the Spine share the cores with it.
setPriority(10);
const client = await RawWireClient.connect(url, { token });
const refusals: Record<string, number> = {};
let sentCount = 0;
let isOpen = true;
const ended = client.closed.then(({ code }) => {
  isOpen = false;
  return code;
});
const reading = (async () => {
  for await (const frame of client.frames) {
    for (const body of bodiesOf(frame)) if (body.case === 'error') refusals[body.value.code] = (refusals[body.value.code] ?? 0) + 1;
  }
})();

const startMs = performance.now();
for (let elapsedMs = 0; isOpen && elapsedMs < durationMs; elapsedMs = performance.now() - startMs) {
  const due = rate === '0' ? sentCount + 64 : (elapsedMs * Number(rate)) / 1_000;
  while (sentCount < due && client.bufferedBytes < maxBufferedBytes) {
    const frame = frames[sentCount % frames.length];
    if (frame === undefined) throw new Error('no hostile texts');
    // What a closed connection does not take is what this client is for.
    client.sendBytes(frame).catch(() => { isOpen = false; });
    sentCount += 1;
  }
  await wait(1);
}
const wasOpen = isOpen;
client.terminate();
const code = await ended;
await reading;
process.send?.({ code: wasOpen ? 1000 : code, sentCount, refusals });
process.disconnect();
