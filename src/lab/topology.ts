/**
 * Owns: which nodes of a local network are linked, who dials whom, and which links a split cuts.
 * Does not own: carrying it out (node-control, faults).
 */
import { labError } from './errors.ts';

export const TOPOLOGIES = ['mesh', 'line', 'ring', 'star'] as const;
export type Topology = (typeof TOPOLOGIES)[number];

/** A link between two nodes, the lower id first. */
export type Link = readonly [number, number];

/** All links among nodes 1..count, in order. */
export function topologyLinks(topology: Topology, count: number): readonly Link[] {
  const links: Link[] = [];
  for (let high = 2; high <= count; high++) {
    for (let low = 1; low < high; low++) {
      if (isLinked({ topology, count, low, high })) links.push([low, high]);
    }
  }
  return links.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

function isLinked(pair: {
  readonly topology: Topology;
  readonly count: number;
  readonly low: number;
  readonly high: number;
}): boolean {
  const { topology, count, low, high } = pair;
  switch (topology) {
    case 'mesh':
      return true;
    case 'line':
      return high === low + 1;
    case 'ring':
      return high === low + 1 || (low === 1 && high === count);
    case 'star':
      return low === 1;
  }
}

/**
 * The nodes that node `id` dials: its lower-numbered neighbours, so that each link is dialled once.
 */
export function dialledBy(links: readonly Link[], id: number): readonly number[] {
  return links.filter(([, high]) => high === id).map(([low]) => low);
}

/** The nodes that node `id` may not talk to while the network is split into `groups`. */
export function cutFrom(groups: readonly (readonly number[])[], id: number): readonly number[] {
  return groups
    .filter((group) => !group.includes(id))
    .flat()
    .sort((a, b) => a - b);
}

/** The links that join two groups. */
export function linksBetween(
  groups: readonly (readonly number[])[],
  links: readonly Link[],
): readonly Link[] {
  return links.filter(([low, high]) => cutFrom(groups, low).includes(high));
}

/** Reads `1 2,3`: nodes that no group names form one more. `split-wrong`, `node-unknown`. */
export function parseGroups(texts: readonly string[], count: number): readonly number[][] {
  const groups = texts.map((text) => text.split(',').map((id) => parseMember(id, count)));
  const named = groups.flat();
  const twice = named.find((id, index) => named.indexOf(id) !== index);
  if (twice !== undefined) {
    throw labError('split-wrong', `node ${twice} cannot be on two sides`);
  }
  const rest = Array.from({ length: count }, (_, index) => index + 1).filter(
    (id) => !named.includes(id),
  );
  const sides = rest.length === 0 ? groups : [...groups, rest];
  if (sides.length < 2) {
    throw labError('split-wrong', 'a split needs two sides', { hint: 'cairn split 1 2,3' });
  }
  return sides;
}

function parseMember(text: string, count: number): number {
  const id = /^[1-9][0-9]*$/.test(text) ? Number(text) : undefined;
  if (id !== undefined && id <= count) return id;
  throw labError('node-unknown', `there is no node "${text}": nodes are 1 to ${count}`);
}
