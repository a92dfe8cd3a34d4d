/**
 * Owns: the methods of mining, by the node itself and by miners outside. Does not own: their
 * schemas.
 */
import { hexToBytes } from '../../core/base/bytes.ts';
import type { MiningPlan } from '../../io/mining-controller.ts';
import { RPC_NUMBERS, createRpcError } from '../rpc-error.ts';
import type { ParamsOf } from '../schemas/methods.ts';
import { templateToJson } from '../to-json.ts';
import type { Call, Handlers } from './handler.ts';
import { readAddress, valueOrThrow } from './handler.ts';

export const miningMethods: Handlers<'mining'> = {
  'mining.mine': async ({ count = 1, to }, call) => {
    const { node, signal } = call;
    const mined = await node.miner.mine({ count, payTo: readAddress(to, call), signal });
    return {
      blocks: mined.blocks.map(({ height, id }) => ({ height, id })),
      hashes: mined.hashes,
      seconds: mined.seconds,
    };
  },
  'mining.auto': (params, call) => {
    call.node.miner.setPlan(readPlan(params, call));
    return { mode: params.mode };
  },
  'mining.template': async ({ to }, call) => {
    const payTo = readAddress(to, call);
    const reply = valueOrThrow(await call.node.requestTemplate(payTo));
    if (reply.kind === 'template') return templateToJson(reply.template);
    throw createRpcError(RPC_NUMBERS.rejected, {
      code: 'template-unavailable',
      message: `no block can be built now: ${reply.reason}`,
      hint: 'ask again later',
      facts: { reason: reply.reason, untilMs: reply.untilMs },
    });
  },
  'mining.submit': async ({ block }, { node }) => {
    const { id, height } = valueOrThrow(await node.submitBlock(hexToBytes(block)));
    return { id, height };
  },
};

function readPlan(params: ParamsOf<'mining.auto'>, call: Call): MiningPlan {
  const { mode, to, intervalSeconds } = params;
  if (mode === 'off') return { mode };
  const current = call.node.miner.plan();
  const payTo = to === undefined ? current.mode !== 'off' && current.payTo : readAddress(to, call);
  if (payTo === false) throw missing('to', 'name the address that is paid for blocks');
  if (mode !== 'interval') return { mode, payTo };
  if (intervalSeconds === undefined) {
    throw missing('intervalSeconds', 'say how many seconds lie between blocks');
  }
  return { mode, payTo, intervalMs: intervalSeconds * 1000 };
}

function missing(name: string, hint: string): Error {
  return createRpcError(RPC_NUMBERS.paramsInvalid, {
    code: 'params-invalid',
    message: `${name} is missing`,
    hint,
    facts: { parameter: name },
  });
}
