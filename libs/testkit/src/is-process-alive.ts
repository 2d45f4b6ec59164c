/** True while a process of this id is there, ended and not yet waited for included. */
export function isProcessAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    // ESRCH: no such process.
    return false;
  }
}
