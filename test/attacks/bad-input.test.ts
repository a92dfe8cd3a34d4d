/**
 * Bad input on every path of a node. Bound: a clear code or a closed connection, nothing lost, no
 * crash, and memory at most 32 MiB above its level before.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cat, hex, u32 } from '../vectors/reference/bytes.mjs';
import { decodeHeader, mine } from '../vectors/reference/block.mjs';
import { MESSAGES } from '../vectors/reference/messages.mjs';
import { Arena } from './kit/arena.ts';
import type { Content } from './kit/chain-builder.ts';
import { claimOf, newestTime, tipOf } from './kit/chain-builder.ts';
import { AT, breakEnd, edit } from './kit/forgery.ts';
import { MIB } from './kit/memory.ts';
import { RawPeer, helloOf } from './kit/raw-peer.ts';
import type { Frame } from './kit/raw-socket.ts';
import { OPCODE, RawSocket, encodeFrame } from './kit/raw-socket.ts';
import { within } from './kit/until.ts';
import { COIN, pay } from './kit/wallet.ts';
import { alice, bob } from './kit/world.ts';

let arena: Arena;
let memoryBefore: number;

beforeAll(async () => {
  arena = await Arena.open({ height: 5, measuresMemory: true });
  await arena.expectUnharmed();
  memoryBefore = await arena.victim.rssBytes();
});

afterAll(async () => {
  await arena.expectUnharmed();
  expect((await arena.victim.rssBytes()) - memoryBefore).toBeLessThan(32 * MIB);
  expect(await arena.victim.stop()).toBe(0);
});

describe('frames', () => {
  const payload = Buffer.alloc(10, 1);
  const [text, binary, ping, close] = [OPCODE.text, OPCODE.binary, OPCODE.ping, OPCODE.close];
  const closing = (code: number, reason = ''): Frame => ({
    opcode: close,
    payload: cat(Buffer.of(code >> 8, code & 255), Buffer.from(reason, 'latin1')),
  });
  const malformed: Readonly<Record<string, readonly Frame[]>> = {
    ...Object.fromEntries(
      [1, 2, 3, 4, 7].map((reserved) => [
        `reserved bits ${reserved}`,
        [{ opcode: binary, payload, reserved }],
      ]),
    ),
    ...Object.fromEntries(
      [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => [
        `opcode ${opcode}`,
        [{ opcode, payload }],
      ]),
    ),
    ...Object.fromEntries(
      [0, 999, 1004, 1005, 1006, 1015, 1999, 5000, 65535].map((code) => [
        `close code ${code}`,
        [closing(code)],
      ]),
    ),
    'close of one byte': [{ opcode: close, payload: Buffer.of(3) }],
    'close reason that is no UTF-8': [closing(1000, '\xff\xfe')],
    'not masked': [{ opcode: binary, payload, masked: false }],
    'ping in fragments': [{ opcode: ping, fin: false }],
    'ping of 126 bytes': [{ opcode: ping, payload: Buffer.alloc(126) }],
    'continuation of nothing': [{ opcode: OPCODE.continuation, payload }],
    'a message inside a message': [
      { opcode: binary, payload, fin: false },
      { opcode: binary, payload },
    ],
    'text that is no UTF-8': [{ opcode: text, payload: Buffer.of(0xc3, 0x28, 0xff) }],
    text: [{ opcode: text, payload: Buffer.from('{"hello":1}') }],
    'empty message': [{ opcode: binary }],
    'length above the limit': [{ opcode: binary, statedLength: 2_097_153n }],
    'length of 4 GiB': [{ opcode: binary, statedLength: 2n ** 32n }],
    'length of 2^53': [{ opcode: binary, statedLength: 2n ** 53n }],
    'length with the top bit': [{ opcode: binary, statedLength: 2n ** 63n }],
    'a message of 1,000 fragments': [
      { opcode: binary, payload: Buffer.of(1), fin: false },
      ...Array.from({ length: 1_000 }, () => ({
        opcode: OPCODE.continuation,
        payload: Buffer.of(1),
        fin: false,
      })),
    ],
  };

  test.each(Object.keys(malformed))('%s', async (name) => {
    const socket = await RawSocket.upgrade(arena.victim.p2pPort);
    for (const frame of malformed[name]!) socket.frame(frame);
    await within(`the end of the connection: ${name}`, socket.closed);
  });

  test('200 half messages and half upgrades that end', async () => {
    for (let i = 0; i < 100; i++) {
      const half = await RawSocket.upgrade(arena.victim.p2pPort);
      half.write(
        encodeFrame({ opcode: binary, payload: Buffer.alloc(500) }).subarray(0, 5 * (i + 1)),
      );
      half.destroy();
      const early = await RawSocket.connect(arena.victim.p2pPort);
      early.write('GET / HTTP/1.1\r\nUpgrade: webs');
      early.destroy();
    }
  });

  test('what is no upgrade, an Origin, endless headers', async () => {
    const requests = {
      garbage: '\x00\x01\x02\xff'.repeat(50) + '\r\n\r\n',
      post: 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello',
      headers: `GET / HTTP/1.1\r\n${'X-Y: 1\r\n'.repeat(2_000)}\r\n`,
      spaces: `GET / HTTP/1.1\r\nHost: x\r\nSec-WebSocket-Protocol: ${' '.repeat(32_000)}\r\n\r\n`,
    };
    for (const [name, request] of Object.entries(requests)) {
      const socket = await RawSocket.connect(arena.victim.p2pPort);
      socket.write(Buffer.from(request, 'latin1'));
      await within(`the end of ${name}`, socket.closed);
      expect(socket.status === 0 || socket.status >= 400, name).toBe(true);
    }
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1']) {
      const socket = await RawSocket.upgrade(arena.victim.p2pPort, [`Origin: ${origin}`]);
      expect(socket.status).toBeGreaterThanOrEqual(400);
      socket.destroy();
    }
  });
});

describe('messages', () => {
  test('each before the handshake', async () => {
    for (const { name, type } of MESSAGES) {
      if (name === 'hello' || name === 'goodbye') continue;
      const peer = await RawPeer.connect(arena.victim.url);
      peer.sendBytes(cat(Buffer.of(type), Buffer.alloc(8)));
      await within(`the end after ${name}`, peer.closed);
    }
  });

  test('a second hello, the own node’s nonce, an unknown version', async () => {
    const twice = await arena.attacker();
    twice.send('hello', helloOf(arena.chain));
    expect((await within('the end', twice.closed)).goodbye).toBe('message-unexpected');

    const versions = await RawPeer.connect(arena.victim.url);
    versions.send('hello', { ...helloOf(arena.chain), protocolVersion: 2 });
    expect((await within('the end', versions.closed)).goodbye).toBe('handshake-version-unknown');

    const mirror = await arena.attacker();
    const { nodeNonce } = mirror.all('hello')[0]!.fields;
    const self = await RawPeer.connect(arena.victim.url);
    self.send('hello', { ...helloOf(arena.chain), nodeNonce });
    expect((await within('the end', self.closed)).goodbye).toBe('handshake-self');
  });

  test('one byte more than each may have', async () => {
    for (const { name, type, max } of MESSAGES) {
      const peer = await arena.attacker();
      peer.sendBytes(cat(Buffer.of(type), Buffer.alloc(max)));
      const { goodbye } = await within(`the end after ${name}`, peer.closed);
      expect(goodbye ?? 'message-too-large', name).toBe('message-too-large');
    }
  });

  test('33 of an unknown type', async () => {
    const peer = await arena.attacker();
    for (let i = 0; i < 32; i++) peer.sendBytes(Buffer.of(0x77, i));
    await peer.roundTrip();
    peer.sendBytes(Buffer.of(0x78));
    expect((await within('the end', peer.closed)).goodbye).toBe('message-flood');
  });

  test('headers and blocks that nobody asked for', async () => {
    const { tip } = arena.chain;
    const headers = await arena.attacker();
    headers.send('headers', { tip: tipOf(tip), headers: [hex(tip.header)] });
    expect((await within('the end', headers.closed)).goodbye).toBe('message-unexpected');
    const block = await arena.attacker();
    block.send('block', { block: hex(arena.chain.build().bytes) });
    expect((await within('the end', block.closed)).goodbye).toBe('block-unrequested');
  });

  test('headers that do not follow each other', async () => {
    const chain = arena.chain.fork().extendBy(3);
    const peer = await arena.attacker();
    peer.on('get-headers', () => {
      const [, second] = chain.blocks.slice(-2);
      const first = chain.blocks.at(-3)!;
      const headers = [first, second!].map(({ header }) => hex(header));
      peer.send('headers', { tip: tipOf(chain.tip), headers });
    });
    peer.announce(chain);
    expect((await within('the end', peer.closed)).goodbye).toBe('headers-not-continuous');
  });

  test('everything asked for what does not exist', async () => {
    const peer = await arena.attacker();
    const ids = Array.from({ length: 16 }, (_, i) => hex(Buffer.alloc(32, i)));
    peer.send('get-blocks', { ids });
    expect((await peer.next('blocks-missing'))['ids']).toEqual(ids);
    peer.send('get-transactions', { ids });
    expect((await peer.next('transactions-missing'))['ids']).toEqual(ids);
    peer.send('get-headers', { ids });
    expect((await peer.next('headers'))['headers']).toHaveLength(arena.chain.height);
    await peer.roundTrip();
  });
});

describe('transactions', () => {
  const to = [[bob, COIN]] as const;
  const cases: Readonly<Record<string, (nonce: number) => Buffer>> = {
    'tx-malformed': (nonce) => pay(arena.network, alice, { nonce, to }).subarray(0, 100),
    'tx-version-unknown': (nonce) => pay(arena.network, alice, { nonce, to, version: 2 }),
    'tx-no-outputs': (nonce) => pay(arena.network, alice, { nonce, to: [] }),
    'tx-output-below-minimum': (nonce) => pay(arena.network, alice, { nonce, to: [[bob, 1n]] }),
    'tx-signature-invalid': (nonce) => breakEnd(pay(arena.network, alice, { nonce, to })),
    'tx-nonce-used': (nonce) => pay(arena.network, alice, { nonce: nonce - 1, to }),
    'tx-gap-limit': (nonce) => pay(arena.network, alice, { nonce: nonce + 1_000, to }),
    'tx-insufficient-funds': (nonce) =>
      pay(arena.network, alice, { nonce, fee: 5_000n * COIN, to: [[bob, COIN]] }),
    'tx-fee-too-low': (nonce) => pay(arena.network, alice, { nonce, fee: 1n, to }),
  };
  const contextual = /^tx-(nonce-used|gap-limit|insufficient-funds|fee-too-low)$/;

  test.each(Object.keys(cases))('%s', async (code) => {
    const bytes = cases[code]!(arena.chain.nonceOf(alice));
    expect(await arena.victim.submitRefusal(bytes)).toBe(code);
    const peer = await arena.attacker();
    peer.send('transactions', { transactions: [hex(bytes)] });
    if (contextual.test(code)) await peer.roundTrip();
    else expect((await within('the end', peer.closed)).goodbye).toBe(code);
  });
});

describe('blocks', () => {
  const wrongRoot = Buffer.alloc(32, 3);
  const payment = (): Buffer =>
    pay(arena.network, alice, { nonce: arena.chain.nonceOf(alice), to: [[bob, COIN]] });
  const build = (content: Content): Buffer => arena.chain.buildBroken(content).bytes;
  const claim = (amount: bigint): Content => ({ outputs: [{ address: bob.address, amount }] });
  const withoutWork = (): Buffer => {
    const { header, bytes } = arena.chain.build();
    return cat(mine(decodeHeader(header), false).header, bytes.subarray(80));
  };
  const cases: Readonly<Record<string, () => Buffer>> = {
    'header-version-unknown': () => build({ wrongHeader: { version: 2 } }),
    'header-bits-malformed': () => edit(arena.chain.build().bytes, AT.bits, u32(0x2100ffff)),
    'header-work-insufficient': withoutWork,
    'header-parent-unknown': () => build({ wrongHeader: { parent: wrongRoot } }),
    'header-bits-wrong': () => build({ wrongHeader: { bits: 0x203fffff } }),
    'header-time-too-old': () => build({ wrongHeader: { time: arena.network.parameters.time } }),
    'header-time-too-new': () => build({ wrongHeader: { time: newestTime(arena.network) + 9 } }),
    'block-too-large': () => cat(arena.chain.build().bytes, Buffer.alloc(400_000)),
    'block-malformed': () => cat(arena.chain.build().bytes, Buffer.alloc(1)),
    'block-commitment-mismatch': () => edit(arena.chain.build().bytes, AT.accountsRoot, wrongRoot),
    'block-transactions-root-mismatch': () => build({ wrong: { transactionsRoot: wrongRoot } }),
    'block-height-wrong': () => build({ wrong: { height: 1 } }),
    'coinbase-height-wrong': () => build({ coinbaseHeight: 1 }),
    'coinbase-output-below-minimum': () => build(claim(1n)),
    'coinbase-claims-too-much': () => build(claim(arena.chain.reward() + 1n)),
    'block-transaction-invalid': () => build({ transactions: [breakEnd(payment())] }),
    'block-history-root-wrong': () => build({ wrong: { historyRoot: wrongRoot } }),
    'block-accounts-root-wrong': () => build({ transactions: [payment()] }),
  };

  test.each(Object.keys(cases))('%s', async (code) => {
    const { victim } = arena;
    const { tip } = await victim.status();
    expect((await victim.submitBlockRefusal(cases[code]!()))?.code).toBe(code);
    const bytes = cases[code]!();
    const header = bytes.subarray(0, 80);
    const peer = await arena.attacker();
    const claimed = claimOf(header, arena.chain.tip);
    peer.on('get-headers', () => peer.send('headers', { tip: claimed, headers: [hex(header)] }));
    peer.on('get-blocks', () => peer.sendBytes(cat(Buffer.of(0x13), bytes)));
    peer.send('new-tip', { tip: claimed, header: hex(header) });
    if (code === 'header-time-too-new') await peer.roundTrip();
    else await within(`the end after ${code}`, peer.closed);
    expect((await victim.status()).tip).toBe(tip);
  });
});

describe('requests', () => {
  const codeOf = async (body: unknown): Promise<number | undefined> => {
    const response = await arena.victim.post(body);
    const answer = (await response.json()) as { error?: { code: number } };
    return answer.error?.code;
  };

  test('what is no JSON-RPC', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    for (const text of ['{', '', 'null,', '{"jsonrpc": "2.0", "method"', '\u0000']) {
      expect(await codeOf(text)).toBe(-32700);
    }
    for (const body of ['[]', '1', '"x"', 'null', '{}', '{"jsonrpc":"1.0","method":"x","id":1}']) {
      expect(await codeOf(body), body).toBe(-32600);
    }
    const answer = await arena.victim.post(deep);
    expect(await answer.text()).toMatch(/-32[67]00/);
    // Refused by its length: the answer, or the end of the connection while the rest is written.
    const huge = await arena.victim.post('x'.repeat(30_000_000)).catch(() => undefined);
    expect(huge?.status ?? 413).toBe(413);
  });

  test('unknown methods, and those of objects', async () => {
    for (const method of ['no.such', '', 'constructor', '__proto__', 'toString', 'lab.cut']) {
      const call = { jsonrpc: '2.0', id: 1, method, params: { endpoints: [] } };
      expect(await codeOf(call), method).toBe(-32601);
    }
  });

  test('parameters of the wrong type', async () => {
    const calls: readonly (readonly [string, unknown])[] = [
      ...[1, null, [], {}, true, '', 'zz', '0'.repeat(500_001)].map(
        (raw) => ['tx.submit', { raw }] as const,
      ),
      ...[null, -1, 1.5, 2 ** 32, 2 ** 53, [], {}, true, 'x', '0x00'].map(
        (block) => ['block.get', { block }] as const,
      ),
      ...[1, null, {}, ['a'], 'zz'].map((id) => ['tx.get', { id }] as const),
      ...[0, null, {}, []].map((address) => ['account.get', { address }] as const),
      ...[0, -1, 1.5, '1', null].map((count) => ['mining.mine', { count, to: bob.text }] as const),
      ['mining.mine', { count: 1 }],
      ['mining.template', {}],
      ['mining.submit', { block: 7 }],
      ['peers.add', { url: 'http://127.0.0.1' }],
      ['peers.add', { url: 'file:///etc/passwd' }],
      ['node.status', { surprise: 1 }],
      ['account.get', [1, 2, 3]],
    ];
    for (const [method, params] of calls) {
      const shown = `${method} ${JSON.stringify(params).slice(0, 60)}`;
      const { result, error } = await arena.victim.ask(method, params);
      expect(result, shown).toBeUndefined();
      expect([-32602, -32000], shown).toContain(error!.code);
      expect(error!.message.length, shown).toBeGreaterThan(0);
    }
  });

  test('writes without the cookie, foreign hosts and origins', async () => {
    const body = '{"jsonrpc":"2.0","id":1,"method":"node.stop","params":{}}';
    const ask = (headers: Record<string, string>): Promise<Response> =>
      fetch(arena.victim.rpcUrl, { method: 'POST', headers, body });
    const json = { 'content-type': 'application/json' };
    for (const authorization of ['', 'Bearer ', 'Bearer wrong', 'Basic eDp5', 'Bearer null']) {
      const answer = await ask({ ...json, authorization });
      expect(await answer.text()).toContain('-32001');
    }
    const authorization = `Bearer ${arena.victim.cookie}`;
    const evil = await ask({ ...json, authorization, origin: 'https://evil.example' });
    expect(evil.status).toBe(403);
    const socket = await RawSocket.connect(arena.victim.rpcPort);
    const length = `Content-Length: ${body.length}`;
    const headers = ['Host: evil.example', `Authorization: ${authorization}`, length];
    const type = 'Content-Type: application/json';
    socket.write(`POST /rpc HTTP/1.1\r\n${[...headers, type].join('\r\n')}\r\n\r\n${body}`);
    await expect.poll(() => socket.status, { timeout: 5_000 }).toBe(421);
    expect(arena.victim.isRunning).toBe(true);
  });
});
