/**
 * Owns: the scripts by which shells complete commands and options, made of the table; pure.
 * Does not own: the table (command-table) or the options (commands/*).
 */
import type { OptionSpecs } from './command.ts';
import { GLOBAL_OPTIONS } from './command.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** What is completed of a command. */
export interface Completable {
  readonly words: string;
  readonly summary: string;
  readonly options: OptionSpecs;
}

export function completionScript(shell: Shell, commands: readonly Completable[]): string {
  switch (shell) {
    case 'bash':
      return bashScript(commands);
    case 'zsh':
      // The function is bash's: zsh brings what it needs.
      return [
        'autoload -Uz compinit bashcompinit',
        'compinit && bashcompinit',
        bashScript(commands),
      ].join('\n');
    case 'fish':
      return fishScript(commands);
  }
}

function bashScript(commands: readonly Completable[]): string {
  const cases = commands.map(({ words, options }) => {
    const pattern = words.includes(' ') ? `"${words}"` : `"${words}"|"${words} "*`;
    return `    ${pattern}) options="${flags(options).join(' ')}" ;;`;
  });
  // Two words first: "mine auto" is no "mine".
  const [long, short] = [true, false].map((isLong) =>
    cases.filter((_, index) => commands[index]!.words.includes(' ') === isLong),
  );
  const under = firstWords(commands).flatMap((first) => {
    const seconds = secondWords(commands, first);
    return seconds.length === 0 ? [] : [`    "${first}") words="${seconds.join(' ')}" ;;`];
  });
  return `_cairn() {
  local current="\${COMP_WORDS[COMP_CWORD]}" given=() words="" options="" word at
  for ((at = 1; at < COMP_CWORD; at++)); do
    word="\${COMP_WORDS[at]}"
    [[ $word == -* ]] || given+=("$word")
  done
  case "\${#given[@]}" in
    0) words="${firstWords(commands).join(' ')}" ;;
    1) case "\${given[*]}" in
${under.join('\n')}
    esac ;;
  esac
  case "\${given[*]:0:2}" in
${[...long!, ...short!].join('\n')}
  esac
  if [[ $current == -* ]]; then words="$options ${flags(GLOBAL_OPTIONS).join(' ')}"; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _cairn cairn`;
}

function fishScript(commands: readonly Completable[]): string {
  const firsts = firstWords(commands).map((first) => {
    const summary = commands.find(({ words }) => words === first)?.summary ?? `${first} ...`;
    return complete('__fish_use_subcommand', `-a ${first} -d ${quote(summary)}`);
  });
  const others = commands.flatMap(({ words, summary, options }) => {
    const [first = '', second] = words.split(' ');
    const seen = `__fish_seen_subcommand_from ${first}`;
    const own = second === undefined ? [] : [complete(seen, `-a ${second} -d ${quote(summary)}`)];
    const when = second === undefined ? seen : `${seen}; and __fish_seen_subcommand_from ${second}`;
    return [...own, ...fishOptions(when, options)];
  });
  return ['complete -c cairn -f', ...firsts, ...others, ...fishOptions('', GLOBAL_OPTIONS)].join(
    '\n',
  );
}

function fishOptions(when: string, options: OptionSpecs): readonly string[] {
  return shown(options).map(([name, { alias, kind, summary }]) => {
    const short = alias === undefined ? '' : ` -s ${alias}`;
    const takes = kind === 'flag' || name === 'json' ? '' : ' -r';
    return complete(when, `-l ${name}${short}${takes} -d ${quote(summary)}`);
  });
}

function complete(when: string, what: string): string {
  return when === '' ? `complete -c cairn ${what}` : `complete -c cairn -n '${when}' ${what}`;
}

function flags(options: OptionSpecs): readonly string[] {
  return shown(options).map(([name]) => `--${name}`);
}

function shown(options: OptionSpecs): readonly (readonly [string, OptionSpecs[string]])[] {
  return Object.entries(options).filter(([, { hidden }]) => hidden !== true);
}

function firstWords(commands: readonly Completable[]): readonly string[] {
  return [...new Set(commands.map(({ words }) => words.split(' ')[0]!))];
}

function secondWords(commands: readonly Completable[], first: string): readonly string[] {
  return commands.flatMap(({ words }) => {
    const [word, second] = words.split(' ');
    return word === first && second !== undefined ? [second] : [];
  });
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`;
}
