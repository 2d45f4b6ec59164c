/** What link sessions may ask of their link. */
export interface LinkFlow {
  pause(): void;
  resume(): void;
  fail(reason: string): void;
}
