/**
 * The first five minutes, as README and the command line's contract tell them, word by word: the
 * program of the clone stands for `npx cairn`, and a passphrase file for the question.
 */
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cairn, eventually, waitForText } from '../kit/cairn.ts';

const file = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

interface Status {
  readonly tip: string;
}

/** In order; what each line has to show. */
const WORDS: readonly (readonly [command: string, stdout: RegExp])[] = [
  ['npx cairn wallet new me', /\bme\b/],
  ['npx cairn mine 4 --to me', /mined block \d+ .* on node 1, pays me\n[^]*4 blocks, /],
  [
    'npx cairn send bob 1.5 --from me --wait 1',
    /^sent 1\.5 from me to bob {3}fee 0\.\d+ {3}tx [^]*\nconfirmed in block \d+ /,
  ],
  [
    'npx cairn send bob 5 --from alice --wait 1',
    /^sent 5\.0 from alice to bob [^]*\nconfirmed in /,
  ],
  ['npx cairn split 1 2,3', /^links cut: 1-2, 1-3 {3}automatic mining is paused\n$/],
  ['npx cairn mine 1 --node 1', /mined block \d+ .* on node 1, pays erin\n/],
  ['npx cairn mine 2 --node 2', /mined block \d+ .* on node 2, pays erin\n[^]*2 blocks, /],
  ['npx cairn tree', /● node 2, node 3 +work .*\n.*└── \d+' .*○ node 1 /],
  [
    'npx cairn heal',
    /^links restored: 1-2, 1-3 {3}automatic mining goes on\nnode 1 reorganised: -1 \+2 blocks, /,
  ],
];

let cairn: Cairn;
let passphrase: string;
beforeAll(() => {
  cairn = new Cairn();
  passphrase = join(cairn.home, 'passphrase');
  writeFileSync(passphrase, 'correct horse\n');
});
afterAll(() => cairn.close());

/** The arguments after `npx cairn`; where a terminal would be asked, the file answers. */
function argumentsOf(command: string): readonly string[] {
  const args = command.split(' ').slice(2);
  const asks = command.includes('wallet new') || command.includes('--from me');
  return asks ? [...args, '--passphrase-file', passphrase] : args;
}

const untilAgreed = (): Promise<unknown> =>
  eventually(
    () => Promise.all([1, 2, 3].map((node) => cairn.json<Status>('chain', '--node', `${node}`))),
    (statuses) => new Set(statuses.map(({ tip }) => tip)).size === 1,
  );

describe('what README says', () => {
  test('its first commands are those that run here', () => {
    const { scripts } = JSON.parse(file('package.json')) as { scripts: { start: string } };
    expect(scripts.start).toBe('node dist/cli/main.js up');
    const [start, commands] = [...file('README.md').matchAll(/^```\n([^]*?)^```/gm)].map(
      ([, block]) => block!.trim().split('\n'),
    );
    expect(start).toEqual(['npm ci && npm start']);
    const known = WORDS.map(([command]) => command);
    const told = commands!.map((line) => line.replace(/ +#.*$/, ''));
    expect(known).toEqual(expect.arrayContaining(told));
    expect(told.length).toBeGreaterThan(4);
  });

  test('from start to heal every line does what it says', async () => {
    const up = cairn.spawn('up');
    const shown = waitForText(up.stdout, 'Explorer  http://127.0.0.1:');
    await waitForText(up.stderr, 'Ctrl-C stops');
    const picture = await shown;
    expect(picture).toMatch(/^ {2}cairn 0\.1\.0 {3}network dev \([0-9a-f]{4}…\) {3}data /);
    expect(picture).toMatch(/^ {2}3 +http:\/\/127\.0\.0\.1:\d+ +ws:\/\/127\.0\.0\.1:\d+ +\d+ +2$/m);
    for (const [command, expected] of WORDS) {
      const { code, stdout, stderr } = await cairn.run(...argumentsOf(command));
      expect({ command, code, stderr }).toMatchObject({ code: 0 });
      expect(stdout).toMatch(expected);
      // What is sent next is known to all sides, and the branches begin at one block.
      if (command.includes('--wait')) await untilAgreed();
    }
    await untilAgreed();
    expect(await cairn.json('doctor')).toMatchObject({ healthy: true });
    const ended = once(up, 'close') as Promise<[number | null]>;
    up.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
  });
});
