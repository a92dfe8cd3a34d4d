/** Owns: `cairn completion`. Does not own: the scripts (completion) or the commands (its maker). */
import type { Command } from '../command.ts';
import { completionScript, SHELLS } from '../completion.ts';
import { usageError } from '../errors.ts';

const USE = {
  bash: 'source <(cairn completion bash), in ~/.bashrc',
  zsh: 'source <(cairn completion zsh), in ~/.zshrc',
  fish: 'cairn completion fish > ~/.config/fish/completions/cairn.fish',
} as const;

interface Loadable {
  readonly words: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** Makes the command that knows these commands. */
export function createCompletion(
  entries: readonly Loadable[],
): Command<{ readonly shell: string }> {
  return {
    options: {},

    async run({ output }, { shell: name }) {
      const shell = SHELLS.find((known) => known === name);
      if (shell === undefined) {
        throw usageError(`there is no completion for "${name}": ${SHELLS.join(', ')}`);
      }
      const commands = await Promise.all(
        entries.map(async ({ words, summary, load }) => {
          const { options } = await load();
          return { words, summary, options };
        }),
      );
      output.file(`${completionScript(shell, commands)}\n`);
      if (process.stdout.isTTY) output.next(USE[shell]);
      return undefined;
    },
  };
}
