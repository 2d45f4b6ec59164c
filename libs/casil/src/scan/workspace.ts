import { LayerDecoder, type VisitLayer } from '../layers/decode-layers.js';
import { Layer } from '../layers/layer.js';
import { FindingCollector, type RangeMap } from './finding-collector.js';
import type { Finding } from './finding.js';
import { ScanText } from './scan-text.js';

/** The way from a decoded text through the text it was decoded from, itself maybe made from a part, to the part. */
class LayerMap implements RangeMap {
  layer: RangeMap | undefined;
  outer: RangeMap | undefined;

  toSource(start: number, end: number): { readonly start: number; readonly end: number } {
    const range = this.layer?.toSource(start, end) ?? { start, end };
    return this.outer?.toSource(range.start, range.end) ?? range;
  }
}

/** Memory that one ruleset works in; grows to what was needed most and is used again, so a message allocates nothing but its findings. */
export class Workspace {
  readonly text = new ScanText();
  readonly collector: FindingCollector;
  readonly decoder = new LayerDecoder();
  /** Named fields and headers as lines. */
  readonly fields = new Layer();
  readonly layerMap = new LayerMap();
  part: Finding['part'] = 'payload';
  /** Steps that all messages took so far, a decoded byte being one too: what hostile content costs beyond its size. */
  stepsTaken = 0;
  /** Set once by the ruleset: scans a decoded text. */
  visitLayer: VisitLayer = () => undefined;

  constructor(disabled: readonly string[]) {
    this.collector = new FindingCollector(new Set(disabled));
  }
}
