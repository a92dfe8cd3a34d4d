/**
 * Owns: what the outside may read of a node between two steps.
 * Does not own: the state that it reads (chain, pool, net) or its JSON form (api). Layer 4.
 */
import type { Now } from '../base/now.ts';
import type { Address, Amount, BlockId, Height, TxId } from '../base/types.ts';
import { toHeight } from '../base/types.ts';
import { policySize } from '../chain/mempool-fees.ts';
import type { Chain } from '../chain/chain.ts';
import type { EntryIndex } from '../chain/header-tree.ts';
import type { Place } from '../chain/records.ts';
import type { Mempool } from '../chain/mempool.ts';
import type { Conversation } from '../net/conversation.ts';
import type { MissingPeer } from '../net/dialler.ts';
import { ABSENT_ACCOUNT } from '../rules/account.ts';
import type { Network } from '../rules/network.ts';
import type { Proof } from '../rules/proof-file.ts';
import { readMovement } from './movement.ts';
import type { ProofRefusal, ProofRequest } from './prover.ts';
import { prove } from './prover.ts';
import type {
  AccountMovement,
  AccountView,
  BlockStatus,
  BlockView,
  BranchTip,
  NodeStatus,
  NodeView,
  PeerView,
  PoolEntry,
  TransactionView,
  TreeBlock,
} from './view.ts';

export class NodeReader implements NodeView {
  readonly network: Network;
  readonly #chain: Chain;
  readonly #pool: Mempool;
  readonly #net: Conversation;
  readonly #now: () => Now;

  constructor(options: {
    readonly chain: Chain;
    readonly pool: Mempool;
    readonly net: Conversation;
    readonly now: () => Now;
  }) {
    this.network = options.chain.network;
    this.#chain = options.chain;
    this.#pool = options.pool;
    this.#net = options.net;
    this.#now = options.now;
  }

  status(): NodeStatus {
    const { tip, tipEntry, headers, reorganising, accountsRoot } = this.#chain;
    return {
      tip,
      accountsRoot,
      bits: headers.bits(tipEntry),
      poolCount: this.#pool.count,
      poolSizeBytes: this.#pool.sizeBytes,
      peerCount: this.#net.peers().length,
      syncing: this.#syncing(),
      reorganising,
    };
  }

  #syncing(): NodeStatus['syncing'] {
    const { height } = this.#chain.tip;
    const target = toHeight(this.#net.bestKnownHeight());
    return target > height ? { height, target } : undefined;
  }

  tips(): readonly BranchTip[] {
    const { headers, tipEntry } = this.#chain;
    const leaves = new Set<EntryIndex>([tipEntry, ...headers.leaves()]);
    return Array.from(leaves, (entry) => {
      const fork = headers.commonAncestor(entry, tipEntry);
      return {
        height: headers.height(entry),
        id: headers.id(entry),
        status: this.#statusOf(entry),
        branchLength: headers.height(entry) - headers.height(fork),
        work: headers.work(entry),
      };
    });
  }

  tree(heightCount: number): readonly TreeBlock[] {
    const { headers, tipEntry } = this.#chain;
    const lowest = Math.max(0, headers.height(tipEntry) - heightCount + 1);
    const seen = new Set<EntryIndex>();
    for (const leaf of [tipEntry, ...headers.leaves()]) {
      let entry: EntryIndex | undefined = leaf;
      while (entry !== undefined && !seen.has(entry) && headers.height(entry) >= lowest) {
        seen.add(entry);
        entry = headers.parent(entry);
      }
    }
    const entries = [...seen].sort((a, b) => headers.height(a) - headers.height(b));
    return entries.map((entry) => this.#describe(entry));
  }

  blockAt(height: Height): BlockView | undefined {
    const entry = this.#chain.headers.mainAt(height);
    return entry === undefined ? undefined : this.#block(entry);
  }

  block(id: BlockId): BlockView | undefined {
    const entry = this.#chain.headers.find(id);
    if (entry === undefined || !this.#isReadable(entry)) return undefined;
    return this.#block(entry);
  }

  transaction(id: TxId): TransactionView | undefined {
    const confirmed = this.#confirmed(id);
    if (confirmed !== undefined) return confirmed;
    const status = this.#pool.status(id);
    if (status === undefined) return undefined;
    return {
      status: status.state,
      reason: reasonOf(status),
      transaction: this.#pool.get(id),
      block: undefined,
      confirmations: 0,
    };
  }

  /**
   * Between two batches of a reorg places stand on either branch: the block on the connected chain
   * has the word.
   */
  #confirmed(id: TxId): TransactionView | undefined {
    const { headers, blocks, tip } = this.#chain;
    const place = this.#chain.place(id);
    const entry = place && headers.mainAt(place.height);
    if (place === undefined || entry === undefined) return undefined;
    const transaction = blocks.block(entry).transactions[place.index];
    if (transaction?.id !== id) return undefined;
    return {
      status: 'confirmed',
      reason: undefined,
      transaction,
      block: { height: place.height, id: headers.id(entry) },
      confirmations: tip.height - place.height + 1,
    };
  }

  account(address: Address): AccountView {
    return {
      confirmed: this.#chain.account(address) ?? ABSENT_ACCOUNT,
      pending: this.#pool.pendingOf(address),
    };
  }

  movement(address: Address, place: Place): AccountMovement | undefined {
    return readMovement(this.#chain, address, place);
  }

  pool(limit: number): readonly PoolEntry[] {
    return this.#pool.list(limit);
  }

  minimumFee(form: { readonly sizeBytes: number; readonly outputCount: number }): Amount {
    return this.#pool.minimumFee(policySize(form), this.#now());
  }

  peers(): readonly PeerView[] {
    return this.#net.peers().map((peer) => ({
      id: peer.peer,
      endpoint: peer.endpoint,
      direction: peer.direction,
      height: peer.height,
      latencyMs: peer.latencyMs,
      agent: peer.agent,
    }));
  }

  missingPeers(): readonly MissingPeer[] {
    return this.#net.missing();
  }

  prove(request: ProofRequest): Proof | ProofRefusal {
    return prove(this.#chain, request);
  }

  #statusOf(entry: EntryIndex): BlockStatus {
    const { headers } = this.#chain;
    if (headers.isInvalid(entry)) return 'invalid';
    if (headers.isMain(entry)) return 'active';
    return headers.hasBody(entry) ? 'fork' : 'headers';
  }

  #isGenesis(entry: EntryIndex): boolean {
    return this.#chain.headers.parent(entry) === undefined;
  }

  #isReadable(entry: EntryIndex): boolean {
    const { headers } = this.#chain;
    return this.#isGenesis(entry) || (headers.hasBody(entry) && !headers.isInvalid(entry));
  }

  #describe(entry: EntryIndex): TreeBlock {
    const { headers, blocks } = this.#chain;
    const hasBlock = !this.#isGenesis(entry) && this.#isReadable(entry);
    return {
      id: headers.id(entry),
      parent: headers.parentId(entry),
      height: headers.height(entry),
      work: headers.work(entry),
      time: headers.time(entry),
      status: this.#statusOf(entry),
      transactionCount: hasBlock ? blocks.block(entry).transactions.length : undefined,
    };
  }

  #block(entry: EntryIndex): BlockView {
    const { headers, blocks, tip } = this.#chain;
    const height = headers.height(entry);
    return {
      id: headers.id(entry),
      height,
      work: headers.work(entry),
      confirmations: headers.isMain(entry) ? toHeight(tip.height - height) + 1 : 0,
      body: this.#isGenesis(entry) ? undefined : blocks.block(entry),
    };
  }
}

function reasonOf(status: NonNullable<ReturnType<Mempool['status']>>): string | undefined {
  switch (status.state) {
    case 'pending':
      return undefined;
    case 'replaced':
      return `replaced-by-${status.by}`;
    case 'waiting':
    case 'dropped':
      return status.reason;
  }
}
