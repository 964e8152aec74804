// Releases need npm. Debian's Node.js, with which the tests run too, has none.

import { spawnSync } from 'node:child_process';

/** For the option `skip` of a test: why it cannot run here, or false. */
export const NO_NPM = spawnSync('npm', ['--version']).status === 0 ? false : 'no npm here';
