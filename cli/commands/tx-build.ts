/** Owns: `cairn tx build`: the bytes that a signature will cover; asks no node and no key. */
import { bytesToHex, hexToBytes } from '../../src/core/base/bytes.ts';
import { secretToPublicKey } from '../../src/core/base/crypto.ts';
import type { Address, Amount, PublicKey } from '../../src/core/base/types.ts';
import { toAmount, toNonce, toPublicKey } from '../../src/core/base/types.ts';
import { RELAY_RATE, feeAtRate, policySize } from '../../src/core/chain/mempool-fees.ts';
import { decodeAddress } from '../../src/core/codec/address.ts';
import {
  encodeUnsigned,
  hashForSigning,
  transactionSize,
} from '../../src/core/codec/transaction.ts';
import { findDevAccount } from '../../src/client/dev-accounts.ts';
import { required } from '../../src/core/base/assert.ts';
import type { Names } from '../accounts.ts';
import { assertDevNetwork, findWalletAccount, resolveAccount } from '../accounts.ts';
import type { Command, Context } from '../command.ts';
import { usageError } from '../errors.ts';
import type { OfflineNetwork } from '../offline.ts';
import {
  NETWORK_OPTIONS,
  decodePayment,
  paymentLines,
  paymentToJson,
  readOfflineNetwork,
} from '../offline.ts';
import { parseAmount, parseCount, parseFee, parseMemo } from '../values.ts';

interface TxBuildArguments {
  readonly to: string;
  readonly amount: string;
  readonly from?: string;
  readonly nonce?: string;
  readonly fee?: string;
  readonly memo?: string;
  readonly genesis?: string;
  readonly networkId?: string;
}

/** The greatest nonce is never valid. */
const NONCE_RANGE = { min: 0, max: 0xffff_fffe } as const;

export const txBuild: Command<TxBuildArguments> = {
  options: {
    from: { kind: 'text', value: 'NAME|KEY', summary: 'who pays: a wallet, or its public key' },
    nonce: { kind: 'text', value: 'N', summary: 'the next one of that account' },
    fee: { kind: 'text', value: 'COINS', summary: 'instead of the smallest that nodes relay' },
    memo: { kind: 'text', value: 'TEXT', summary: 'up to 255 bytes, public and for ever' },
    ...NETWORK_OPTIONS,
  },

  async run(context, args) {
    const network = readOfflineNetwork(context, args);
    const names: Names = { home: context.home, network };
    if (args.from === undefined) throw usageError('say who pays', '--from me');
    if (args.nonce === undefined) {
      throw usageError('an offline payment needs its nonce', '--nonce N, from: cairn account NAME');
    }
    const memo = parseMemo(args.memo ?? '');
    const unsigned = encodeUnsigned({
      senderKey: readSenderKey(args.from, names),
      nonce: toNonce(parseCount('--nonce', args.nonce, NONCE_RANGE)),
      fee: args.fee === undefined ? smallestFee(memo.length) : parseFee(args.fee),
      outputs: [{ address: readRecipient(args.to, names), amount: parseAmount(args.amount) }],
      memo,
    });
    tell(context, network, unsigned);
    return undefined;
  },
};

function tell({ output }: Context, network: OfflineNetwork, unsigned: Uint8Array): void {
  const payment = decodePayment(unsigned);
  const hex = bytesToHex(unsigned);
  const digest = bytesToHex(hashForSigning(unsigned, network.id));
  const { prefix, id: networkId } = network;
  for (const line of paymentLines(payment, prefix)) output.note(line);
  output.answer({ ...paymentToJson(payment, prefix), networkId, digest, unsigned: hex }, () => [
    hex,
  ]);
  output.next('cairn tx sign HEX --from NAME');
}

/** A public key is in the open: no passphrase is needed to build. */
function readSenderKey(text: string, names: Names): PublicKey {
  if (/^0[23][0-9a-f]{64}$/i.test(text)) return toPublicKey(hexToBytes(text.toLowerCase()));
  const dev = findDevAccount(text);
  if (dev !== undefined) {
    assertDevNetwork(text, names.network);
    return secretToPublicKey(hexToBytes(dev.secretHex));
  }
  const account = findWalletAccount(text, names);
  const key = account?.wallet.publicKeys[account.index];
  if (key !== undefined) return key;
  throw usageError(`"${text}" is no wallet and no public key`, 'cairn wallet list');
}

function readRecipient(text: string, names: Names): Address {
  const decoded = decodeAddress(resolveAccount(text, names).address, names.network.prefix);
  return required(decoded.ok ? decoded.value : undefined, 'a resolved address decodes');
}

/** What an idle node relays; a full pool may ask for more. */
function smallestFee(memoSizeBytes: number): Amount {
  const sizeBytes = transactionSize({ outputCount: 1, memoSizeBytes });
  return toAmount(feeAtRate(RELAY_RATE, policySize({ sizeBytes, outputCount: 1 })));
}
