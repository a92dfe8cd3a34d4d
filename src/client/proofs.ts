/**
 * Owns: checking proof files without any node, with the outcome as JSON; runs in a browser as well.
 * Does not own: the checks (core/rules/proof) or the sentences (client/proof-text).
 * docs/protocol.md section 16.
 */
import { bytesToHex } from '../core/base/bytes.ts';
import type { Facts, RejectCode } from '../core/base/rejects.ts';
import type { BlockId } from '../core/base/types.ts';
import { parseBlockId } from '../core/base/types.ts';
import { encodeAddress } from '../core/codec/address.ts';
import { formatCoins } from '../core/codec/coins.ts';
import type { Transaction } from '../core/codec/transaction.ts';
import { ABSENT_ACCOUNT } from '../core/rules/account.ts';
import { parseGenesisFile } from '../core/rules/genesis-file.ts';
import { createNetwork } from '../core/rules/network.ts';
import type { Proven } from '../core/rules/proof.ts';
import { checkProof } from '../core/rules/proof.ts';
import { parseProof } from '../core/rules/proof-reading.ts';
import { explainRefusal, provenSentences, unprovenSentences } from './proof-text.ts';
import type { ProvenJson, ProvenTransactionJson } from './proven-json.ts';
import { RpcError } from './rpc-error.ts';

export type ProofVerdict =
  | {
      readonly valid: true;
      readonly proven: ProvenJson;
      /** The same in sentences. */
      readonly proves: readonly string[];
      readonly doesNotProve: readonly string[];
    }
  | {
      readonly valid: false;
      /** One of the `proof-` codes of docs/protocol.md section 12. */
      readonly code: RejectCode;
      readonly message: string;
      readonly hint: string | undefined;
      readonly facts: Facts;
    };

/** What the reader knows from elsewhere. */
export interface ProofKnowledge {
  /** The text of the network's genesis file. */
  readonly genesis?: string | undefined;
  /** The id of a header that he trusts. */
  readonly header?: string | undefined;
}

/**
 * Checks the text of a proof file. Throws `RpcError` when the reader's own knowledge is unreadable:
 * `genesis-...`, `header-malformed`.
 */
export function verifyProof(text: string, knowledge: ProofKnowledge = {}): ProofVerdict {
  const { genesis, header } = knowledge;
  const network = genesis === undefined ? undefined : readNetwork(genesis);
  const trusted = header === undefined ? undefined : readHeaderId(header);
  const proof = parseProof(text);
  const verdict = proof.ok ? checkProof(proof.value, { network, trusted }) : proof;
  if (!verdict.ok) {
    const { code, facts } = verdict;
    return { valid: false, code, facts, ...explainRefusal(code, facts) };
  }
  const proven = provenToJson(verdict.value);
  return {
    valid: true,
    proven,
    proves: provenSentences(proven),
    doesNotProve: unprovenSentences(proven, { genesis: network !== undefined }),
  };
}

function readNetwork(genesis: string): { readonly id: BlockId; readonly prefix: string } {
  const params = parseGenesisFile(genesis);
  if (params.ok) {
    return { id: createNetwork(params.value).id, prefix: params.value.prefix };
  }
  throw new RpcError({ code: params.code, message: `the genesis file is refused: ${params.code}` });
}

function readHeaderId(text: string): BlockId {
  const id = parseBlockId(text.toLowerCase());
  if (id !== undefined) return id;
  throw new RpcError({
    code: 'header-malformed',
    message: `"${text}" is no id of a header: 64 hex digits`,
  });
}

function provenToJson(proven: Proven): ProvenJson {
  const { network, block, tip, isTrusted } = proven;
  const common = {
    network,
    block: { height: block.height, id: block.id },
    tip: { height: tip.height, id: tip.id },
    headers: tip.height - block.height + (block.height === 0 ? 0 : 1),
    work: proven.work.toString(),
    trusted: isTrusted,
  };
  switch (proven.kind) {
    case 'transaction': {
      const { transaction, prefix, index } = proven;
      const shown = transactionToJson(transaction, prefix);
      return { kind: 'transaction', ...common, transaction: shown, index };
    }
    case 'account': {
      const { account, address, prefix } = proven;
      const { balance, nonce } = account ?? ABSENT_ACCOUNT;
      return {
        ...{ kind: 'account', ...common },
        address: encodeAddress(address, prefix),
        exists: account !== undefined,
        ...{ balance: formatCoins(balance), nonce },
      };
    }
    case 'history': {
      const { from, fromWork } = proven;
      const earlier = { height: from.height, id: from.id };
      return { kind: 'history', ...common, from: earlier, fromWork: fromWork.toString() };
    }
  }
}

function transactionToJson(transaction: Transaction, prefix: string): ProvenTransactionJson {
  const { id, sender, nonce, fee, outputs, memo } = transaction;
  return {
    ...{ id, from: encodeAddress(sender, prefix), nonce, fee: formatCoins(fee) },
    outputs: outputs.map(({ address, amount }) => {
      return { address: encodeAddress(address, prefix), amount: formatCoins(amount) };
    }),
    ...{ memo: new TextDecoder().decode(memo), memoHex: bytesToHex(memo) },
  };
}
