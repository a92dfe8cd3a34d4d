/** Owns: fast-check arbitraries of the protocol's values, edges included. */
import fc from 'fast-check';
import type { Address, BlockId, Hash } from '../../src/core/base/types.ts';
import {
  U32_MAX,
  U64_MAX,
  addressFromBytes,
  blockIdFromBytes,
  toAmount,
  toHash,
  toHeight,
  toNonce,
  toPublicKey,
  toSignature,
  toUnixSeconds,
} from '../../src/core/base/types.ts';
import type { Block, CoinbaseFields } from '../../src/core/codec/block.ts';
import { createCoinbase } from '../../src/core/codec/block.ts';
import type { HeaderFields } from '../../src/core/codec/header.ts';
import type { Output, Transaction, TransactionFields } from '../../src/core/codec/transaction.ts';
import { decodeTransaction, encodeTransaction } from '../../src/core/codec/transaction.ts';

const sized = (size: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: size, maxLength: size });

/** A u32, the ends and their neighbours more often than chance would have them. */
export const u32: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: 0, max: U32_MAX }),
  fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, U32_MAX - 1, U32_MAX),
);

/** Numbers at which a double or a signed integer would slip. */
const SLIPPERY: readonly bigint[] = [2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n].flatMap((edge) => [
  edge - 1n,
  edge,
  edge + 1n,
]);

export const u64: fc.Arbitrary<bigint> = fc.oneof(
  fc.bigInt({ min: 0n, max: U64_MAX }),
  fc.constantFrom(0n, 1n, ...SLIPPERY, U64_MAX - 1n, U64_MAX),
);

const hash: fc.Arbitrary<Hash> = sized(32).map(toHash);
export const blockId: fc.Arbitrary<BlockId> = sized(32).map(blockIdFromBytes);
export const address: fc.Arbitrary<Address> = sized(20).map(addressFromBytes);

const output: fc.Arbitrary<Output> = fc.record({ address, amount: u64.map(toAmount) });

export const headerFields: fc.Arbitrary<HeaderFields> = fc.record({
  version: u32,
  parent: blockId,
  commitment: hash,
  time: u32.map(toUnixSeconds),
  bits: u32,
  nonce: u32,
});

const transactionFields: fc.Arbitrary<TransactionFields> = fc.record({
  senderKey: sized(33).map(toPublicKey),
  nonce: u32.map(toNonce),
  fee: u64.map(toAmount),
  outputs: fc.array(output, { maxLength: 5 }),
  memo: fc.uint8Array({ maxLength: 255 }),
});

/** A transaction that parses; its signature is noise. */
export const transaction: fc.Arbitrary<Transaction> = fc
  .tuple(transactionFields, sized(64).map(toSignature))
  .map(([fields, signature]) => {
    const decoded = decodeTransaction(encodeTransaction(fields, signature));
    if (!decoded.ok) throw new Error(decoded.code);
    return decoded.value;
  });

const coinbaseFields: fc.Arbitrary<CoinbaseFields> = fc.record({
  height: u32.map(toHeight),
  outputs: fc.array(output, { maxLength: 3 }),
  extra: fc.uint8Array({ maxLength: 64 }),
});

/** The body of a block that parses; its roots are noise. */
export const body: fc.Arbitrary<Omit<Block, 'bytes' | 'header'>> = fc
  .record({
    height: u32.map(toHeight),
    transactionsRoot: hash,
    accountsRoot: hash,
    historyRoot: hash,
    coinbase: coinbaseFields.map(createCoinbase),
    transactions: fc.array(transaction, { maxLength: 3 }),
  })
  .map((fields) => ({ ...fields, count: fields.transactions.length + 1 }));
