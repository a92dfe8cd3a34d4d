/**
 * Owns: the methods about numbered events. Does not own: their schemas (schemas/methods), keeping
 * events (api/event-stream) or sending them (api/socket-session).
 */
import type { NumberedEvent } from '../event-stream.ts';
import { RPC_NUMBERS, createRpcError } from '../rpc-error.ts';
import type { EventJson } from '../schemas/events.ts';
import { TOPICS } from '../schemas/events.ts';
import type { Call, Handlers, Subscriber } from './handler.ts';

const PAGE_DEFAULT = 100;

export const eventMethods: Handlers<'events'> = {
  'events.subscribe': ({ topics, ...place }, call) => {
    const { events } = call.node;
    const subscriber = requireSubscriber(call);
    const { after, gap } = events.resume(place);
    const subscription = subscriber.subscribe({ topics, after });
    if (subscription !== undefined) return { subscription, epoch: events.epoch, after, gap };
    throw createRpcError(RPC_NUMBERS.rejected, {
      code: 'subscription-limit',
      message: 'this connection has as many subscriptions as it may',
      hint: 'end one with events.unsubscribe, or name several topics in one',
    });
  },
  'events.unsubscribe': ({ subscription }, call) => {
    if (requireSubscriber(call).unsubscribe(subscription)) return {};
    throw createRpcError(RPC_NUMBERS.rejected, {
      code: 'subscription-unknown',
      message: `this connection has no subscription ${subscription}`,
      facts: { subscription },
    });
  },
  'events.list': ({ topics = TOPICS, limit = PAGE_DEFAULT, after, epoch }, { node }) => {
    const { events } = node;
    const place = events.resume({ after: after ?? Math.max(0, events.last - limit), epoch });
    const found: NumberedEvent[] = [];
    let next = place.after;
    for (let event = events.at(next + 1); event !== undefined; event = events.at(next + 1)) {
      if (found.length === limit) break;
      next = event.number;
      if (topics.includes(event.topic)) found.push(event);
    }
    const gap = after === undefined ? null : place.gap;
    return { epoch: events.epoch, next, gap, events: found.map(toJson) };
  },
};

function toJson({ text }: NumberedEvent): EventJson {
  // The stream made it from this type.
  return JSON.parse(text) as EventJson;
}

function requireSubscriber({ subscriber }: Call): Subscriber {
  if (subscriber !== undefined) return subscriber;
  throw createRpcError(RPC_NUMBERS.rejected, {
    code: 'socket-required',
    message: 'subscriptions live on a WebSocket',
    hint: 'connect to /ws, or page through events.list',
  });
}
