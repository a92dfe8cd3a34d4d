/** Vitest's own report, and after it one plain line for machines: `N passed, N failed`. */
import { DefaultReporter } from 'vitest/node';

export class SummaryReporter extends DefaultReporter {
  onTestRunEnd(modules, unhandledErrors, reason) {
    super.onTestRunEnd(modules, unhandledErrors, reason);
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (state) => tests.filter((test) => test.result().state === state).length;
    // A file that does not load, and an error outside any test, is a failure that no test carries.
    const unloaded = modules.reduce((sum, module) => sum + module.errors().length, 0);
    const failed = inState('failed') + unloaded + unhandledErrors.length;
    this.log(`${inState('passed')} passed, ${failed} failed`);
  }
}
