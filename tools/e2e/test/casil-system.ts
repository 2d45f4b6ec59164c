import { isArqonError, type Bus, type EventInit, type Message } from '@arqonbus/sdk';
import { createTempFolder, waitFor, type TempFolder } from '@arqonbus/testkit';
import { create, createFileRegistry, toBinary, type DescMessage } from '@bufbuild/protobuf';
import { FieldDescriptorProto_Label as Label, FieldDescriptorProto_Type as Type, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { Cluster, type ServerProcess, type Settings } from '../src/index.js';
import { TraceCollector, type Canary } from './casil-canary.js';
import { TappedClient } from './tapped-client.js';

/** The file of a Protobuf message of the test's own. */
const descriptorSet = create(FileDescriptorSetSchema, {
  file: [{
    name: 'canary/v1/account.proto', package: 'canary.v1', syntax: 'proto3',
    messageType: [{ name: 'Account', field: ['owner', 'db_password'].map((name, index) => ({ name, number: index + 1, label: Label.OPTIONAL, type: Type.STRING })) }],
  }],
});

/** `canary.v1.Account`, which the Spine is told of. */
export const accountSchema = createFileRegistry(descriptorSet).getMessage('canary.v1.Account') as DescMessage;

const operatorKey = 'operator-key-of-the-canary-'.repeat(2);
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const rooms = ['plans', 'jobs', 'asks'] as const;
const lastWord = 'the last word';

/** How sending in one way ended: taken, or the code of the refusal. */
export type Outcomes = Record<string, string>;

/** The whole bus with content inspection on, and everything that it writes or tells anyone. */
export class CasilSystem {
  /** What clients received as events, one line each: type, metadata, payload. */
  readonly seen: string[] = [];
  /** What clients were told of as errors, with all that the objects hold. */
  private readonly errors: string[] = [];

  private constructor(
    readonly cluster: Cluster, private readonly traces: TraceCollector, private readonly folder: TempFolder, readonly sender: Bus, readonly reader: Bus, readonly tapped: TappedClient,
  ) {
    for (const bus of [sender, reader]) bus.on('error', (error) => this.errors.push(inspect(error, { depth: 10, showHidden: true })));
  }

  /** Logs at debug level, traces to a collector, history on disk; `casil` are the settings besides. */
  static async start(casil: Settings): Promise<CasilSystem> {
    const folder = createTempFolder('arqon-canary-');
    const traces = await TraceCollector.start();
    writeFileSync(folder.file('account.binpb'), toBinary(FileDescriptorSetSchema, descriptorSet));
    const cluster = await Cluster.start({
      store: 'embedded',
      spine: {
        'log.level': 'debug', 'tracing.exporter': 'otlp', 'tracing.endpoint': traces.url, 'admin.operator_key': operatorKey, 'audit.file': folder.file('spine-audit.jsonl'),
        'history.embedded_file': folder.file('history.db'), 'casil.enabled': 'true', 'casil.descriptor_sets': folder.file('account.binpb'), ...casil,
      },
      shield: { 'log.level': 'debug', 'audit.file': folder.file('shield-audit.jsonl') },
    });
    const everything = { publish: ['*', '@*'], subscribe: ['*', 'sys.*'], roles: ['service', 'operator'] };
    const [sender, reader] = await Promise.all([cluster.bus({ sub: 'sender' }), cluster.bus({ ...everything, sub: 'reader' })]);
    const tapped = await TappedClient.connect(cluster.url(), cluster.ca, await cluster.token({ ...everything, sub: 'tapped' }));
    const system = new CasilSystem(cluster, traces, folder, sender, reader, tapped);
    await system.listen();
    return system;
  }

  private async listen(): Promise<void> {
    for (const room of rooms) (await this.reader.join(room)).on('message', (message) => { this.record(message); });
    (await this.reader.inbox()).on('message', (message) => { this.record(message); });
    for (const room of [...rooms, 'sys.casil']) await this.tapped.command({ case: 'join', value: { room } });
  }

  private record({ type, headers, intent, tracestate, payload }: Message): void {
    this.seen.push(`${type} ${JSON.stringify({ headers, intent, tracestate })} ${Buffer.from(payload).toString('latin1')}`);
  }

  /** Sends the canary in every way that a client has; resolves once what is delivered has arrived. */
  async sendEverywhere(canary: Canary): Promise<Outcomes> {
    const outcomes: Outcomes = {};
    for (const [way, event] of Object.entries(carriers(canary))) outcomes[way] = await this.outcomeOf(this.sender.publish('plans', event));
    outcomes['inbox'] = await this.outcomeOf(this.sender.send('reader', text(canary.token)));
    await this.tapped.ask({ room: 'plans', ack: true, producer: 5n, run: 1n, envelopes: [{ id: new Uint8Array(16).fill(7), body: { case: 'event', value: { type: 'text/plain', payload: Buffer.from(canary.token) } } }] }, (frame) => (
      frame.batches.some(({ envelopes }) => envelopes.some(({ body }) => body.case === 'error' || (body.case === 'signal' && body.value.body.case === 'published')))));
    await this.askAndAnswer(canary, outcomes);
    await this.shareTask(canary, outcomes);
    for (const room of rooms) await this.sender.publish(room, { ...text(`${lastWord} in ${room}`), traceparent });
    await this.sender.send('reader', text(`${lastWord} in the inbox`));
    await waitFor(() => this.seen.filter((line) => line.includes(lastWord)).length >= rooms.length + 1, { timeoutMs: 20_000, what: 'the last words' });
    return outcomes;
  }

  /** A canary in the question, then one in the answer to a clean question. */
  private async askAndAnswer({ token }: Canary, outcomes: Outcomes): Promise<void> {
    const answered: Promise<string>[] = [];
    const asks = await this.reader.join('asks');
    asks.on('message', (message) => {
      if (message.text === 'clean') answered.push(this.outcomeOf(message.reply(text(token))));
      else if (!message.text.includes(lastWord)) answered.push(this.outcomeOf(message.reply(text('fine'))));
    });
    outcomes['request'] = await this.outcomeOf(this.sender.request('asks', text(token), { timeoutMs: 5_000 }));
    const asked = this.sender.request('asks', text('clean'), { timeoutMs: 1_000 }).then((message) => { this.record(message); }, (error: unknown) => { this.keep(error); });
    await waitFor(() => answered.length > 0, { what: 'the question' });
    outcomes['reply'] = (await Promise.all(answered)).at(-1) ?? '';
    await asked;
  }

  private async shareTask({ token }: Canary, outcomes: Outcomes): Promise<void> {
    let done = 0;
    const member = await this.reader.joinGroup('jobs', 'workers', (task) => {
      this.record(task);
      done += 1;
    });
    outcomes['task'] = await this.outcomeOf(this.sender.publish('jobs', text(token)));
    await this.sender.publish('jobs', text('the last task'));
    await waitFor(() => done >= (outcomes['task'] === 'taken' ? 2 : 1), { timeoutMs: 20_000, what: 'the tasks' });
    await member.leave();
  }

  /** Reads all that was sent once more, in every way that history can be read. */
  async readBack(): Promise<string[]> {
    const from = this.seen.length;
    for (const room of rooms) {
      const { sequence } = await this.reader.channelInfo(room);
      for await (const message of this.reader.history(room)) this.record(message);
      for await (const message of this.reader.replay(room, { fromSequence: 1n, toSequence: sequence })) this.record(message);
      await this.tapped.command({ case: 'historyGet', value: { room, limit: 100 } });
    }
    for await (const message of this.reader.history('@reader')) this.record(message);
    const late = await this.cluster.bus({ sub: 'late' });
    const before = this.seen.length;
    (await late.join('plans', { since: 'start' })).on('message', (message) => { this.record(message); });
    await waitFor(() => this.seen.slice(before).some((line) => line.includes(lastWord)), { timeoutMs: 20_000, what: 'history on joining' });
    return this.seen.slice(from);
  }

  async outcomeOf(sending: Promise<unknown>): Promise<string> {
    try {
      await sending;
      return 'taken';
    } catch (error) {
      this.keep(error);
      return isArqonError(error) ? error.code : String(error);
    }
  }

  private keep(error: unknown): void {
    this.errors.push(inspect(error, { depth: 10, showHidden: true }), JSON.stringify(error, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)));
  }

  /** All that operators can look at, by name, while the servers run and after they ended: they write the last of it then. */
  async operatorOutputs(): Promise<Record<string, string>> {
    const { spine, shield } = this.cluster;
    const live = {
      'metrics of the Spine': (await spine.admin('/metrics')).text, 'metrics of the Shield': (await shield.admin('/metrics')).text,
      'status of the Spine': (await spine.admin('/status')).text, 'status of the Shield': (await shield.admin('/status')).text,
      offenders: await this.offenders(spine), 'events of inspection': this.inspectionBytes(), 'errors of clients': this.errors.join('\n'),
    };
    await shield.stop();
    await spine.stop();
    return {
      ...live, 'log of the Spine': spine.log, 'log of the Shield': shield.log, traces: this.traces.text,
      'audit of the Spine': this.file('spine-audit.jsonl'), 'audit of the Shield': this.file('shield-audit.jsonl'),
    };
  }

  /** Every byte that the tapped client was sent. */
  get clientBytes(): string {
    return this.tapped.bytes.toString('latin1');
  }

  /** The files of the embedded store. */
  get database(): string {
    return ['history.db', 'history.db-wal'].map((name) => this.file(name)).join('');
  }

  private async offenders({ ports }: ServerProcess): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${String(ports.adminPort)}/casil/offenders`, { headers: { authorization: `Bearer ${operatorKey}` } });
    return response.text();
  }

  private inspectionBytes(): string {
    const payloads = this.tapped.frames.flatMap(({ batches }) => batches.filter(({ room }) => room === 'sys.casil').flatMap(({ envelopes }) => envelopes.map(({ body }) => (
      body.case === 'event' ? Buffer.from(body.value.payload).toString('latin1') : ''))));
    return payloads.join('\n');
  }

  private file(name: string): string {
    const path = this.folder.file(name);
    return existsSync(path) ? readFileSync(path, 'latin1') : '';
  }

  async stop(): Promise<void> {
    this.tapped.close();
    await this.cluster.stop();
    this.traces.stop();
    this.folder.remove();
  }
}

/** Events that carry the canary, each in another way. All are of a sampled trace. */
function carriers({ token, password }: Canary): Record<string, EventInit> {
  const json = (value: unknown): EventInit => ({ type: 'application/json', payload: JSON.stringify(value), traceparent });
  return {
    text: { ...text(token), traceparent },
    header: { ...text('clean'), headers: { note: token }, traceparent },
    'nested JSON': json({ outer: JSON.stringify({ inner: JSON.stringify({ note: token }) }) }),
    'an assignment': json({ user: 'root', password }),
    base64: json({ data: Buffer.from(`the token is ${token}.`).toString('base64') }),
    form: { type: 'application/x-www-form-urlencoded', payload: `a=1&note=${escapedInForm(token)}&b=2`, traceparent },
    Protobuf: { schema: accountSchema, data: { owner: 'root', dbPassword: password }, traceparent },
    'unknown binary': { type: 'application/octet-stream', payload: Buffer.concat([Buffer.from([0, 255, 1, 254]), Buffer.from(token), Buffer.from([0, 255])]), traceparent },
    intent: { ...text('clean'), intent: token },
    tracestate: { ...text('clean'), traceparent, tracestate: `vendor=${token}` },
  };
}

function text(payload: string): { type: string; payload: string } {
  return { type: 'text/plain', payload };
}

/** Each byte as an escape, as some forms have it. */
function escapedInForm(value: string): string {
  return [...Buffer.from(value)].map((byte) => `%${byte.toString(16)}`).join('');
}
