/**
 * The packed header tree against plain objects, through growth, removal, reorgs and marks; and its
 * memory.
 */
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../../src/core/base/random.ts';
import {
  blockIdFromBytes,
  toHash,
  toHeight,
  toUnixSeconds,
  toWork,
} from '../../../../src/core/base/types.ts';
import type { EntryIndex } from '../../../../src/core/chain/header-tree.ts';
import { HeaderTree } from '../../../../src/core/chain/header-tree.ts';
import type { Header } from '../../../../src/core/codec/header.ts';
import { decodeHeader, encodeHeader } from '../../../../src/core/codec/header.ts';
import { bitsToWork } from '../../../../src/core/rules/work.ts';

const EASY = 0x207fffff;
const HARDER = 0x1f00ffff;

let made = 0;

/** A header like a real one but for its proof of work. */
function headerOn(parent: Header | undefined, bits = EASY): Header {
  made += 1;
  const bytes = encodeHeader({
    version: 1,
    parent: parent?.id ?? blockIdFromBytes(new Uint8Array(32)),
    commitment: toHash(new Uint8Array(32).fill(made)),
    time: toUnixSeconds((parent?.time ?? 1_700_000_000) + 1 + (made % 5)),
    bits,
    nonce: made,
  });
  const decoded = decodeHeader(bytes);
  if (!decoded.ok) throw new Error(decoded.code);
  return decoded.value;
}

const genesis = headerOn(undefined);

function createTree(): HeaderTree {
  return new HeaderTree({ header: genesis, work: bitsToWork(genesis.bits) });
}

interface Node {
  readonly header: Header;
  readonly parent: Node | undefined;
  readonly height: number;
  readonly work: bigint;
  readonly entry: EntryIndex;
  children: number;
}

const rootNode = (tree: HeaderTree): Node => ({
  header: genesis,
  parent: undefined,
  height: 0,
  work: bitsToWork(genesis.bits),
  entry: tree.find(genesis.id)!,
  children: 0,
});

function grow(tree: HeaderTree, parent: Node, bits = EASY): Node {
  const header = headerOn(parent.header, bits);
  const entry = tree.add(header, parent.entry);
  const work = parent.work + bitsToWork(bits);
  parent.children += 1;
  return { header, parent, height: parent.height + 1, work, entry, children: 0 };
}

function growChain(tree: HeaderTree, from: Node, length: number): Node[] {
  const chain: Node[] = [];
  let at = from;
  for (let i = 0; i < length; i++) chain.push((at = grow(tree, at)));
  return chain;
}

function pathTo(node: Node): Node[] {
  const path: Node[] = [];
  for (let at: Node | undefined = node; at !== undefined; at = at.parent) path.push(at);
  return path.reverse();
}

function expectSame(tree: HeaderTree, node: Node): void {
  const { entry, header } = node;
  expect(tree.find(header.id)).toBe(entry);
  expect(tree.id(entry)).toBe(header.id);
  expect(tree.headerBytes(entry)).toEqual(header.bytes);
  expect(tree.height(entry)).toBe(node.height);
  expect(tree.work(entry)).toBe(node.work);
  expect(tree.time(entry)).toBe(header.time);
  expect(tree.bits(entry)).toBe(header.bits);
  expect(tree.parent(entry)).toBe(node.parent?.entry);
  expect(tree.parentId(entry)).toBe(header.parent);
  expect(tree.hasChildren(entry)).toBe(node.children > 0);
  expect(tree.context(entry)).toEqual({
    height: node.height,
    recentTimes: pathTo(node)
      .slice(-11)
      .map((at) => at.header.time),
  });
}

describe('HeaderTree', () => {
  test('random growth and removal keep every field, index and leaf right', () => {
    const random = createRandom(new Uint8Array(16).fill(5));
    const tree = createTree();
    const nodes: Node[] = [rootNode(tree)];
    for (let i = 0; i < 6_000; i++) {
      const node = nodes[nodes.length - 1 - random.below(Math.min(nodes.length, 40))]!;
      const isLoose = node.parent !== undefined && node.children === 0;
      if (isLoose && random.below(3) === 0) {
        tree.remove(node.entry);
        node.parent.children -= 1;
        nodes.splice(nodes.indexOf(node), 1);
        expect(tree.find(node.header.id)).toBeUndefined();
      } else {
        nodes.push(grow(tree, node, random.below(2) === 0 ? EASY : HARDER));
      }
    }
    for (const node of nodes) expectSame(tree, node);
    expect(tree.size).toBe(nodes.length);
    const entries = nodes.map(({ entry }) => entry);
    expect(new Set(tree.entries())).toEqual(new Set(entries));
    const leaves = nodes.filter(({ children }) => children === 0).map(({ entry }) => entry);
    expect(new Set(tree.leaves())).toEqual(new Set(leaves));
    expect(tree.find(headerOn(genesis).id)).toBeUndefined();
  });

  test('the main chain follows the tip through growth, reorgs and shortening', () => {
    const random = createRandom(new Uint8Array(16).fill(6));
    const tree = createTree();
    const nodes: Node[] = [rootNode(tree)];
    for (let i = 0; i < 3_000; i++) {
      const last = nodes.at(-1)!;
      nodes.push(grow(tree, random.below(20) === 0 ? nodes[random.below(nodes.length)]! : last));
    }
    for (let round = 0; round < 60; round++) {
      const tip = nodes[random.below(nodes.length)]!;
      tree.setTip(tip.entry);
      const main = pathTo(tip);
      main.forEach((node, height) => {
        expect(tree.mainAt(toHeight(height))).toBe(node.entry);
      });
      expect(tree.mainAt(toHeight(main.length))).toBeUndefined();
      const [a, b] = [nodes[random.below(nodes.length)]!, nodes[random.below(nodes.length)]!];
      expect(tree.isMain(a.entry)).toBe(main.includes(a));
      const path = pathTo(a);
      const fork = path.filter((node) => pathTo(b).includes(node)).at(-1)!;
      expect(tree.commonAncestor(a.entry, b.entry)).toBe(fork.entry);
      const ancestor = path[random.below(path.length)]!;
      expect(tree.ancestorAt(a.entry, toHeight(ancestor.height))).toBe(ancestor.entry);
    }
  });

  test('an invalid mark covers all descendants, present and later, and nobody else', () => {
    const tree = createTree();
    const root = rootNode(tree);
    const trunk = growChain(tree, root, 20);
    const [bad, branch] = [trunk[9]!, growChain(tree, trunk[4]!, 12)];
    const below = growChain(tree, trunk[14]!, 3);
    tree.setTip(trunk[19]!.entry);
    tree.markInvalid(bad.entry);
    const invalid = new Set([...trunk.slice(9), ...below]);
    for (const node of [root, ...trunk, ...branch, ...below]) {
      expect(tree.isInvalid(node.entry)).toBe(invalid.has(node));
    }
    expect(tree.isInvalid(grow(tree, trunk[12]!).entry)).toBe(true);
    expect(tree.isInvalid(grow(tree, trunk[8]!).entry)).toBe(false);
  });

  test('a body is noted; a header that is needed cannot be removed', () => {
    const tree = createTree();
    const root = rootNode(tree);
    expect(tree.hasBody(root.entry)).toBe(true);
    const [parent, child] = growChain(tree, root, 2) as [Node, Node];
    expect(tree.hasBody(child.entry)).toBe(false);
    tree.setBody(child.entry);
    expect(tree.hasBody(child.entry)).toBe(true);
    expect(() => tree.remove(parent.entry)).toThrow('leaf');
    expect(() => tree.remove(child.entry)).toThrow('loose');
    const loose = grow(tree, parent);
    tree.setTip(loose.entry);
    expect(() => tree.remove(loose.entry)).toThrow('loose');
    expect(() => tree.add(loose.header, parent.entry)).toThrow('once');
  });

  test('work beyond 64 bits adds up', () => {
    const tree = createTree();
    const root = rootNode(tree);
    let at = root;
    // The work of these bits is about 2^80.
    for (let i = 0; i < 5; i++) at = grow(tree, at, 0x1600ffff);
    expect(at.work).toBeGreaterThan(2n ** 82n);
    expect(tree.work(at.entry)).toBe(toWork(at.work));
  });

  test('headers take at most 130 bytes each: a million fit into 130 MB', () => {
    const tree = createTree();
    // The tables double, so that a quarter of a million fills them as a million does.
    const count = 250_000;
    let parent = genesis;
    let entry = tree.find(genesis.id)!;
    const commitment = toHash(new Uint8Array(32));
    for (let i = 1; i < count; i++) {
      // An id whose first bytes are spread as those of a hash are.
      const spread = (Math.imul(i, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0');
      const id = (i.toString(16).padStart(56, '0') + spread) as Header['id'];
      const header = { ...parent, id, parent: parent.id, commitment, nonce: i };
      entry = tree.add(header, entry);
      parent = header;
    }
    tree.setTip(entry);
    expect(tree.size).toBe(count);
    expect(tree.bytesAllocated / count).toBeLessThanOrEqual(130);
  });
});
