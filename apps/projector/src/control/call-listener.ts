import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { ArqonError, errorTable, isArqonError } from '@arqonbus/errors';
import { CallSchema, ErrorSchema, type Call } from '@arqonbus/proto';
import type { Message, RawEvent, Subscription } from '@arqonbus/sdk';
import { EpisodeStoreError } from '@arqonbus/storage/episodes';
import { setTimeout as delay } from 'node:timers/promises';
import type { TenantRuntime, TenantWork } from '../tenant-runtime.js';
import { replayDeadLetters } from './dead-letter-operations.js';
import type { OperationCall } from './operation.js';
import { operations } from './operations.js';

/** Topic in which the bus publishes the calls of a tenant to its projectors. */
const callsTopic = 'sys.calls:projector';
/** Calls of one tenant under way at a time; further ones wait, and those above `maxWaiting` wait on the bus. */
const maxConcurrent = 8;
const maxWaiting = 64;
/** Time after which an operation that goes from one thing to the next stops and tells how far it came: callers wait 30 s. */
const operationMs = 15_000;
/** A call that was missed while the connection was lost is left undone once its caller has given up. */
const staleMs = 60_000;
const answerTimeoutMs = 10_000;
/** The first answer counts: an instance that does not reach the database lets one that does be first, and a replay of that one come to its end. */
const refuseAfterMs = 500;
const refuseReplayAfterMs = 5_000;
/** Room for the envelope around an answer. */
const envelopeBytes = 4_096;
const defaultEnvelopeBytes = 65_536;

/**
 * Answers the calls of one tenant: `Command.call` with a name that begins with `projector.`. Who calls is trusted to be an admin, and the call to be
 * audited, because nobody but the bus publishes in the room `sys.calls`, and it checks and records first. Every instance answers, the first answer counts; what changes
 * something does so once. Rejects as Bus.join does when it cannot follow the topic.
 */
export async function listenForCalls(runtime: TenantRuntime): Promise<TenantWork> {
  const subscription = await runtime.bus.join(callsTopic, { since: 'now', maxQueuedMessages: maxWaiting });
  return new CallListener(runtime, subscription);
}

class CallListener implements TenantWork {
  private readonly stopped = new AbortController();
  private readonly underWay = new Set<Promise<void>>();
  private readonly listening: Promise<void>;

  constructor(private readonly runtime: TenantRuntime, private readonly subscription: Subscription) {
    this.listening = this.answerAll();
  }

  /** Calls under way are answered first; those that take long say how far they came. */
  async stop(): Promise<void> {
    this.stopped.abort();
    // The bus takes answers from those alone who follow the topic.
    await Promise.all(this.underWay);
    await this.subscription.leave().catch((error: unknown) => {
      this.runtime.logger.debug({ tenant: this.runtime.tenantId, error }, 'the topic of calls was left with the connection');
    });
    await this.listening;
    await Promise.all(this.underWay);
  }

  private async answerAll(): Promise<void> {
    try {
      for await (const message of this.subscription) {
        if (this.stopped.signal.aborted) return;
        const answered: Promise<void> = this.answer(message).finally(() => this.underWay.delete(answered));
        this.underWay.add(answered);
        if (this.underWay.size >= maxConcurrent) await Promise.race(this.underWay);
      }
    } catch (error) {
      this.runtime.logger.error({ tenant: this.runtime.tenantId, error }, 'calls are not answered any more');
    }
  }

  /** Never rejects. */
  private async answer(message: Message): Promise<void> {
    const { logger, tenantId } = this.runtime;
    if (message.type !== CallSchema.typeName) return;
    if (message.replayed && Date.now() - message.time.getTime() > staleMs) {
      logger.warn({ tenant: tenantId, sender: message.sender }, 'a call that came too late is left undone');
      return;
    }
    const answer = await this.carryOut(message);
    if (answer === undefined) return;
    try {
      await message.reply(answer, { timeoutMs: answerTimeoutMs });
    } catch (error) {
      logger.warn({ tenant: tenantId, sender: message.sender, error }, 'a call could not be answered');
    }
  }

  private async carryOut(message: Message): Promise<RawEvent | undefined> {
    try {
      return await this.answerOf(readCall(message.payload), message);
    } catch (error) {
      return this.refusal(error, message.sender);
    }
  }

  private async answerOf({ name, args }: Call, message: Message): Promise<RawEvent | undefined> {
    const operation = operations.get(name);
    if (operation === undefined) throw new ArqonError('UNSUPPORTED_COMMAND', { field: 'name', message: 'The projector has no such operation.' });
    try {
      return await operation(this.runtime, args, this.callOf(message));
    } catch (error) {
      if (isDatabaseAway(error)) await this.letOthersAnswer(operation === replayDeadLetters ? refuseReplayAfterMs : refuseAfterMs);
      throw error;
    }
  }

  private async letOthersAnswer(ms: number): Promise<void> {
    try {
      await delay(ms, undefined, { signal: this.stopped.signal });
    } catch (error) {
      this.runtime.logger.debug({ tenant: this.runtime.tenantId, error }, 'the projector stops: a call is refused at once');
    }
  }

  private callOf(message: Message): OperationCall {
    const envelope = this.runtime.bus.limits?.maxEnvelopeBytes ?? defaultEnvelopeBytes;
    return {
      actor: message.sender,
      signal: AbortSignal.any([this.stopped.signal, AbortSignal.timeout(operationMs)]),
      maxAnswerBytes: Math.max(0, envelope - envelopeBytes),
    };
  }

  private refusal(error: unknown, sender: string): RawEvent {
    const refused = refusalOf(error);
    if (refused.code === 'INTERNAL') this.runtime.logger.error({ tenant: this.runtime.tenantId, sender, error }, 'a call failed');
    const { code, field = '', retryAfterMs = 0 } = refused;
    // The text without the code that ArqonError begins with.
    const message = refused.message.slice(code.length + 2);
    return { type: ErrorSchema.typeName, payload: toBinary(ErrorSchema, create(ErrorSchema, { code, message, field, retryAfterMs })) };
  }
}

function readCall(payload: Uint8Array): Call {
  try {
    return fromBinary(CallSchema, payload);
  } catch (cause) {
    throw new ArqonError('INVALID_ARGUMENT', { field: 'call', message: 'The call does not decode.', cause });
  }
}

const retryAfterMs = 1_000;

/** What the caller hears: never what the database said. */
function refusalOf(error: unknown): ArqonError {
  if (isArqonError(error)) return errorTable[error.code].retryable && error.retryAfterMs === undefined ? again(error) : error;
  if (isDatabaseAway(error)) return new ArqonError('PROJECTION_UNAVAILABLE', { retryAfterMs });
  return new ArqonError('INTERNAL', { message: 'The projector failed to carry out the call.' });
}

function isDatabaseAway(error: unknown): boolean {
  return error instanceof EpisodeStoreError && error.failure === 'transient';
}

function again({ code, message, field }: ArqonError): ArqonError {
  return new ArqonError(code, { message: message.slice(code.length + 2), retryAfterMs, ...(field === undefined ? {} : { field }) });
}
