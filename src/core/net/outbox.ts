/**
 * Owns: the effects and outcomes of the present input, in the order in which they must happen.
 * Does not own: who carries them out (core/node, io). Layer 3.
 */
import type { Message } from '../codec/messages.ts';
import { encodeMessage } from '../codec/messages.ts';
import type { NetOutput } from './border.ts';
import type { PeerId } from './endpoint.ts';

export class Outbox {
  #items: NetOutput[] = [];

  push(item: NetOutput): void {
    this.#items.push(item);
  }

  send(peer: PeerId, message: Message): void {
    this.#items.push({ kind: 'send', peer, bytes: encodeMessage(message) });
  }

  /** Hands over what has gathered. */
  drain(): readonly NetOutput[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }
}
