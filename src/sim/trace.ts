/**
 * Owns: the record of everything that happens in a simulation, and its hash.
 * Does not own: who writes into it. Two runs are equal when their hashes are.
 */
import { asciiToBytes, bytesToHex, concatBytes } from '../core/base/bytes.ts';
import { sha256 } from '../core/base/crypto.ts';

const CHUNK_SIZE = 16_384;

export class Trace {
  readonly #keepsLines: boolean;
  readonly #lines: string[] = [];
  #parts: Uint8Array[] = [];
  #partsSize = 0;
  #digest: Uint8Array = new Uint8Array(32);

  /** `keepsLines`: also as text to read, which takes memory. */
  constructor(options: { readonly keepsLines: boolean }) {
    this.#keepsLines = options.keepsLines;
  }

  /** One event: what, and bytes that belong to it. */
  note(line: string, bytes?: Uint8Array): void {
    if (this.#keepsLines) this.#lines.push(line);
    this.#add(asciiToBytes(`${line}\n`));
    if (bytes !== undefined) this.#add(bytes);
  }

  /** The events so far, when they are kept. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** SHA-256 over all events so far, chained by chunk. */
  hash(): string {
    this.#fold();
    return bytesToHex(this.#digest);
  }

  #add(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#partsSize += bytes.length;
    if (this.#partsSize >= CHUNK_SIZE) this.#fold();
  }

  #fold(): void {
    this.#digest = sha256(concatBytes(this.#digest, ...this.#parts));
    this.#parts = [];
    this.#partsSize = 0;
  }
}
