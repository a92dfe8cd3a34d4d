/** Owns: `cairn completion`. Does not own: the scripts (completion). */
import { COMMANDS, HIDDEN_GROUP } from '../command-table.ts';
import type { Command } from '../command.ts';
import { completionScript, SHELLS } from '../completion.ts';
import { usageError } from '../errors.ts';

export const completion: Command<{ readonly shell: string }> = {
  options: {},

  async run({ output }, { shell: name }) {
    const shell = SHELLS.find((known) => known === name);
    if (shell === undefined) {
      throw usageError(`there is no completion for "${name}": ${SHELLS.join(', ')}`);
    }
    const visible = COMMANDS.filter(({ group }) => group !== HIDDEN_GROUP);
    const commands = await Promise.all(
      visible.map(async ({ words, summary, load }) => {
        const { options } = await load();
        return { words, summary, options };
      }),
    );
    process.stdout.write(`${completionScript(shell, commands)}\n`);
    if (process.stdout.isTTY) output.next(USE[shell]);
    return undefined;
  },
};

const USE = {
  bash: 'source <(cairn completion bash), in ~/.bashrc',
  zsh: 'source <(cairn completion zsh), in ~/.zshrc',
  fish: 'cairn completion fish > ~/.config/fish/completions/cairn.fish',
} as const;
