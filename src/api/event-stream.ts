/**
 * Owns: the numbers of a node's events, and the last of them, so that a reader can resume.
 * Does not own: the events' JSON (api/event-json) or who reads them (api/socket-session, methods).
 *
 * The ring is the only buffer: readers hold a number, not a queue. One that falls behind it has a
 * gap, and is told so.
 */
import { Buffer } from 'node:buffer';
import { required } from '../core/base/assert.ts';
import type { NodeEvent } from '../core/node/ports.ts';
import { eventToJson } from './event-json.ts';
import * as limits from './limits.ts';
import type { GapJson, Topic, TopicData } from './schemas/events.ts';

/** One event, ready to be sent. */
export interface NumberedEvent {
  readonly number: number;
  readonly topic: Topic;
  /** `EventJson` as text, made once for all readers. */
  readonly text: string;
}

/** The last event that a reader has seen, and the start of the node that numbered it. */
export interface Place {
  readonly after?: number | undefined;
  readonly epoch?: string | undefined;
}

export class EventStream {
  /** Names this start of the node: numbers of another one mean nothing here. */
  readonly epoch: string;
  readonly #nowMs: () => number;
  /** Consecutive numbers; the first `#head` have been let go. */
  #kept: NumberedEvent[] = [];
  #head = 0;
  #bytes = 0;
  #last = 0;
  readonly #listeners = new Set<() => void>();

  constructor(options: { readonly epoch: string; readonly nowMs: () => number }) {
    this.epoch = options.epoch;
    this.#nowMs = options.nowMs;
  }

  /** The number of the last event; 0 when nothing has happened yet. */
  get last(): number {
    return this.#last;
  }

  /** Numbers and keeps what an event tells. */
  add(event: NodeEvent): void {
    const told = eventToJson(event);
    if (told.length === 0) return;
    for (const data of told) this.#keep(data);
    this.#trim();
    for (const listener of this.#listeners) listener();
  }

  /** Calls back when there are new events; answers how to end it. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The event of that number, while it is kept. */
  at(number: number): NumberedEvent | undefined {
    return number < this.#first ? undefined : this.#kept[this.#head + number - this.#first];
  }

  /** Where a reader goes on that has seen what `place` says, and what it has missed. */
  resume({ after, epoch }: Place): { readonly after: number; readonly gap: GapJson | null } {
    const oldest = this.#first - 1;
    if (after === undefined) return { after: this.#last, gap: null };
    if ((epoch !== undefined && epoch !== this.epoch) || after > this.#last) {
      return { after: oldest, gap: { reason: 'restarted', missed: null } };
    }
    if (after >= oldest) return { after, gap: null };
    return { after: oldest, gap: { reason: 'overrun', missed: oldest - after } };
  }

  /** The number of the oldest event that is kept, or of the next one when none is. */
  get #first(): number {
    return this.#last - (this.#kept.length - this.#head) + 1;
  }

  #keep(data: TopicData): void {
    const number = this.#last + 1;
    const text = JSON.stringify({ number, timeMs: this.#nowMs(), ...data });
    this.#kept.push({ number, topic: data.topic, text });
    this.#last = number;
    this.#bytes += Buffer.byteLength(text);
  }

  #trim(): void {
    while (
      this.#bytes > limits.EVENT_BYTES_KEPT_MAX ||
      this.#kept.length - this.#head > limits.EVENTS_KEPT_MAX
    ) {
      const oldest = required(this.#kept[this.#head], 'an event too many is there');
      this.#bytes -= Buffer.byteLength(oldest.text);
      this.#head += 1;
    }
    if (this.#head > this.#kept.length / 2) {
      this.#kept = this.#kept.slice(this.#head);
      this.#head = 0;
    }
  }
}
