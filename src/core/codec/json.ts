/**
 * Owns: reading JSON from outside strictly: no repeated key, no nesting beyond a stated depth.
 * Does not own: what the value must look like (genesis-file, api schemas). Layer 1.
 */

export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type ParsedJson =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'too-deep' }
  | { readonly kind: 'key-repeated'; readonly key: string };

/** Parses a whole text; `JSON.parse` alone would keep the last of two equal keys in silence. */
export function parseStrictJson(text: string, depthMax: number): ParsedJson {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return { kind: 'malformed' };
  }
  return findFault(text, depthMax) ?? { kind: 'value', value };
}

/** Walks text that is JSON, by its punctuation alone: one set of keys for each open object. */
function findFault(text: string, depthMax: number): ParsedJson | undefined {
  const open: (Set<string> | undefined)[] = [];
  let string: string | undefined;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '"': {
        const end = stringEnd(text, at);
        string = text.slice(at, end + 1);
        at = end;
        break;
      }
      case ':': {
        const key = JSON.parse(string ?? '""') as string;
        const keys = open.at(-1);
        if (keys?.has(key) === true) return { kind: 'key-repeated', key };
        keys?.add(key);
        break;
      }
      case '{':
      case '[':
        if (open.length === depthMax) return { kind: 'too-deep' };
        open.push(text[at] === '{' ? new Set() : undefined);
        break;
      case '}':
      case ']':
        open.pop();
        break;
      default:
    }
  }
  return undefined;
}

function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
