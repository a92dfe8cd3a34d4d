/** What the conversation with peers may do to the chain that it sees. */
import { expect, test } from 'vitest';
import { required } from '../../../../src/core/base/assert.ts';
import { ChainAdapter } from '../../../../src/core/node/chain-adapter.ts';
import { buildBlock } from '../../../kit/blocks.ts';
import { CoreChain } from '../../../kit/core-chain.ts';
import { genesisModel } from '../../../kit/ledger-model.ts';
import { vectorNetwork } from '../../../kit/vectors.ts';

test('a header whose body is under verification stays known when its branch is let go', () => {
  const network = vectorNetwork('easy');
  const core = new CoreChain(network);
  const parent = genesisModel(network);
  const { header } = buildBlock({ params: network.params, parent, content: {} });
  core.announce(header.bytes);
  let isVerifying = true;
  const adapter = new ChainAdapter({
    chain: core.chain,
    backlogBytes: () => 0,
    isVerifying: (id) => isVerifying && id === header.id,
  });
  adapter.removeBranch(header.id);
  expect(required(adapter.find(header.id), 'it is known').height).toBe(1);
  isVerifying = false;
  adapter.removeBranch(header.id);
  expect(adapter.find(header.id)).toBeUndefined();
});
