import type { Options, ValidateFunction } from 'ajv';
import type { BoundedRun } from './bounded-run.ts';
import { describeViolation } from './violation.ts';

/** Checks arguments; undefined where they fit, else what is wrong: `/path must be string (got number)`. */
export type ArgumentCheck = (args: Record<string, unknown>) => string | undefined;

/** Compiles a tool's input schema. @throws where it cannot be used, with the reason as message. */
export type CompileCheck = (schema: Readonly<Record<string, unknown>>) => ArgumentCheck;

/** How long one check may hold this thread, in milliseconds: server and program together could choose a costly one. */
const CHECK_MS = 500;
const COMPILE_MS = 1000;

/** Without any of these words a check takes time in proportion to schema and arguments: it needs no watchdog. */
const COSTLY = /"(?:pattern|patternProperties|uniqueItems|\$\w*[rR]ef)":/u;

/**
 * `full` is the schema. `plain` leaves to the server what may take quadratic or exponential time: `uniqueItems` and all
 * patterns, which then always match.
 */
type Depth = 'full' | 'plain';
/** Where a pattern that always matches could refuse what the schema accepts, the keyword goes too. */
const NOT_PLAIN = ['uniqueItems', 'patternProperties', 'unevaluatedProperties', 'unevaluatedItems', 'not', 'oneOf', 'if', 'contains'];

/**
 * Loads the validator and returns the compiler of checks.
 *
 * JSON Schema 2020-12, 2019-09 and draft-07 are told apart by `$schema`; without it 2020-12 is tried first, as MCP says,
 * then draft-07. Formats are annotations, defaults are not filled in, references are never fetched.
 */
export async function loadCompiler(run: BoundedRun): Promise<CompileCheck> {
  const { Ajv2020, Ajv2019, Ajv } = await import('./dialects.ts');
  const dialects = { '2020-12': Ajv2020, '2019-09': Ajv2019, 'draft-07': Ajv };

  const build = (schema: object, dialect: keyof typeof dialects, depth: Depth): ValidateFunction => {
    const ajv = new dialects[dialect](options(depth));
    if (depth === 'plain') for (const keyword of NOT_PLAIN) ajv.removeKeyword(keyword);
    const validate = ajv.compile(schema);
    // An asynchronous validator answers with a promise, which would count as valid.
    if ('$async' in validate) throw new Error('it is asynchronous');
    return validate;
  };
  const compile = (schema: Readonly<Record<string, unknown>>, depth: Depth): ValidateFunction => {
    let problem: unknown;
    for (const dialect of dialectsOf(schema)) {
      try {
        const result = run(() => build(withoutDialect(schema), dialect, depth), COMPILE_MS);
        if (result.ended) return result.value;
        problem = new Error('it takes too long to compile');
      } catch (error) {
        problem ??= error;
      }
    }
    throw problem;
  };

  return (schema) => {
    let validate = compile(schema, 'full');
    let depth: Depth = 'full';
    const isCheap = !COSTLY.test(JSON.stringify(schema));
    return (args) => {
      let result = isCheap ? { ended: true as const, value: validate(args) } : run(() => validate(args), CHECK_MS);
      if (!result.ended && depth === 'full') {
        depth = 'plain';
        validate = compile(schema, depth);
        result = run(() => validate(args), CHECK_MS);
      }
      if (!result.ended) return `they could not be checked within ${CHECK_MS} ms; send less`;
      return result.value ? undefined : describeViolation(validate.errors ?? [], args);
    };
  };
}

function options(depth: Depth): Options {
  const regExp = Object.assign((pattern: string) => (depth === 'plain' ? { test: () => true } : readPattern(pattern)), { code: 'readPattern' });
  // No meta-schemas: a schema is judged by whether it compiles. No coercion and no defaults: what was checked is sent.
  return { strict: false, validateSchema: false, meta: false, validateFormats: false, logger: false, addUsedSchema: false, code: { regExp } };
}

/** JSON Schema asks for Unicode patterns; many schemas hold some that only the older syntax accepts, such as `[\w-.]`. */
function readPattern(pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return new RegExp(pattern);
  }
}

function dialectsOf({ $schema }: Readonly<Record<string, unknown>>): ('2020-12' | '2019-09' | 'draft-07')[] {
  if (typeof $schema !== 'string') return ['2020-12', 'draft-07'];
  if ($schema.includes('2019-09')) return ['2019-09'];
  return /draft-0[1-7]/u.test($schema) ? ['draft-07'] : ['2020-12'];
}

function withoutDialect(schema: Readonly<Record<string, unknown>>): object {
  const { $schema: _, ...rest } = schema;
  return rest;
}
