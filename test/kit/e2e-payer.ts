/**
 * Owns: signing payments in a row from one account, without asking a node, with a library that the
 * product signs nothing with.
 * Does not own: sending them (kit/e2e-network).
 */
import { sign } from 'tiny-secp256k1';
import { required } from '../../src/core/base/assert.ts';
import { hexToBytes } from '../../src/core/base/bytes.ts';
import { publicKeyToAddress, secretToPublicKey } from '../../src/core/base/crypto.ts';
import type { Address, BlockId } from '../../src/core/base/types.ts';
import { parseBlockId, toSignature } from '../../src/core/base/types.ts';
import { encodeAddress } from '../../src/core/codec/address.ts';
import { parseCoins } from '../../src/core/codec/coins.ts';
import { findDevAccount } from '../../src/client/dev-accounts.ts';
import type { Signer } from '../../src/client/transfer.ts';
import { signTransfer } from '../../src/client/transfer.ts';

/** What nodes relay at least for one output and no memo. */
const FEE = '0.0002';
const PREFIX = 'crn';

export interface SignedPayment {
  readonly id: string;
  readonly raw: string;
}

/** An account that pays; it counts its nonces itself. */
export class Payer {
  nonce = 0;
  readonly #signer: Signer;
  readonly #networkId: BlockId;

  constructor(options: { readonly secret: Uint8Array; readonly networkId: string }) {
    const publicKey = secretToPublicKey(options.secret);
    this.#signer = {
      publicKey,
      address: publicKeyToAddress(publicKey),
      sign: (digest) => toSignature(sign(digest, options.secret)),
    };
    this.#networkId = required(parseBlockId(options.networkId), 'a node names its network');
  }

  /** A dev account. */
  static of(name: string, networkId: string): Payer {
    const { secretHex } = required(findDevAccount(name), 'a dev account');
    return new Payer({ secret: hexToBytes(secretHex), networkId });
  }

  /** An account that nobody has paid yet. */
  static fresh(seed: number, networkId: string): Payer {
    const secret = new Uint8Array(32).fill(1);
    new DataView(secret.buffer).setUint32(0, seed + 1);
    return new Payer({ secret, networkId });
  }

  get address(): Address {
    return this.#signer.address;
  }

  get addressText(): string {
    return encodeAddress(this.address, PREFIX);
  }

  /** Signs the payment with the next nonce. */
  pay(to: Payer, coins: string): SignedPayment {
    const payment = {
      networkId: this.#networkId,
      nonce: this.nonce,
      fee: required(parseCoins(FEE), 'coins'),
      outputs: [{ address: to.address, amount: required(parseCoins(coins), 'coins') }],
    };
    this.nonce += 1;
    const { transaction, raw } = signTransfer(payment, this.#signer);
    return { id: transaction.id, raw };
  }
}
