import type { Project } from '../support/workspace.ts';

/** What every package ships, whatever its kind. */
const ALWAYS = /^(?:package\.json|README\.md|CHANGELOG\.md|LICENSE)$/;
const LIBRARY = /^(?:dist\/.+\.(?:js|js\.map|d\.ts|d\.ts\.map)|src\/.+\.ts)$/;
const APP = /^(?:bin\/[^/]+\.js|dist\/[^/]+\.(?:js|txt)|harness\/.+|examples\/.+)$/;
const HARNESS = /^harness\/.+\.(?:js|py)$/;
/** Tests, their machinery, and what compilers keep for themselves. */
const NEVER = /\.test\.|(?:^|\/)(?:test|bench)\/|\.tsbuildinfo$/;

/** Every file of a package's tarball that should not be there, and what is missing from it. */
export function findPackingProblems({ folder, manifest }: Project, packed: readonly string[]): string[] {
  const isApp = manifest.bin !== undefined;
  const fits = (path: string): boolean => {
    if (NEVER.test(path)) return false;
    if (ALWAYS.test(path)) return true;
    return isApp ? APP.test(path) : LIBRARY.test(path) || (manifest.files?.includes('harness') === true && HARNESS.test(path));
  };
  const needed = isApp
    ? [...Object.values(manifest.bin ?? {}).map((path) => path.replace(/^\.\//, '')), 'dist/main.js', 'harness/main.js']
    : ['dist/index.js', 'dist/index.d.ts', 'src/index.ts', ...(manifest.files?.includes('harness') ? ['harness/'] : [])];
  const shipped = new Set(packed);
  const stale = isApp ? [] : packed.filter((path) => /^dist\/.+\.js$/.test(path) && !shipped.has(path.replace(/^dist\/(.+)\.js$/, 'src/$1.ts')));
  return [
    ...stale.map((path) => `${folder}: ships ${path}, which no source makes any more: remove dist and build again`),
    ...packed.filter((path) => !fits(path)).map((path) => `${folder}: ships ${path}`),
    ...[...needed, 'README.md', 'LICENSE']
      .filter((path) => !packed.some((each) => (path.endsWith('/') ? each.startsWith(path) : each === path)))
      .map((path) => `${folder}: does not ship ${path}`),
  ];
}
