import { ArqonError } from '@arqonbus/errors';
import { serverErrorOf } from './server-error.js';
import type { ServerError } from './wire/control-reader.js';
import { idKey } from './wire/envelope-reader.js';
import type { IdSource } from './wire/id-source.js';
import { writeCommandBatch, type ClientCommand } from './wire/command-writer.js';
import type { StampedBatch } from './message.js';
import type { ReplyBody } from './wire/reply-reader.js';
import { writeFrame } from './wire/run-writer.js';
import { withDeadline, type WaitOptions } from './deadline.js';

/** How one command is made and its answer read. */
export interface CommandExchange<Answer> {
  /** Makes the command; called again for each send, so that a join resumes from where the reader stands then. */
  readonly build: () => ClientCommand;
  /** Reads the answer, within the very call that receives it; `page` holds the batches of a history reply. `undefined` means an unexpected answer. */
  readonly read: (body: ReplyBody, page: readonly StampedBatch[]) => Answer | undefined;
}

const maxPending = 65_536;

interface PendingCommand {
  readonly id: Uint8Array;
  readonly build: () => ClientCommand;
  readonly answer: (body: ReplyBody, page: readonly StampedBatch[]) => void;
  readonly fail: (error: unknown) => void;
}

/** Sends commands and matches their answers by id. What is unanswered is sent again on each new session. */
export class CommandClient {
  private readonly pending = new Map<string, PendingCommand>();

  constructor(
    private readonly ids: IdSource,
    private readonly sendFrame: (frame: Uint8Array) => boolean,
  ) {}

  /** Resolves with the answer. Rejects with the server's ArqonError, TIMEOUT, RATE_LIMITED when too many are pending, or the signal's reason. */
  send<Answer>(exchange: CommandExchange<Answer>, options: WaitOptions, id = this.ids.next()): Promise<Answer> {
    const key = idKey(id, 0);
    return withDeadline<Answer>(options, (resolve, reject) => {
      const command: PendingCommand = {
        id,
        build: exchange.build,
        answer: (body, page) => {
          const answer = exchange.read(body, page);
          if (answer === undefined) reject(new ArqonError('INTERNAL', { message: `Unexpected answer ${body.kind}.` }));
          else resolve(answer);
        },
        fail: reject,
      };
      if (this.pending.size >= maxPending) throw new ArqonError('RATE_LIMITED', { message: 'Too many commands are pending.' });
      this.pending.set(key, command);
      this.transmit(command);
      return () => this.pending.delete(key);
    });
  }

  /** Sends what is unanswered again, in the order of asking. */
  resend(): void {
    for (const command of this.pending.values()) this.transmit(command);
  }

  /** Returns false when the reply answers no command. */
  answered(key: string, body: ReplyBody, page: readonly StampedBatch[]): boolean {
    const command = this.take(key);
    command?.answer(body, page);
    return command !== undefined;
  }

  /** Returns false when the error concerns no command. */
  refused(error: ServerError): boolean {
    const command = this.take(error.requestKey);
    command?.fail(serverErrorOf(error));
    return command !== undefined;
  }

  rejectAll(error: unknown): void {
    const commands = [...this.pending.values()];
    this.pending.clear();
    for (const command of commands) command.fail(error);
  }

  private take(key: string): PendingCommand | undefined {
    const command = this.pending.get(key);
    this.pending.delete(key);
    return command;
  }

  private transmit(command: PendingCommand): void {
    this.sendFrame(writeFrame([[writeCommandBatch(command.id, command.build())]]));
  }
}
