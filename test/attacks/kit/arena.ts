/** Owns: the usual set-up: a victim, an honest oracle connected to it, a model of their chain. */
import { expect } from 'vitest';
import { hex } from '../../vectors/reference/bytes.mjs';
import { ChainBuilder, idOfBlock } from './chain-builder.ts';
import { SMALL_HEAP } from './memory.ts';
import { NodeProcess } from './node-process.ts';
import { RawPeer } from './raw-peer.ts';
import { until } from './until.ts';
import type { World, WorldOptions } from './world.ts';
import { alice, bob, createWorld } from './world.ts';
import { pay } from './wallet.ts';

export interface ArenaOptions extends WorldOptions {
  /** Blocks mined before the attack, 1 unless told. */
  readonly height?: number;
  readonly measuresMemory?: boolean;
}

export class Arena {
  readonly world: World;
  readonly victim: NodeProcess;
  readonly oracle: NodeProcess;
  /** The chain that both nodes are on as long as the attacker changes nothing. */
  chain: ChainBuilder;

  private constructor(world: World, victim: NodeProcess, oracle: NodeProcess) {
    this.world = world;
    this.victim = victim;
    this.oracle = oracle;
    this.chain = new ChainBuilder(world.network);
  }

  /** Both nodes up and connected, the first `height` blocks mined. */
  static async open(options: ArenaOptions = {}): Promise<Arena> {
    const world = createWorld(options);
    const env = options.measuresMemory ? SMALL_HEAP : {};
    const victim = await NodeProcess.create({ world, env });
    const oracle = await NodeProcess.create({ world, peers: [victim] });
    await Promise.all([victim.start(), oracle.start()]);
    const arena = new Arena(world, victim, oracle);
    for (let i = 0; i < (options.height ?? 1); i++) await arena.mine();
    await arena.settle();
    return arena;
  }

  get network(): Reference.Network {
    return this.world.network;
  }

  /** An attacker after the handshake; it claims the common chain unless told. */
  attacker(hello: Reference.Fields = {}): Promise<RawPeer> {
    return RawPeer.join(this.victim.url, this.chain, hello);
  }

  /**
   * A peer that announces a child of the common tip and answers the request for it with `bytes`.
   */
  async vouch(block: Reference.Block, bytes: Uint8Array = block.bytes): Promise<RawPeer> {
    const peer = await this.attacker();
    const chain = this.chain.fork().add(block);
    peer.serve(chain, { bodies: false });
    peer.on('get-blocks', () => peer.send('block', { block: hex(bytes) }));
    peer.announce(chain);
    return peer;
  }

  /** Mines a valid block and hands it to the victim. */
  async mine(transactions: readonly Buffer[] = []): Promise<Reference.Block> {
    const block = this.chain.extend({ transactions });
    await this.victim.submitBlock(block);
    return block;
  }

  /** Waits until victim and oracle are on the tip of `chain`, with the model's accounts root. */
  async settle(chain: ChainBuilder = this.chain): Promise<void> {
    for (const node of [this.victim, this.oracle]) {
      const goal = idOfBlock(chain.tip);
      await until(`tip ${chain.height}`, async () => (await node.status()).tip === goal).catch(
        async (error: unknown) => {
          const status = JSON.stringify(await node.status());
          throw new Error(`the node is elsewhere: ${status}\n${node.log.slice(-2000)}`, {
            cause: error,
          });
        },
      );
      expect((await node.status()).accountsRoot).toBe(chain.accountsRoot);
    }
  }

  /**
   * The honest go on: a payment submitted, relayed and mined; three models agree on the outcome.
   */
  async expectUnharmed(): Promise<void> {
    const { chain, victim, oracle } = this;
    const payment = pay(this.network, alice, {
      nonce: chain.nonceOf(alice),
      to: [[bob, 100_000n]],
    });
    const { id } = await victim.submit(payment);
    await until('the payment at the oracle', async () => {
      return (await oracle.transaction(id)).status === 'pending';
    });
    await this.mine([payment]);
    await this.settle();
    expect(victim.isRunning).toBe(true);
  }
}
