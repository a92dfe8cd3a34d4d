/**
 * The checkers can fail: each of these nodes or disks is broken in one way, and is caught by what
 * it breaks.
 */
import { expect, test } from 'vitest';
import type { TxId } from '../../src/core/base/types.ts';
import { toWork } from '../../src/core/base/types.ts';
import { POOL_PREFIX } from '../../src/core/chain/layout.ts';
import type { StoreChange } from '../../src/core/chain/store.ts';
import { decodeMessage, encodeMessage } from '../../src/core/codec/messages.ts';
import type { Node } from '../../src/core/node/node.ts';
import type { Effect } from '../../src/core/node/ports.ts';
import type { NodeView } from '../../src/core/node/view.ts';
import type { StateMachine } from '../../src/sim/process.ts';
import { SimStore } from '../../src/sim/sim-store.ts';
import type { SimulationOptions } from '../../src/sim/simulation.ts';
import { simulate } from '../kit/simulation.ts';

const SEEDS_MAX = 30;

/** A node whose effects go through `change` before they are done. */
function withEffects(
  node: Node,
  change: (effect: Effect) => readonly Effect[],
  view: NodeView = node.view,
): StateMachine {
  return {
    step: (input, now) => node.step(input, now).flatMap(change),
    deadlineMs: () => node.deadlineMs(),
    wantsMore: () => node.wantsMore(),
    get isReadable() {
      return node.isReadable;
    },
    view,
  };
}

function withView(node: Node, change: Partial<NodeView>): StateMachine {
  const view = new Proxy(node.view, {
    get: (target, name) => {
      const value: unknown = Reflect.get(change, name) ?? Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return withEffects(node, (effect) => [effect], view);
}

/** A disk that says it has synced, and has not. */
class LyingStore extends SimStore {
  override write(changes: readonly StoreChange[]): void {
    super.write(changes, { durable: false });
  }
}

/** A disk that loses one record of every fiftieth batch. */
class TornStore extends SimStore {
  #writes = 0;

  override write(changes: readonly StoreChange[], options: { readonly durable: boolean }): void {
    this.#writes += 1;
    super.write(this.#writes % 50 === 0 ? changes.slice(1) : changes, options);
  }
}

const isPoolRecord = ({ key }: StoreChange): boolean => key.startsWith(POOL_PREFIX);

const BROKEN: readonly {
  readonly what: string;
  readonly caughtBy: RegExp;
  readonly how: Partial<SimulationOptions>;
}[] = [
  {
    what: 'a disk that loses synced writes',
    caughtBy: /a told tip is there after a restart/,
    how: { createStore: () => new LyingStore() },
  },
  {
    what: 'a disk that tears a batch',
    caughtBy: /StoreDamage|AssertionFailure|Divergence/,
    how: { createStore: () => new TornStore() },
  },
  {
    what: 'a node that does not ask for its tip to be synced',
    caughtBy: /a change of tip is written durably/,
    how: {
      tamper: (node) =>
        withEffects(node, (effect) => [
          effect.kind === 'write' ? { ...effect, durable: false } : effect,
        ]),
    },
  },
  {
    what: 'a node that claims more work than it has',
    caughtBy: /the claimed tip \w+ is durable/,
    how: {
      tamper: (node) =>
        withEffects(node, (effect) => [effect.kind === 'send' ? boast(effect) : effect]),
    },
  },
  {
    what: 'a node that does not write what it accepts',
    caughtBy: /the accepted transaction \w+ is accounted for/,
    how: {
      tamper: (node) =>
        withEffects(node, (effect) =>
          effect.kind === 'write' && effect.changes.every(isPoolRecord) ? [] : [effect],
        ),
    },
  },
  {
    what: 'a node that shows the accounts of another moment',
    caughtBy: /the accounts root is that of a replay from genesis/,
    how: {
      tamper: (node) => {
        const first = node.view.status().accountsRoot;
        const status: NodeView['status'] = () => ({ ...node.view.status(), accountsRoot: first });
        return withView(node, { status });
      },
    },
  },
  {
    what: 'a node that forgets what a reorg takes back',
    caughtBy: /the reverted transaction \w+ is accounted for/,
    how: {
      tamper: (node) => {
        const confirmed = new Set<TxId>();
        const transaction: NodeView['transaction'] = (id) => {
          const found = node.view.transaction(id);
          if (found?.status === 'confirmed') confirmed.add(id);
          return found?.status !== 'confirmed' && confirmed.has(id) ? undefined : found;
        };
        return withView(node, { transaction });
      },
    },
  },
  {
    what: 'a node that tells nobody of what it found',
    caughtBy: /it takes more than \d+ ms until/,
    how: {
      tamper: (node, host) =>
        withEffects(node, (effect) => (host === 0 && isNewTip(effect) ? [] : [effect])),
    },
  },
  {
    what: 'a node that sends a message nobody asked for',
    caughtBy: /no honest peer leaves by message-unexpected/,
    how: {
      tamper: (node, host) =>
        withEffects(node, (effect) =>
          host === 0 && isNewTip(effect) ? [effect, { ...effect, bytes: EMPTY_PAGE }] : [effect],
        ),
    },
  },
];

const EMPTY_PAGE = encodeMessage({ kind: 'pool', ids: [] });

function isNewTip(effect: Effect): effect is Extract<Effect, { readonly kind: 'send' }> {
  return effect.kind === 'send' && effect.bytes[0] === 0x15;
}

function boast(effect: Extract<Effect, { readonly kind: 'send' }>): Effect {
  const decoded = decodeMessage(effect.bytes);
  if (!decoded.ok || decoded.value.kind !== 'new-tip') return effect;
  const { tip } = decoded.value;
  const work = toWork(tip.work + 1n);
  return { ...effect, bytes: encodeMessage({ ...decoded.value, tip: { ...tip, work } }) };
}

test.each(BROKEN)('$what is caught', ({ how, caughtBy }) => {
  for (let seed = 0; seed < SEEDS_MAX; seed++) {
    const { failure } = simulate(seed, how);
    if (failure === undefined) continue;
    expect(failure.what).toMatch(caughtBy);
    return;
  }
  expect.unreachable(`not within ${SEEDS_MAX} seeds`);
});
