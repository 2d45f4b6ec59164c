import { compileRuleset, warmUp, type Inspection, type Ruleset } from '@arqonbus/casil';
import { casilConfigOf, readDescriptorSets, type CasilSettings } from '@arqonbus/config/casil';
import type { Logger } from '@arqonbus/telemetry';
import type { Directory, OwnPublisher } from '../routing/index.js';
import { CasilEvents } from './casil-events.js';
import { CasilGate, type InspectionReport } from './casil-gate.js';
import { CasilLog } from './casil-log.js';
import { Offenders, type Offender } from './offenders.js';

export interface CasilParts {
  readonly settings: CasilSettings & { readonly 'node.id': string };
  readonly directory: Pick<Directory, 'openTopic'>;
  readonly publisher: OwnPublisher;
  readonly logger: Logger;
  readonly nowMs: () => number;
}

/** Who offends most, for operators alone: names of clients, rooms and channels are no labels of metrics (N3). */
export interface TopOffenders {
  readonly clients: readonly Offender[];
  readonly rooms: readonly Offender[];
  readonly channels: readonly Offender[];
}

/** Content inspection of this Spine: the gate in the way of runs, and what it tells of. */
export class Casil {
  readonly gate: CasilGate;
  readonly events: CasilEvents;
  readonly log: CasilLog;
  private readonly clients = new Offenders();
  private readonly rooms = new Offenders();
  private readonly channels = new Offenders();

  constructor(ruleset: Ruleset, { settings, directory, publisher, logger, nowMs }: CasilParts) {
    this.log = new CasilLog(logger, ruleset, nowMs);
    this.events = new CasilEvents({ directory, publisher, room: ruleset.config.eventsRoom, nodeId: settings['node.id'], logger, nowMs });
    this.gate = new CasilGate({ ruleset, report: (report) => { this.report(report); } });
  }

  top(count: number): TopOffenders {
    return { clients: this.clients.top(count), rooms: this.rooms.top(count), channels: this.channels.top(count) };
  }

  private report(report: InspectionReport): void {
    if (isViolation(report.inspection)) {
      const { topic, session } = report;
      const tenant = topic.tenant.id;
      this.clients.count(tenant, session.clientId);
      if (topic.room !== undefined) {
        this.rooms.count(tenant, topic.roomName);
        this.channels.count(tenant, `${topic.roomName}:${topic.channel}`);
      }
    }
    this.log.write(report);
    this.events.add(report, this.log.excerptFor(report, 'telemetry'));
  }
}

/** What policy acted on, or would have. */
function isViolation({ intended }: Inspection): boolean {
  return intended !== 'allow';
}

/** Undefined while `casil.enabled` is off. Raises RulesetError, which the check of the settings has told of before. */
export function createCasil(parts: CasilParts): Casil | undefined {
  const { settings, logger } = parts;
  if (!settings['casil.enabled']) return undefined;
  const ruleset = compileRuleset(casilConfigOf(settings), {
    descriptorSets: readDescriptorSets(settings),
    // The error's own text may hold what it was given.
    onFailure: (error) => { logger.error({ error_name: error instanceof Error ? error.name : typeof error }, 'content inspection failed: a fault of the program'); },
  });
  warmUp(ruleset);
  return new Casil(ruleset, parts);
}
