import { episodeLimits } from './continuum-contract.js';

const decoder = new TextDecoder();

/** Memory that events are read with, one after the other: whoever reads many has one, so that not each of them takes its own. */
export class ScratchMemory {
  private readonly words: Uint32Array;
  private readonly bytes: Uint8Array;

  constructor(bytesCount: number = episodeLimits.eventBytes) {
    this.words = new Uint32Array(Math.ceil(bytesCount / 4));
    this.bytes = new Uint8Array(this.words.buffer);
  }

  /** Bytes, of which there are at most as many as this holds, without their highest bits, as characters. */
  asciiOf(bytes: Uint8Array): string {
    const { words } = this;
    this.bytes.set(bytes);
    const wordsCount = Math.ceil(bytes.length / 4);
    for (let at = 0; at < wordsCount; at++) words[at] &= 0x7f7f7f7f;
    return decoder.decode(this.bytes.subarray(0, bytes.length));
  }
}
