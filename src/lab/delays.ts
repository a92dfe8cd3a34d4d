/**
 * Owns: slow links of a local network: naming one, remembering it, telling the nodes.
 * Does not own: holding messages back (io/transport), which the dialling end of a link does.
 */
import { labError } from './errors.ts';
import { runningNodes } from './network-view.ts';
import { LOOPBACK } from './ports.ts';
import type { LinkDelayRecord, NetworkRecord } from './registry.ts';
import { isNetworkRunning, nodePlace, requireNetwork } from './registry.ts';
import { withNetworkLock, writeNetwork } from './registry.ts';
import type { Link } from './topology.ts';
import { topologyLinks } from './topology.ts';

const CALL = { timeoutMs: 5000 } as const;

/** The slow links of node `id`, by the listening endpoints at their other ends. */
export function delayedEndpoints(
  home: string,
  record: NetworkRecord,
  id: number,
): readonly { readonly endpoint: string; readonly delayMs: number }[] {
  return record.delays.flatMap(({ link: [low, high], delayMs }) => {
    if (id !== low && id !== high) return [];
    const other = nodePlace(home, record, id === low ? high : low);
    return [{ endpoint: `${LOOPBACK}:${other.p2pPort}`, delayMs }];
  });
}

/**
 * Makes a link, such as `1-2`, slow by so many milliseconds in each direction, 0 for as it was.
 * Nodes restarted meanwhile keep it. `link-unknown`, `network-stopped`.
 */
export async function delayLink(options: {
  readonly home: string;
  readonly name: string;
  readonly link: string;
  readonly delayMs: number;
}): Promise<LinkDelayRecord> {
  const { home, name, delayMs } = options;
  return withNetworkLock(home, name, async () => {
    const record = requireNetwork(home, name);
    if (!isNetworkRunning(record)) {
      throw labError('network-stopped', `network "${name}" is not running`, { hint: 'cairn up' });
    }
    const link = parseLink(options.link, record);
    const others = record.delays.filter((known) => known.link.join() !== link.join());
    const delays = delayMs === 0 ? others : [...others, { link, delayMs }];
    const changed = { ...record, delays };
    writeNetwork(home, changed);
    await Promise.all(
      runningNodes(home, changed).map(({ place, client }) =>
        client.call('lab.delay', { delays: delayedEndpoints(home, changed, place.id) }, CALL),
      ),
    );
    return { link, delayMs };
  });
}

function parseLink(text: string, { topology, nodes }: NetworkRecord): Link {
  const links = topologyLinks(topology, nodes.length);
  const [, one, other] = /^([1-9][0-9]*)-([1-9][0-9]*)$/.exec(text) ?? [];
  const ends = [Number(one), Number(other)].sort((a, b) => a - b).join('-');
  const found = links.find((link) => link.join('-') === ends);
  if (found !== undefined) return found;
  const known = links.map((link) => link.join('-'));
  throw labError('link-unknown', `there is no link "${text}": links are ${known.join(', ')}`, {
    hint: `cairn delay ${known[0] ?? '1-2'} 300ms`,
  });
}
