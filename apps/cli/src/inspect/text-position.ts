const newline = 0x0a;

/** Line and column of places in a text that is read once from its beginning. Columns count characters; both begin at 1. */
export class TextPosition {
  private at = 0;
  private line = 1;
  private column = 1;

  /** Goes on to `place`, at or behind the last one, over `bytes` that begin at `offset` of the text and reach it. */
  moveTo(place: number, bytes: Uint8Array, offset: number): { readonly line: number; readonly column: number } {
    for (; this.at < place; this.at += 1) {
      const byte = bytes[this.at - offset];
      if (byte === newline) {
        this.line += 1;
        this.column = 1;
      } else if ((byte & 0xc0) !== 0x80) this.column += 1;
    }
    return { line: this.line, column: this.column };
  }
}
