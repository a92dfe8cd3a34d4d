/**
 * Owns: asking all running nodes of a local network at once what they see.
 * Does not own: merging it (block-tree).
 */
import type { StatusJson } from '../api/schemas/results.ts';
import type { Client } from '../client/client.ts';
import type { NodeView } from './block-tree.ts';
import { nodeClient } from './node-client.ts';
import type { NetworkRecord, NodePlace } from './registry.ts';
import { nodePlace } from './registry.ts';

/** A node that hangs must not hold up what is told of the others. */
const STATUS = { timeoutMs: 5000 } as const;

export interface RunningNode {
  readonly place: NodePlace;
  readonly client: Client;
}

/** The nodes whose processes run, by id. */
export function runningNodes(home: string, record: NetworkRecord): readonly RunningNode[] {
  return record.nodes
    .filter(({ process }) => process !== null)
    .map(({ id }) => {
      const place = nodePlace(home, record, id);
      return { place, client: nodeClient(place) };
    });
}

/** Every node's status, by id; undefined for one that does not answer. */
export async function readStatuses(
  nodes: readonly RunningNode[],
): Promise<ReadonlyMap<number, StatusJson | undefined>> {
  const entries = await Promise.all(
    nodes.map(async ({ place, client }) => {
      const status = await client.call('node.status', {}, STATUS).catch(() => undefined);
      return [place.id, status] as const;
    }),
  );
  return new Map(entries);
}

/** Where every node stands and the blocks it knows among the last `count` heights. */
export async function readViews(
  nodes: readonly RunningNode[],
  count: number,
): Promise<readonly NodeView[]> {
  return Promise.all(
    nodes.map(async ({ place, client }) => {
      const [{ tip }, { blocks }] = await Promise.all([
        client.call('node.status', {}),
        client.call('chain.tree', { count }),
      ]);
      return {
        node: place.id,
        tip,
        blocks: blocks.map(({ id, parent, height, work }) => ({
          id,
          parent,
          height,
          work: BigInt(work),
        })),
      };
    }),
  );
}
