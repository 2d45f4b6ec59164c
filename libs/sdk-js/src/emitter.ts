/** Listener registry of typed events. */
export class Emitter<Events extends object> {
  private readonly listeners = new Map<keyof Events, Set<(event: never) => void>>();

  /** Adds a listener; the returned function takes it off. */
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void {
    const known = this.listeners.get(name);
    const set = known ?? new Set<(event: never) => void>();
    if (known === undefined) this.listeners.set(name, set);
    set.add(listener);
    return () => void set.delete(listener);
  }

  count(name: keyof Events): number {
    return this.listeners.get(name)?.size ?? 0;
  }

  /** Calls every listener. What one throws reaches the platform's uncaught error handling and stops nobody else. */
  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    const set = this.listeners.get(name) as Set<(event: Events[Name]) => void> | undefined;
    if (set === undefined) return;
    for (const listener of set) {
      try {
        listener(event);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
