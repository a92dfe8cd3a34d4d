/**
 * Owns: the public entry: what a program that talks to Cairn nodes imports. The only barrel.
 * Does not own: anything itself.
 */
export type { CallOptions, Caller } from './client/caller.ts';
export type { Client, ClientPlace } from './client/client.ts';
export { createClient } from './client/client.ts';
export type { DevAccount } from './client/dev-accounts.ts';
export {
  DEV_ACCOUNTS,
  DEV_MNEMONIC,
  DEV_NETWORK,
  createDevSigner,
  findDevAccount,
} from './client/dev-accounts.ts';
export type { KeyChain, MnemonicReading } from './client/mnemonic.ts';
export { accountPath, createMnemonic, deriveKeys, readMnemonic } from './client/mnemonic.ts';
export type { ProofKnowledge, ProofVerdict } from './client/proofs.ts';
export type { ProvenJson, ProvenTransactionJson } from './client/proven-json.ts';
export { verifyProof } from './client/proofs.ts';
export type { ErrorCode } from './client/rpc-error.ts';
export { RpcError, isRpcError } from './client/rpc-error.ts';
export type { ClientSocket, SocketMaker } from './client/socket.ts';
export type { SignedTransfer, Signer, Transfer, TransferRequest } from './client/transfer.ts';
export { createSigner, createTransfer, signTransfer } from './client/transfer.ts';
export type { WaitOptions } from './client/wait.ts';
export { waitForTransaction } from './client/wait.ts';
export type { WatchItem, WatchOptions } from './client/watch.ts';
export type * from './api/schemas/events.ts';
export type { MethodName, MethodTypes, ParamsOf, ResultOf } from './api/schemas/methods.ts';
export type * from './api/schemas/results.ts';
export type {
  BalanceProofJson,
  HistoryProofJson,
  ProofJson,
  TransactionProofJson,
} from './core/rules/proof-json.ts';
export { bytesToHex, hexToBytes } from './core/base/bytes.ts';
export type { Address, Amount, BlockId, TxId } from './core/base/types.ts';
export { parseBlockId, parseTxId, toAmount } from './core/base/types.ts';
export { decodeAddress, encodeAddress } from './core/codec/address.ts';
export { formatCoins, parseCoins } from './core/codec/coins.ts';
export { decodeTransaction } from './core/codec/transaction.ts';
