/**
 * Owns: the record that says in which form a store is written and of which network it is.
 * Does not own: that form (core/chain/layout, record-codec).
 */
import type { BlockId } from '../../core/base/types.ts';
import { blockIdFromBytes, blockIdToBytes } from '../../core/base/types.ts';
import { OperationalError } from '../errors.ts';
import { OWN_KEY_PREFIX } from './store.ts';

/**
 * Rises whenever core's key layout or the form of records does. Bodies never change their form, so
 * that `reindex` makes this form of any older one.
 */
const STORE_FORMAT = 2;
const EXIT_DAMAGED = 7;

export const FORMAT_KEY: string = `${OWN_KEY_PREFIX}format`;

export function encodeFormat(networkId: BlockId): Uint8Array {
  const value = Buffer.concat([Buffer.alloc(4), blockIdToBytes(networkId)]);
  value.writeUInt32LE(STORE_FORMAT);
  return value;
}

/** `store-format-unknown`, `store-other-network`; with `older`, older formats pass. */
export function assertFormat(
  stored: Uint8Array,
  expected: { readonly networkId: BlockId; readonly folder: string; readonly older: boolean },
): void {
  const { networkId, folder, older } = expected;
  const format = new DataView(stored.buffer, stored.byteOffset).getUint32(0, true);
  const isOlder = format < STORE_FORMAT;
  if (format !== STORE_FORMAT && !(older && isOlder)) {
    throw new OperationalError({
      code: 'store-format-unknown',
      message: `${folder} holds data of format ${format}; this version reads ${STORE_FORMAT}`,
      hint: isOlder ? 'cairn node reindex' : 'use the version that wrote it, or a newer one',
      exitCode: EXIT_DAMAGED,
    });
  }
  const network = blockIdFromBytes(stored.subarray(4, 36));
  if (network !== networkId) {
    throw new OperationalError({
      code: 'store-other-network',
      message: `${folder} holds data of network ${network}, not of ${networkId}`,
      hint: 'name the folder of this network with --datadir',
      exitCode: EXIT_DAMAGED,
    });
  }
}
