/**
 * Owns: the accounts that the dev network funds: names, public test keys and addresses.
 * Does not own: refusing them elsewhere (who uses them asks for the network's name first).
 *
 * The keys are m/44'/1'/0'/0/0 to 5 of the mnemonic "test test test test test test test test test
 * test
 * test junk", which everybody knows. They stand here derived, since deriving takes longer than a
 * command.
 */
import { required } from '../core/base/assert.ts';
import { hexToBytes } from '../core/base/bytes.ts';
import type { Signer } from './transfer.ts';
import { createSigner } from './transfer.ts';

/** The only network on which these keys may be used: that of `genesis.json` and its copies. */
export const DEV_NETWORK = 'dev';

export const DEV_MNEMONIC = 'test test test test test test test test test test test junk';

export interface DevAccount {
  readonly name: string;
  readonly secretHex: string;
  /** Text form on the dev network. */
  readonly address: string;
}

export const DEV_ACCOUNTS: readonly DevAccount[] = [
  {
    name: 'alice',
    secretHex: '7c299dda7c704f9d474b6ca5d7fee0b490c8decca493b5764541fe5ec6b65114',
    address: 'crn1q0fzf7vct9stsqnnnlas63g7algaxgvgefjs8sg',
  },
  {
    name: 'bob',
    secretHex: '50064dccbc8b9d9153e340ee2759b0fc4936ffe70cb451dad5563754d33c34a8',
    address: 'crn1qlp2ukuml45y6pa3ttk5zq4tdqeezdm7u740ql2',
  },
  {
    name: 'carol',
    secretHex: '95c674cabc4b9885d930d2c0f592fdde8dc24b4e6a43ae05c6ada58edb9f54ae',
    address: 'crn1qedfdxrme7wq5r5wptk49p8rue64r5wgxe7wd4p',
  },
  {
    name: 'dave',
    secretHex: '24af27ccb29738cdaba736d8e35cb4d43ace56e1c83389f48feb746b38cf2a05',
    address: 'crn1qwsldw8gpmq0sveaz0xtmnnvjee0845frl642y4',
  },
  {
    name: 'erin',
    secretHex: 'b21deff810a52cded6c3f9a0f57184f1c70ff08cc3097bec420aa39c7693ed8c',
    address: 'crn1qg0xkk37vc4e92dal8kkgkedaz5sqhx3c7wsymk',
  },
  {
    name: 'faucet',
    secretHex: 'da14c42fefc4f1ba56432df8ca6735ff205d959077b3050feb3c885aaf029584',
    address: 'crn1q9wt0f84n8rseh2qgat0e5h568fxfvmfnsfzqej',
  },
];

/** The dev account of that name. */
export function findDevAccount(name: string): DevAccount | undefined {
  return DEV_ACCOUNTS.find((account) => account.name === name);
}

/** The signer of a dev account, for payments on the network named `dev` only. */
export function createDevSigner(name: string): Signer {
  const account = required(findDevAccount(name), 'the caller names a dev account');
  return createSigner(hexToBytes(account.secretHex));
}
