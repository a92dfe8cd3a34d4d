/**
 * Before any test: dist holds these sources, since worker threads and real nodes run from dist.
 * A type error does not stop the tests here; it fails `npm run types`.
 */
import { build, isStale } from './build.js';

export function setup() {
  if (isStale()) build();
}
