/**
 * Owns: the network that is simulated: an easy genesis, wallets with funds and wallets without.
 * Does not own: what the wallets do (sim/workload).
 */
import { asciiToBytes } from '../core/base/bytes.ts';
import { publicKeyToAddress, secretToPublicKey, sha256 } from '../core/base/crypto.ts';
import type { Address, PublicKey } from '../core/base/types.ts';
import { UNITS_PER_COIN, toAmount, toUnixSeconds } from '../core/base/types.ts';
import type { Endpoint } from '../core/net/endpoint.ts';
import type { Network } from '../core/rules/network.ts';
import { createNetwork } from '../core/rules/network.ts';
import type { Params } from '../core/rules/params.ts';

export interface Wallet {
  readonly secret: Uint8Array;
  readonly key: PublicKey;
  readonly address: Address;
}

export interface World {
  readonly network: Network;
  /** The first ones have funds at genesis. */
  readonly wallets: readonly Wallet[];
  /** Where a miner's rewards go, by host. */
  readonly minerAddress: (host: number) => Address;
}

const FUNDED_COUNT = 4;
const UNFUNDED_COUNT = 3;
const FUNDS = 1000n * UNITS_PER_COIN;
const GENESIS_SECONDS = 1_800_000_000;
/** The wall clock of a simulation begins this long after genesis. */
const AFTER_GENESIS_MS = 3_600_000;
const PORT = 7500;
/** Every second hash meets it. */
const EASY_BITS = 0x207f_ffff;

function createWallet(index: number): Wallet {
  const secret = sha256(asciiToBytes(`cairn sim wallet ${index}`));
  const key = secretToPublicKey(secret);
  return { secret, key, address: publicKeyToAddress(key) };
}

/** Makes the world; it is the same for every seed. */
export function createWorld(): World {
  const count = FUNDED_COUNT + UNFUNDED_COUNT;
  const wallets = Array.from({ length: count }, (_, index) => createWallet(index));
  const funded = wallets.slice(0, FUNDED_COUNT);
  const params: Params = {
    name: 'sim',
    salt: new Uint8Array(8),
    prefix: 'sim',
    time: toUnixSeconds(GENESIS_SECONDS),
    bits: EASY_BITS,
    powLimit: EASY_BITS,
    spacingSeconds: 5,
    halfLifeSeconds: 600,
    retarget: false,
    reward: toAmount(50n * UNITS_PER_COIN),
    halvingBlocks: 8,
    blockSizeMax: 10_000,
    minimumOutput: toAmount(10_000n),
    maxFutureSeconds: 7200,
    allocations: funded.map(({ address }) => ({ address, amount: toAmount(FUNDS) })),
  };
  // A miner is paid into a wallet, so that rewards are spent and reverted rewards are missed.
  const minerAddress = (host: number): Address => wallets[host % count]!.address;
  return { network: createNetwork(params), wallets, minerAddress };
}

/** The wall clock at a moment of virtual time. */
export function wallMsAt(virtualMs: number): number {
  return GENESIS_SECONDS * 1000 + AFTER_GENESIS_MS + virtualMs;
}

/** Where a host listens: every host has an address of its own, as on a real network. */
export function endpointOf(host: number): Endpoint {
  return { ip: `10.0.${host >>> 8}.${host & 0xff}`, port: PORT };
}

/** The host that listens at an endpoint. */
export function hostAt(endpoint: Endpoint): number {
  const [, , high, low] = endpoint.ip.split('.').map(Number);
  return (high ?? 0) * 256 + (low ?? 0);
}
