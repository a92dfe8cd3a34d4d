/**
 * Owns: how far the garbage collector lets the heap of a node grow before it looks again.
 * Does not own: what the node holds on to (the limits files).
 */
import { setFlagsFromString } from 'node:v8';

/**
 * Called once, before there is much on the heap. By default V8 lets the heap of a process that is
 * kept busy grow several times over before it collects: strangers could make a node look some 60 MB
 * larger with garbage alone. A fifth at a time costs a few more collections of a small heap.
 */
export function growHeapSlowly(): void {
  setFlagsFromString('--heap-growing-percent=20');
}
