import { parentPort, workerData } from 'node:worker_threads';
import { WebSocket } from 'ws';

// Sends a burst on a thread of its own, so that it is on its way while the server's is busy; tells how many answers came.
const { url, ca, count, sizeBytes } = workerData;
const socket = new WebSocket(url, ['arqon.v1'], { ca });
const answers = [];
socket.on('open', () => {
  for (let n = 0; n < count; n += 1) socket.send(Buffer.alloc(sizeBytes, n));
});
socket.on('message', (answer) => {
  answers.push(answer);
  if (answers.length === count) socket.terminate();
});
socket.on('error', (error) => { parentPort.postMessage({ answers: answers.length, error: error.message }); });
socket.on('close', () => { parentPort.postMessage({ answers: answers.length }); });
