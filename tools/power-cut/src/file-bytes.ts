/** Content of a file that grows by writes at any place; holes are zeros. */
export class FileBytes {
  private buffer = new Uint8Array(4_096);
  private length = 0;

  write(offset: number, bytes: Uint8Array): void {
    this.extend(offset + bytes.length);
    this.buffer.set(bytes, offset);
  }

  truncate(length: number): void {
    if (length > this.length) this.extend(length);
    else this.buffer.fill(0, length, this.length);
    this.length = length;
  }

  extend(length: number): void {
    if (length > this.buffer.length) {
      const larger = new Uint8Array(Math.max(length, this.buffer.length * 2));
      larger.set(this.buffer.subarray(0, this.length));
      this.buffer = larger;
    }
    this.length = Math.max(this.length, length);
  }

  toBytes(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }
}
