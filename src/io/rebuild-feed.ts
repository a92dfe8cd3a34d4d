/**
 * Owns: a node without peers that is handed blocks, several at once, and judges them as anybody's.
 * Does not own: which blocks, or where they come from (rebuild).
 */
import { createRandom } from '../core/base/random.ts';
import type { Chain } from '../core/chain/chain.ts';
import { Node } from '../core/node/node.ts';
import type { Network } from '../core/rules/network.ts';
import { readClock } from './clock.ts';
import type { OperationalError } from './errors.ts';
import { Runtime } from './runtime.ts';
import { drawSeed } from './seed.ts';
import type { LevelStore } from './store/level-store.ts';
import { WsTransport } from './transport/ws-transport.ts';
import { VerifierPool } from './verify/verifier-pool.ts';

/** Blocks handed over and not yet judged, at most. */
const OPEN_BLOCKS_MAX = 64;
const OPEN_BYTES_MAX = 8 << 20;

export class Feed {
  readonly #runtime: Runtime<Node>;
  readonly #open = new Set<Promise<void>>();
  #openBytes = 0;
  #failure: OperationalError | undefined;

  private constructor(options: {
    readonly store: LevelStore;
    readonly chain: Chain;
    readonly verifier: VerifierPool;
    readonly newestMs: number;
  }) {
    const { store, chain, verifier, newestMs } = options;
    const clock = (): ReturnType<typeof readClock> => {
      const { monotonicMs, wallMs } = readClock();
      return { monotonicMs, wallMs: Math.max(wallMs, newestMs) };
    };
    const node = new Node({
      ...{ chain, poolRecords: [], listenPort: 0, agent: 'cairn/rebuild' },
      ...{ random: createRandom(drawSeed()), now: clock() },
    });
    const onFatal = (error: OperationalError): void => void (this.#failure = error);
    this.#runtime = new Runtime({
      node,
      store,
      transport: new WsTransport(),
      verifier,
      onFatal,
      clock,
    });
  }

  static async start(options: {
    readonly store: LevelStore;
    readonly chain: Chain;
    readonly network: Network;
    readonly newestMs: number;
  }): Promise<Feed> {
    const verifier = await VerifierPool.create({ networkId: options.network.id });
    const feed = new Feed({ ...options, verifier });
    await feed.#runtime.start();
    return feed;
  }

  /** Hands a block over; resolves when there is room for the next. A refused one is left out. */
  async give(bytes: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const judged = this.#runtime
      .submit({ kind: 'submit-block', bytes })
      .then(
        () => undefined,
        () => undefined,
      )
      .finally(() => {
        this.#open.delete(judged);
        this.#openBytes -= bytes.length;
      });
    this.#open.add(judged);
    this.#openBytes += bytes.length;
    while (this.#open.size >= OPEN_BLOCKS_MAX || this.#openBytes > OPEN_BYTES_MAX) {
      await Promise.race(this.#open);
    }
  }

  /** Resolves when everything handed over is judged and stored. */
  async settle(): Promise<void> {
    await Promise.all(this.#open);
  }

  async stop(): Promise<void> {
    await this.settle();
    await this.#runtime.stop();
    if (this.#failure !== undefined) throw this.#failure;
  }
}
