/**
 * Row 33. Bound: 500 random errors of 1 to 4 characters and every published wrong form: 0
 * accepted; other prefixes, versions, lengths and mixed case are refused, upper case is read.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { addressFromText, addressToText } from '../vectors/reference/keys.mjs';
import { createRandom } from './kit/forgery.ts';
import { NodeProcess } from './kit/node-process.ts';
import { alice, createWorld } from './kit/world.ts';

const SYMBOLS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const random = createRandom(33);
const published = JSON.parse(
  readFileSync(new URL('../vectors/public/bech32m.json', import.meta.url), 'utf8'),
) as {
  readonly valid_bech32m: readonly string[];
  readonly invalid_bech32m: readonly { readonly string: string }[];
};

/** One to four characters after the prefix replaced by others. */
function misspell(text: string): string {
  const letters = Array.from(text);
  for (let errors = 1 + random(4); errors > 0; errors--) {
    const at = 4 + random(letters.length - 4);
    letters[at] = SYMBOLS[random(SYMBOLS.length)]!;
  }
  return letters.join('');
}

test('no misspelt address is taken', async () => {
  const node = await NodeProcess.start({ world: createWorld() });
  const refusalOf = (address: string): Promise<string | undefined> =>
    node.refusal('account.get', { address });
  expect(await refusalOf(alice.text)).toBeUndefined();
  expect(await refusalOf(alice.text.toUpperCase())).toBeUndefined();

  const strange = [
    `A${alice.text.slice(1)}`,
    addressToText('crn', alice.address),
    addressToText('atk', alice.address, 1),
    addressToText('atk', alice.address.subarray(1)),
    addressToText('atk', Buffer.concat([alice.address, Buffer.alloc(1)])),
    `${alice.text} `,
    ` ${alice.text}`,
    alice.text.slice(0, -1),
    `${alice.text}q`,
    '',
    'atk1',
    '1'.repeat(5_000),
    ...published.valid_bech32m,
    ...published.invalid_bech32m.map(({ string }) => string),
  ];
  const typos = Array.from({ length: 500 }, () => misspell(alice.text));
  for (const text of [...strange, ...typos]) {
    if (addressFromText('atk', text)?.equals(alice.address)) continue;
    expect(await refusalOf(text), text).toMatch(/^address-malformed$|^rpc -32602|params/);
  }
});
