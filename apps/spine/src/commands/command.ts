import type { Command } from '@arqonbus/proto';
import type { AuditLog } from '@arqonbus/telemetry';
import type { TopicKey } from '@arqonbus/tenancy';
import type { TokenVerifier } from '@arqonbus/auth';
import type { Groups } from '../groups/index.js';
import type { Directory, Eraser, FanOut, HistoryReader, OwnPublisher, Recoveries, ReplyBody, ServerMessages, Session, Sessions, Subscriptions } from '../routing/index.js';

export type CommandName = NonNullable<Command['body']['case']>;
export type CommandValue<Name extends CommandName> = Extract<Command['body'], { case: Name }>['value'];

/** What commands work with. */
export interface CommandContext {
  readonly directory: Directory;
  readonly sessions: Sessions;
  readonly subscriptions: Subscriptions;
  readonly recoveries: Recoveries;
  readonly fanOut: FanOut;
  readonly messages: ServerMessages;
  readonly publisher: OwnPublisher;
  readonly groups: Groups<Session>;
  /** History wherever it lies. */
  readonly history: HistoryReader & Eraser;
  readonly verifier: TokenVerifier;
  readonly audit: AuditLog;
  readonly nowMs: () => number;
  readonly describe: () => { readonly server: string; readonly readiness: string; readonly reasons: readonly string[]; readonly uptimeMs: number };
  /** Whether sessions of other Spines may follow the topic: this one cannot tell who. */
  readonly isFollowedElsewhere: (topic: TopicKey) => boolean;
  readonly limits: { readonly maxTopicsPerSession: number; readonly maxEnvelopeBytes: number; readonly maxPageEvents: number; readonly maxPageBytes: number };
  /** Whether every reader of history is told what content inspection found, and not operators alone (E24). */
  readonly exposesInspection: boolean;
}

/** One command on its way: who asked, and how to answer. */
export class CommandCall {
  constructor(readonly session: Session, readonly requestId: Uint8Array, private readonly messages: ServerMessages) {}

  reply(body: ReplyBody): void {
    this.session.queue(this.messages.reply(this.requestId, body));
  }
}

/**
 * Carries out one command. Throws ArqonError to refuse; the runner turns it into the answer. Work
 * that needs I/O returns a promise.
 */
export type CommandHandler<Name extends CommandName> = (context: CommandContext, call: CommandCall, value: CommandValue<Name>) => void | Promise<void>;

/** A command as the bus offers it; `help` lists these rows. */
export interface CommandRow<Name extends CommandName> {
  readonly summary: string;
  readonly needs: string;
  readonly run: CommandHandler<Name>;
}
