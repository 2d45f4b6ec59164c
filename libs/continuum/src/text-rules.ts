const encoder = new TextEncoder();

/** Scheme and rest of RFC 3986; letters above ASCII are let through, as IRIs have them. */
const absoluteUri = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s"<>\\^`{|}]+$/;
const dataUri = /^data:/i;

/** True for a URI with a scheme that points somewhere: `data:` holds content itself. */
export function isReference(text: string): boolean {
  return absoluteUri.test(text) && !dataUri.test(text);
}

/** By UTF-16 units, in place. For a few dozen texts: the sort of the platform takes more than a kilobyte of memory however few there are. */
export function sortFew(texts: string[]): void {
  for (let from = 1; from < texts.length; from++) {
    const text = texts[from];
    let at = from;
    for (; at > 0 && texts[at - 1] > text; at--) texts[at] = texts[at - 1];
    texts[at] = text;
  }
}

/** True when the text takes more bytes of UTF-8 than that. */
export function isLongerThan(text: string, bytesCount: number): boolean {
  if (text.length > bytesCount) return true;
  return text.length * 3 > bytesCount && encoder.encode(text).length > bytesCount;
}
