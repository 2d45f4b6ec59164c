import { EventIdSource } from '../src/continuum/id-texts.js';
import { fileOutbox } from '../src/node-continuum.js';

/**
 * Fills an outbox until it is killed: numbers from the second argument on, each told to the parent once it is kept. Where the outbox fails, it says on
 * standard output how many were kept, and the code; then it ends.
 */
const [path, from, fsync] = process.argv.slice(2);
const outbox = await fileOutbox(path, { fsync: fsync === 'true', maxEvents: 1_000_000 });
const ids = new EventIdSource();
let kept = 0;
let code = '';
const append = async (number: number): Promise<void> => {
  try {
    await outbox.append({ id: ids.next(), payload: new TextEncoder().encode(String(number)) });
    kept += 1;
    process.send?.(number);
  } catch (error) {
    code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
};
for (let number = Number(from); code === ''; number += 8) await Promise.all(Array.from({ length: 8 }, (_, index) => append(number + index)));
const pending = await outbox.pending(1_000_000);
await outbox.close();
process.stdout.write(JSON.stringify({ kept, code, pending: pending.length }));
