export { createPyodideRuntime, type PyodideRuntime, type PyodideRuntimeOptions } from './pyodide-runtime.ts';
export { PyodideRuntimeError, type PyodideRuntimeErrorCode } from './errors.ts';
export { pyodideStatus, type PyodideStatus } from './pyodide-status.ts';
