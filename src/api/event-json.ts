/**
 * Owns: what happens in a node as the JSON of schemas/events.
 * Does not own: the events (core/node/ports) or their numbers (api/event-stream).
 */
import { assertNever } from '../core/base/assert.ts';
import type { Tip } from '../core/codec/tip.ts';
import { endpointToText } from '../core/net/endpoint.ts';
import type { NodeEvent } from '../core/node/ports.ts';
import { EVENT_LIST_MAX } from './limits.ts';
import type { BlockEventJson, TipEventJson, TopicData } from './schemas/events.ts';

type TipChanged = Extract<NodeEvent, { readonly kind: 'tip-changed' }>;

/** The events that subscribers see for one of the node's; none for what `node.status` tells. */
export function eventToJson(event: NodeEvent): readonly TopicData[] {
  switch (event.kind) {
    case 'tip-changed':
      return tipChangeToJson(event);
    case 'block-stored': {
      const { id, height } = event;
      return [blockEvent({ id, height, state: 'stored' })];
    }
    case 'block-refused': {
      const { id = null, peer = null, code } = event;
      return [blockEvent({ id, height: null, state: 'refused', peer, code })];
    }
    case 'transaction-changed': {
      const { id, state, reason = null } = event;
      return [{ topic: 'tx', data: { id, state, reason, peer: null } }];
    }
    case 'transaction-refused': {
      const { id = null, peer = null, code } = event;
      return [{ topic: 'tx', data: { id, state: 'refused', reason: code, peer } }];
    }
    case 'peer-ready': {
      const address = endpointToText(event.endpoint);
      return [{ topic: 'peer', data: { id: event.peer, state: 'ready', address, code: null } }];
    }
    case 'peer-left': {
      const { peer: id, code } = event;
      return [{ topic: 'peer', data: { id, state: 'left', address: null, code } }];
    }
    case 'sync-progress':
    case 'reorganising':
      return [];
    default:
      return assertNever(event);
  }
}

/** Blocks off, blocks on (the last ones of many), the reorg if it was one, and then the tip. */
function tipChangeToJson(event: TipChanged): readonly TopicData[] {
  const { tip, disconnected, connected } = event;
  const forkHeight = tip.height - connected.length;
  const off = disconnected.slice(0, EVENT_LIST_MAX).map((id, index) => {
    const height = forkHeight + disconnected.length - index;
    return blockEvent({ id, height, state: 'disconnected' });
  });
  const skipped = Math.max(0, connected.length - EVENT_LIST_MAX);
  const on = connected.slice(skipped).map((id, index) => {
    return blockEvent({ id, height: forkHeight + 1 + skipped + index, state: 'connected' });
  });
  const moved: TopicData = { topic: 'tip', data: tipToEvent(tip) };
  if (disconnected.length === 0) return [...on, moved];
  return [...off, ...on, reorgToJson(event, forkHeight), moved];
}

function reorgToJson(event: TipChanged, forkHeight: number): TopicData {
  const { tip, disconnected, connected, returned, dropped } = event;
  return {
    topic: 'reorg',
    data: {
      tip: tipToEvent(tip),
      forkHeight,
      disconnected: disconnected.slice(0, EVENT_LIST_MAX),
      connected: connected.slice(0, EVENT_LIST_MAX),
      returned: returned.slice(0, EVENT_LIST_MAX),
      dropped: dropped.slice(0, EVENT_LIST_MAX),
      counts: {
        disconnected: disconnected.length,
        connected: connected.length,
        returned: returned.length,
        dropped: dropped.length,
      },
    },
  };
}

function tipToEvent({ height, id, work }: Tip): TipEventJson {
  return { height, id, work: work.toString() };
}

function blockEvent(
  data: Pick<BlockEventJson, 'id' | 'height' | 'state'> & Partial<BlockEventJson>,
): TopicData {
  return { topic: 'block', data: { peer: null, code: null, ...data } };
}
