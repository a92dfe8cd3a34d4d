/**
 * Owns: several conversations joined by their encoded bytes, with a delay on every link.
 * Does not own: sockets, or what is expected.
 */
import { required } from '../../src/core/base/assert.ts';
import type { NetOutput } from '../../src/core/net/border.ts';
import type { Endpoint, PeerId } from '../../src/core/net/endpoint.ts';
import type { Header } from '../../src/core/codec/header.ts';
import { mineHeaders } from './fake-chain.ts';
import { NetBench } from './net-bench.ts';

const HOST = '127.0.0.1';
const BASE_PORT = 9000;

/** One end of a connection. */
interface End {
  readonly node: number;
  readonly peer: PeerId;
}

export class NetWorld {
  readonly nodes: readonly NetBench[];
  readonly #delayMs: number;
  readonly #links = new Map<string, End>();
  readonly #events: { readonly atMs: number; readonly run: () => void }[] = [];
  #nowMs = 0;
  #nextPeer = 1000;

  constructor(count: number, options: { readonly delayMs?: number } = {}) {
    this.#delayMs = options.delayMs ?? 5;
    this.nodes = Array.from({ length: count }, (_, i) => {
      return new NetBench({ seed: i + 1, listenPort: BASE_PORT + i });
    });
    for (const node of this.nodes) node.monotonicMs = 0;
  }

  endpoint(node: number): Endpoint {
    return { ip: HOST, port: BASE_PORT + node };
  }

  /** Runs a step of one node and carries what it sends. */
  act(node: number, run: (bench: NetBench) => readonly NetOutput[]): void {
    const bench = required(this.nodes[node], 'the node exists');
    bench.wallMs += this.#nowMs - bench.monotonicMs;
    bench.monotonicMs = this.#nowMs;
    for (const output of run(bench)) this.#carry(node, output);
  }

  /** Each keeps a connection with the other. */
  connect(a: number, b: number): void {
    this.act(a, (bench) => bench.input({ kind: 'add-peer', endpoint: this.endpoint(b) }));
    this.act(b, (bench) => bench.input({ kind: 'add-peer', endpoint: this.endpoint(a) }));
  }

  /** A node finds blocks on its tip. */
  mine(node: number, count: number, tip: Header): readonly Header[] {
    const headers = mineHeaders(tip, count, { salt: 100 + node });
    this.act(node, (bench) =>
      bench.step(() => {
        bench.chain.extend(headers);
        bench.conversation.onTipChanged();
      }),
    );
    return headers;
  }

  run(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      this.#events.sort((a, b) => a.atMs - b.atMs);
      const deadlines = this.nodes.map((bench) => bench.conversation.deadlineMs());
      const tickMs = Math.max(this.#nowMs, Math.min(...deadlines));
      const eventMs = this.#events[0]?.atMs ?? Infinity;
      const atMs = Math.min(tickMs, eventMs);
      if (atMs > untilMs) break;
      this.#nowMs = atMs;
      if (eventMs <= tickMs) this.#events.shift()?.run();
      else {
        const node = deadlines.indexOf(Math.min(...deadlines));
        this.act(node, (bench) => bench.step(() => bench.conversation.tick(bench.now)));
      }
    }
    this.#nowMs = untilMs;
  }

  #later(run: () => void): void {
    this.#events.push({ atMs: this.#nowMs + this.#delayMs, run });
  }

  #carry(node: number, output: NetOutput): void {
    if (output.kind === 'dial') return this.#dial(node, output.endpoint);
    if (output.kind !== 'send' && output.kind !== 'close') return;
    const key = `${node} ${output.peer}`;
    const other = this.#links.get(key);
    if (!other) return;
    if (output.kind === 'close') {
      this.#links.delete(key);
      this.#later(() => {
        this.#links.delete(`${other.node} ${other.peer}`);
        const input = { kind: 'peer-closed', peer: other.peer } as const;
        this.act(other.node, (bench) => bench.input(input));
      });
      return;
    }
    const { bytes } = output;
    this.#later(() => {
      if (!this.#links.has(`${other.node} ${other.peer}`)) return;
      const input = { kind: 'peer-message', peer: other.peer, bytes } as const;
      this.act(other.node, (bench) => bench.input(input));
    });
  }

  #dial(node: number, endpoint: Endpoint): void {
    const target = endpoint.port - BASE_PORT;
    const [mine, theirs] = [this.#nextPeer++, this.#nextPeer++];
    this.#later(() => {
      if (!this.nodes[target]) {
        this.act(node, (bench) => bench.input({ kind: 'dial-failed', endpoint }));
        return;
      }
      this.#links.set(`${node} ${mine}`, { node: target, peer: theirs });
      this.#links.set(`${target} ${theirs}`, { node, peer: mine });
      const remote = { ip: HOST, port: 40_000 + theirs };
      this.act(target, (bench) =>
        bench.input({ kind: 'peer-connected', peer: theirs, direction: 'inbound', remote }),
      );
      this.act(node, (bench) =>
        bench.input({
          kind: 'peer-connected',
          peer: mine,
          direction: 'outbound',
          remote: endpoint,
        }),
      );
    });
  }
}
