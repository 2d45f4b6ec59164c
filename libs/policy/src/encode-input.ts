/** Why an input was not judged. */
export type InputRefusal = 'input_unreadable' | 'input_too_large';

/** Bounds of what is handed to a policy, whose work grows with it and cannot be interrupted. */
export interface InputBounds {
  readonly maxBytes: number;
  readonly maxDepth: number;
}

const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Deepest nesting of a JSON text. The parser in WebAssembly recurses, so depth is stack. */
function depthOf(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let isText = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (isText) {
      if (byte === backslash) at++;
      else if (byte === quote) isText = false;
    } else if (byte === quote) isText = true;
    else if (byte === openBrace || byte === openBracket) deepest = Math.max(deepest, ++depth);
    else if (byte === closeBrace || byte === closeBracket) depth--;
  }
  return deepest;
}

/** The input as JSON, or why it cannot be judged. Never throws: an input may hold accessors, cycles or numbers that JSON has not. */
export function encodeInput(input: unknown, { maxBytes, maxDepth }: InputBounds): Uint8Array | InputRefusal {
  let text: string | undefined;
  try {
    text = JSON.stringify(input);
  } catch {
    return 'input_unreadable';
  }
  if (typeof text !== 'string' || !text.startsWith('{')) return 'input_unreadable';
  if (text.length > maxBytes) return 'input_too_large';
  const bytes = new TextEncoder().encode(text);
  return bytes.length > maxBytes || depthOf(bytes) > maxDepth ? 'input_too_large' : bytes;
}
