/** Servers and generators of a suite, stopped together whatever happens. */
export class Servers {
  private readonly started: { stop(): Promise<void> }[] = [];

  async add<Server extends { stop(): Promise<void> }>(starting: Server | Promise<Server>): Promise<Server> {
    const server = await starting;
    this.started.push(server);
    return server;
  }

  async stop(): Promise<void> {
    await Promise.all(this.started.splice(0).map((server) => server.stop()));
  }
}
