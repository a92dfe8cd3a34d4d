/**
 * Owns: the port through which core reads what is stored, and the shape of what it asks to be
 * written. Does not own: any implementation (io/store, and the simulator's) or the keys
 * (chain/layout). Layer 3.
 */

/**
 * A store key: each character is one byte (0 to 255), so that keys serve in Maps as they are.
 * The store orders keys by these bytes.
 */
export type StoreKey = string;

/**
 * Synchronous reads of the last written state. An implementation checks each record's checksum and
 * throws its own operational error on damage: core never sees a wrong value.
 */
export interface StoreReader {
  get(key: StoreKey): Uint8Array | undefined;
}

/** One record to put, or to delete when `value` is undefined. */
export interface StoreChange {
  readonly key: StoreKey;
  readonly value: Uint8Array | undefined;
}

/**
 * Thrown when a record that must be there is missing, or contradicts what the rest of the store
 * says of it. Operational: the disk is at fault, not the code; the runtime ends and names the
 * command that repairs it.
 */
export class StoreDamage extends Error {
  override readonly name = 'StoreDamage';
  readonly code = 'store-damaged';
  readonly key: StoreKey;

  /** `what` names the record and what is wrong with it; it becomes a part of a sentence. */
  constructor(key: StoreKey, what: string) {
    super(what);
    this.key = key;
  }
}
