/**
 * Owns: the way of a block from bytes to a stored body: binding, checks without state, signature
 * job.
 * Does not own: connecting it (chain/chain) or whom to ask for it (net). Layer 4.
 * docs/protocol.md sections 10.4 and 11.
 */
import { required } from '../base/assert.ts';
import type { Reject, Result } from '../base/rejects.ts';
import { ok, reject } from '../base/rejects.ts';
import type { BlockId } from '../base/types.ts';
import { decodeBlock } from '../codec/block.ts';
import type { Header } from '../codec/header.ts';
import { HEADER_SIZE, decodeHeader } from '../codec/header.ts';
import type { Transaction } from '../codec/transaction.ts';
import type { Chain } from '../chain/chain.ts';
import type { EntryIndex } from '../chain/header-tree.ts';
import type { PeerId } from '../net/endpoint.ts';
import type { CheckedBlock } from '../rules/block.ts';
import {
  blameTransaction,
  checkBlockSize,
  checkBodyBinding,
  checkBoundBlock,
} from '../rules/block.ts';
import { checkHeaderAlone, checkHeaderInContext } from '../rules/header.ts';
import type { RequestId } from './ports.ts';

/** Who handed a block in. */
export type BlockSource =
  | { readonly kind: 'peer'; readonly peer: PeerId }
  | { readonly kind: 'local'; readonly request: RequestId };

/** A block that only lacks the verdict on its signatures. */
export interface PendingBlock {
  readonly entry: EntryIndex;
  readonly block: CheckedBlock;
  readonly source: BlockSource;
}

const SIGNATURE_INVALID: Reject = reject('tx-signature-invalid');

export class BlockIntake {
  readonly #chain: Chain;
  /**
   * Blocks whose signatures are being verified; they survive their sender's disconnect. Net bounds
   * them: it asks for no body while too many bytes await verification.
   */
  readonly #verifying = new Set<BlockId>();

  constructor(chain: Chain) {
    this.#chain = chain;
  }

  /**
   * H1 to H9 for a block that nobody has announced: a miner's own. Adds its header when it passes
   * and the body belongs to it (B1 to B4): a header left without a body would never be asked for.
   */
  acceptHeader(bytes: Uint8Array, nowSeconds: number): Result<EntryIndex> {
    const { headers } = this.#chain;
    const decoded = decodeHeader(bytes.subarray(0, HEADER_SIZE));
    if (!decoded.ok) return decoded;
    const header = decoded.value;
    const known = headers.find(header.id);
    if (known !== undefined) return this.#isJudged(known) ? reject('block-known') : ok(known);
    const verdict = this.checkHeader(header, nowSeconds);
    if (!verdict.ok) return verdict;
    const bound = this.#checkBinding(header.id, bytes);
    return bound.ok ? ok(this.#chain.addHeader(header)) : bound;
  }

  /** H2 to H9 for a header that is not known. */
  checkHeader(header: Header, nowSeconds: number): Result<undefined> {
    const { headers, network } = this.#chain;
    const alone = checkHeaderAlone(header, network.params);
    if (!alone.ok) return alone;
    const parentId = header.parent;
    const parent = headers.find(parentId);
    if (parent === undefined) return reject('header-parent-unknown', { parent: parentId });
    if (headers.isInvalid(parent)) return reject('header-parent-invalid', { parent: parentId });
    return checkHeaderInContext(header, {
      parent: headers.context(parent),
      params: network.params,
      nowSeconds,
    });
  }

  /**
   * B1 to B9 for the body of a known header. A refusal from B5 on marks the block invalid.
   * `block-known` when the body is stored, refused or under verification already.
   */
  check(entry: EntryIndex, bytes: Uint8Array): Result<CheckedBlock> {
    const { headers, network } = this.#chain;
    const id = headers.id(entry);
    if (this.#isJudged(entry) || this.#verifying.has(id)) return reject('block-known');
    const bound = this.#checkBinding(id, bytes);
    if (!bound.ok) return bound;
    const parent = required(headers.parent(entry), 'genesis is never received');
    const checked = checkBoundBlock(bound.value, {
      params: network.params,
      parentHeight: headers.height(parent),
    });
    if (!checked.ok) this.#chain.markInvalid(entry, checked);
    return checked;
  }

  /** B1 to B4. */
  #checkBinding(id: BlockId, bytes: Uint8Array): ReturnType<typeof checkBodyBinding> {
    const size = checkBlockSize(bytes.length, this.#chain.network.params);
    if (!size.ok) return size;
    const decoded = decodeBlock(bytes);
    if (!decoded.ok) return decoded;
    if (decoded.value.header.id !== id) return reject('block-commitment-mismatch');
    return checkBodyBinding(decoded.value);
  }

  /**
   * Whether a second look at the body could bring no news: it is stored, or the block is marked.
   */
  #isJudged(entry: EntryIndex): boolean {
    const { headers } = this.#chain;
    return headers.hasBody(entry) || headers.isInvalid(entry);
  }

  /** Whether its signature job is out: its header must stay known. */
  isVerifying(id: BlockId): boolean {
    return this.#verifying.has(id);
  }

  /** Takes note that a block's signature job is out. */
  beginVerification(id: BlockId): void {
    this.#verifying.add(id);
  }

  /**
   * B10: stores the body, or marks the block for its first transaction whose signature is wrong.
   */
  endVerification(
    pending: PendingBlock,
    transactions: readonly Transaction[],
    verdicts: readonly boolean[],
  ): Result<undefined> {
    const { entry, block } = pending;
    this.#verifying.delete(block.header.id);
    const firstWrong = transactions.find((_, index) => verdicts[index] !== true);
    if (firstWrong !== undefined) {
      const index = block.transactions.indexOf(firstWrong);
      const verdict = blameTransaction(index, SIGNATURE_INVALID);
      this.#chain.markInvalid(entry, verdict);
      return verdict;
    }
    this.#chain.addBody(entry, block);
    return ok(undefined);
  }
}
