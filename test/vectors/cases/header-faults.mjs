/** Owns: the cases of the stage `header`, refused and accepted, on `easy` and `asert`. */
import { cat, hex } from '../reference/bytes.mjs';
import * as block from '../reference/block.mjs';
import { NOW, TIP, child, hash, known } from './block-making.mjs';
import { networks } from './networks.mjs';

const { easy, asert } = networks;
const { maxFutureSeconds } = easy.parameters;
const medianAt = (network, height) => block.medianTime(known(network, height));

function headerCase(name, bytes, { network = easy, marked = [], now = NOW, height } = {}) {
  const last = height ?? network.chain.length - 1;
  const input = { network: network.name, known: last, marked, now, bytes: hex(bytes) };
  return { stage: 'header', name, input };
}

/** A mined header on the tip of easy with fields replaced; `enough` false leaves the work out. */
function header(fields, { enough = true, network = easy } = {}) {
  const { header: right } = block.createBlock(network, known(network), { time: NOW });
  const replaced = { ...block.decodeHeader(right), ...fields };
  const minable = replaced.bits === 0x207fffff || replaced.bits >>> 16 === 0x200f;
  return minable ? block.mine(replaced, enough).header : block.encodeHeader(replaced);
}

export function headerFaults() {
  const right = header({});
  const old = medianAt(easy, TIP);
  const late = NOW + maxFutureSeconds + 1;
  const unknown = hash(9);
  const asertTip = asert.chain.at(-1);
  const asertTime = { now: asertTip.time + 10, network: asert };
  const onAsert = (fields) =>
    block.createBlock(asert, known(asert), { time: asertTip.time + 10, wrongHeader: fields })
      .header;
  return [
    headerCase('header: empty', Buffer.alloc(0)),
    headerCase('header: one byte short', right.subarray(0, 79)),
    headerCase('header: one byte long', cat(right, Buffer.alloc(1))),
    headerCase(
      'order: header one byte long, version 2',
      cat(header({ version: 2 }), Buffer.alloc(1)),
    ),
    headerCase('header: version 0', header({ version: 0 })),
    headerCase('header: version 2', header({ version: 2 })),
    headerCase('header: version 0x20000001', header({ version: 0x20000001 })),
    headerCase('order: header version 2, bits 0', header({ version: 2, bits: 0 })),
    headerCase('order: header version 2, no work', header({ version: 2 }, { enough: false })),
    headerCase('header: bits 0', header({ bits: 0 })),
    headerCase('header: sign bit', header({ bits: 0x1d80ffff })),
    headerCase('header: target 2^256 or more', header({ bits: 0x2200ffff })),
    headerCase('header: bits not canonical', header({ bits: 0x21007fff })),
    headerCase('header: target above powLimit', header({ bits: 0x2100ffff })),
    headerCase(
      'order: header bits above powLimit, parent unknown',
      header({
        bits: 0x2100ffff,
        parent: unknown,
      }),
    ),
    headerCase('header: no work', header({}, { enough: false })),
    headerCase(
      'order: header no work, parent unknown',
      header({ parent: unknown }, { enough: false }),
    ),
    headerCase('order: header no work, bits wrong', header({ bits: 0x1d00ffff })),
    headerCase('header: parent unknown', header({ parent: unknown })),
    headerCase('header: parent not yet known', child().header, { height: TIP - 1 }),
    headerCase(
      'header: parent id in shown order',
      header({
        parent: Buffer.from(easy.chain[TIP].id).reverse(),
      }),
    ),
    headerCase(
      'order: header parent unknown, bits wrong',
      header({ parent: unknown, bits: 0x200fffff }),
    ),
    headerCase('header: parent marked', right, { marked: [TIP] }),
    headerCase('header: ancestor marked', right, { marked: [2] }),
    headerCase('order: header parent marked, bits wrong', header({ bits: 0x200fffff }), {
      marked: [TIP],
    }),
    headerCase('header: bits not those of genesis', header({ bits: 0x200fffff })),
    headerCase('header: bits one unit lower than genesis', header({ bits: 0x207ffffe })),
    headerCase(
      'header: bits of genesis where retargeting asks for others',
      onAsert({
        bits: asert.parameters.bits,
      }),
      asertTime,
    ),
    headerCase(
      'header: bits of the parent where retargeting asks for others',
      onAsert({
        bits: asertTip.bits,
      }),
      asertTime,
    ),
    headerCase('order: header bits wrong, time too old', header({ bits: 0x200fffff, time: old })),
    headerCase('header: time is the median', header({ time: old })),
    headerCase('header: time 0', header({ time: 0 })),
    headerCase(
      'header: time of genesis on genesis',
      child({ time: easy.parameters.time }, 0).header,
      {
        height: 0,
      },
    ),
    headerCase(
      'header: median of two blocks is the later',
      child(
        {
          time: Math.max(easy.chain[0].time, easy.chain[1].time),
        },
        1,
      ).header,
      { height: 1 },
    ),
    headerCase('order: header time too old, above an early clock', header({ time: old }), {
      now: 0,
    }),
    headerCase('header: one second too new', header({ time: late })),
    headerCase('header: highest time', header({ time: 0xffffffff })),
    headerCase(
      'header: one second too new where retargeting',
      block.createBlock(asert, known(asert), { time: asertTip.time + 31 }).header,
      { network: asert, now: asertTip.time },
    ),
  ];
}

export function headerEdges() {
  const old = medianAt(easy, TIP);
  return [
    headerCase('header: one above the median', header({ time: old + 1 })),
    headerCase('header: newest time', header({ time: NOW + maxFutureSeconds })),
    headerCase('header: on a side branch', child({}, 4).header),
    headerCase('header: child of a block before the marked one', child({}, 4).header, {
      marked: [5],
    }),
    headerCase('header: child of genesis', child({}, 0).header, { height: 0 }),
    headerCase(
      'header: first bits of a retargeting network',
      block.createBlock(asert, known(asert, 0), {
        time: asert.parameters.time + 500,
      }).header,
      { network: asert, height: 0, now: asert.parameters.time + 500 },
    ),
  ];
}
