/**
 * Owns: the order in which waiting inputs are stepped: workers' answers and local requests first,
 * then peers in turn, one input each; and who has so much waiting that no more should be read from
 * it.
 * Does not own: stepping (runtime).
 */
import type { PeerId } from '../core/net/endpoint.ts';
import type { Input } from '../core/node/ports.ts';

/** What one peer may have waiting before reading from it pauses; it resumes at half. */
const PEER_WAITING_BYTES_MAX = 4 << 20;
export const PEER_WAITING_INPUTS_MAX = 256;

interface Entry {
  readonly order: number;
  readonly input: Input;
}

interface PeerLine {
  readonly entries: Entry[];
  bytes: number;
  paused: boolean;
}

export class InputQueue {
  readonly #first: Entry[] = [];
  /** In turn: the line at the front is served next, then goes to the back. */
  readonly #lines = new Map<PeerId, PeerLine>();
  readonly #setReading: (peer: PeerId, on: boolean) => void;
  #order = 0;

  constructor(setReading: (peer: PeerId, on: boolean) => void) {
    this.#setReading = setReading;
  }

  get isEmpty(): boolean {
    return this.#first.length === 0 && this.#lines.size === 0;
  }

  /** Marks this moment: `hasOlderThan` tells whether inputs from before it still wait. */
  mark(): number {
    return this.#order;
  }

  hasOlderThan(mark: number): boolean {
    const isOlder = (entry: Entry | undefined): boolean =>
      entry !== undefined && entry.order <= mark;
    if (isOlder(this.#first[0])) return true;
    for (const { entries } of this.#lines.values()) if (isOlder(entries[0])) return true;
    return false;
  }

  push(input: Input): void {
    const entry: Entry = { order: ++this.#order, input };
    if (!('peer' in input) || input.kind === 'drop-peer') {
      this.#first.push(entry);
      return;
    }
    const line = this.#lines.get(input.peer) ?? { entries: [], bytes: 0, paused: false };
    this.#lines.set(input.peer, line);
    line.entries.push(entry);
    line.bytes += sizeOf(input);
    this.#balance(input.peer, line);
  }

  shift(): Input | undefined {
    const local = this.#first.shift();
    if (local !== undefined) return local.input;
    for (const [peer, line] of this.#lines) {
      const entry = line.entries.shift();
      this.#lines.delete(peer);
      if (entry === undefined) continue;
      line.bytes -= sizeOf(entry.input);
      this.#balance(peer, line);
      if (line.entries.length > 0) this.#lines.set(peer, line);
      return entry.input;
    }
    return undefined;
  }

  /** Forgets what a peer said that is not stepped yet: the node has closed the connection. */
  dropMessages(peer: PeerId): void {
    const line = this.#lines.get(peer);
    if (line === undefined) return;
    const kept = line.entries.filter(({ input }) => input.kind !== 'peer-message');
    line.entries.splice(0, line.entries.length, ...kept);
    line.bytes = 0;
  }

  #balance(peer: PeerId, line: PeerLine): void {
    const share = Math.max(
      line.bytes / PEER_WAITING_BYTES_MAX,
      line.entries.length / PEER_WAITING_INPUTS_MAX,
    );
    if (line.paused ? share > 0.5 : share < 1) return;
    line.paused = !line.paused;
    this.#setReading(peer, !line.paused);
  }
}

function sizeOf(input: Input): number {
  return input.kind === 'peer-message' ? input.bytes.length : 0;
}
