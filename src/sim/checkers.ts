/**
 * Owns: what must hold of every node at every step, and that it does.
 * Does not own: the ledger it compares with (sim/ledger-oracle), or what must hold in the end
 * (sim/liveness).
 */
import { equalBytes } from '../core/base/bytes.ts';
import type { RejectCode, Result } from '../core/base/rejects.ts';
import { REJECT_KINDS } from '../core/base/rejects.ts';
import type { BlockId, TxId, Work } from '../core/base/types.ts';
import { POSITION_KEY } from '../core/chain/layout.ts';
import { MEMPOOL_LIMITS } from '../core/chain/limits.ts';
import { decodePosition } from '../core/chain/records.ts';
import type { Tip } from '../core/codec/tip.ts';
import { decodeMessage } from '../core/codec/messages.ts';
import { INBOUND_MAX, TARGETS_MAX } from '../core/net/limits.ts';
import type { Effect, NodeEvent, Reply } from '../core/node/ports.ts';
import type { NodeView } from '../core/node/view.ts';
import type { LedgerAt } from './ledger-oracle.ts';
import { LedgerOracle, pathBetween } from './ledger-oracle.ts';
import type { Crash, Machine, MachineObserver } from './machine.ts';
import type { World } from './world.ts';

/** Something that must hold does not. */
export class Divergence extends Error {
  override readonly name = 'Divergence';
}

/** What is known of one host beyond what its node says. */
interface Memory {
  /** Its tip when it was last looked at. */
  ledger: LedgerAt;
  /** The most work that it claimed to anybody. */
  toldWork: bigint;
  /** The tip that its disk would start with. */
  durable: BlockId;
  /** Transactions that must not be forgotten: taken back by a reorg. */
  readonly reverted: Set<TxId>;
  /** The same, accepted here: they survive the process, not the power. */
  readonly accepted: Set<TxId>;
  stepCount: number;
}

/** Steps between two looks at everything that is owed. */
const SAMPLE_STEPS = 40;
/** Types of the messages that carry a claim. */
const CLAIMS: ReadonlySet<number> = new Set([0x01, 0x11, 0x15]);

export class Checkers implements MachineObserver {
  readonly oracle: LedgerOracle;
  readonly #world: World;
  readonly #memories = new Map<number, Memory>();
  #reorgs = 0;
  #revertedCount = 0;

  constructor(world: World) {
    this.#world = world;
    this.oracle = new LedgerOracle(world.network);
  }

  /** Changes of tip that took blocks off. */
  get reorgCount(): number {
    return this.#reorgs;
  }

  /** Transactions that reorgs took back. */
  get revertedCount(): number {
    return this.#revertedCount;
  }

  // ---- following a host ----------------------------------------------------------------------

  onStart(machine: Machine): void {
    const view = viewOf(machine);
    const memory = this.#memoryOf(machine);
    const { tip } = view.status();
    this.#require(tip.work >= memory.toldWork, machine, 'a told tip is there after a restart');
    memory.durable = tip.id;
    this.#followTip(machine, memory, tip);
    this.#checkOwed(machine, memory);
  }

  onCrash(machine: Machine, how: Crash): void {
    if (how === 'power') this.#memoryOf(machine).accepted.clear();
  }

  onWrite(machine: Machine, effect: Extract<Effect, { readonly kind: 'write' }>): void {
    const position = effect.changes.find(({ key }) => key === POSITION_KEY)?.value;
    if (position === undefined) return;
    this.#require(effect.durable, machine, 'a change of tip is written durably');
    const decoded = decodePosition(position);
    this.#require(decoded.ok, machine, 'a position decodes');
    if (decoded.ok) this.#memoryOf(machine).durable = decoded.value.told;
  }

  /** A node claims no tip that a crash could take from it. */
  onSend(machine: Machine, bytes: Uint8Array): void {
    if (!CLAIMS.has(bytes[0] ?? 0)) return;
    const decoded = decodeMessage(bytes);
    this.#require(decoded.ok, machine, 'an honest node sends what decodes');
    if (!decoded.ok || !('tip' in decoded.value)) return;
    const { tip } = decoded.value;
    const memory = this.#memoryOf(machine);
    const durable = workOf(viewOf(machine), memory.durable);
    this.#require(tip.work <= durable, machine, `the claimed tip ${tip.id} is durable`);
    if (tip.work > memory.toldWork) memory.toldWork = tip.work;
  }

  onStep(machine: Machine, events: readonly NodeEvent[]): void {
    const memory = this.#memoryOf(machine);
    const { tip } = viewOf(machine).status();
    if (tip.id !== memory.ledger.id) this.#followTip(machine, memory, tip);
    for (const event of events) this.#checkEvent(machine, event);
    if (machine.node?.isReadable !== true) return;
    memory.stepCount += 1;
    if (memory.stepCount % SAMPLE_STEPS === 0) this.#checkOwed(machine, memory);
  }

  /** Takes note of what a user was told about a transaction. */
  onAccepted(machine: Machine, id: TxId): void {
    this.#memoryOf(machine).accepted.add(id);
  }

  /** An honest user is never told that what it sent can not be right. */
  checkReply(machine: Machine, what: string, result: Result<Reply>): void {
    if (result.ok) return;
    this.#require(!isBlame(result.code), machine, `${what} is not refused by ${result.code}`);
  }

  /** Everything that is owed, looked at in full. */
  checkAll(machine: Machine): void {
    this.#checkOwed(machine, this.#memoryOf(machine));
  }

  // ---- what must hold ------------------------------------------------------------------------

  #followTip(machine: Machine, memory: Memory, tip: Tip): void {
    const view = viewOf(machine);
    this.#require(tip.work >= memory.toldWork, machine, 'the work of the own tip never falls');
    memory.toldWork = tip.work;
    const before = memory.ledger;
    const ledger = this.oracle.replay(view, tip.id);
    const { off, on } = pathBetween(before, ledger);
    memory.ledger = ledger;
    const { accountsRoot } = view.status();
    const isSame = equalBytes(accountsRoot, ledger.accountsRoot);
    this.#require(isSame, machine, 'the accounts root is that of a replay from genesis');
    if (off.length === 0) return;
    this.#reorgs += 1;
    const kept = new Set(on.flatMap(({ transactions }) => transactions));
    for (const id of off.flatMap(({ transactions }) => transactions)) {
      if (kept.has(id)) continue;
      memory.reverted.add(id);
      this.#revertedCount += 1;
    }
  }

  #checkEvent(machine: Machine, event: NodeEvent): void {
    switch (event.kind) {
      case 'peer-left':
        this.#require(!isBlame(event.code), machine, `no honest peer leaves by ${event.code}`);
        return;
      case 'block-refused':
      case 'transaction-refused':
        this.#require(!isBlame(event.code), machine, `no honest peer is blamed for ${event.code}`);
        return;
      case 'tip-changed':
        return this.#checkFates(machine, event);
      default:
        return;
    }
  }

  #checkFates(machine: Machine, event: Extract<NodeEvent, { readonly kind: 'tip-changed' }>): void {
    const kept = new Set(event.connected.flatMap((id) => this.oracle.get(id).transactions));
    const told = new Set([...event.returned, ...event.dropped.map(({ id }) => id)]);
    for (const block of event.disconnected) {
      for (const id of this.oracle.get(block).transactions) {
        const isTold = kept.has(id) || told.has(id);
        this.#require(isTold, machine, `what became of the reverted ${id} is told`);
      }
    }
  }

  /** Accounts, reverted and accepted transactions, caps. */
  #checkOwed(machine: Machine, memory: Memory): void {
    const view = viewOf(machine);
    if (view.status().reorganising) return;
    for (const [kind, ids] of [
      ['reverted', memory.reverted],
      ['accepted', memory.accepted],
    ] as const) {
      for (const id of ids) {
        const found = view.transaction(id);
        const isThere = found !== undefined;
        this.#require(isThere, machine, `the ${kind} transaction ${id} is accounted for`);
        if (found?.block === undefined) continue;
        const isHeld = this.oracle.get(found.block.id).transactions.includes(id);
        this.#require(isHeld, machine, `${id} stands where it is said to stand`);
      }
    }
    for (const { address } of this.#world.wallets) {
      const { confirmed, pending } = view.account(address);
      const expected = memory.ledger.accounts.get(address);
      const isSame =
        confirmed.balance === (expected?.balance ?? 0n) &&
        confirmed.nonce === (expected?.nonce ?? 0);
      this.#require(isSame, machine, `the account ${address} is that of a replay`);
      this.#require(pending.balance >= 0n, machine, `${address} has not promised too much`);
    }
    const { poolSizeBytes, peerCount } = view.status();
    const isPoolBounded = poolSizeBytes <= MEMPOOL_LIMITS.executableBytesMax;
    this.#require(isPoolBounded, machine, 'the pool keeps its cap');
    this.#require(peerCount <= INBOUND_MAX + TARGETS_MAX, machine, 'peers keep their cap');
  }

  #memoryOf({ host }: Machine): Memory {
    const known = this.#memories.get(host);
    if (known !== undefined) return known;
    const { id } = this.#world.network;
    const memory: Memory = {
      ledger: this.oracle.get(id),
      toldWork: 0n,
      durable: id,
      reverted: new Set(),
      accepted: new Set(),
      stepCount: 0,
    };
    this.#memories.set(host, memory);
    return memory;
  }

  #require(condition: boolean, { host }: Machine, what: string): void {
    if (!condition) throw new Divergence(`host ${host}: it does not hold that ${what}`);
  }
}

function viewOf(machine: Machine): NodeView {
  if (machine.node === undefined) throw new Divergence(`host ${machine.host} does not run`);
  return machine.node.view;
}

function workOf(view: NodeView, id: BlockId): Work {
  const block = view.block(id);
  if (block === undefined) throw new Divergence(`the durable tip ${id} is not known`);
  return block.work;
}

/** Whether a code says that the sender did wrong. */
function isBlame(code: string): boolean {
  const kind = (REJECT_KINDS as Readonly<Record<string, string>>)[code as RejectCode];
  return kind === 'malformed' || kind === 'invalid';
}
