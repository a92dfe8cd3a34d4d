/**
 * Owns: measuring how many header hashes a thread tries per second.
 * Does not own: the kernels (io/mine).
 */
import { doubleSha256 } from '../src/core/base/crypto.ts';
import { toTarget } from '../src/core/base/types.ts';
import { NONCE_OFFSET } from '../src/core/codec/header.ts';
import type { NonceKernel } from '../src/io/mine/kernel.ts';
import { createPlainKernel, loadSimdKernel } from '../src/io/mine/kernel.ts';
import { measure, printRate, printTitle } from './measure.ts';

const IMPOSSIBLE = toTarget(0n);

/** Prints the rate of each kernel as a ratio to hashing whole headers with core's own function. */
export function benchHashRate(): void {
  printTitle('Mining, one thread (reference: hashing each header whole)');
  const header = new Uint8Array(80).fill(3);
  const count = 100_000;
  const rate = measure({
    operations: count,
    prepare: () => new DataView(header.buffer),
    run: (view) => {
      for (let nonce = 0; nonce < count; nonce++) {
        view.setUint32(NONCE_OFFSET, nonce, true);
        doubleSha256(header);
      }
    },
  });
  printRate('hashes, header by header', rate);
  const kernels = [createPlainKernel(), loadSimdKernel()].filter((kernel) => kernel !== undefined);
  for (const kernel of kernels) benchKernel(kernel, header, { name: 'header by header', rate });
}

function benchKernel(
  kernel: NonceKernel,
  header: Uint8Array,
  reference: Parameters<typeof printRate>[2],
): void {
  const count = 2_000_000;
  const rate = measure({
    operations: count,
    prepare: () => header,
    run: (bytes) => void kernel.search(bytes, { start: 0, count }, IMPOSSIBLE),
  });
  printRate(`hashes, ${kernel.name} kernel`, rate, reference);
}
