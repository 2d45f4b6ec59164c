const star = 42;

/**
 * True when `pattern`, in which `*` stands for any run of characters (possibly none), matches the whole of `text`.
 * Only the last `*` is ever retried, so the work is at most pattern length times text length.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let patternAt = 0;
  let textAt = 0;
  let afterStar = -1;
  let starTextAt = 0;
  while (textAt < text.length) {
    const wanted = patternAt < pattern.length ? pattern.charCodeAt(patternAt) : -1;
    if (wanted === star) {
      afterStar = ++patternAt;
      starTextAt = textAt;
    } else if (wanted === text.charCodeAt(textAt)) {
      patternAt++;
      textAt++;
    } else if (afterStar >= 0) {
      patternAt = afterStar;
      textAt = ++starTextAt;
    } else {
      return false;
    }
  }
  while (patternAt < pattern.length && pattern.charCodeAt(patternAt) === star) patternAt++;
  return patternAt === pattern.length;
}
