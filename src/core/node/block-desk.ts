/**
 * Owns: blocks that come in, from peers or submitted, until their body is stored or refused, and
 * who is told. Does not own: the checks (node/block-intake) or connecting (chain/chain). Layer 4.
 */
import { required } from '../base/assert.ts';
import type { Reject } from '../base/rejects.ts';
import { ok, reject } from '../base/rejects.ts';
import type { BlockId } from '../base/types.ts';
import type { Transaction } from '../codec/transaction.ts';
import type { EntryIndex } from '../chain/header-tree.ts';
import type { PeerId } from '../net/endpoint.ts';
import type { BlockIntake, BlockSource, PendingBlock } from './block-intake.ts';
import { codeAndFacts } from './effects.ts';
import type { NodeParts } from './parts.ts';
import type { RequestId } from './ports.ts';

export class BlockDesk {
  readonly #parts: NodeParts;
  readonly #intake: BlockIntake;
  /** Submitted blocks whose body is stored: answered when the chain has judged them. */
  readonly #submitted = new Map<BlockId, RequestId>();

  constructor(parts: NodeParts, intake: BlockIntake) {
    this.#parts = parts;
    this.#intake = intake;
  }

  submit(request: RequestId, bytes: Uint8Array): void {
    const { effects, now } = this.#parts;
    const entry = this.#intake.acceptHeader(bytes, Math.floor(now().wallMs / 1000));
    if (entry.ok) this.#take(entry.value, bytes, { kind: 'local', request });
    else effects.reply(request, entry);
  }

  /** Takes a body that was asked of a peer. */
  receive(id: BlockId, bytes: Uint8Array, peer: PeerId): void {
    const entry = required(this.#parts.chain.headers.find(id), 'a requested block is known');
    this.#take(entry, bytes, { kind: 'peer', peer });
  }

  /** Takes the verdicts on the signatures of a block. */
  judge(
    pending: PendingBlock,
    transactions: readonly Transaction[],
    verdicts: readonly boolean[],
  ): void {
    const { effects, net } = this.#parts;
    const verdict = this.#intake.endVerification(pending, transactions, verdicts);
    const { entry, source, block } = pending;
    if (!verdict.ok) return this.#refuse(entry, source, verdict);
    const { id } = block.header;
    effects.event({ kind: 'block-stored', id, height: block.height });
    if (source.kind === 'peer') net.blockStored(id);
    else this.#submitted.set(id, source.request);
  }

  /** Tells who is concerned that the chain has marked a block. */
  noteInvalid(id: BlockId, verdict: Reject): void {
    const { effects, net, now } = this.#parts;
    net.blockInvalidated(id, verdict.code, now());
    const request = this.#submitted.get(id);
    this.#submitted.delete(id);
    if (request !== undefined) effects.reply(request, verdict);
    effects.event({ kind: 'block-refused', id, peer: undefined, ...codeAndFacts(verdict) });
  }

  /**
   * Answers submitted blocks; called when the chain has done with them: each is the tip or beside
   * it.
   */
  answerSubmitted(): void {
    const { chain, effects } = this.#parts;
    for (const [id, request] of this.#submitted) {
      const entry = required(chain.headers.find(id), 'a stored block is known');
      const height = chain.headers.height(entry);
      const parent = chain.headers.parentId(entry);
      const isInvalid = chain.headers.isInvalid(entry);
      const accepted = ok({ kind: 'block-accepted' as const, id, height });
      effects.reply(request, isInvalid ? reject('header-parent-invalid', { parent }) : accepted);
    }
    this.#submitted.clear();
  }

  #take(entry: EntryIndex, bytes: Uint8Array, source: BlockSource): void {
    const { effects, pool, verification } = this.#parts;
    const checked = this.#intake.check(entry, bytes);
    if (!checked.ok) return this.#refuse(entry, source, checked);
    const block = checked.value;
    const open = block.transactions.filter(
      ({ id }) => !verification.isVerified(id) && pool.get(id) === undefined,
    );
    const pending: PendingBlock = { entry, block, source };
    if (open.length === 0) return this.judge(pending, [], []);
    this.#intake.beginVerification(block.header.id);
    effects.push(verification.issue({ kind: 'block', pending }, open));
  }

  #refuse(entry: EntryIndex, source: BlockSource, verdict: Reject): void {
    const { chain, effects, net, now } = this.#parts;
    if (source.kind === 'local') return effects.reply(source.request, verdict);
    const id = chain.headers.id(entry);
    const { peer } = source;
    net.blockRefused({ id, peer, code: verdict.code }, now());
    effects.event({ kind: 'block-refused', id, peer, ...codeAndFacts(verdict) });
  }
}
