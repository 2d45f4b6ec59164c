import { create, fromBinary, toBinary, type DescMessage, type MessageInitShape, type MessageShape } from '@bufbuild/protobuf';
import { isArqonError, type Bus } from '@arqonbus/sdk';
import { CliError } from '../../cli-error.js';
import type { CommandContext } from '../../command-context.js';
import type { CommandLine } from '../../command-line/command-line.js';
import { withBus } from '../../connection/with-bus.js';

/** An operation of the projector: its name, what it takes and what it answers. */
export interface Operation<Request extends DescMessage, Response extends DescMessage> {
  readonly name: string;
  readonly request: Request;
  readonly response: Response;
}

/** The projectors of one tenant, as a command sees them through the bus. */
export interface Projector {
  /** Carries out an operation. Rejects with CliError, or the ArqonError of the projector. */
  call<Request extends DescMessage, Response extends DescMessage>(
    operation: Operation<Request, Response>, args: MessageInitShape<Request>,
  ): Promise<MessageShape<Response>>;
}

/** Connects as an admin, runs `use`, and closes whatever happens. Raises as withBus. */
export async function withProjector(line: CommandLine, context: CommandContext, use: (projector: Projector) => Promise<void>): Promise<void> {
  await withBus(line, context, { roles: ['client', 'admin'] }, (bus, { timeoutMs }) => use({
    call: async ({ name, request, response }, args) => {
      const answer = await callOf(bus, name, toBinary(request, create(request, args)), { signal: context.interruption.signal, timeoutMs });
      if (answer.type !== response.typeName) throw new CliError('failure', 'UNEXPECTED_ANSWER', `the projector answered ${name} with a message of another type`, { next: 'Are arqon and the projector of the same version?' });
      return fromBinary(response, answer.payload);
    },
  }));
}

async function callOf(bus: Bus, name: string, args: Uint8Array, options: Parameters<Bus['call']>[2]): ReturnType<Bus['call']> {
  try {
    return await bus.call(name, args, options);
  } catch (error) {
    throw explained(error);
  }
}

/** What a refusal means for a call of the projector. */
function explained(error: unknown): unknown {
  if (!isArqonError(error)) return error;
  const { code } = error;
  if (code === 'NO_RESPONDERS') return new CliError('refused', code, 'no projector of this tenant is connected', { next: '`arqon serve projector` runs one; this tenant must be among its tenants.', cause: error });
  if (code === 'NOT_PERMITTED') return new CliError('notPermitted', code, 'the token may not call the projector', { next: 'Calls need the role admin.', cause: error });
  if (code === 'TIMEOUT') return new CliError('timedOut', code, 'the projector did not answer in time; it may have done what was asked', { next: 'Is a projector of this tenant running? Wait longer with --timeout; asking again does no harm.', cause: error });
  return error;
}
