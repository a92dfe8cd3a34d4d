/**
 * Owns: an effect as one line of the trace, for people to read.
 * Does not own: the trace (sim/trace), or the bytes that go into its hash beside the line.
 */
import type { Effect, NodeEvent } from '../core/node/ports.ts';

export function describeEffect(effect: Effect): string {
  switch (effect.kind) {
    case 'write':
      return `write ${effect.changes.length} ${effect.durable ? 'durable' : 'unsynced'}`;
    case 'send':
      return `send ${effect.peer} ${describeMessage(effect.bytes)}`;
    case 'close':
      return `close ${effect.peer} ${effect.code}`;
    case 'dial':
      return `dial ${effect.endpoint.ip}`;
    case 'verify':
      return `verify ${effect.job} count ${effect.transactions.length}`;
    case 'reply': {
      const { result } = effect;
      return `reply ${effect.request} ${result.ok ? result.value.kind : result.code}`;
    }
    case 'event':
      return describeEvent(effect.event);
  }
}

function describeEvent(event: NodeEvent): string {
  switch (event.kind) {
    case 'tip-changed':
      return `tip ${event.tip.height} ${event.tip.id} off ${event.disconnected.length}`;
    case 'transaction-changed':
      return `transaction ${event.id} ${event.state} ${event.reason ?? ''}`;
    case 'block-stored':
      return `stored ${event.height} ${event.id}`;
    case 'transaction-refused':
    case 'block-refused':
      return `${event.kind} ${event.id ?? ''} ${event.code}`;
    case 'peer-ready':
      return `ready ${event.peer}`;
    case 'peer-left':
      return `left ${event.peer} ${event.code}`;
    case 'sync-progress':
      return `sync ${event.height} of ${event.bestKnownHeight}`;
    case 'reorganising':
      return `reorganising ${event.active}`;
  }
}

function describeMessage(bytes: Uint8Array): string {
  return `type ${bytes[0]?.toString(16)} size ${bytes.length}`;
}
