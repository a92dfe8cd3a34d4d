/**
 * Owns: building and signing payments; keys never leave the process that holds them.
 * Does not own: where keys come from (wallet, client/dev-accounts) or sending (client/caller).
 */
import { bytesToHex } from '../core/base/bytes.ts';
import { publicKeyToAddress, secretToPublicKey, signDigest } from '../core/base/crypto.ts';
import { assert } from '../core/base/assert.ts';
import type { Address, Amount, BlockId, Hash, PublicKey, Signature } from '../core/base/types.ts';
import { parseBlockId, toNonce } from '../core/base/types.ts';
import { decodeAddress, encodeAddress } from '../core/codec/address.ts';
import { parseCoins } from '../core/codec/coins.ts';
import type { Output, Transaction, TransactionFields } from '../core/codec/transaction.ts';
import {
  decodeTransaction,
  encodeTransaction,
  encodeUnsigned,
  hashForSigning,
} from '../core/codec/transaction.ts';
import type { Caller } from './caller.ts';
import { RpcError } from './rpc-error.ts';

const MEMO_SIZE_MAX = 255;
const OUTPUTS_MAX = 255;
const ENTROPY_SIZE = 32;

/** Who signs: a key in memory, or anything that answers like one. */
export interface Signer {
  readonly publicKey: PublicKey;
  readonly address: Address;
  sign(digest: Hash): Signature;
}

/** What a payment says; nonce and fee are those of the network it is meant for. */
export interface Transfer {
  readonly networkId: BlockId;
  readonly nonce: number;
  readonly fee: Amount;
  readonly outputs: readonly Output[];
  readonly memo?: Uint8Array | undefined;
}

export interface SignedTransfer {
  readonly transaction: Transaction;
  /** What `tx.submit` takes. */
  readonly raw: string;
}

/** What a person asks for: texts as typed. */
export interface TransferRequest {
  readonly outputs: readonly { readonly to: string; readonly amount: string }[];
  /** Coins; the node's minimum when left out. */
  readonly fee?: string | undefined;
  /** The next one of the account as the node sees it when left out. */
  readonly nonce?: number | undefined;
  readonly memo?: Uint8Array | undefined;
}

/** Makes a signer of 32 secret bytes; every signature takes fresh entropy from the platform. */
export function createSigner(secret: Uint8Array): Signer {
  const publicKey = secretToPublicKey(secret);
  return {
    publicKey,
    address: publicKeyToAddress(publicKey),
    sign(digest) {
      const entropy = crypto.getRandomValues(new Uint8Array(ENTROPY_SIZE));
      return signDigest({ digest, secret, entropy });
    },
  };
}

/**
 * Builds and signs a payment; needs no node. The caller has kept to 255 outputs and 255 bytes of
 * memo.
 */
export function signTransfer(transfer: Transfer, signer: Signer): SignedTransfer {
  const { networkId, outputs, fee, memo = new Uint8Array(0) } = transfer;
  assert(outputs.length <= OUTPUTS_MAX, 'a transaction has at most 255 outputs');
  assert(memo.length <= MEMO_SIZE_MAX, 'a memo has at most 255 bytes');
  const nonce = toNonce(transfer.nonce);
  const fields: TransactionFields = { senderKey: signer.publicKey, nonce, fee, outputs, memo };
  const signature = signer.sign(hashForSigning(encodeUnsigned(fields), networkId));
  const bytes = encodeTransaction(fields, signature);
  const decoded = decodeTransaction(bytes);
  assert(decoded.ok, 'what was just encoded decodes');
  return { transaction: decoded.value, raw: bytesToHex(bytes) };
}

/**
 * Asks the node for what the request leaves out, then builds and signs; nothing is sent.
 * Throws `RpcError`: `address-malformed`, `amount-malformed`, `memo-too-long`, or what the node
 * answers.
 */
export async function createTransfer(
  client: Caller,
  signer: Signer,
  request: TransferRequest,
): Promise<SignedTransfer> {
  const { networkId, prefix } = await client.call('node.status', {});
  const outputs = request.outputs.map(({ to, amount }) => readOutput(to, amount, prefix));
  const { memo = new Uint8Array(0) } = request;
  if (outputs.length === 0 || outputs.length > OUTPUTS_MAX) {
    throw refusal('outputs-wrong', `a payment has 1 to ${OUTPUTS_MAX} outputs`);
  }
  if (memo.length > MEMO_SIZE_MAX) {
    throw refusal('memo-too-long', `a memo has at most ${MEMO_SIZE_MAX} bytes, not ${memo.length}`);
  }
  const nonce = request.nonce ?? (await nextNonce(client, encodeAddress(signer.address, prefix)));
  const form = { outputs: outputs.length, memoBytes: memo.length };
  const fee = readAmount(request.fee ?? (await client.call('tx.minimumFee', form)).fee);
  const id = parseBlockId(networkId);
  if (id === undefined) throw refusal('answer-malformed', 'the node named no network');
  return signTransfer({ networkId: id, nonce, fee, outputs, memo }, signer);
}

async function nextNonce(client: Caller, address: string): Promise<number> {
  return (await client.call('account.get', { address })).pending.nonce;
}

function readOutput(to: string, amount: string, prefix: string): Output {
  const address = decodeAddress(to, prefix);
  if (!address.ok) throw refusal(address.code, `"${to}" is no address of this network`);
  return { address: address.value, amount: readAmount(amount) };
}

function readAmount(text: string): Amount {
  const amount = parseCoins(text);
  if (amount !== undefined) return amount;
  throw refusal('amount-malformed', `"${text}" is no amount of coins, such as 12 or 1.5`);
}

function refusal(code: string, message: string): RpcError {
  return new RpcError({ code, message });
}
