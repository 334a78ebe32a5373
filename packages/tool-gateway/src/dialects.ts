// The validator of each JSON Schema dialect, behind one module: importing this one dynamically keeps the validators
// out of the start, and static imports of theirs are what bundlers and Node agree on for CommonJS.
export { Ajv } from 'ajv';
export { Ajv2019 } from 'ajv/dist/2019.js';
export { Ajv2020 } from 'ajv/dist/2020.js';
