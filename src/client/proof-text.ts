/**
 * Owns: what a checked proof says and does not say, and why one was refused, in sentences.
 * Does not own: the checks (core/rules/proof) or the shapes (client/proven-json).
 */
import type { Facts, RejectCode } from '../core/base/rejects.ts';
import type { BlockRefJson } from '../api/schemas/results.ts';
import type { ProvenJson } from './proven-json.ts';

type ProofCode = Extract<RejectCode, `proof-${string}`>;

/** `{name}` stands for a fact. */
const SENTENCES: Readonly<Record<ProofCode, string>> = {
  'proof-too-large': 'a proof has at most {limit} characters, this has {size}',
  'proof-malformed': 'this is no proof file, or not as it was written',
  'proof-version-unknown': 'proof files of version {version} are unknown here',
  'proof-network-differs': 'the proof is of network {theirs}, not of {ours}',
  'proof-block-differs': 'the header is that of block {computed}, not of {stated}',
  'proof-commitment-mismatch': 'the fields are not those that the header of {block} commits to',
  'proof-height-differs': 'the block is at height {committed}, not at {stated}',
  'proof-headers-not-linked': 'header {position} above the block does not follow the one before',
  'proof-tip-differs': 'the last header is that of {computed}, not of {stated}',
  'proof-header-invalid': 'the header of {block} is not valid: {inner}',
  'proof-header-untrusted': 'header {trusted} is not the one of the proof, nor above it',
  'proof-genesis-mismatch': 'the chain of the block does not begin with the stated network',
  'proof-transaction-invalid': 'the transaction is not well formed or not signed: {inner}',
  'proof-transaction-differs': 'the transaction has another id or sender than stated',
  'proof-account-invalid': 'the path does not lead from the account to the root of the header',
  'proof-account-differs': 'the account holds something else than stated',
  'proof-order-wrong': 'block {from} is not below block {height}',
  'proof-inclusion-invalid': 'the path does not lead to the root of the header',
  'proof-consistency-invalid': 'the ledger of the one block does not go on from that of the other',
};

const HINTS: Partial<Readonly<Record<ProofCode, string>>> = {
  'proof-malformed': 'a proof is one line, exactly as the node gave it',
  'proof-network-differs': 'take the genesis file of that network',
  'proof-header-untrusted': 'ask for a proof under the header that you trust',
};

/** The sentence for a refused proof, and the next step where there is an obvious one. */
export function explainRefusal(
  code: RejectCode,
  facts: Facts,
): { readonly message: string; readonly hint: string | undefined } {
  const sentences: Partial<Readonly<Record<RejectCode, string>>> = SENTENCES;
  const hints: Partial<Readonly<Record<RejectCode, string>>> = HINTS;
  const sentence = sentences[code] ?? code;
  const message = sentence.replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? '?'));
  return { message, hint: hints[code] };
}

const showBlock = ({ height, id }: BlockRefJson): string => `block ${height} (${id})`;

function ownSentence(proven: ProvenJson): string {
  const block = showBlock(proven.block);
  switch (proven.kind) {
    case 'transaction': {
      const { id, from } = proven.transaction;
      return `transaction ${id}, signed by ${from}, is in ${block}`;
    }
    case 'account': {
      const { address, exists, balance, nonce } = proven;
      return exists
        ? `${address} has ${balance} coins and nonce ${nonce} after ${block}`
        : `${address} has nothing and has sent nothing as of ${block}`;
    }
    case 'history':
      return `the ledger of ${block} goes on from that of ${showBlock(proven.from)}, unchanged`;
  }
}

/** What holds wherever the header of the block is part of the chain. */
export function provenSentences(proven: ProvenJson): readonly string[] {
  const { network, block, tip, headers, work } = proven;
  const sentences = [ownSentence(proven), `the ledger begins with genesis ${network}`];
  if (headers === 0) return sentences;
  const span = tip.height === block.height ? `its header` : `its header and ${headers - 1} above`;
  return [...sentences, `${span} took ${work} expected hashes`];
}

/** What the reader still has to know from elsewhere. */
export function unprovenSentences(
  proven: ProvenJson,
  known: { readonly genesis: boolean },
): readonly string[] {
  const sentences: string[] = [];
  if (!proven.trusted) {
    sentences.push(`that block ${proven.block.id} is in the chain that others go by`);
  }
  if (!known.genesis) sentences.push(`that ${proven.network} is the network you mean`);
  sentences.push('that the blocks are valid: only a node with all of them can tell');
  sentences.push('that there is no other chain with more work');
  if (proven.kind === 'account') sentences.push('what the account holds after later blocks');
  return sentences;
}
