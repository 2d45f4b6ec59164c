import { fromBinary } from '@bufbuild/protobuf';
import { envelopeRanges, type BatchView } from '@arqonbus/envelope';
import { ArqonError, closeCodes, isArqonError } from '@arqonbus/errors';
import { EnvelopeSchema, type Command } from '@arqonbus/proto';
import type { Logger } from '@arqonbus/telemetry';
import type { CommandRunner, Session } from '../routing/index.js';
import { CommandCall, type CommandContext, type CommandName, type CommandRow } from './command.js';
import { commandTable } from './command-table.js';

/** Plain integers that the metrics read at scrape time. */
export type CommandCounters = Map<string, number>;

/** Commands of one session within one turn of the event loop; above it close 4529. */
const maxCommandsPerTurn = 2_048;

/** Carries out the commands of a batch, in order; each is answered once, by its reply or its refusal. */
export class Commands implements CommandRunner {
  readonly counters: CommandCounters = new Map();

  constructor(private readonly context: CommandContext, private readonly logger: Logger) {}

  run(session: Session, bytes: Uint8Array, view: BatchView): void {
    for (const range of envelopeRanges(bytes, view.envelopesStart, view.envelopesEnd)) {
      if (session.isClosed || this.exceedsTurn(session)) return;
      // The bytes belong to the engine, and some commands outlive this turn: decode a copy.
      const envelope = fromBinary(EnvelopeSchema, bytes.slice(range.start, range.end));
      if (envelope.body.case === 'command') this.runOne(session, envelope.id, envelope.body.value);
    }
  }

  private exceedsTurn(session: Session): boolean {
    session.commandsInTurn += 1;
    if (session.commandsInTurn <= maxCommandsPerTurn) return false;
    session.port.close(closeCodes.tooFast, closeCodes.tooFast.reason);
    return true;
  }

  private runOne(session: Session, requestId: Uint8Array, command: Command): void {
    const call = new CommandCall(session, requestId, this.context.messages);
    const name = command.body.case;
    this.counters.set(name ?? 'unknown', (this.counters.get(name ?? 'unknown') ?? 0) + 1);
    try {
      const pending = this.dispatch(call, command.body);
      if (pending !== undefined) pending.catch((error: unknown) => { this.refuse(call, error); });
    } catch (error) {
      this.refuse(call, error);
    }
  }

  private dispatch(call: CommandCall, body: Command['body']): Promise<void> | undefined {
    if (body.case === undefined) throw new ArqonError('UNKNOWN_COMMAND', { field: 'command' });
    return this.call(call, body.case, body.value);
  }

  private call<Name extends CommandName>(call: CommandCall, name: Name, value: Command['body']['value']): Promise<void> | undefined {
    const row: CommandRow<Name> = commandTable[name];
    // The oneof pairs each name with its own value type.
    const result = (row.run as (context: CommandContext, call: CommandCall, value: unknown) => unknown)(this.context, call, value);
    return result instanceof Promise ? result : undefined;
  }

  private refuse(call: CommandCall, error: unknown): void {
    if (isArqonError(error)) {
      call.session.refuse({ code: error.code, field: error.field ?? '', retryAfterMs: error.retryAfterMs ?? 0, requestId: call.requestId });
      if (error.code === 'AUDIT_UNAVAILABLE') this.logger.error({ client: call.session.clientId }, 'audit log cannot be written; the action was refused');
      return;
    }
    this.logger.error({ error, client: call.session.clientId }, 'command failed');
    call.session.refuse({ code: 'INTERNAL', requestId: call.requestId });
  }
}
