const pollMs = 250;

/** Calls back once when the process that started this one is gone: this one then has another parent. Returns what ends the watch. */
export function watchParent(parentPid: number, onGone: () => void): () => void {
  const timer = setInterval(() => {
    if (process.ppid === parentPid) return;
    clearInterval(timer);
    onGone();
  }, pollMs);
  return () => clearInterval(timer);
}
