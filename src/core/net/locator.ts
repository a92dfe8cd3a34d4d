/**
 * Owns: the ids that find a common block, made and answered.
 * Does not own: when they are sent (net/header-sync, net/serving). Layer 3. docs/protocol.md
 * section 15, item 3.
 */
import { required } from '../base/assert.ts';
import type { BlockId } from '../base/types.ts';
import { HEADERS_PER_MESSAGE_MAX } from '../codec/messages.ts';
import type { ChainView } from './chain-view.ts';

const STEPS_OF_ONE = 10;

/** A known header, then its ancestors: ten one by one, then at doubling distances, genesis last. */
export function createLocator(chain: ChainView, start: BlockId): readonly BlockId[] {
  const ids: BlockId[] = [];
  let height: number = required(chain.find(start), 'a locator starts at a known header').height;
  for (let step = 1; height > 0; height -= step) {
    ids.push(chain.ancestorAt(start, height));
    if (ids.length > STEPS_OF_ONE) step *= 2;
  }
  ids.push(required(chain.mainIdAt(0), 'every chain begins with genesis'));
  return ids;
}

/** The headers after the first id that is on the connected chain, after genesis if none. */
export function headersAfter(chain: ChainView, locator: readonly BlockId[]): readonly Uint8Array[] {
  const common = locator.find((id) => chain.find(id)?.onMain);
  const first = common === undefined ? 0 : (chain.find(common)?.height ?? 0);
  const headers: Uint8Array[] = [];
  for (let height = first + 1; headers.length < HEADERS_PER_MESSAGE_MAX; height++) {
    const id = chain.mainIdAt(height);
    if (id === undefined) break;
    headers.push(chain.headerBytes(id));
  }
  return headers;
}
