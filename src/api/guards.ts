/**
 * Owns: who may reach the API at all: the Host and Origin rules and the headers that fence answers
 * in.
 * Does not own: the cookie (api/cookie). Against DNS rebinding and pages of other sites.
 */
import type { MiddlewareHandler } from 'hono';

const NAMES = ['127.0.0.1', 'localhost', '[::1]'] as const;

const ANSWER_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "style-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

/** Admits requests that name this node as loopback and come from no other site: else 421 or 403. */
export function guardLoopback(port: () => number): MiddlewareHandler {
  return async (context, next) => {
    for (const [name, value] of Object.entries(ANSWER_HEADERS)) context.header(name, value);
    const host = context.req.header('host')?.toLowerCase();
    const hosts = NAMES.map((name) => `${name}:${port()}`);
    if (host === undefined || !hosts.includes(host)) {
      return context.json(refusal('host-unknown', 'this node answers to loopback names only'), 421);
    }
    const origin = context.req.header('origin');
    if (origin !== undefined && !hosts.some((own) => origin === `http://${own}`)) {
      return context.json(
        refusal('origin-refused', 'pages of other sites may not call a node'),
        403,
      );
    }
    return next();
  };
}

/** The body of an answer that is no JSON-RPC. */
export function refusal(
  code: string,
  message: string,
): {
  readonly error: { readonly code: string; readonly message: string };
} {
  return { error: { code, message } };
}
