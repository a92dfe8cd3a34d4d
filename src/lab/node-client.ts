/**
 * Owns: reaching the nodes of a local network, with the cookie that lies in their data folder.
 * Does not own: the calls themselves (client).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '../client/client.ts';
import { createClient } from '../client/client.ts';
import type { NodePlace } from './registry.ts';

/** For calls that name no time of their own: a node answers in milliseconds, or is stuck. */
export const CALL_TIMEOUT_MS = 30_000;

/** A client of one node, good until that node starts again, which makes a new cookie. */
export function nodeClient(
  place: Pick<NodePlace, 'rpc' | 'datadir'>,
  timeoutMs: number = CALL_TIMEOUT_MS,
): Client {
  return createClient({ url: place.rpc, cookie: readCookie(place.datadir), timeoutMs });
}

/** The cookie in a data folder; undefined when there is none that we may read. */
function readCookie(datadir: string): string | undefined {
  try {
    return readFileSync(join(datadir, 'cookie'), 'utf8').trim();
  } catch {
    return undefined;
  }
}
