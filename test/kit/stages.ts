/**
 * Owns: running a case of invalid.json or valid.json through the functions of its stage, as
 * test/vectors/README.md describes them. Does not own: what must come out.
 */
import { assertNever, required } from '../../src/core/base/assert.ts';
import { concatBytes, hexToBytes } from '../../src/core/base/bytes.ts';
import { verifyDigest } from '../../src/core/base/crypto.ts';
import type { RejectCode, Result } from '../../src/core/base/rejects.ts';
import { ok, reject } from '../../src/core/base/rejects.ts';
import { parseBlockId, toAmount, toNonce } from '../../src/core/base/types.ts';
import { decodeAddress } from '../../src/core/codec/address.ts';
import { decodeMessage } from '../../src/core/codec/messages.ts';
import { decodeTransaction, signingDigest } from '../../src/core/codec/transaction.ts';
import { ABSENT_ACCOUNT } from '../../src/core/rules/account.ts';
import { parseGenesisFile } from '../../src/core/rules/genesis-file.ts';
import { checkProof } from '../../src/core/rules/proof.ts';
import { parseProof } from '../../src/core/rules/proof-reading.ts';
import {
  checkTransactionAlone,
  checkTransactionInContext,
} from '../../src/core/rules/transaction.ts';
import { CoreChain } from './core-chain.ts';
import type { AccountVector } from './vectors.ts';
import { vectorBlocks, vectorNetwork } from './vectors.ts';

interface OnNetwork {
  readonly network: string;
  readonly bytes: string;
}
interface OnChain extends OnNetwork {
  readonly known: number;
}

export type StageCase =
  | { readonly stage: 'transaction'; readonly input: OnNetwork }
  | {
      readonly stage: 'transaction-context';
      readonly input: OnNetwork & { readonly accounts: readonly AccountVector[] };
    }
  | {
      readonly stage: 'header';
      readonly input: OnChain & { readonly marked: readonly number[]; readonly now: number };
    }
  | { readonly stage: 'body' | 'connect'; readonly input: OnChain }
  | { readonly stage: 'genesis'; readonly input: { readonly text: string } }
  | {
      readonly stage: 'address';
      readonly input: { readonly prefix: string; readonly text: string };
    }
  | {
      readonly stage: 'message';
      readonly input:
        { readonly bytes: string } | { readonly prefix: string; readonly size: number };
    }
  | {
      readonly stage: 'proof';
      readonly input: {
        readonly text: string;
        readonly size?: number;
        readonly network?: string;
        readonly trusted?: string;
      };
    };

/** A row of invalid.json. */
export type InvalidCase = StageCase & {
  readonly name: string;
  readonly code: RejectCode;
  readonly facts?: Readonly<Record<string, string | number>>;
};
/** A row of valid.json. */
export type ValidCase = StageCase & { readonly name: string };

export function runStage(row: StageCase): Result<unknown> {
  switch (row.stage) {
    case 'transaction':
      return runTransaction(row.input);
    case 'transaction-context':
      return runInContext(row.input, row.input.accounts);
    case 'header':
      return runHeader(row.input);
    case 'body':
      return runBody(row.input);
    case 'connect':
      return runConnect(row.input);
    case 'genesis':
      return parseGenesisFile(row.input.text);
    case 'address':
      return decodeAddress(row.input.text, row.input.prefix);
    case 'message':
      return decodeMessage(messageBytes(row.input));
    case 'proof':
      return runProof(row.input);
    default:
      return assertNever(row);
  }
}

function runTransaction({ network, bytes }: OnNetwork): Result<unknown> {
  const { id, params } = vectorNetwork(network);
  const decoded = decodeTransaction(hexToBytes(bytes));
  if (!decoded.ok) return decoded;
  const alone = checkTransactionAlone(decoded.value, params);
  if (!alone.ok) return alone;
  const { signature, senderKey } = decoded.value;
  const verified = verifyDigest(signature, signingDigest(decoded.value, id), senderKey);
  return verified ? decoded : reject('tx-signature-invalid');
}

function runInContext(input: OnNetwork, accounts: readonly AccountVector[]): Result<unknown> {
  const earlier = runTransaction(input);
  if (!earlier.ok) throw new Error('T1 to T7 pass for a case of T8 to T10');
  const decoded = decodeTransaction(hexToBytes(input.bytes));
  if (!decoded.ok) return decoded;
  const held = accounts.find(({ address }) => address === decoded.value.sender);
  const account = held && {
    balance: toAmount(BigInt(held.balance)),
    nonce: toNonce(held.nonce),
  };
  return checkTransactionInContext(decoded.value, account ?? ABSENT_ACCOUNT);
}

/** A chain that knows the headers up to a height, but no bodies. */
function headersUpTo(network: string, known: number): CoreChain {
  const core = new CoreChain(vectorNetwork(network));
  for (const { header } of vectorBlocks(network).slice(0, known)) core.announce(hexToBytes(header));
  return core;
}

function runHeader({
  network,
  known,
  marked,
  now,
  bytes,
}: Extract<StageCase, { stage: 'header' }>['input']): Result<unknown> {
  const core = headersUpTo(network, known);
  for (const height of marked) {
    const vector = required(vectorBlocks(network)[height - 1], 'the marked block is known');
    const entry = core.announce(hexToBytes(vector.header));
    if (typeof entry !== 'number') return entry;
    core.chain.markInvalid(entry, reject('block-accounts-root-wrong'));
  }
  const entry = core.announce(hexToBytes(bytes), now);
  return typeof entry === 'number' ? ok(entry) : entry;
}

function runBody({ network, known, bytes }: OnChain): Result<unknown> {
  const core = headersUpTo(network, known);
  const refused = core.accept(hexToBytes(bytes));
  return refused ?? ok(undefined);
}

function runConnect({ network, known, bytes }: OnChain): Result<unknown> {
  const core = new CoreChain(vectorNetwork(network));
  for (const block of vectorBlocks(network).slice(0, known)) core.receive(hexToBytes(block.bytes));
  if (core.chain.tip.height !== known) throw new Error('the blocks of the vectors connect');
  const verdict = core.receive(hexToBytes(bytes));
  if (typeof verdict === 'object') return verdict;
  if (verdict !== 'tip') throw new Error(`a valid child of the tip is ${verdict}`);
  return ok(undefined);
}

function messageBytes(input: Extract<StageCase, { stage: 'message' }>['input']): Uint8Array {
  if ('bytes' in input) return hexToBytes(input.bytes);
  const start = hexToBytes(input.prefix);
  return concatBytes(start, new Uint8Array(input.size - start.length));
}

function runProof(input: Extract<StageCase, { stage: 'proof' }>['input']): Result<unknown> {
  const { text, size = 0, network: name, trusted } = input;
  const proof = parseProof(text.padEnd(size));
  if (!proof.ok) return proof;
  const network = name === undefined ? undefined : vectorNetwork(name);
  return checkProof(proof.value, {
    network: network && { id: network.id, prefix: network.params.prefix },
    trusted: trusted === undefined ? undefined : parseBlockId(trusted),
  });
}
