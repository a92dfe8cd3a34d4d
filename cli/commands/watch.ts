/** Owns: `cairn watch`: what happens at a node, one line each. Does not own: events (the node). */
import type { EventJson, GapJson, Topic } from '../../src/api/schemas/events.ts';
import { TOPICS } from '../../src/api/schemas/events.ts';
import type { Client } from '../../src/client/client.ts';
import type { WatchOptions } from '../../src/client/watch.ts';
import type { Command, Context } from '../command.ts';
import type { ExitCode } from '../errors.ts';
import { CliError, EXIT, usageError } from '../errors.ts';
import { plural, showCount, showId } from '../format.ts';
import { interruptible } from '../interrupt.ts';
import { resolveTarget } from '../target.ts';
import { parseCount } from '../values.ts';

interface WatchArguments {
  readonly topic?: string;
  readonly after?: string;
  readonly count?: string;
}

const NUMBER_MAX = 9_999_999_999;
const TOPIC_WIDTH = 5;

export const watch: Command<WatchArguments> = {
  options: {
    count: { kind: 'text', alias: 'n', value: 'N', summary: 'end after so many events' },
    after: { kind: 'text', value: 'NUMBER', summary: 'begin after this event, if it is kept' },
  },

  async run(context, args) {
    const topics = args.topic === undefined ? TOPICS : [parseTopic(args.topic)];
    const { count: countText, after: afterText } = args;
    const count = countText === undefined ? Infinity : parseNumber('--count', countText, 1);
    const after = afterText === undefined ? undefined : parseNumber('--after', afterText, 0);
    const { client, label } = resolveTarget(context);
    // Watching would wait for a node that is not there.
    await client.call('node.status', {});
    return interruptible(context, (signal) =>
      follow(context, { client, label, topics, after, count, signal }),
    );
  },
};

/** Shows events until there are enough, an interrupt, or the end of `--timeout`. */
async function follow(
  context: Context,
  wanted: Omit<WatchOptions, 'signal'> & {
    readonly client: Client;
    readonly label: string;
    readonly count: number;
    readonly signal: AbortSignal;
  },
): Promise<ExitCode | undefined> {
  const { client, label, topics, after, count, signal } = wanted;
  const ending = endOn(context, signal);
  let seen = 0;
  try {
    for await (const item of client.watch({ topics, after, signal: ending.signal })) {
      if (item.kind === 'event') {
        show(context, item.event);
        seen += 1;
        if (seen === count) return undefined;
      } else if (item.kind === 'gap') showGap(context, item.gap);
      else if (item.kind === 'connected') context.output.note(`watching ${label}`);
      else if (!ending.signal.aborted) context.output.note(`${label} is gone; waiting for it`);
    }
  } finally {
    ending.release();
  }
  if (ending.signal.reason === TIMED_OUT) throw timedOut(context, seen);
  return EXIT.interrupted;
}

const TIMED_OUT = Symbol('timed out');

/** Ends by an interrupt, or when `--timeout` is over. */
function endOn(
  { timeoutMs }: Context,
  interrupt: AbortSignal,
): { readonly signal: AbortSignal; readonly release: () => void } {
  const ending = new AbortController();
  interrupt.addEventListener('abort', () => ending.abort(), { once: true });
  const timer =
    timeoutMs === undefined ? undefined : setTimeout(() => ending.abort(TIMED_OUT), timeoutMs);
  return { signal: ending.signal, release: () => clearTimeout(timer) };
}

function timedOut({ timeoutMs = 0 }: Context, seen: number): CliError {
  const message = `${plural(seen, 'event')} in ${timeoutMs / 1000} s`;
  return new CliError(message, { code: 'wait-timed-out', exit: EXIT.timeout, data: { seen } });
}

function parseTopic(text: string): Topic {
  const topic = TOPICS.find((known) => known === text);
  if (topic !== undefined) return topic;
  throw usageError(`there is no topic "${text}": it is one of ${TOPICS.join(', ')}`);
}

function parseNumber(name: string, text: string, min: number): number {
  return parseCount(name, text, { min, max: NUMBER_MAX });
}

function show({ output }: Context, event: EventJson): void {
  const time = new Date(event.timeMs).toTimeString().slice(0, 8);
  output.answer(event, () => [`${time}  ${event.topic.padEnd(TOPIC_WIDTH)}  ${describe(event)}`]);
}

function showGap({ output }: Context, gap: GapJson): void {
  const lost = gap.missed === null ? 'events' : plural(gap.missed, 'event');
  const why = gap.reason === 'restarted' ? 'another start of the node' : 'too long ago';
  const row = { number: null, timeMs: null, topic: 'gap', data: gap };
  output.answer(row, () => [`${lost} missed: ${why}`]);
}

function describe(event: EventJson): string {
  switch (event.topic) {
    case 'tip': {
      const { height, id, work } = event.data;
      return `${height}  ${showId(id)}  work ${showCount(BigInt(work))}`;
    }
    case 'block': {
      const { height, id, state, code } = event.data;
      return `${height ?? '?'}  ${showId(id ?? '?')}  ${state}${code === null ? '' : `: ${code}`}`;
    }
    case 'tx': {
      const { id, state, reason } = event.data;
      return `${id ?? '?'}  ${state}${reason === null ? '' : `: ${reason}`}`;
    }
    case 'reorg': {
      const { tip, counts } = event.data;
      const back = `${plural(counts.returned, 'tx')} back in mempool`;
      const dropped = counts.dropped === 0 ? '' : `, ${counts.dropped} dropped`;
      const blocks = `-${counts.disconnected} +${counts.connected} blocks`;
      return `${blocks}, ${back}${dropped}, tip ${showId(tip.id)} at ${tip.height}`;
    }
    case 'peer': {
      const { id, state, address, code } = event.data;
      const more = address === null ? `: ${code ?? '?'}` : `  ${address}`;
      return `${id}  ${state}${more}`;
    }
  }
}
