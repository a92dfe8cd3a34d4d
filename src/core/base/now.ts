/**
 * Owns: the two clock readings that come with each input. Does not own: any clock (io, sim). Layer
 * 0.
 */

/** Monotonic for deadlines, wall for stamps; both in milliseconds. */
export interface Now {
  readonly monotonicMs: number;
  readonly wallMs: number;
}
