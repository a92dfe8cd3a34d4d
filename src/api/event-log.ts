/**
 * Owns: what happens in a node as lines of its log.
 * Does not own: where lines go (io/log) or the events (core/node/ports).
 */
import { assertNever } from '../core/base/assert.ts';
import type { Facts } from '../core/base/rejects.ts';
import { endpointToText } from '../core/net/endpoint.ts';
import type { NodeEvent } from '../core/node/ports.ts';
import type { LogFields, LogLevel } from '../io/log.ts';

/** One line of the log. */
export interface LogLine {
  readonly level: LogLevel;
  /** A name in the program, kebab-case: there are few, and none comes from outside. */
  readonly message: string;
  readonly facts: LogFields;
}

/** Where the lines of a node go. */
export type LogSink = (line: LogLine) => void;

/** The line for an event, named as it is; a change of tip that took blocks off is a `reorg`. */
export function eventToLogLine(event: NodeEvent): LogLine {
  switch (event.kind) {
    case 'tip-changed': {
      const { height, id } = event.tip;
      if (event.disconnected.length === 0) {
        return { level: 'info', message: event.kind, facts: { height, id } };
      }
      const { disconnected, connected, returned, dropped } = event;
      const facts = { height, id, disconnected, connected, returned, dropped };
      return { level: 'info', message: 'reorg', facts };
    }
    case 'transaction-changed': {
      const { kind, id, state, reason } = event;
      return { level: 'debug', message: kind, facts: { id, state, reason } };
    }
    case 'block-stored': {
      const { kind, id, height } = event;
      return { level: 'debug', message: kind, facts: { height, id } };
    }
    case 'transaction-refused':
    case 'block-refused': {
      const { kind, id, peer, code, facts } = event;
      return {
        level: 'warn',
        message: kind,
        facts: { id, peer, code, facts: factsToFields(facts) },
      };
    }
    case 'peer-ready': {
      const { kind, peer, endpoint } = event;
      return { level: 'info', message: kind, facts: { peer, endpoint: endpointToText(endpoint) } };
    }
    case 'peer-left': {
      const { kind, peer, endpoint, code } = event;
      const level = code.startsWith('handshake-') ? 'warn' : 'info';
      return { level, message: kind, facts: { peer, endpoint: endpointToText(endpoint), code } };
    }
    case 'sync-progress': {
      const { kind, height, bestKnownHeight } = event;
      return { level: 'info', message: kind, facts: { height, bestKnownHeight } };
    }
    case 'reorganising': {
      const { kind, active } = event;
      return { level: 'info', message: kind, facts: { active } };
    }
    default:
      return assertNever(event);
  }
}

/** JSON knows no big integers. */
function factsToFields(facts: Facts): LogFields {
  const entries = Object.entries(facts).map(([name, fact]) => [
    name,
    typeof fact === 'bigint' ? fact.toString() : fact,
  ]);
  return Object.fromEntries(entries) as LogFields;
}
