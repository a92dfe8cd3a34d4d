/**
 * Owns: real proofs of every kind, made by the node's prover on the chains of the vectors, and
 * random changes to a text. Does not own: what must come of them.
 */
import { assert } from '../../src/core/base/assert.ts';
import { hexToBytes } from '../../src/core/base/bytes.ts';
import type { Random } from '../../src/core/base/random.ts';
import type { ProofRequest } from '../../src/core/node/prover.ts';
import { prove } from '../../src/core/node/prover.ts';
import type { Proof } from '../../src/core/rules/proof-file.ts';
import { CoreChain } from './core-chain.ts';
import { vectorBlocks, vectorNetwork } from './vectors.ts';

/** A real chain with the first blocks of the vectors connected, all of them unless told. */
export function vectorChain(network: string, height: number = Infinity): CoreChain {
  const core = new CoreChain(vectorNetwork(network));
  const blocks = vectorBlocks(network).slice(0, height);
  for (const { bytes } of blocks) core.receive(hexToBytes(bytes));
  assert(core.chain.tip.height === blocks.length, 'the blocks of the vectors connect');
  return core;
}

/** A proof that the chain must be able to make. */
export function proofOf(core: CoreChain, request: ProofRequest): Proof {
  const made = prove(core.chain, request);
  assert('network' in made, `there is a proof, not ${made.kind}`);
  return made;
}

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz{}[]":,./- \n\t\u0000é';

/**
 * The text with one to three places changed: replaced, removed, added, swapped or cut off. The line
 * feed that a reader takes is no change.
 */
export function mutate(text: string, random: Random): string {
  let mutated = text;
  for (let left = 1 + random.below(3); left > 0 || isSame(text, mutated); left--) {
    const at = random.below(mutated.length + 1);
    const letter = ALPHABET.charAt(random.below(ALPHABET.length));
    const [before, here, after] = [mutated.slice(0, at), mutated.charAt(at), mutated.slice(at + 1)];
    switch (random.below(5)) {
      case 0:
        mutated = before + letter + after;
        break;
      case 1:
        mutated = before + after;
        break;
      case 2:
        mutated = before + letter + here + after;
        break;
      case 3:
        mutated = before + after.slice(0, 1) + here + after.slice(1);
        break;
      default:
        mutated = random.below(20) === 0 ? before : before + flipDigit(here, random) + after;
    }
  }
  return mutated;
}

const isSame = (text: string, mutated: string): boolean =>
  mutated === text || mutated === `${text}\n`;

/** Another digit of the same base, so that the form stays right more often than not. */
function flipDigit(digit: string, random: Random): string {
  const digits = /[0-9]/.test(digit) ? '0123456789' : '0123456789abcdef';
  return digits.charAt(random.below(digits.length));
}

type Path = readonly string[];
type Tree = Record<string, unknown>;

function leavesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const below = Object.entries(value).flatMap(([key, item]) => leavesOf(item, [...path, key]));
  return Array.isArray(value) ? [path, ...below] : below;
}

/** The text of the same object with one value changed in its own form, or one list. */
export function changeValue(text: string, random: Random): string {
  for (;;) {
    const file = JSON.parse(text) as Tree;
    const paths = leavesOf(file);
    const path = paths[random.below(paths.length)]!;
    const last = path.at(-1)!;
    let parent = file;
    for (const key of path.slice(0, -1)) parent = parent[key] as Tree;
    parent[last] = changed(parent[last], random);
    const mutated = JSON.stringify(file);
    if (mutated !== text) return mutated;
  }
}

function changed(value: unknown, random: Random): unknown {
  if (typeof value === 'number') return random.below(2) === 0 ? value + 1 : random.below(200);
  if (value === null) return { address: 'x', balance: '1', nonce: 0 };
  if (Array.isArray(value)) {
    const at = random.below(value.length + 1);
    const [item] = value as readonly unknown[];
    return random.below(2) === 0 ? value.toSpliced(at, 1) : value.toSpliced(at, 0, item ?? '00');
  }
  const letters = value as string;
  const at = random.below(letters.length + 1);
  return letters.slice(0, at) + flipDigit(letters.charAt(at), random) + letters.slice(at + 1);
}
