/** Values with nothing to remark on: a primary, and a canary at that weight. */
export function values(weight?: number): string {
  const canary = weight === undefined ? '' : `  canary:\n    version: v2\n    weight: ${weight}\n`;
  const image = (version: string) => `  ${version}:\n    image: example.com/echo:${version}\n`;
  return `deployment:\n${image('v1')}${weight === undefined ? '' : image('v2')}routes:\n  apiGroup: example\n  primary:\n    version: v1\n${canary}`;
}

/** The same with a typo that an error points at. */
export function brokenValues(): string {
  return values(50).replace('version: v2', 'version: v3');
}
