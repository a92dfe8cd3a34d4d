/**
 * Owns: the parameters of a network, all that rules read; their binary form.
 * Does not own: reading them from JSON (rules/genesis-file) or the genesis block (rules/network).
 * Layer 2. docs/protocol.md section 4.
 */
import type { Output } from '../codec/transaction.ts';
import { writeOutput } from '../codec/transaction.ts';
import { Writer } from '../codec/writer.ts';
import type { Amount, UnixSeconds } from '../base/types.ts';

export interface Params {
  readonly name: string;
  /** 8 bytes. */
  readonly salt: Uint8Array;
  /** The human-readable part of addresses. */
  readonly prefix: string;
  readonly time: UnixSeconds;
  /** Compact target of genesis and block 1. */
  readonly bits: number;
  /** Compact form of the easiest target allowed. */
  readonly powLimit: number;
  readonly spacingSeconds: number;
  readonly halfLifeSeconds: number;
  readonly retarget: boolean;
  readonly reward: Amount;
  readonly halvingBlocks: number;
  readonly blockSizeMax: number;
  readonly minimumOutput: Amount;
  readonly maxFutureSeconds: number;
  readonly allocations: readonly Output[];
}

const PARAMS_FORMAT = 1;

/** The one binary form of the parameters, which the genesis id binds. */
export function encodeParams(params: Params): Uint8Array {
  const writer = new Writer(512)
    .u8(PARAMS_FORMAT)
    .string(params.name)
    .raw(params.salt)
    .string(params.prefix)
    .u32(params.time)
    .u32(params.bits)
    .u32(params.powLimit)
    .u32(params.spacingSeconds)
    .u32(params.halfLifeSeconds)
    .u8(params.retarget ? 1 : 0)
    .u64(params.reward)
    .u32(params.halvingBlocks)
    .u32(params.blockSizeMax)
    .u64(params.minimumOutput)
    .u32(params.maxFutureSeconds)
    .u32(params.allocations.length);
  return writer.list(params.allocations, (output) => writeOutput(writer, output)).finish();
}
