#!/usr/bin/env node
/**
 * npm test: everything, from a bare clone. Sets up as npm start does, then runs the sections below, all of them whatever
 * fails, and ends with the line `N passed, N failed`. `npm test -- unit db` runs those sections only.
 */
import { platformProblem, thisMachine } from './launch/platform.mjs';

const problem = platformProblem(thisMachine());
if (problem) {
  console.error(problem);
  process.exit(1);
}
const { runSections } = await import('./test/sections.mjs');
process.exit(await runSections(process.argv.slice(2)));
