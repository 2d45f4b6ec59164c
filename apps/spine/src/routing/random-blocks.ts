import { randomFillSync } from 'node:crypto';

const blockBytes = 4_096;

/** Fills small buffers with the system's randomness, drawn in blocks: a call for each id costs as much as encoding what the id names. */
export function createRandomBlocks(): (target: Uint8Array) => void {
  const block = new Uint8Array(blockBytes);
  let at = blockBytes;
  return (target) => {
    if (at + target.length > blockBytes) {
      randomFillSync(block);
      at = 0;
    }
    for (let index = 0; index < target.length; index += 1) target[index] = block[at + index];
    // No byte is given twice, nor kept where it was.
    block.fill(0, at, at + target.length);
    at += target.length;
  };
}
