import { Layer } from '../layers/layer.js';
import { decodeJsonEscapes } from '../layers/decode-escapes.js';
import { deadState, type FieldPaths } from './field-path.js';
import type { AddRange } from './find-protobuf-fields.js';
import { JsonReader } from './json-reader.js';

const maxDepth = 128;
/** In place of where a container begins: no path names it; one names a container around it. */
const noMatch = -1;
const insideMatch = -2;

/**
 * Reports the byte ranges of the values in JSON that `paths` name, strings with their quotes, objects and arrays whole. Several documents may follow
 * one another. False when the text is malformed or deeper than 128, from where on nothing is reported.
 */
export function findJsonFields(bytes: Uint8Array, start: number, end: number, paths: FieldPaths, add: AddRange): boolean {
  return new JsonWalk(bytes, paths, add).run(start, end);
}

class JsonWalk {
  private readonly reader = new JsonReader();
  /** For each open container: the state its elements' names are stepped from, the index of its next element or -1 in an object, where it begins. */
  private readonly states: number[] = [];
  private readonly indexes: number[] = [];
  private readonly starts: number[] = [];
  private keyLayer: Layer | undefined;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly paths: FieldPaths,
    private readonly add: AddRange,
  ) {}

  run(start: number, end: number): boolean {
    const { reader, paths } = this;
    reader.begin(this.bytes, start, end);
    let next = paths.startState;
    for (;;) {
      const token = reader.next();
      if (token === 'end') return true;
      if (token === 'malformed') return this.reportOpen(end);
      if (token === 'key') {
        next = paths.step(this.states[this.states.length - 1], this.keyId());
      } else if (token === 'object_end' || token === 'array_end') {
        this.leave();
      } else {
        const state = this.stateOfValue(next);
        if (token === 'object_start' || token === 'array_start') {
          if (this.states.length >= maxDepth) return this.reportOpen(end);
          this.enter(state, token === 'array_start');
        } else if (paths.isMatch(state) && !this.isInsideMatch()) {
          this.add(reader.tokenStart, reader.tokenEnd);
        }
      }
      if (this.states.length === 0) next = paths.startState;
    }
  }

  private stateOfValue(keyState: number): number {
    const top = this.states.length - 1;
    if (top < 0 || this.indexes[top] < 0) return keyState;
    const index = this.indexes[top]++;
    return this.states[top] === deadState ? deadState : this.paths.step(this.states[top], this.paths.idOfIndex(index));
  }

  private enter(state: number, isArray: boolean): void {
    const mark = this.isInsideMatch() ? insideMatch : this.paths.isMatch(state) ? this.reader.tokenStart : noMatch;
    this.states.push(state);
    this.indexes.push(isArray ? 0 : -1);
    this.starts.push(mark);
  }

  private leave(): void {
    this.states.pop();
    this.indexes.pop();
    const start = this.starts.pop() ?? noMatch;
    if (start >= 0) this.add(start, this.reader.tokenEnd);
  }

  private isInsideMatch(): boolean {
    return this.starts.length > 0 && this.starts[this.starts.length - 1] !== noMatch;
  }

  /** What was named and never closed is reported to the end of the text. */
  private reportOpen(end: number): boolean {
    const start = this.starts.find((value) => value >= 0);
    if (start !== undefined) this.add(start, end);
    return false;
  }

  /** A key is compared as what it stands for, so that escapes do not hide it. */
  private keyId(): number {
    const { bytes } = this;
    const start = this.reader.tokenStart + 1;
    const end = this.reader.tokenEnd - 1;
    let at = start;
    while (at < end && bytes[at] !== 0x5c) at++;
    if (at === end) return this.paths.idOfBytes(bytes, start, end);
    this.keyLayer ??= new Layer();
    const layer = this.keyLayer;
    if (!decodeJsonEscapes(bytes, start, end, layer, { budgetBytes: end - start })) return -1;
    return this.paths.idOfBytes(layer.bytes, 0, layer.length);
  }
}
