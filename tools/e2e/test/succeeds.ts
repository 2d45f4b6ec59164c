/** Whether a promise fulfils: for what may fail without being the matter of the test, such as a write to a connection that the server cuts. */
export function succeeds(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(() => true, () => false);
}
